//! The object, or its namespace, is not there.

use super::{Error, Hint, Kind};
use crate::ObjectRef;

/// The object, or the namespace it was to be created in, is not there.
#[derive(Debug, thiserror::Error)]
#[error("{object} {}", what.sentence())]
pub struct NotFound {
    object: ObjectRef,
    what: Missing,
}

/// How it comes that an object is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// No object has that name.
    Never,
    /// It was read before, and is there no more.
    Gone,
    /// It was read before, was to be deleted, and is there no more.
    DeletedAlready,
    /// It was read before; now another object has its name.
    Replaced,
    /// The namespace is missing.
    Namespace,
}

impl Missing {
    fn sentence(self) -> &'static str {
        match self {
            Self::Never => "does not exist",
            Self::Gone | Self::DeletedAlready => "is gone: it was deleted after it was read",
            Self::Replaced => {
                "is gone: it was deleted after it was read, and another object of that name was created"
            }
            Self::Namespace => "cannot be created: its namespace does not exist",
        }
    }
}

impl NotFound {
    /// The object that was asked for.
    pub fn object(&self) -> &ObjectRef {
        &self.object
    }

    /// Whether it is the namespace that is missing.
    pub fn namespace_is_missing(&self) -> bool {
        self.what == Missing::Namespace
    }
}

impl Hint for NotFound {
    fn hint(&self) -> Option<String> {
        match self.what {
            Missing::Never => {
                let namespace = self.object.namespace.as_deref();
                let within = namespace.map_or_else(String::new, |name| format!(" -n {name}"));
                Some(format!(
                    "`kubectl get {}{within}` lists those that are there",
                    self.object.kind.to_lowercase()
                ))
            }
            Missing::Gone => Some(
                "to create it again, save a copy that was never read (a fresh `Meta`)".to_owned(),
            ),
            Missing::DeletedAlready => Some(
                "nothing is left to delete; where that is as good, ask the error `is_not_found`"
                    .to_owned(),
            ),
            Missing::Replaced => {
                Some("read it again (`refresh`) to work on the new object".to_owned())
            }
            Missing::Namespace => {
                let namespace = self.object.namespace.as_deref().unwrap_or("default");
                Some(format!(
                    "create it first, for example with `kubectl create namespace {namespace}`"
                ))
            }
        }
    }
}

impl Error {
    pub(crate) fn not_found(object: ObjectRef) -> Self {
        Self::new(Kind::NotFound(NotFound {
            object,
            what: Missing::Never,
        }))
    }

    pub(crate) fn gone(object: ObjectRef) -> Self {
        Self::new(Kind::NotFound(NotFound {
            object,
            what: Missing::Gone,
        }))
    }

    pub(crate) fn deleted_already(object: ObjectRef) -> Self {
        Self::new(Kind::NotFound(NotFound {
            object,
            what: Missing::DeletedAlready,
        }))
    }

    pub(crate) fn replaced(object: ObjectRef) -> Self {
        Self::new(Kind::NotFound(NotFound {
            object,
            what: Missing::Replaced,
        }))
    }

    pub(crate) fn namespace_not_found(object: ObjectRef) -> Self {
        Self::new(Kind::NotFound(NotFound {
            object,
            what: Missing::Namespace,
        }))
    }

    /// Whether the object, or its namespace, is not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self.inner(), Kind::NotFound(_))
    }

    /// The details, if [`Error::is_not_found`].
    pub fn as_not_found(&self) -> Option<&NotFound> {
        match self.inner() {
            Kind::NotFound(detail) => Some(detail),
            _ => None,
        }
    }
}
