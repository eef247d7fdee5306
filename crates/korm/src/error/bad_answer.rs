//! An answer that no Kubernetes API gives.

use super::{Error, Hint, Kind};

/// The server's answer is not what a Kubernetes API answers: no list, no event, no JSON. Perhaps something else answers at
/// that address.
#[derive(Debug, thiserror::Error)]
#[error("the answer to {action} {fault}")]
pub struct BadAnswer {
    action: String,
    fault: String,
}

impl BadAnswer {
    /// What is wrong with it, without quoting from it.
    pub fn fault(&self) -> &str {
        &self.fault
    }
}

impl Hint for BadAnswer {
    fn hint(&self) -> Option<String> {
        Some(
            "is it a Kubernetes API server, 1.33 or newer, that answers there? `kubectl get --raw` shows what it says"
                .to_owned(),
        )
    }
}

impl Error {
    /// `fault` goes on after "the answer to {action}".
    pub(crate) fn bad_answer(action: String, fault: String) -> Self {
        Self::new(Kind::BadAnswer(BadAnswer { action, fault }))
    }

    /// Whether the server's answer is not what a Kubernetes API answers.
    pub fn is_bad_answer(&self) -> bool {
        matches!(self.inner(), Kind::BadAnswer(_))
    }

    /// The details, if [`Error::is_bad_answer`].
    pub fn as_bad_answer(&self) -> Option<&BadAnswer> {
        match self.inner() {
            Kind::BadAnswer(detail) => Some(detail),
            _ => None,
        }
    }
}
