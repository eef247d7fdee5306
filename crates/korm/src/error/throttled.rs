//! The server is busy.

use super::{Error, Hint, Kind};
use std::time::Duration;

use crate::Status;

/// The server answered 429, and waiting as long as it asked would pass the deadline.
#[derive(Debug, thiserror::Error)]
#[error("the server is too busy for {action}: {}", status.message)]
pub struct Throttled {
    action: String,
    retry_after: Option<Duration>,
    status: Status,
}

impl Throttled {
    /// How long the server asked us to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl Hint for Throttled {
    fn hint(&self) -> Option<String> {
        self.retry_after.map(|after| {
            format!("it asked to be tried again after {after:?}; `cluster.with_timeout(..)` allows a call more time")
        })
    }
}

impl Error {
    pub(crate) fn throttled(action: String, retry_after: Option<Duration>, status: Status) -> Self {
        Self::new(Kind::Throttled(Throttled {
            action,
            retry_after,
            status,
        }))
    }

    /// Whether the server is too busy (429).
    pub fn is_throttled(&self) -> bool {
        matches!(self.inner(), Kind::Throttled(_))
    }

    /// The details, if [`Error::is_throttled`].
    pub fn as_throttled(&self) -> Option<&Throttled> {
        match self.inner() {
            Kind::Throttled(detail) => Some(detail),
            _ => None,
        }
    }
}
