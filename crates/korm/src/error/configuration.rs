//! No usable configuration.

use std::path::PathBuf;

use super::{Error, Hint, Kind};

/// There is no usable configuration to connect with.
#[derive(Debug, thiserror::Error)]
#[error("{fault}")]
pub struct Configuration {
    fault: ConfigurationFault,
}

/// What is wrong with the configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigurationFault {
    /// Neither a kubeconfig nor the environment of a pod was found.
    #[error("no cluster is configured: there is no kubeconfig at {} and this is not a pod", paths(.tried))]
    Nothing {
        /// Where a kubeconfig was looked for.
        tried: Vec<PathBuf>,
    },
    /// The kubeconfig cannot be read.
    #[error("the kubeconfig {} cannot be read: {reason}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The kubeconfig is no valid YAML, or not a kubeconfig.
    #[error("the kubeconfig {} is malformed: {reason}", .path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The kubeconfig has no such context.
    #[error("the kubeconfig {} has no context `{context}`{}", paths(.files), known(.contexts))]
    NoSuchContext {
        /// The files that were read.
        files: Vec<PathBuf>,
        /// The context that was asked for.
        context: String,
        /// The contexts that there are.
        contexts: Vec<String>,
    },
    /// No context was asked for and the kubeconfig names none as current.
    #[error("the kubeconfig {} has no current context{}", paths(.files), known(.contexts))]
    NoCurrentContext {
        /// The files that were read.
        files: Vec<PathBuf>,
        /// The contexts that there are.
        contexts: Vec<String>,
    },
    /// The environment of a pod is incomplete.
    #[error("the in-cluster configuration is incomplete: {reason}")]
    InCluster {
        /// Why.
        reason: String,
    },
    /// The program that gives the credentials cannot be run.
    #[error("the credential plugin `{program}` of the kubeconfig's user cannot be run: {reason}")]
    NoPlugin {
        /// The program.
        program: String,
        /// Why.
        reason: String,
        /// What the kubeconfig says about how to get it (`installHint`).
        install_hint: Option<String>,
    },
    /// The configuration was read and cannot be used, for example because a certificate file is missing.
    #[error("the configuration for {address} cannot be used: {reason}")]
    Unusable {
        /// The server's address, or the context.
        address: String,
        /// Why.
        reason: String,
    },
}

fn paths(files: &[PathBuf]) -> String {
    if files.is_empty() {
        return "(no file)".to_owned();
    }
    files
        .iter()
        .map(|file| file.display().to_string())
        .collect::<Vec<_>>()
        .join(", ")
}

fn known(contexts: &[String]) -> String {
    if contexts.is_empty() {
        " (it has none)".to_owned()
    } else {
        format!(" (it has: {})", contexts.join(", "))
    }
}

impl Configuration {
    /// What is wrong.
    pub fn fault(&self) -> &ConfigurationFault {
        &self.fault
    }
}

impl Hint for Configuration {
    fn hint(&self) -> Option<String> {
        use ConfigurationFault as Fault;
        let hint = match &self.fault {
            Fault::NoPlugin { install_hint, .. } => {
                let said = install_hint.iter().flat_map(|hint| hint.split_whitespace());
                let said: Vec<_> = said.collect();
                return Some(match said.is_empty() {
                    true => "is it installed, and in PATH?".to_owned(),
                    false => format!(
                        "is it installed, and in PATH? The kubeconfig says: {}",
                        said.join(" ")
                    ),
                });
            }
            Fault::Nothing { .. } => {
                "set KUBECONFIG or create ~/.kube/config; without a cluster, use `Cluster::embedded()` or `korm serve`"
            }
            Fault::Unreadable { .. } => "check that the file exists and that you may read it",
            Fault::Malformed { .. } => "`kubectl config view` reads the same file",
            Fault::NoSuchContext { .. } => "`kubectl config get-contexts` lists the contexts",
            Fault::NoCurrentContext { .. } => {
                "choose one with `kubectl config use-context` or `Cluster::connect_to`"
            }
            Fault::InCluster { .. } => {
                "a pod needs its service account's token mounted (automountServiceAccountToken)"
            }
            Fault::Unusable { .. } => "compare with `kubectl config view --minify`",
        };
        Some(hint.to_owned())
    }
}

impl Error {
    pub(crate) fn configuration(fault: ConfigurationFault) -> Self {
        Self::new(Kind::Configuration(Configuration { fault }))
    }

    /// Whether there is no usable configuration to connect with.
    pub fn is_configuration(&self) -> bool {
        matches!(self.inner(), Kind::Configuration(_))
    }

    /// The details, if [`Error::is_configuration`].
    pub fn as_configuration(&self) -> Option<&Configuration> {
        match self.inner() {
            Kind::Configuration(detail) => Some(detail),
            _ => None,
        }
    }
}
