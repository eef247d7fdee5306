//! The URL of an object, or why it has none.

use korm_core::ObjectKey;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::Objects;
use crate::error::{Error, Violation};
use crate::{ObjectRef, Result};

/// What cannot stand in a segment of a path (RFC 3986, section 3.3).
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

impl Objects {
    /// The path of one object.
    pub(super) fn object_path(&self, key: &ObjectKey) -> Result<String> {
        let namespace = self.namespace_of(key)?;
        let name = self.segment(key, &key.name, "metadata.name")?;
        Ok(self.def.object_path(namespace.as_deref(), &name))
    }

    /// The path of the collection that an object is created in.
    pub(super) fn home_path(&self, key: &ObjectKey) -> Result<String> {
        Ok(self.def.collection_path(self.namespace_of(key)?.as_deref()))
    }

    fn namespace_of(&self, key: &ObjectKey) -> Result<Option<String>> {
        if !self.def.is_namespaced() {
            return Ok(None);
        }
        match key
            .namespace
            .as_deref()
            .filter(|namespace| !namespace.is_empty())
        {
            Some(namespace) => self.segment(key, namespace, "metadata.namespace").map(Some),
            None => Err(Error::usage(
                format!(
                    "{} has no namespace, and {} is a namespaced kind",
                    self.object_ref(key),
                    self.def.kind
                ),
                Some(if key.name.contains('/') {
                    "namespace and name are two parts: a key is `(\"default\", \"name\")`"
                } else {
                    "give it one, for example with `Meta::named(..).in_namespace(\"default\")`"
                }),
            )),
        }
    }

    /// One segment of a path; the server's rules for names are stricter, these are what a URL demands.
    fn segment(&self, key: &ObjectKey, text: &str, path: &str) -> Result<String> {
        match path_segment_fault(text) {
            None => Ok(utf8_percent_encode(text, SEGMENT).to_string()),
            Some(fault) => Err(invalid_name(self.object_ref(key), path, text, fault)),
        }
    }
}

/// As Kubernetes' `path.IsValidPathSegmentName` and the demand that there is a name.
fn path_segment_fault(text: &str) -> Option<&'static str> {
    match text {
        "" => Some("must not be empty"),
        "." | ".." => Some("may not be '.' or '..'"),
        text if text.contains('/') => Some("may not contain '/'"),
        text if text.contains('%') => Some("may not contain '%'"),
        _ => None,
    }
}

fn invalid_name(object: ObjectRef, path: &str, text: &str, fault: &str) -> Error {
    let violation = Violation {
        path: path.to_owned(),
        reason: "FieldValueInvalid".to_owned(),
        message: format!("Invalid value: {text:?}: {fault}"),
    };
    Error::invalid(object, vec![violation], None)
}
