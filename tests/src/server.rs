use std::fmt;

use kube::Client;
use kube::client::ClientBuilder;
use kube::config::{Config, KubeConfigOptions, Kubeconfig};
use tower::ServiceBuilder;

use crate::RequestLog;
use crate::case::Outcome;
use crate::history::History;

/// The environment variable that names the reference server's kubeconfig.
pub(crate) const REFERENCE: &str = "KORM_REFERENCE_KUBECONFIG";

/// What a case runs against.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Server {
    /// A fresh server in this process, for each case its own.
    Embedded,
    /// The real kube-apiserver, shared by all cases.
    Reference,
}

impl Server {
    pub(crate) const ALL: [Self; 2] = [Self::Embedded, Self::Reference];

    /// Whether it can be reached in this run.
    pub(crate) fn is_available(self) -> bool {
        match self {
            Self::Embedded => true,
            Self::Reference => std::env::var_os(REFERENCE).is_some(),
        }
    }

    /// A connection that writes down each request it sends, and the server's history.
    pub(crate) async fn connect(
        self,
        log: &RequestLog,
    ) -> Result<(Client, History), Box<dyn std::error::Error + Send + Sync>> {
        match self {
            Self::Embedded => {
                let server = korm_apiserver::Server::builder().build()?;
                let history = History::Embedded(server.clone());
                let service = ServiceBuilder::new().layer(log.layer()).service(server);
                Ok((Client::new(service, "default"), history))
            }
            Self::Reference => {
                let path =
                    std::env::var(REFERENCE).map_err(|error| format!("{REFERENCE}: {error}"))?;
                let kubeconfig = Kubeconfig::read_from(path)?;
                let history = History::of_reference(&kubeconfig).await;
                let options = KubeConfigOptions::default();
                let mut config = Config::from_custom_kubeconfig(kubeconfig, &options).await?;
                // A case sees each answer as it comes, and counts each request once.
                config.default_retry = false;
                let client = ClientBuilder::try_from(config)?
                    .with_layer(&log.layer())
                    .build();
                Ok((client, history))
            }
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Embedded => "embedded",
            Self::Reference => "reference",
        })
    }
}

/// An error for a case, from anything that can be shown.
pub(crate) fn failed(message: impl Into<String>) -> Outcome {
    Err(message.into().into())
}
