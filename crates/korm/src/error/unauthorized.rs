//! The server does not know who we are.

use super::{Error, Hint, Kind};
use crate::Status;

/// The server refused with 401: no credentials, or wrong or expired ones.
#[derive(Debug, thiserror::Error)]
#[error("the cluster at {address} does not accept our credentials: {}", status.message)]
pub struct Unauthorized {
    address: String,
    status: Status,
}

impl Unauthorized {
    /// The server's answer.
    pub fn status(&self) -> &Status {
        &self.status
    }
}

impl Hint for Unauthorized {
    fn hint(&self) -> Option<String> {
        Some(
            "the token or certificate of the kubeconfig's user may have expired; log in again and check with \
             `kubectl auth whoami`"
                .to_owned(),
        )
    }
}

impl Error {
    pub(crate) fn unauthorized(address: String, status: Status) -> Self {
        Self::new(Kind::Unauthorized(Unauthorized { address, status }))
    }

    /// Whether the server does not know who we are (401).
    pub fn is_unauthorized(&self) -> bool {
        matches!(self.inner(), Kind::Unauthorized(_))
    }

    /// The details, if [`Error::is_unauthorized`].
    pub fn as_unauthorized(&self) -> Option<&Unauthorized> {
        match self.inner() {
            Kind::Unauthorized(detail) => Some(detail),
            _ => None,
        }
    }
}
