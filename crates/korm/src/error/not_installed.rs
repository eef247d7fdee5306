//! The server does not serve the kind.

use super::{Error, Hint, Kind};
use korm_core::ModelDef;

/// The server does not serve the kind: its CustomResourceDefinition is not installed, or not in that version.
#[derive(Debug, thiserror::Error)]
#[error("the cluster at {address} does not serve {kind} ({plural}, apiVersion {api_version})")]
pub struct NotInstalled {
    address: String,
    kind: String,
    plural: String,
    api_version: String,
    native: bool,
}

impl NotInstalled {
    /// The kind that was asked for.
    pub fn model(&self) -> &str {
        &self.kind
    }
}

impl Hint for NotInstalled {
    fn hint(&self) -> Option<String> {
        Some(if self.native {
            "it belongs to Kubernetes itself: look with `kubectl api-resources` whether this version serves it"
                .to_owned()
        } else {
            format!(
                "install its CustomResourceDefinition with `cluster.install::<{}>()` or `kubectl apply`",
                self.kind
            )
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
        }))
    }

    /// Whether the server does not serve the kind.
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
