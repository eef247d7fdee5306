//! A call that cannot be right.

use super::{Error, Hint, Kind};

/// A call that cannot be right, found before anything was sent.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Usage {
    message: String,
    hint: Option<&'static str>,
}

impl Hint for Usage {
    fn hint(&self) -> Option<String> {
        self.hint.map(str::to_owned)
    }
}

/// A question that cannot be asked.
pub(crate) fn malformed(error: &impl std::fmt::Display) -> Error {
    Error::usage(
        error.to_string(),
        Some(
            "expressions are those of the crate `regex`, which have neither look-around nor backreferences",
        ),
    )
}

impl Error {
    pub(crate) fn usage(message: impl Into<String>, hint: Option<&'static str>) -> Self {
        Self::new(Kind::Usage(Usage {
            message: message.into(),
            hint,
        }))
    }

    /// Whether the call cannot be right.
    pub fn is_usage(&self) -> bool {
        matches!(self.inner(), Kind::Usage(_))
    }

    /// The details, if [`Error::is_usage`].
    pub fn as_usage(&self) -> Option<&Usage> {
        match self.inner() {
            Kind::Usage(detail) => Some(detail),
            _ => None,
        }
    }
}
