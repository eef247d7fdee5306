//! An object of that name is there already.

use super::{Error, Hint, Kind};
use crate::ObjectRef;

/// A create found an object of the same name.
#[derive(Debug, thiserror::Error)]
#[error("{object} already exists")]
pub struct AlreadyExists {
    object: ObjectRef,
}

impl AlreadyExists {
    /// The object that was to be created.
    pub fn object(&self) -> &ObjectRef {
        &self.object
    }
}

impl Hint for AlreadyExists {
    fn hint(&self) -> Option<String> {
        Some(
            "to change it, read it first (`get`) and save what you read, or use `apply`".to_owned(),
        )
    }
}

impl Error {
    pub(crate) fn already_exists(object: ObjectRef) -> Self {
        Self::new(Kind::AlreadyExists(AlreadyExists { object }))
    }

    /// Whether an object of that name is there already.
    pub fn is_already_exists(&self) -> bool {
        matches!(self.inner(), Kind::AlreadyExists(_))
    }

    /// The details, if [`Error::is_already_exists`].
    pub fn as_already_exists(&self) -> Option<&AlreadyExists> {
        match self.inner() {
            Kind::AlreadyExists(detail) => Some(detail),
            _ => None,
        }
    }
}
