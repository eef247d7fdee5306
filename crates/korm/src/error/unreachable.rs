//! No cluster answered.

use super::{Error, Hint, Kind};

/// No cluster answered at the address; nothing was sent.
#[derive(Debug, thiserror::Error)]
#[error("no cluster is reachable at {address}: {reason}")]
pub struct Unreachable {
    address: String,
    reason: String,
}

impl Unreachable {
    /// The address that was tried.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Hint for Unreachable {
    fn hint(&self) -> Option<String> {
        if self.reason.contains("invalid peer certificate") {
            return Some(
                "it is not signed by whom the kubeconfig trusts: is `certificate-authority` (or `certificate-authority-data`) \
                 that of this cluster, and is `server` a name that the certificate is made out to?"
                    .to_owned(),
            );
        }
        Some(
            "is the cluster running and the kubeconfig's `server` right? `kubectl cluster-info` uses the same \
             configuration; `Cluster::embedded()` and `korm serve` need no cluster"
                .to_owned(),
        )
    }
}

impl Error {
    pub(crate) fn unreachable(address: &str, reason: String) -> Self {
        Self::new(Kind::Unreachable(Unreachable {
            address: address.to_owned(),
            reason,
        }))
    }

    /// Whether no cluster answered.
    pub fn is_unreachable(&self) -> bool {
        matches!(self.inner(), Kind::Unreachable(_))
    }

    /// The details, if [`Error::is_unreachable`].
    pub fn as_unreachable(&self) -> Option<&Unreachable> {
        match self.inner() {
            Kind::Unreachable(detail) => Some(detail),
            _ => None,
        }
    }
}
