//! A model that contradicts itself or the cluster.

use super::{Error, Hint, Kind};

/// The model's description contradicts itself, or the CRD in the cluster.
#[derive(Debug, thiserror::Error)]
#[error("the model {kind} cannot be used: {}", faults.join("; "))]
pub struct BadModel {
    kind: String,
    faults: Vec<String>,
    hint: Option<String>,
}

impl BadModel {
    /// Each fault.
    pub fn faults(&self) -> &[String] {
        &self.faults
    }
}

impl Hint for BadModel {
    fn hint(&self) -> Option<String> {
        self.hint.clone()
    }
}

impl Error {
    pub(crate) fn bad_model(kind: &str, faults: Vec<String>, hint: Option<String>) -> Self {
        Self::new(Kind::BadModel(BadModel {
            kind: kind.to_owned(),
            faults,
            hint,
        }))
    }

    /// Whether the model contradicts itself or the cluster.
    pub fn is_bad_model(&self) -> bool {
        matches!(self.inner(), Kind::BadModel(_))
    }

    /// The details, if [`Error::is_bad_model`].
    pub fn as_bad_model(&self) -> Option<&BadModel> {
        match self.inner() {
            Kind::BadModel(detail) => Some(detail),
            _ => None,
        }
    }
}
