//! The time allowed for the call was over.

use super::{Error, Hint, Kind};
use std::time::Duration;

/// The time allowed for the call was over before it could end, and it changed nothing.
#[derive(Debug, thiserror::Error)]
#[error("{action} did not end within {allowed:?}{}", last.as_ref().map(|last| format!(": {last}")).unwrap_or_default())]
pub struct DeadlineExceeded {
    action: String,
    allowed: Duration,
    last: Option<String>,
}

impl DeadlineExceeded {
    /// How long the call was allowed to take.
    pub fn allowed(&self) -> Duration {
        self.allowed
    }
}

impl Hint for DeadlineExceeded {
    fn hint(&self) -> Option<String> {
        Some("allow it more time with `cluster.with_timeout(..)`".to_owned())
    }
}

impl Error {
    pub(crate) fn deadline_exceeded(
        action: String,
        allowed: Duration,
        last: Option<String>,
    ) -> Self {
        Self::new(Kind::DeadlineExceeded(DeadlineExceeded {
            action,
            allowed,
            last,
        }))
    }

    /// Whether the time allowed for the call was over.
    pub fn is_deadline_exceeded(&self) -> bool {
        matches!(self.inner(), Kind::DeadlineExceeded(_))
    }

    /// The details, if [`Error::is_deadline_exceeded`].
    pub fn as_deadline_exceeded(&self) -> Option<&DeadlineExceeded> {
        match self.inner() {
            Kind::DeadlineExceeded(detail) => Some(detail),
            _ => None,
        }
    }
}
