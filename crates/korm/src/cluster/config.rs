//! Finding and reading the configuration, with errors that name the file and what is wrong with it.

use std::{
    env,
    path::{Path, PathBuf},
    time::Duration,
};

use kube::config::{Config, Kubeconfig, KubeconfigError};

use crate::Result;
use crate::error::{ConfigurationFault as Fault, Error};

/// How long to wait for a connection before it is tried again or given up.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The kubeconfig files that were looked for, and those that there are.
#[derive(Debug)]
pub(super) struct Files {
    pub tried: Vec<PathBuf>,
    pub exist: Vec<PathBuf>,
}

impl Files {
    /// Those of kubectl: one given by name, which must exist; else all of `KUBECONFIG`, of which some may be missing;
    /// else `~/.kube/config`.
    pub(super) fn find(given: Option<&Path>) -> Result<Self> {
        if let Some(path) = given {
            return Ok(Self {
                tried: vec![path.to_owned()],
                exist: vec![path.to_owned()],
            });
        }
        let tried: Vec<PathBuf> = match env::var_os("KUBECONFIG").filter(|value| !value.is_empty())
        {
            Some(list) => env::split_paths(&list)
                .filter(|path| !path.as_os_str().is_empty())
                .collect(),
            None => env::home_dir()
                .map(|home| home.join(".kube").join("config"))
                .into_iter()
                .collect(),
        };
        let exist = tried.iter().filter(|path| path.exists()).cloned().collect();
        Ok(Self { tried, exist })
    }

    /// Reads and merges them: where two say something about the same name, the first wins.
    pub(super) fn read(&self) -> Result<Kubeconfig> {
        let mut whole = Kubeconfig::default();
        for path in &self.exist {
            let next = Kubeconfig::read_from(path).map_err(|error| unreadable(path, error))?;
            whole = whole.merge(next).map_err(|error| unreadable(path, error))?;
        }
        Ok(whole)
    }
}

/// The configuration of a pod, if this is one.
pub(super) fn in_cluster() -> Result<Option<Config>> {
    if env::var_os("KUBERNETES_SERVICE_HOST").is_none() {
        return Ok(None);
    }
    let config = Config::incluster().map_err(|error| {
        Error::configuration(Fault::InCluster {
            reason: error.to_string(),
        })
    })?;
    Ok(Some(config))
}

/// The names of the contexts.
pub(super) fn contexts(kubeconfig: &Kubeconfig) -> Vec<String> {
    kubeconfig
        .contexts
        .iter()
        .map(|context| context.name.clone())
        .collect()
}

fn unreadable(path: &Path, error: KubeconfigError) -> Error {
    let path = path.to_owned();
    Error::configuration(match error {
        KubeconfigError::ReadConfig(error, _) => Fault::Unreadable {
            path,
            reason: error.to_string(),
        },
        // The parser's own message quotes from the file, where the credentials are.
        KubeconfigError::Parse(error) => {
            let place = error
                .location()
                .map(|at| format!(" (line {}, column {})", at.line(), at.column()))
                .unwrap_or_default();
            Fault::Malformed {
                path,
                reason: format!("it is no valid kubeconfig in YAML{place}"),
            }
        }
        other => Fault::Malformed {
            path,
            reason: other.to_string(),
        },
    })
}

/// What is wrong with a kubeconfig that could be read.
pub(super) fn explain(
    error: KubeconfigError,
    files: &Files,
    contexts: Vec<String>,
    asked_for: Option<&str>,
) -> Error {
    let files = files.exist.clone();
    Error::configuration(match error {
        KubeconfigError::LoadContext(context) => Fault::NoSuchContext {
            files,
            context,
            contexts,
        },
        KubeconfigError::CurrentContextNotSet => Fault::NoCurrentContext { files, contexts },
        other => Fault::Unusable {
            address: asked_for.map_or_else(
                || "the current context".to_owned(),
                |context| format!("the context `{context}`"),
            ),
            reason: other.to_string(),
        },
    })
}
