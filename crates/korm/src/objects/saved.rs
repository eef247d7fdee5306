//! What a save did.

use bytes::Bytes;
use korm_core::ObjectKey;
use serde_json::Value;

use super::query::ObjectText;

/// What a save did. Where nothing had changed, nothing: see [`nothing`](Self::nothing).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Saved {
    /// The object was created.
    pub created: bool,
    /// The endpoints that were written to, in order.
    pub endpoints: Vec<Endpoint>,
    /// The names of the model's fields that were changed. Empty for a create.
    pub fields: Vec<String>,
    /// Others had changed the object meanwhile, at other fields.
    pub merged: bool,
}

impl Saved {
    /// Whether nothing was sent, because nothing had changed.
    pub fn nothing(&self) -> bool {
        self.endpoints.is_empty()
    }
}

/// A part of an object that is written on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// The object itself.
    Object,
    /// Its status subresource.
    Status,
    /// Its scale subresource.
    Scale,
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Object => "the object",
            Self::Status => "its status",
            Self::Scale => "its scale",
        })
    }
}

impl Endpoint {
    /// What follows the object's path.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Object => "",
            Self::Status => "/status",
            Self::Scale => "/scale",
        }
    }
}

/// An object as the cluster has it after a save, and what the save did.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Stored {
    /// The object, without its `managedFields`.
    pub object: Value,
    /// What was done.
    pub saved: Saved,
}

/// An object as the server wrote it after a save, and what the save did.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StoredText {
    /// The object.
    pub text: ObjectText,
    /// What was done.
    pub saved: Saved,
}

/// An object as a server wrote it, read no further than it had to be.
pub(crate) enum Written {
    Value(Value),
    Text {
        /// For messages.
        key: ObjectKey,
        body: Bytes,
    },
}
