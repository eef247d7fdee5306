//! A write whose answer got lost.

use super::{Error, Hint, Kind};

/// A write was sent and no answer says whether it happened.
#[derive(Debug, thiserror::Error)]
#[error("{action} may or may not have happened: {reason}")]
pub struct OutcomeUnknown {
    action: String,
    reason: String,
}

impl Hint for OutcomeUnknown {
    fn hint(&self) -> Option<String> {
        Some("read the object again (`refresh` or `get`) to see what became of it".to_owned())
    }
}

impl Error {
    pub(crate) fn outcome_unknown(action: String, reason: String) -> Self {
        Self::new(Kind::OutcomeUnknown(OutcomeUnknown { action, reason }))
    }

    /// Whether nobody knows if the write happened.
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self.inner(), Kind::OutcomeUnknown(_))
    }

    /// The details, if [`Error::is_outcome_unknown`].
    pub fn as_outcome_unknown(&self) -> Option<&OutcomeUnknown> {
        match self.inner() {
            Kind::OutcomeUnknown(detail) => Some(detail),
            _ => None,
        }
    }
}
