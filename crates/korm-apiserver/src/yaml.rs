//! YAML in, YAML out: bodies are turned into JSON before anything else is done with them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};
use serde_saphyr::{DuplicateKeyPolicy, Error, Options};

use crate::schema::decode::{Node, decode_untyped};
use crate::schema::go_format::{json_number, quote};

/// A document, and what a strict decoder says of keys that are set twice.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) node: Node,
    pub(crate) complaints: Vec<String>,
}

/// Parses a document; of keys that are set twice the last one counts.
pub(crate) fn parse(body: &[u8]) -> Result<Document, String> {
    let fault = |why: String| format!("yaml: {why}");
    let text = std::str::from_utf8(body).map_err(|e| fault(e.to_string()))?;
    let strict =
        serde_saphyr::from_str_with_options::<Parsed>(text, options(DuplicateKeyPolicy::Error));
    let first = match strict {
        Ok(parsed) => {
            return Ok(Document {
                node: parsed.0,
                complaints: Vec::new(),
            });
        }
        Err(error) => error,
    };
    let Some(complaint) = repeated_key(&first) else {
        return Err(fault(first.to_string()));
    };
    let lenient = options(DuplicateKeyPolicy::LastWins);
    let parsed: Parsed = serde_saphyr::from_str_with_options(text, lenient)
        .map_err(|error| fault(error.to_string()))?;
    Ok(Document {
        node: parsed.0,
        complaints: vec![complaint],
    })
}

/// What a strict decoder refuses a document with, for these complaints.
pub(crate) fn strict_fault(complaints: &[String]) -> String {
    format!("yaml: unmarshal errors:\n  {}", complaints.join("\n  "))
}

/// Parses a document as a value.
pub(crate) fn parse_value(body: &[u8]) -> Result<Value, String> {
    let document = parse(body)?;
    // YAML becomes JSON first, in which a whole float is an integer.
    let node = Node::from(decode_untyped(document.node).value);
    Ok(decode_untyped(node).value)
}

/// Writes a value.
pub(crate) fn write(value: &Value) -> Result<String, String> {
    serde_saphyr::to_string(value).map_err(|error| error.to_string())
}

fn options(duplicate_keys: DuplicateKeyPolicy) -> Options {
    serde_saphyr::options! { duplicate_keys: duplicate_keys, with_snippet: false }
}

fn repeated_key(error: &Error) -> Option<String> {
    match error {
        Error::DuplicateMappingKey { key, location } => {
            let key = quote(key.as_deref().unwrap_or_default());
            Some(format!(
                "line {}: key {key} already set in map",
                location.line()
            ))
        }
        _ => None,
    }
}

struct Parsed(Node);

impl<'de> Deserialize<'de> for Parsed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor).map(Self)
    }
}

struct NodeVisitor;

impl NodeVisitor {
    fn number(number: Number) -> Node {
        let text = json_number(&number);
        Node::Number(number, text)
    }
}

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(Self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Self::number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Self::number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        // Upstream goes by JSON text, in which 2.0 is written 2.
        if value.fract() == 0.0 && value.abs() < 9.2e18 {
            return Ok(Self::number((value as i64).into()));
        }
        // JSON has no infinities; upstream refuses them, too.
        Ok(Number::from_f64(value).map_or(Node::Null, Self::number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut nodes = Vec::new();
        while let Some(Parsed(item)) = items.next_element()? {
            nodes.push(item);
        }
        Ok(Node::Array(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut fields: Vec<(String, Node)> = Vec::new();
        while let Some(Parsed(key)) = entries.next_key()? {
            let Parsed(value) = entries.next_value()?;
            let key = key_text(key);
            // The last one counts; that there were others has been told already.
            match fields.iter_mut().find(|(known, _)| *known == key) {
                Some((_, known)) => *known = value,
                None => fields.push((key, value)),
            }
        }
        Ok(Node::Object(fields))
    }
}

/// Keys of JSON are texts, whatever they were.
fn key_text(key: Node) -> String {
    match key {
        Node::String(text) => text,
        Node::Number(_, text) => text,
        Node::Bool(value) => value.to_string(),
        Node::Null | Node::Array(_) | Node::Object(_) => "null".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_become_json() {
        let text = b"a: 1\nb: [x, 1.5, true, null]\n8080: \"7\"\n# end\n";
        assert_eq!(
            parse_value(text).unwrap(),
            json!({"a": 1, "b": ["x", 1.5, true, null], "8080": "7"})
        );
        assert_eq!(
            parse_value(br#"{"a": {"b": 1}}"#).unwrap(),
            json!({"a": {"b": 1}})
        );
        assert!(parse_value(b"a: [").unwrap_err().starts_with("yaml: "));
    }

    #[test]
    fn a_repeated_key_is_told_and_the_last_one_counts() {
        let document = parse(b"a: 1\nb: 2\na: 3\n").unwrap();
        assert_eq!(
            document.complaints,
            ["line 3: key \"a\" already set in map"]
        );
        assert_eq!(
            crate::schema::decode::decode_untyped(document.node).value,
            json!({"a": 3, "b": 2})
        );
    }
}
