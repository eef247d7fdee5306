//! What was read, kept to find out later what changed.

mod shape;

use std::{fmt, sync::Arc};

use serde_json::Value;

use crate::{model::ModelDef, path::FieldPath, project::Projected};

pub(crate) use shape::{Shape, Shapes};

/// The mapped part of an object exactly as it was read.
///
/// Kept as serialized bytes: it is small, cheap to make while a list is decoded, and parsed again
/// only when the object is saved. Objects of one list that have the same members share the text of one
/// of them, and keep no more than what is different. `Debug` shows no contents, for they may be secret.
#[derive(Clone)]
pub struct Snapshot(Kept);

#[derive(Clone)]
enum Kept {
    Whole(Arc<Whole>),
    Like {
        shape: Arc<Shape>,
        differences: Box<[u8]>,
    },
}

struct Whole {
    uid: Option<Box<str>>,
    resource_version: Option<Box<str>>,
    raw: Box<[u8]>,
}

impl Snapshot {
    /// Keeps of `object` what the model maps, and its uid and resourceVersion.
    pub fn of(def: &ModelDef, object: &Value) -> Self {
        let metadata = object.get("metadata");
        let text = |key: &str| metadata.and_then(|metadata| metadata.get(key)?.as_str());
        // A `Value` has only string keys, and a `Vec` takes every write: this cannot fail.
        let raw = serde_json::to_vec(&Projected::new(def, object)).unwrap_or_default();
        Self::whole(raw, text("uid"), text("resourceVersion"))
    }

    /// Keeps a text.
    pub(crate) fn whole(raw: Vec<u8>, uid: Option<&str>, resource_version: Option<&str>) -> Self {
        Self(Kept::Whole(Arc::new(Whole {
            uid: uid.map(Into::into),
            resource_version: resource_version.map(Into::into),
            raw: raw.into(),
        })))
    }

    /// Keeps what makes an object another one than that of the shape.
    pub(crate) fn like(shape: Arc<Shape>, differences: &[u8]) -> Self {
        Self(Kept::Like {
            shape,
            differences: differences.into(),
        })
    }

    /// The uid of the object that was read.
    pub fn uid(&self) -> Option<&str> {
        match &self.0 {
            Kept::Whole(whole) => whole.uid.as_deref(),
            Kept::Like { shape, differences } => text(shape, differences, shape.uid?),
        }
    }

    /// The resourceVersion at which it was read.
    pub fn resource_version(&self) -> Option<&str> {
        match &self.0 {
            Kept::Whole(whole) => whole.resource_version.as_deref(),
            Kept::Like { shape, differences } => text(shape, differences, shape.resource_version?),
        }
    }

    /// The raw values at the mapped paths, in an object of the same shape as the one read.
    pub fn raw(&self) -> Value {
        // Written by `of` from a `Value`, or put together from the texts of values, so it parses.
        match &self.0 {
            Kept::Whole(whole) => serde_json::from_slice(&whole.raw),
            Kept::Like { shape, differences } => serde_json::from_slice(&shape.text(differences)),
        }
        .unwrap_or_default()
    }

    /// The raw value at one path.
    pub fn get(&self, path: &FieldPath) -> Option<Value> {
        path.get(&self.raw()).cloned()
    }
}

/// One of the values that are plain strings, without its quotes. Scanning makes sure that they are.
fn text<'s>(shape: &'s Shape, differences: &'s [u8], index: usize) -> Option<&'s str> {
    let inner = shape
        .whole(differences, index)
        .strip_prefix(b"\"")?
        .strip_suffix(b"\"")?;
    std::str::from_utf8(inner).ok()
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("uid", &self.uid())
            .field("resource_version", &self.resource_version())
            .finish_non_exhaustive()
    }
}
