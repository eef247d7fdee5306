//! A wait that cannot end well any more.

use super::{Error, Hint, Kind};
use crate::ObjectRef;

/// While waiting, something happened that rules the goal out.
#[derive(Debug, thiserror::Error)]
#[error("waiting for {object} {goal} is in vain: {reason}")]
pub struct WaitFailed {
    object: ObjectRef,
    goal: String,
    reason: String,
}

impl WaitFailed {
    /// The object that was waited for.
    pub fn object(&self) -> &ObjectRef {
        &self.object
    }

    /// What happened.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl Hint for WaitFailed {
    fn hint(&self) -> Option<String> {
        Some("read it again (`get`) to see what became of it".to_owned())
    }
}

impl Error {
    pub(crate) fn wait_failed(object: ObjectRef, goal: String, reason: String) -> Self {
        Self::new(Kind::WaitFailed(WaitFailed {
            object,
            goal,
            reason,
        }))
    }

    /// Whether, while waiting, something happened that rules the goal out.
    pub fn is_wait_failed(&self) -> bool {
        matches!(self.inner(), Kind::WaitFailed(_))
    }

    /// The details, if [`Error::is_wait_failed`].
    pub fn as_wait_failed(&self) -> Option<&WaitFailed> {
        match self.inner() {
            Kind::WaitFailed(detail) => Some(detail),
            _ => None,
        }
    }
}
