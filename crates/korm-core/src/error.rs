//! What can be wrong with a description, an object, or a value.

use std::fmt;

use crate::{model::ObjectKey, path::FieldPath};

/// An object that could not be read as its model.
///
/// Says which model, which object, at which path, and why. The offending value itself is not
/// part of the message where it may be secret; the reason comes from the type that refused it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{model} {object} cannot be read: {fault}")]
pub struct DecodeError {
    /// The kind of the model.
    pub model: String,
    /// The object, as far as its name could be read.
    pub object: ObjectKey,
    /// Where it went wrong, and why.
    pub fault: Box<Fault>,
}

/// A model that could not be written as an object.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{model} {object} cannot be written: {fault}")]
pub struct EncodeError {
    /// The kind of the model.
    pub model: String,
    /// The object.
    pub object: ObjectKey,
    /// Where it went wrong, and why.
    pub fault: Box<Fault>,
}

/// One thing wrong at one path.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The field of the model, where it is known.
    pub field: Option<String>,
    /// The path of the value, as text because it may lead into lists: `spec.ports[2].name`.
    pub path: String,
    /// What is wrong there.
    pub reason: String,
}

impl Fault {
    /// A fault at the path of a field.
    pub fn at(path: &FieldPath, reason: impl Into<String>) -> Self {
        Self {
            field: None,
            path: path.to_string(),
            reason: reason.into(),
        }
    }

    /// The same fault, of the field of that name.
    #[must_use]
    pub fn of_field(mut self, name: impl Into<String>) -> Self {
        self.field = Some(name.into());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "{} (field `{field}`): {}", self.path, self.reason),
            None => write!(f, "{}: {}", self.path, self.reason),
        }
    }
}

/// A model description that cannot be used; lists everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the model {model} cannot be used: {}", problems.join("; "))]
pub struct DefinitionError {
    /// The kind of the model.
    pub model: String,
    /// Each problem as one sentence without a full stop.
    pub problems: Vec<String>,
}
