//! What the cases are told.

use std::path::PathBuf;

use anyhow::Context;
use kube::config::{Config, KubeConfigOptions, Kubeconfig};

/// What the cases are told.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The server's kubeconfig.
    #[arg(long)]
    pub kubeconfig: PathBuf,
    /// Another port than the kubeconfig's: that of a proxy before the server.
    #[arg(long)]
    pub port: Option<u16>,
    /// Namespace of the objects.
    #[arg(long, default_value = "default")]
    pub namespace: String,
    /// How many objects to make, save or create.
    #[arg(long, default_value_t = 1000)]
    pub objects: u32,
    /// Objects of a page; 0 for everything at once.
    #[arg(long, default_value_t = 500)]
    pub page: u32,
    /// The query of each raw PATCH.
    #[arg(long, default_value = "")]
    pub query: String,
    /// Requests at once.
    #[arg(long, default_value_t = 16)]
    pub in_flight: usize,
}

impl Options {
    /// The configuration of the server, through the proxy if there is one.
    ///
    /// # Errors
    ///
    /// When the kubeconfig cannot be used.
    pub async fn config(&self) -> anyhow::Result<Config> {
        let kubeconfig = Kubeconfig::read_from(&self.kubeconfig)
            .with_context(|| format!("cannot read {}", self.kubeconfig.display()))?;
        let mut config =
            Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?;
        if let Some(port) = self.port {
            let host = config
                .cluster_url
                .host()
                .context("the server has no host")?;
            config.cluster_url = format!("https://{host}:{port}/").parse()?;
        }
        Ok(config)
    }

    /// The path of the objects.
    pub fn path(&self) -> String {
        let group = crate::dataset::GROUP;
        format!("/apis/{group}/v1/namespaces/{}/peaches", self.namespace)
    }
}
