//! An object of the cluster that does not fit the model.

use super::{Error, Hint, Kind};
use crate::ObjectRef;

/// An object of the cluster that does not fit the model. The others of the same answer are not affected.
#[derive(Debug, thiserror::Error)]
#[error("{object} does not fit the model: {}{fault}", if path.is_empty() { String::new() } else { format!("{path}: ") })]
pub struct Undecodable {
    object: ObjectRef,
    path: String,
    fault: String,
}

impl Undecodable {
    /// The object.
    pub fn object(&self) -> &ObjectRef {
        &self.object
    }

    /// Where in the object the fault is, as `spec.price`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there.
    pub fn fault(&self) -> &str {
        &self.fault
    }
}

impl Hint for Undecodable {
    fn hint(&self) -> Option<String> {
        let namespace = self.object.namespace.as_deref();
        let within = namespace.map_or_else(String::new, |name| format!(" -n {name}"));
        Some(format!(
            "compare it with `kubectl get {} {}{within} -o yaml`; an `Option` field or a wider type reads it",
            self.object.kind.to_lowercase(),
            self.object.name
        ))
    }
}

impl Error {
    pub(crate) fn undecodable(
        object: ObjectRef,
        path: impl Into<String>,
        fault: impl Into<String>,
    ) -> Self {
        Self::new(Kind::Undecodable(Undecodable {
            object,
            path: path.into(),
            fault: fault.into(),
        }))
    }

    /// Whether an object of the cluster does not fit the model.
    pub fn is_undecodable(&self) -> bool {
        matches!(self.inner(), Kind::Undecodable(_))
    }

    /// The details, if [`Error::is_undecodable`].
    pub fn as_undecodable(&self) -> Option<&Undecodable> {
        match self.inner() {
            Kind::Undecodable(detail) => Some(detail),
            _ => None,
        }
    }
}
