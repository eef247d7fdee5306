//! The server knows who we are and says no.

use super::{Error, Hint, Kind};
use crate::Status;

/// The server refused with 403: the user lacks a permission, or an admission check said no.
#[derive(Debug, thiserror::Error)]
#[error("{action} is forbidden: {}", status.message)]
pub struct Forbidden {
    action: String,
    status: Status,
}

impl Forbidden {
    /// The server's answer.
    pub fn status(&self) -> &Status {
        &self.status
    }
}

impl Hint for Forbidden {
    fn hint(&self) -> Option<String> {
        Some("see what you may do with `kubectl auth can-i --list`".to_owned())
    }
}

impl Error {
    pub(crate) fn forbidden(action: String, status: Status) -> Self {
        Self::new(Kind::Forbidden(Forbidden { action, status }))
    }

    /// Whether the server knows who we are and says no (403).
    pub fn is_forbidden(&self) -> bool {
        matches!(self.inner(), Kind::Forbidden(_))
    }

    /// The details, if [`Error::is_forbidden`].
    pub fn as_forbidden(&self) -> Option<&Forbidden> {
        match self.inner() {
            Kind::Forbidden(detail) => Some(detail),
            _ => None,
        }
    }
}
