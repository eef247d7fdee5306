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
    of_wait: bool,
}

impl DeadlineExceeded {
    /// How long the call was allowed to take.
    pub fn allowed(&self) -> Duration {
        self.allowed
    }
}

impl Hint for DeadlineExceeded {
    fn hint(&self) -> Option<String> {
        // A wait has a time of its own.
        Some(if self.of_wait {
            "look what it is like with `get`; allow the wait more time with `for_at_most(..)`"
                .to_owned()
        } else {
            "allow it more time with `cluster.with_timeout(..)`".to_owned()
        })
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
            of_wait: false,
        }))
    }

    pub(crate) fn waited_too_long(action: String, allowed: Duration, last: String) -> Self {
        Self::new(Kind::DeadlineExceeded(DeadlineExceeded {
            action,
            allowed,
            last: Some(last),
            of_wait: true,
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
