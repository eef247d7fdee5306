//! What was read, kept to find out later what changed.

use std::{fmt, ops::Range};

use serde_json::Value;

use crate::{model::ModelDef, path::FieldPath, project::Projected};

/// The mapped part of an object exactly as it was read.
///
/// Kept as serialized bytes: it is small, cheap to make while a list is decoded, and parsed again
/// only when the object is saved. `Debug` shows no contents, for they may be secret.
#[derive(Clone)]
pub struct Snapshot {
    uid: Option<Text>,
    resource_version: Option<Text>,
    raw: Box<[u8]>,
}

/// A text of its own, or one that stands in the raw bytes.
#[derive(Clone)]
enum Text {
    Own(Box<str>),
    At { start: u32, end: u32 },
}

impl Snapshot {
    /// Keeps of `object` what the model maps, and its uid and resourceVersion.
    pub fn of(def: &ModelDef, object: &Value) -> Self {
        let text = |path: &str| {
            let text = object.pointer(path).and_then(Value::as_str);
            text.map(|text| Text::Own(text.into()))
        };
        Self {
            uid: text("/metadata/uid"),
            resource_version: text("/metadata/resourceVersion"),
            // A `Value` has only string keys, and a `Vec` takes every write: this cannot fail.
            raw: serde_json::to_vec(&Projected::new(def, object))
                .unwrap_or_default()
                .into(),
        }
    }

    /// Keeps a text that was scanned, and where in it the texts of uid and resourceVersion are.
    /// `None` where one of those has an escape, which the real ones never have.
    pub(crate) fn scanned(
        raw: &[u8],
        uid: Option<Range<usize>>,
        resource_version: Option<Range<usize>>,
    ) -> Option<Self> {
        let text = |range: Option<Range<usize>>| match range {
            None => Some(None),
            Some(range) => {
                let inner = raw
                    .get(range.clone())?
                    .strip_prefix(b"\"")?
                    .strip_suffix(b"\"")?;
                if inner.contains(&b'\\') {
                    return None;
                }
                let start = u32::try_from(range.start + 1).ok()?;
                let end = u32::try_from(range.end - 1).ok()?;
                Some(Some(Text::At { start, end }))
            }
        };
        Some(Self {
            uid: text(uid)?,
            resource_version: text(resource_version)?,
            raw: raw.into(),
        })
    }

    fn text<'s>(&'s self, text: &'s Option<Text>) -> Option<&'s str> {
        match text.as_ref()? {
            Text::Own(text) => Some(text),
            // Put there by `scanned`, from a part of these bytes that is JSON.
            Text::At { start, end } => {
                std::str::from_utf8(self.raw.get(*start as usize..*end as usize)?).ok()
            }
        }
    }

    /// The uid of the object that was read.
    pub fn uid(&self) -> Option<&str> {
        self.text(&self.uid)
    }

    /// The resourceVersion at which it was read.
    pub fn resource_version(&self) -> Option<&str> {
        self.text(&self.resource_version)
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
            .field("uid", &self.uid())
            .field("resource_version", &self.resource_version())
            .finish_non_exhaustive()
    }
}
