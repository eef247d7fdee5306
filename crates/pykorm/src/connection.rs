//! How a connection is made: once, however many ask for it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use korm::Connect;
use korm::faults::Faults as Script;
use kube::config::{Config, KubeConfigOptions, Kubeconfig};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::Deserialize;
use tokio::sync::OnceCell;

use crate::cluster::{Cluster, reply};
use crate::convert::from_python;
use crate::errors::{self, Failure};
use crate::operation::Operation;
use crate::requests::Recorder;
use crate::runtime::engine;

/// What `pykorm.Cluster` was made with.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Options {
    embedded: bool,
    path: Option<PathBuf>,
    context: Option<String>,
    kubeconfig: Option<Kubeconfig>,
    /// Whether faults can be put into the connection.
    faults: bool,
    #[serde(flatten)]
    settings: Settings,
}

/// How a handle behaves; what is not said stays as it is.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    timeout: Option<f64>,
    field_manager: Option<String>,
    page_size: Option<u32>,
    dry_run: bool,
    refuse_residual: bool,
}

impl Settings {
    pub(crate) fn of(self, mut cluster: korm::Cluster) -> korm::Cluster {
        if let Some(name) = self.field_manager {
            cluster = cluster.with_field_manager(name);
        }
        if let Some(seconds) = self.timeout {
            let timeout = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
            cluster = cluster.with_timeout(timeout);
        }
        if let Some(objects) = self.page_size {
            cluster = cluster.with_page_size(objects);
        }
        if self.dry_run {
            cluster = cluster.dry_run();
        }
        if self.refuse_residual {
            cluster = cluster.refuse_residual();
        }
        cluster
    }
}

/// What is open, and shared by all handles to it.
#[derive(Clone)]
pub(crate) struct Opened {
    pub(crate) cluster: korm::Cluster,
    pub(crate) recorder: Recorder,
    /// The faults of the connection, where it was made with any.
    pub(crate) script: Option<Script>,
}

impl Options {
    async fn open(self) -> Result<Opened, Failure> {
        let cluster = if self.embedded {
            korm::Cluster::embedded().await?
        } else if let Some(kubeconfig) = self.kubeconfig {
            given(kubeconfig, self.context).await?
        } else {
            let mut connect = Connect::new();
            if let Some(path) = self.path {
                connect = connect.kubeconfig(path);
            }
            if let Some(context) = self.context {
                connect = connect.context(context);
            }
            connect.cluster().await?
        };
        let recorder = Recorder::default();
        let notes = recorder.clone();
        let mut cluster = cluster
            .with_field_manager("pykorm")
            .with_audit(move |exchange| notes.note(exchange));
        let script = self.faults.then(Script::new);
        if let Some(script) = &script {
            cluster = cluster.with_layer(&script.layer());
        }
        Ok(Opened {
            cluster: self.settings.of(cluster),
            recorder,
            script,
        })
    }
}

/// A cluster by a kubeconfig that is in no file.
async fn given(kubeconfig: Kubeconfig, context: Option<String>) -> Result<korm::Cluster, Failure> {
    let options = KubeConfigOptions {
        context,
        ..KubeConfigOptions::default()
    };
    let config = Config::from_custom_kubeconfig(kubeconfig, &options)
        .await
        .map_err(|error| {
            Failure::told(
                "config",
                format!("the given kubeconfig cannot be used: {error}"),
            )
        })?;
    Ok(korm::Cluster::from_config(config)?)
}

/// A connection that is opened when it is first asked for, and then once.
#[pyclass(frozen, module = "pykorm._native")]
pub(crate) struct Connection {
    options: Options,
    opened: Arc<OnceCell<Opened>>,
}

#[pymethods]
impl Connection {
    #[new]
    fn new(py: Python<'_>, options: &Bound<'_, PyDict>) -> PyResult<Self> {
        let options = serde_json::from_value(from_python(options.as_any())?)
            // The message would quote from the kubeconfig, which may hold credentials.
            .map_err(|_| {
                errors::raise(py, "config", "the given kubeconfig has not the form of one")
            })?;
        Ok(Self {
            options,
            opened: Arc::default(),
        })
    }

    /// A handle. Of those that ask at the same time one opens the connection, and the others wait for that; where it
    /// fails or is given up, the next one tries.
    fn cluster(&self) -> Operation {
        let options = self.options.clone();
        let embedded = options.embedded;
        let opened = Arc::clone(&self.opened);
        Operation::new(async move {
            let opened = opened.get_or_try_init(|| options.open()).await?.clone();
            Ok(reply(move |py| {
                let driven = if embedded {
                    Some(Arc::new(engine()?.driven()?))
                } else {
                    None
                };
                Ok(Py::new(py, Cluster::new(opened, driven))?.into_any())
            }))
        })
    }
}
