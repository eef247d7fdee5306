//! The server does not serve the kind.

use std::fmt;

use super::{Error, Hint, Kind};
use korm_core::ModelDef;

/// The server does not serve the kind as the model describes it: its CustomResourceDefinition is not installed, or not in
/// that version, scope or plural.
#[derive(Debug)]
pub struct NotInstalled {
    address: String,
    kind: String,
    plural: String,
    api_version: String,
    native: bool,
    instead: Option<Instead>,
}

/// What the server serves in place of what the model says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Instead {
    /// The kind, in the other scope.
    Scope {
        /// Whether it is namespaced.
        namespaced: bool,
    },
    /// The kind, under this plural.
    Plural(String),
    /// The kind, in these versions of its group.
    Versions(Vec<String>),
    /// A kind of that name, in these versions of other groups.
    Groups(Vec<String>),
    /// Nothing else: it is served as the model says, and the request was answered as if it were not.
    Nothing,
    /// Something that is no Kubernetes API.
    NoKubernetes,
}

impl NotInstalled {
    /// The kind that was asked for.
    pub fn model(&self) -> &str {
        &self.kind
    }
}

impl fmt::Display for NotInstalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            address,
            kind,
            plural,
            api_version,
            ..
        } = self;
        match &self.instead {
            None => write!(
                f,
                "the cluster at {address} does not serve {kind} ({plural}, apiVersion {api_version})"
            ),
            Some(Instead::Scope { namespaced }) => {
                let (there, here) = scopes(*namespaced);
                write!(
                    f,
                    "{kind} ({plural}, apiVersion {api_version}) is {there} in the cluster at {address}, and {here} in the \
                     model"
                )
            }
            Some(Instead::Plural(other)) => write!(
                f,
                "the cluster at {address} serves {kind} (apiVersion {api_version}) under the plural `{other}`, and not \
                 `{plural}` as the model says"
            ),
            Some(Instead::Versions(versions)) => write!(
                f,
                "the cluster at {address} serves {kind} ({plural}) as {}, and not {api_version} as the model says",
                versions.join(", ")
            ),
            Some(Instead::Groups(versions)) => write!(
                f,
                "the cluster at {address} does not serve {kind} ({plural}, apiVersion {api_version}); it serves a kind of \
                 that name as {}",
                versions.join(", ")
            ),
            Some(Instead::Nothing) => write!(
                f,
                "the cluster at {address} says that it serves {kind} ({plural}, apiVersion {api_version}), and answered as \
                 if it did not"
            ),
            Some(Instead::NoKubernetes) => write!(
                f,
                "what answers at {address} is no Kubernetes API: it has neither {kind} ({plural}, apiVersion {api_version}) \
                 nor what every Kubernetes API has"
            ),
        }
    }
}

impl std::error::Error for NotInstalled {}

/// The scope in the cluster, and the other one.
fn scopes(namespaced: bool) -> (&'static str, &'static str) {
    if namespaced {
        ("namespaced", "cluster-scoped")
    } else {
        ("cluster-scoped", "namespaced")
    }
}

impl Hint for NotInstalled {
    fn hint(&self) -> Option<String> {
        Some(match &self.instead {
            Some(Instead::Scope { namespaced: true }) => {
                "declare the model with `namespaced` in place of `cluster`, or correct the CustomResourceDefinition"
                    .to_owned()
            }
            Some(Instead::Scope { namespaced: false }) => {
                "declare the model with `cluster` in place of `namespaced`, or correct the CustomResourceDefinition"
                    .to_owned()
            }
            Some(Instead::Plural(other)) => {
                format!("declare the model with the plural `{other}`")
            }
            Some(Instead::Versions(_)) if self.native => {
                "declare the model with a version that is served".to_owned()
            }
            Some(Instead::Versions(_)) => {
                "declare the model with a version that is served, or add this one to the CustomResourceDefinition"
                    .to_owned()
            }
            Some(Instead::Groups(_)) => {
                "if that one is meant, declare the model with its group and version".to_owned()
            }
            Some(Instead::Nothing) => {
                "a kind that was installed just now may not be served everywhere yet: try again".to_owned()
            }
            Some(Instead::NoKubernetes) => {
                "is the kubeconfig's `server` right, its path and its port included?".to_owned()
            }
            None if self.native => {
                "it belongs to Kubernetes itself: look with `kubectl api-resources` whether this version serves it"
                    .to_owned()
            }
            None => format!(
                "install its CustomResourceDefinition with `cluster.install::<{}>()` or `kubectl apply`",
                self.kind
            ),
        })
    }
}

impl Error {
    pub(crate) fn not_installed(address: &str, def: &ModelDef) -> Self {
        Self::new(Kind::NotInstalled(NotInstalled {
            address: address.to_owned(),
            kind: def.kind.to_string(),
            plural: def.plural.to_string(),
            api_version: def.api_version(),
            native: def.native,
            instead: None,
        }))
    }

    /// The same error, with what the server serves in place of the kind.
    pub(crate) fn served_instead(mut self, instead: Option<Instead>) -> Self {
        if let Kind::NotInstalled(detail) = self.inner_mut() {
            detail.instead = instead;
        }
        self
    }

    /// Whether the server does not serve the kind as the model describes it.
    pub fn is_not_installed(&self) -> bool {
        matches!(self.inner(), Kind::NotInstalled(_))
    }

    /// The details, if [`Error::is_not_installed`].
    pub fn as_not_installed(&self) -> Option<&NotInstalled> {
        match self.inner() {
            Kind::NotInstalled(detail) => Some(detail),
            _ => None,
        }
    }
}
