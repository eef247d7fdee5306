//! What was read, kept to find out later what changed.

use std::fmt;

use serde_json::Value;

use crate::{model::ModelDef, path::FieldPath};

/// The mapped part of an object exactly as it was read.
///
/// Kept as serialized bytes: it is small, cheap to make while a list is decoded, and parsed again
/// only when the object is saved. `Debug` shows no contents, for they may be secret.
#[derive(Clone)]
pub struct Snapshot {
    uid: Option<Box<str>>,
    resource_version: Option<Box<str>>,
    raw: Box<[u8]>,
}

impl Snapshot {
    /// Keeps of `object` what the model maps, and its uid and resourceVersion.
    pub fn of(def: &ModelDef, object: &Value) -> Self {
        let raw = def.project(object);
        let text = |path: &str| object.pointer(path).and_then(Value::as_str).map(Into::into);
        Self {
            uid: text("/metadata/uid"),
            resource_version: text("/metadata/resourceVersion"),
            // A `Value` has only string keys, and a `Vec` takes every write: this cannot fail.
            raw: serde_json::to_vec(&raw).unwrap_or_default().into(),
        }
    }

    /// The uid of the object that was read.
    pub fn uid(&self) -> Option<&str> {
        self.uid.as_deref()
    }

    /// The resourceVersion at which it was read.
    pub fn resource_version(&self) -> Option<&str> {
        self.resource_version.as_deref()
    }

    /// The raw values at the mapped paths, in an object of the same shape as the one read.
    pub fn raw(&self) -> Value {
        // Written by `of` from a `Value`, so it parses.
        serde_json::from_slice(&self.raw).unwrap_or_default()
    }

    /// The raw value at one path.
    pub fn get(&self, path: &FieldPath) -> Option<Value> {
        path.get(&self.raw()).cloned()
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("uid", &self.uid)
            .field("resource_version", &self.resource_version)
            .finish_non_exhaustive()
    }
}
