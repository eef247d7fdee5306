//! A resource version or continue token that is too old.

use super::{Error, Hint, Kind};

/// The server no longer has what the resource version or continue token refers to (410).
#[derive(Debug, thiserror::Error)]
#[error("{action} cannot go on: {message}")]
pub struct Expired {
    action: String,
    message: String,
}

impl Hint for Expired {
    fn hint(&self) -> Option<String> {
        Some("start the query again; what was read until now belongs to an older state".to_owned())
    }
}

impl Error {
    pub(crate) fn expired(action: String, message: String) -> Self {
        Self::new(Kind::Expired(Expired { action, message }))
    }

    /// Whether the resource version or continue token is too old (410).
    pub fn is_expired(&self) -> bool {
        matches!(self.inner(), Kind::Expired(_))
    }

    /// The details, if [`Error::is_expired`].
    pub fn as_expired(&self) -> Option<&Expired> {
        match self.inner() {
            Kind::Expired(detail) => Some(detail),
            _ => None,
        }
    }
}
