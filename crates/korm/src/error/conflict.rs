//! Somebody else changed the same fields.

use super::{Error, Hint, Kind};
use std::fmt;

use serde_json::Value;

use crate::ObjectRef;

/// Somebody else changed fields that were to be saved. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[error("{object} was changed by somebody else meanwhile: {}", list(.fields))]
pub struct Conflict {
    object: ObjectRef,
    fields: Vec<FieldConflict>,
}

/// One field that both sides changed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FieldConflict {
    /// The model's name of the field.
    pub field: String,
    /// Its path in the object, as `spec.price`.
    pub path: String,
    /// The value as read; `None` where the field was absent.
    pub base: Option<Value>,
    /// The value the cluster has now.
    pub theirs: Option<Value>,
    /// The value that was to be saved.
    pub mine: Option<Value>,
    /// Whether the values are confidential (a Secret's), so that messages leave them out.
    pub confidential: bool,
}

impl fmt::Display for FieldConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.confidential {
            return write!(f, "{} (values not shown)", self.path);
        }
        let show = |value: &Option<Value>| match value {
            Some(value) => value.to_string(),
            None => "absent".to_owned(),
        };
        write!(
            f,
            "{} (read: {}, now: {}, yours: {})",
            self.path,
            show(&self.base),
            show(&self.theirs),
            show(&self.mine)
        )
    }
}

fn list(fields: &[FieldConflict]) -> String {
    if fields.is_empty() {
        return "its resourceVersion is another one".to_owned();
    }
    fields
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

impl Conflict {
    /// The object.
    pub fn object(&self) -> &ObjectRef {
        &self.object
    }

    /// Each field that both sides changed. Empty where only the resourceVersion was compared.
    pub fn fields(&self) -> &[FieldConflict] {
        &self.fields
    }
}

impl Hint for Conflict {
    fn hint(&self) -> Option<String> {
        Some("read it again (`refresh`), decide, and save again".to_owned())
    }
}

impl Error {
    pub(crate) fn conflict(object: ObjectRef, fields: Vec<FieldConflict>) -> Self {
        Self::new(Kind::Conflict(Conflict { object, fields }))
    }

    /// Whether somebody else changed the same fields.
    pub fn is_conflict(&self) -> bool {
        matches!(self.inner(), Kind::Conflict(_))
    }

    /// The details, if [`Error::is_conflict`].
    pub fn as_conflict(&self) -> Option<&Conflict> {
        match self.inner() {
            Kind::Conflict(detail) => Some(detail),
            _ => None,
        }
    }
}
