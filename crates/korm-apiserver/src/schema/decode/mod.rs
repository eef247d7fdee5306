//! From the bytes of a request to a value: parsing, duplicate and unknown fields, wrong types.
//!
//! Field validation (KEP-2885) reports what is duplicate or unknown: as an error, as a warning or
//! not at all is for the caller to decide.

mod delete_options;
mod metadata;
mod native;
mod parse;
mod unstructured;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

pub(crate) use delete_options::decode_delete_options;
pub(crate) use metadata::{coerce_embedded, decode_metadata};
pub(crate) use native::decode_native;
pub(crate) use parse::parse;
pub(crate) use unstructured::convert_native;

use super::go_format;

/// A parsed JSON document: fields in the order they came, those that came twice too.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, with its text.
    Number(serde_json::Number, String),
    /// A string.
    String(String),
    /// A list.
    Array(Vec<Node>),
    /// An object.
    Object(Vec<(String, Node)>),
}

/// A decoded object and what a strict decoder complains about: `unknown field "spec.x"`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Decoded {
    /// The object.
    pub(crate) value: Value,
    /// Complaints in the order Kubernetes lists them.
    pub(crate) strict: Vec<String>,
}

/// A document taken as it is, as custom resources are: of duplicate fields the last one counts.
pub(crate) fn decode_untyped(node: Node) -> Decoded {
    let mut strict = Strict::default();
    let value = untyped(node, &mut strict);
    Decoded {
        value,
        strict: strict.messages,
    }
}

fn untyped(node: Node, strict: &mut Strict) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Bool(value) => Value::Bool(value),
        Node::Number(number, _) => Value::Number(number),
        Node::String(text) => Value::String(text),
        Node::Array(items) => {
            let mut values = Vec::with_capacity(items.len());
            for (i, item) in items.into_iter().enumerate() {
                values.push(strict.at_index(i, |strict| untyped(item, strict)));
            }
            Value::Array(values)
        }
        Node::Object(fields) => {
            let mut map = Map::new();
            for (key, field) in fields {
                if map.contains_key(&key) {
                    strict.duplicate(&key);
                }
                let value = strict.at_key(&key, |strict| untyped(field, strict));
                map.insert(key, value);
            }
            Value::Object(map)
        }
    }
}

impl Node {
    /// What Go's JSON decoder calls such a value.
    pub(crate) fn go_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Number(..) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// The node as JSON, its fields as often as they are there.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Number(_, text) => text.clone(),
            Self::String(text) => go_format::json(&Value::String(text.clone())),
            Self::Array(items) => {
                let items: Vec<String> = items.iter().map(Self::text).collect();
                format!("[{}]", items.join(","))
            }
            Self::Object(fields) => {
                let fields = fields.iter().map(|(key, value)| {
                    let key = go_format::json(&Value::String(key.clone()));
                    format!("{key}:{}", value.text())
                });
                format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
            }
        }
    }

    /// A value whose numbers are taken as they are: a float stays one, though it is a whole number.
    pub(crate) fn unread(value: Value) -> Self {
        match value {
            Value::Number(number) => {
                let text = go_format::patched_number(&number);
                Self::Number(number, text)
            }
            Value::Array(items) => Self::Array(items.into_iter().map(Self::unread).collect()),
            Value::Object(fields) => Self::Object(
                fields
                    .into_iter()
                    .map(|(key, value)| (key, Self::unread(value)))
                    .collect(),
            ),
            other => Self::from(other),
        }
    }
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Number(number) => {
                // Written and read again, a whole float is an integer.
                let text = go_format::json_number(&number);
                let number = parse::number_of(&text).unwrap_or(number);
                Self::Number(number, text)
            }
            Value::String(text) => Self::String(text),
            Value::Array(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            Value::Object(fields) => Self::Object(
                fields
                    .into_iter()
                    .map(|(key, value)| (key, Self::from(value)))
                    .collect(),
            ),
        }
    }
}

/// Complaints so far, and where the decoder is.
#[derive(Debug, Default)]
struct Strict {
    messages: Vec<String>,
    path: Vec<String>,
}

impl Strict {
    /// No more than this many are kept.
    const LIMIT: usize = 100;

    fn at_key<T>(&mut self, key: &str, inner: impl FnOnce(&mut Self) -> T) -> T {
        let dot = if self.path.is_empty() { "" } else { "." };
        self.path.push(format!("{dot}{key}"));
        let result = inner(self);
        self.path.pop();
        result
    }

    fn at_index<T>(&mut self, index: usize, inner: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(format!("[{index}]"));
        let result = inner(self);
        self.path.pop();
        result
    }

    fn duplicate(&mut self, key: &str) {
        self.complain("duplicate field", key);
    }

    fn unknown(&mut self, key: &str) {
        self.complain("unknown field", key);
    }

    fn complain(&mut self, what: &str, key: &str) {
        let dot = if self.path.is_empty() { "" } else { "." };
        let path = format!("{}{dot}{key}", self.path.concat());
        let message = format!("{what} {}", go_format::quote(&path));
        if self.messages.len() < Self::LIMIT && !self.messages.contains(&message) {
            self.messages.push(message);
        }
    }
}
