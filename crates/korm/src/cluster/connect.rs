//! Ways to a cluster.

use std::path::PathBuf;

use kube::client::AuthError;
use kube::config::{Config, KubeConfigOptions};

use super::{Cluster, config, over_http};
use crate::error::{ConfigurationFault, Error};
use crate::transport::Failure;
use crate::{Result, cluster};

/// How to connect, where the defaults of [`Cluster::connect`] are not what is wanted.
///
/// ```no_run
/// # async fn example() -> korm::Result<()> {
/// use korm::Connect;
///
/// let staging = Connect::new().kubeconfig("/etc/staging.yaml").context("admin").cluster().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Connect {
    kubeconfig: Option<PathBuf>,
    context: Option<String>,
}

impl Connect {
    /// As [`Cluster::connect`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads this kubeconfig instead of those of `KUBECONFIG` and `~/.kube/config`.
    #[must_use]
    pub fn kubeconfig(mut self, path: impl Into<PathBuf>) -> Self {
        self.kubeconfig = Some(path.into());
        self
    }

    /// Uses this context of the kubeconfig instead of the current one.
    #[must_use]
    pub fn context(mut self, name: impl Into<String>) -> Self {
        self.context = Some(name.into());
        self
    }

    /// Reads the configuration.
    ///
    /// # Errors
    ///
    /// [`is_configuration`](Error::is_configuration) if there is none, or one that cannot be used.
    pub async fn cluster(self) -> Result<Cluster> {
        let files = config::Files::find(self.kubeconfig.as_deref());
        let chosen = self.context.is_some() || self.kubeconfig.is_some();
        if files.exist.is_empty() && !chosen {
            return match config::in_cluster()? {
                Some(config) => Cluster::from_config(config),
                None => Err(Error::configuration(ConfigurationFault::Nothing {
                    tried: files.tried,
                })),
            };
        }
        let kubeconfig = files.read()?;
        let options = KubeConfigOptions {
            context: self.context,
            ..KubeConfigOptions::default()
        };
        let contexts = config::contexts(&kubeconfig);
        let has_proxy = config::names_a_proxy(&kubeconfig, options.context.as_deref());
        let mut config = Config::from_custom_kubeconfig(kubeconfig, &options)
            .await
            .map_err(|error| {
                config::explain(error, &files, contexts, options.context.as_deref())
            })?;
        if !has_proxy && over_http::is_reached_directly(&config.cluster_url) {
            config.proxy_url = None;
        }
        connected(config).await
    }
}

/// Credential plugins are programs that take their time, and may ask their user something: while they run, nobody else of
/// the runtime is kept waiting.
async fn connected(config: Config) -> Result<Cluster> {
    if config.auth_info.exec.is_none() && config.auth_info.auth_provider.is_none() {
        return Cluster::from_config(config);
    }
    let connecting = tokio::task::spawn_blocking(move || Cluster::from_config(config));
    connecting.await.unwrap_or_else(|_| {
        Err(Error::usage(
            "the tokio runtime was shut down while a credential plugin ran",
            None,
        ))
    })
}

/// What is wrong with a configuration that was read.
fn unusable(error: kube::Error, config: &Config, address: &str) -> Error {
    Error::configuration(match (&error, &config.auth_info.exec) {
        (kube::Error::Auth(AuthError::AuthExecStart(reason)), Some(exec)) => {
            ConfigurationFault::NoPlugin {
                program: exec.command.clone().unwrap_or_default(),
                reason: reason.to_string(),
                install_hint: exec.install_hint.clone(),
            }
        }
        _ => ConfigurationFault::Unusable {
            address: address.to_owned(),
            reason: Failure::of(error).reason().to_owned(),
        },
    })
}

impl Cluster {
    /// Connects as kubectl does: by the files of `KUBECONFIG`, or `~/.kube/config`, or inside of a pod by its service
    /// account.
    ///
    /// # Errors
    ///
    /// [`is_configuration`](Error::is_configuration) if there is no configuration, or one that cannot be used. Whether
    /// the cluster answers shows with the first request.
    pub async fn connect() -> Result<Self> {
        Connect::new().cluster().await
    }

    /// Connects by a context of the kubeconfig that is not the current one.
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect).
    pub async fn connect_to(context: impl Into<String>) -> Result<Self> {
        Connect::new().context(context).cluster().await
    }

    /// Connects from inside of a pod by its service account.
    ///
    /// # Errors
    ///
    /// [`is_configuration`](Error::is_configuration) if this is no pod, or its token is not mounted.
    pub fn in_cluster() -> Result<Self> {
        let missing = || {
            Error::configuration(ConfigurationFault::InCluster {
                reason: "KUBERNETES_SERVICE_HOST is not set: this is not a pod".to_owned(),
            })
        };
        Self::from_config(cluster::config::in_cluster()?.ok_or_else(missing)?)
    }

    /// Connects by a configuration of `kube`. Its `default_retry` is ignored, because korm knows better what may be repeated;
    /// so is `disable_compression`: answers are never compressed.
    ///
    /// Must be called within a tokio runtime. A credential plugin is run at once and on this thread, one that gives a
    /// certificate twice; [`Connect`] runs it beside the runtime.
    ///
    /// # Errors
    ///
    /// [`is_configuration`](Error::is_configuration) if it cannot be used, for example because of a broken certificate.
    pub fn from_config(mut config: Config) -> Result<Self> {
        config.connect_timeout = Some(cluster::config::CONNECT_TIMEOUT);
        let address = config
            .cluster_url
            .to_string()
            .trim_end_matches('/')
            .to_owned();
        let service =
            over_http::service(&config).map_err(|error| unusable(error, &config, &address))?;
        let client = kube::Client::new(service.clone(), config.default_namespace);
        Ok(Self::over_http(service, client, address))
    }
}
