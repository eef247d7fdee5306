//! A document being patched, whose scalars keep the text they were written with.

use crate::schema::{decode, go_format};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// One value of the document.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Null,
    /// The JSON text of a string, number or boolean. Equal means: the same text.
    Scalar(Box<str>),
    Object(BTreeMap<String, Node>),
    Array(Vec<Node>),
    /// The text of an object or list of the patch that gives a field twice somewhere. As upstream does, it is kept as it
    /// was written until something looks into it, and so told of when the patched object is decoded.
    Unread(Box<str>),
}

impl Node {
    /// A stored value, its scalars as Kubernetes writes them.
    pub(super) fn stored(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Object(map) => Self::Object(
                map.iter()
                    .map(|(k, v)| (k.clone(), Self::stored(v)))
                    .collect(),
            ),
            Value::Array(items) => Self::Array(items.iter().map(Self::stored).collect()),
            scalar => Self::Scalar(go_format::json(scalar).into()),
        }
    }

    /// A value of a patch, its scalars as the client wrote them.
    pub(super) fn sent(raw: &RawValue) -> Self {
        let text = raw.get();
        if !super::duplicate_fields(text).is_empty() {
            return Self::Unread(text.into());
        }
        Self::read(text)
    }

    fn read(text: &str) -> Self {
        match text.as_bytes().first() {
            Some(b'{') => {
                let map: BTreeMap<String, Box<RawValue>> =
                    serde_json::from_str(text).unwrap_or_default();
                Self::Object(map.into_iter().map(|(k, v)| (k, Self::sent(&v))).collect())
            }
            Some(b'[') => {
                let items: Vec<Box<RawValue>> = serde_json::from_str(text).unwrap_or_default();
                Self::Array(items.iter().map(|item| Self::sent(item)).collect())
            }
            Some(b'n') => Self::Null,
            _ => Self::Scalar(text.into()),
        }
    }

    /// Reads an object or list, but not what is in it.
    pub(super) fn open(&mut self) {
        if let Self::Unread(text) = self {
            *self = Self::read(text);
        }
    }

    /// The value with all of it read.
    pub(super) fn opened(mut self) -> Self {
        self.open();
        match self {
            Self::Object(map) => {
                Self::Object(map.into_iter().map(|(k, v)| (k, v.opened())).collect())
            }
            Self::Array(items) => Self::Array(items.into_iter().map(Self::opened).collect()),
            other => other,
        }
    }

    /// Whether something in it is unread.
    pub(super) fn is_unread(&self) -> bool {
        match self {
            Self::Unread(_) => true,
            Self::Object(map) => map.values().any(Self::is_unread),
            Self::Array(items) => items.iter().any(Self::is_unread),
            _ => false,
        }
    }

    /// The same as a document that is to be decoded.
    pub(super) fn document(&self) -> decode::Node {
        let parsed = |text: &str| decode::parse(text.as_bytes()).unwrap_or(decode::Node::Null);
        match self {
            Self::Null => decode::Node::Null,
            Self::Scalar(text) | Self::Unread(text) => parsed(text),
            Self::Object(map) => {
                decode::Node::Object(map.iter().map(|(k, v)| (k.clone(), v.document())).collect())
            }
            Self::Array(items) => decode::Node::Array(items.iter().map(Self::document).collect()),
        }
    }

    /// The value again.
    pub(super) fn value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            // Every text came out of a JSON parser or writer.
            Self::Scalar(text) | Self::Unread(text) => text.parse().unwrap_or_default(),
            Self::Object(map) => {
                Value::Object(map.into_iter().map(|(k, v)| (k, v.value())).collect())
            }
            Self::Array(items) => Value::Array(items.into_iter().map(Self::value).collect()),
        }
    }

    /// The object or list that holds the last part of a pointer, and that part.
    ///
    /// Whatever is before the first slash is not looked at, as upstream does not.
    pub(super) fn parent(&mut self, pointer: &str) -> Option<(&mut Self, String)> {
        let mut parts: Vec<_> = pointer.split('/').skip(1).map(unescape).collect();
        let last = parts.pop()?;
        let mut node = self;
        node.open();
        for part in parts {
            node = match node {
                Self::Object(map) => map.get_mut(&part)?,
                Self::Array(items) => {
                    let index = position(&part, items.len())?;
                    items.get_mut(index)?
                }
                _ => return None,
            };
            node.open();
        }
        matches!(node, Self::Object(_) | Self::Array(_)).then_some((node, last))
    }

    /// What a key holds. Outer `None`: no such index; inner: an object without the key.
    pub(super) fn get(&self, key: &str) -> Option<Option<&Self>> {
        match self {
            Self::Object(map) => Some(map.get(key)),
            Self::Array(items) => Some(Some(items.get(position(key, items.len())?)?)),
            _ => None,
        }
    }

    /// Adds under a key of an object, or in front of an index of a list.
    pub(super) fn add(&mut self, key: String, node: Self) -> Option<()> {
        match self {
            Self::Object(map) => {
                map.insert(key, node);
            }
            Self::Array(items) if key == "-" => items.push(node),
            Self::Array(items) => {
                let index = position(&key, items.len() + 1)?;
                if index > items.len() {
                    return None;
                }
                items.insert(index, node);
            }
            _ => return None,
        }
        Some(())
    }

    /// Replaces what is at a key; an object need not have had it.
    pub(super) fn set(&mut self, key: String, node: Self) -> Option<()> {
        match self {
            Self::Object(map) => {
                map.insert(key, node);
            }
            Self::Array(items) => {
                let index = position(&key, items.len())?;
                *items.get_mut(index)? = node;
            }
            _ => return None,
        }
        Some(())
    }

    /// Takes out what is at a key.
    pub(super) fn remove(&mut self, key: &str) -> Option<Self> {
        match self {
            Self::Object(map) => map.remove(key),
            Self::Array(items) => {
                let index = position(key, items.len())?;
                (index < items.len()).then(|| items.remove(index))
            }
            _ => None,
        }
    }
}

/// An index as Go reads it: decimal, with a sign if one likes; negative ones count from the end,
/// which RFC 6901 does not know but Kubernetes takes.
fn position(key: &str, length: usize) -> Option<usize> {
    let index: i64 = key.parse().ok()?;
    let length = i64::try_from(length).ok()?;
    let index = if index < 0 { index + length } else { index };
    usize::try_from(index).ok()
}

/// `~1` is a slash, `~0` a tilde; replaced in one pass.
fn unescape(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    let mut rest = part;
    while let Some(at) = rest.find('~') {
        out.push_str(&rest[..at]);
        let (text, length) = match rest.as_bytes().get(at + 1) {
            Some(b'1') => ('/', 2),
            Some(b'0') => ('~', 2),
            _ => ('~', 1),
        };
        out.push(text);
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    out
}
