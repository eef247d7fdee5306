//! Where in an object a field lives.
//!
//! A [`FieldPath`] is the list of keys that lead from the root of an object to a value. It is
//! written in three ways: as its segments, as a JSON pointer (RFC 6901) for patches, and dotted for
//! people, `spec.size.diameter` or `metadata.labels[app.kubernetes.io/name]`.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// The path of a value from the root of an object: object keys only, never list indexes.
///
/// ```
/// use korm_core::FieldPath;
///
/// let path = FieldPath::spec("variety");
/// assert_eq!(path.to_string(), "spec.variety");
/// assert_eq!(path.pointer(), "/spec/variety");
///
/// let label = FieldPath::label("app.kubernetes.io/name");
/// assert_eq!(label.to_string(), "metadata.labels[app.kubernetes.io/name]");
/// assert_eq!(label.pointer(), "/metadata/labels/app.kubernetes.io~1name");
/// assert_eq!(label.to_string().parse::<FieldPath>().unwrap(), label);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldPath {
    segments: Arc<[String]>,
}

impl FieldPath {
    /// A path of these segments, from the root of the object. No segments: the whole object.
    pub fn new<I, S>(segments: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: Into<String>,
    {
        Self {
            segments: segments.into_iter().map(Into::into).collect(),
        }
    }

    /// `spec.<key>`.
    pub fn spec(key: impl Into<String>) -> Self {
        Self::new(["spec".to_owned(), key.into()])
    }

    /// `status.<key>`.
    pub fn status(key: impl Into<String>) -> Self {
        Self::new(["status".to_owned(), key.into()])
    }

    /// `metadata.<key>`.
    pub fn metadata(key: impl Into<String>) -> Self {
        Self::new(["metadata".to_owned(), key.into()])
    }

    /// One label, `metadata.labels[<key>]`.
    pub fn label(key: impl Into<String>) -> Self {
        Self::new(["metadata".to_owned(), "labels".to_owned(), key.into()])
    }

    /// One annotation, `metadata.annotations[<key>]`.
    pub fn annotation(key: impl Into<String>) -> Self {
        Self::new(["metadata".to_owned(), "annotations".to_owned(), key.into()])
    }

    /// A key at the root of the object, such as `data` of a `ConfigMap`.
    pub fn root(key: impl Into<String>) -> Self {
        Self::new([key.into()])
    }

    /// This path with one more segment below it.
    #[must_use]
    pub fn child(&self, key: impl Into<String>) -> Self {
        Self::new(self.segments.iter().cloned().chain([key.into()]))
    }

    /// The segments, from the root.
    pub fn segments(&self) -> &[String] {
        &self.segments
    }

    /// The key of the label when this is the path of one label.
    pub fn label_key(&self) -> Option<&str> {
        self.metadata_map_key("labels")
    }

    /// The key of the annotation when this is the path of one annotation.
    pub fn annotation_key(&self) -> Option<&str> {
        self.metadata_map_key("annotations")
    }

    fn metadata_map_key(&self, map: &str) -> Option<&str> {
        match &*self.segments {
            [root, name, key] if root == "metadata" && name == map => Some(key),
            _ => None,
        }
    }

    /// Whether this path is `other` or lies below it.
    pub fn starts_with(&self, other: &Self) -> bool {
        self.segments.starts_with(&other.segments)
    }

    /// Whether this path lies in `status`.
    pub fn is_status(&self) -> bool {
        self.segments.first().is_some_and(|root| root == "status")
    }

    /// The value at this path, or `None` where a segment is missing or something above it is no object.
    pub fn get<'v>(&self, object: &'v Value) -> Option<&'v Value> {
        self.segments
            .iter()
            .try_fold(object, |value, key| value.as_object()?.get(key))
    }

    /// Puts `value` at this path, making the objects above it. What stands in the way and is no
    /// object is replaced.
    pub fn set(&self, object: &mut Value, value: Value) {
        let mut at = object;
        for key in &*self.segments {
            if !at.is_object() {
                *at = Value::Object(Map::new());
            }
            // Just made an object where it was none, so indexing by a key inserts it.
            at = &mut at[key.as_str()];
        }
        *at = value;
    }

    /// Takes the value at this path out of the object and gives it back.
    pub fn remove(&self, object: &mut Value) -> Option<Value> {
        let (last, above) = self.segments.split_last()?;
        let parent = above
            .iter()
            .try_fold(object, |value, key| value.as_object_mut()?.get_mut(key))?;
        parent.as_object_mut()?.remove(last)
    }

    /// The path as a JSON pointer (RFC 6901).
    pub fn pointer(&self) -> String {
        let mut pointer = String::new();
        for segment in &*self.segments {
            push_pointer_token(&mut pointer, segment);
        }
        pointer
    }
}

