//! The object that everything is measured with, as each library declares it, and how each connects.

use std::path::PathBuf;

use anyhow::Context;
use kube::CustomResource;
use kube::config::{Config, KubeConfigOptions, Kubeconfig};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) const GROUP: &str = "bench.korm.dev";

/// For kube-rs.
#[derive(CustomResource, Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[kube(
    group = "bench.korm.dev",
    version = "v1",
    kind = "Peach",
    plural = "peaches",
    namespaced,
    status = "PeachStatus"
)]
pub(crate) struct PeachSpec {
    pub(crate) variety: String,
    pub(crate) price: i64,
}

/// The status, for kube-rs.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
pub(crate) struct PeachStatus {
    pub(crate) ripe: Option<bool>,
}

/// For korm.
pub(crate) mod mapped {
    use korm::{Meta, Model};

    /// The same for korm.
    #[derive(Model, Clone, Debug, PartialEq)]
    #[korm(
        group = "bench.korm.dev",
        version = "v1",
        plural = "peaches",
        namespaced
    )]
    pub(crate) struct Peach {
        pub(crate) meta: Meta,
        #[korm(spec)]
        pub(crate) variety: String,
        #[korm(spec, default = 1)]
        pub(crate) price: i64,
        #[korm(label = "orchard")]
        pub(crate) orchard: Option<String>,
        #[korm(status)]
        pub(crate) ripe: Option<bool>,
    }
}

/// What the cases are told.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) kubeconfig: PathBuf,
    pub(crate) port: Option<u16>,
    pub(crate) namespace: String,
    pub(crate) objects: u32,
    pub(crate) page: u32,
    pub(crate) in_flight: usize,
}

impl Options {
    /// The configuration of the server, through the proxy if there is one.
    pub(crate) async fn config(&self) -> anyhow::Result<Config> {
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

    pub(crate) async fn kube(&self) -> anyhow::Result<kube::Client> {
        Ok(kube::Client::try_from(self.config().await?)?)
    }

    pub(crate) async fn korm(&self) -> anyhow::Result<korm::Cluster> {
        Ok(korm::Cluster::from_config(self.config().await?)?)
    }

    /// The path of the objects.
    pub(crate) fn path(&self) -> String {
        format!("/apis/{GROUP}/v1/namespaces/{}/peaches", self.namespace)
    }
}

/// The name of an object of the dataset.
pub(crate) fn name(number: u32) -> String {
    format!("peach-{number:06}")
}
