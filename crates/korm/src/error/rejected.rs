//! Any other refusal by the server.

use super::{Error, Hint, Kind};
use crate::Status;

/// The server refused for a reason that has no kind of its own.
#[derive(Debug, thiserror::Error)]
#[error("the server refused {action}: {} (status {}{})", status.message, status.code, reason(status))]
pub struct Rejected {
    action: String,
    status: Status,
}

fn reason(status: &Status) -> String {
    if status.reason.is_empty() {
        String::new()
    } else {
        format!(", {}", status.reason)
    }
}

impl Rejected {
    /// The server's answer.
    pub fn status(&self) -> &Status {
        &self.status
    }
}

impl Hint for Rejected {}

impl Error {
    pub(crate) fn rejected(action: String, status: Status) -> Self {
        Self::new(Kind::Rejected(Rejected { action, status }))
    }

    /// Whether the server refused for a reason that has no predicate of its own.
    pub fn is_rejected(&self) -> bool {
        matches!(self.inner(), Kind::Rejected(_))
    }

    /// The details, if [`Error::is_rejected`].
    pub fn as_rejected(&self) -> Option<&Rejected> {
        match self.inner() {
            Kind::Rejected(detail) => Some(detail),
            _ => None,
        }
    }
}