/// Appends `/token` to a JSON pointer, escaping `~` and `/` as RFC 6901 says.
pub(crate) fn push_pointer_token(pointer: &mut String, token: &str) {
    pointer.push('/');
    for c in token.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

/// Whether a segment can be written after a dot; others are written in brackets.
fn is_plain(segment: &str) -> bool {
    !segment.is_empty()
        && segment
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$'))
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let in_map = self.label_key().is_some() || self.annotation_key().is_some();
        for (i, segment) in self.segments.iter().enumerate() {
            if (in_map && i == 2) || !is_plain(segment) {
                write!(f, "[{}]", segment.replace('\\', "\\\\").replace(']', "\\]"))?;
            } else {
                if i > 0 {
                    f.write_str(".")?;
                }
                f.write_str(segment)?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FieldPath({self})")
    }
}

/// Why a text is no path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no field path: {reason}; write it like `spec.variety` or `metadata.labels[app]`"
)]
pub struct PathError {
    text: String,
    reason: &'static str,
}

impl FromStr for FieldPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).map_err(|reason| PathError {
            text: text.to_owned(),
            reason,
        })
    }
}

fn parse(text: &str) -> Result<FieldPath, &'static str> {
    let mut segments = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(&c) = chars.peek() {
        if c == '[' {
            chars.next();
            segments.push(bracketed(&mut chars)?);
            continue;
        }
        if !segments.is_empty() && chars.next() != Some('.') {
            return Err("after a bracket comes a dot or another bracket");
        }
        let mut segment = String::new();
        while let Some(c) = chars.next_if(|c| !matches!(c, '.' | '[')) {
            segment.push(c);
        }
        if segment.is_empty() {
            return Err("a segment is empty");
        }
        segments.push(segment);
    }
    Ok(FieldPath::new(segments))
}

fn bracketed(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<String, &'static str> {
    let mut segment = String::new();
    loop {
        match chars.next() {
            None => return Err("a bracket is not closed"),
            Some(']') => return Ok(segment),
            Some('\\') => segment.push(chars.next().ok_or("a bracket is not closed")?),
            Some(c) => segment.push(c),
        }
    }
}

impl Serialize for FieldPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.segments.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for FieldPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self {
            segments: Deserialize::deserialize(deserializer)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn gets_sets_and_removes() {
        let mut object = json!({"spec": null});
        let path = FieldPath::new(["spec", "size", "diameter"]);
        assert_eq!(path.get(&object), None);
        path.set(&mut object, json!(7));
        assert_eq!(object, json!({"spec": {"size": {"diameter": 7}}}));
        assert_eq!(path.get(&object), Some(&json!(7)));
        assert_eq!(path.remove(&mut object), Some(json!(7)));
        assert_eq!(path.remove(&mut object), None);
        assert_eq!(object, json!({"spec": {"size": {}}}));
    }

    #[test]
    fn refuses_what_is_no_path() {
        for text in ["spec..a", ".a", "a.", "a[b", "a[b]c", "a[b\\"] {
            assert!(text.parse::<FieldPath>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_comes_back(segments in prop::collection::vec("[a-z~/.\\]\\[\\\\]{0,4}|[a-z]{1,4}", 0..5)) {
            let path = FieldPath::new(segments);
            prop_assert_eq!(path.to_string().parse::<FieldPath>().unwrap(), path);
        }

        #[test]
        fn pointer_finds_the_value(segments in prop::collection::vec("[a-z~/]{1,4}", 1..5)) {
            let path = FieldPath::new(segments);
            let mut object = json!({});
            path.set(&mut object, json!(1));
            prop_assert_eq!(object.pointer(&path.pointer()), Some(&json!(1)));
        }
    }
}
