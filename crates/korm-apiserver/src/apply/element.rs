//! One step of a path: a field, or an item of a list by its keys, its value or its index.

use crate::schema::go_format;
use serde_json::Value;
use std::cmp::Ordering;
use std::fmt;

/// One step of a path.
#[derive(Debug, Clone)]
pub(super) enum PathElement {
    /// A field of an object or an entry of a map.
    Field(Box<str>),
    /// An item of a list by its key fields, sorted by name.
    Key(Vec<(Box<str>, Value)>),
    /// An item of a set by its value.
    Value(Value),
    /// An item of any other list.
    Index(i64),
}

impl PathElement {
    pub(super) fn field(name: &str) -> Self {
        Self::Field(name.into())
    }

    /// How `fieldsV1` writes it.
    pub(super) fn serialize(&self) -> String {
        match self {
            Self::Field(name) => format!("f:{name}"),
            Self::Key(fields) => {
                let fields: Vec<_> = fields
                    .iter()
                    .map(|(name, value)| {
                        let name = go_format::json(&Value::String(name.to_string()));
                        format!("{name}:{}", go_format::json(value))
                    })
                    .collect();
                format!("k:{{{}}}", fields.join(","))
            }
            Self::Value(value) => format!("v:{}", go_format::json(value)),
            Self::Index(index) => format!("i:{index}"),
        }
    }

    /// Reads what [`serialize`](Self::serialize) writes; inner `None` is a kind of element that a
    /// later version may know.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub(super) fn parse(text: &str) -> Result<Option<Self>, String> {
        let (kind, rest) = match text.as_bytes() {
            [] | [_] => return Err("key must be 2 characters long:".to_owned()),
            // The first byte must be a whole character, too.
            [kind, b':', ..] if kind.is_ascii() => (*kind, &text[2..]),
            _ => return Err(format!("missing colon: {text}")),
        };
        let json = || rest.parse::<Value>().map_err(|error| error.to_string());
        Ok(Some(match kind {
            b'f' => Self::field(rest),
            b'v' => Self::Value(json()?),
            b'k' => match json()? {
                // The map is sorted already.
                Value::Object(map) => Self::Key(
                    map.into_iter()
                        .map(|(name, value)| (name.into(), value))
                        .collect(),
                ),
                _ => return Err(format!("not an object: {rest}")),
            },
            b'i' => Self::Index(rest.parse().map_err(|_| format!("not an index: {rest}"))?),
            _ => return Ok(None),
        }))
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Field(_) => 0,
            Self::Key(_) => 1,
            Self::Value(_) => 2,
            Self::Index(_) => 3,
        }
    }
}

impl fmt::Display for PathElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => write!(f, ".{name}"),
            Self::Key(fields) => {
                let fields: Vec<_> = fields
                    .iter()
                    .map(|(name, value)| format!("{name}={}", display(value)))
                    .collect();
                write!(f, "[{}]", fields.join(","))
            }
            Self::Value(value) => write!(f, "[={}]", display(value)),
            Self::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// A value inside a path.
fn display(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => go_format::display_number(number),
        Value::String(text) => go_format::quote(text),
        Value::Array(items) => {
            format!(
                "[{}]",
                items.iter().map(display).collect::<Vec<_>>().join(",")
            )
        }
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| format!("{key}={}", display(value)))
            .collect(),
    }
}

impl Ord for PathElement {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Field(a), Self::Field(b)) => a.cmp(b),
            (Self::Key(a), Self::Key(b)) => {
                for ((name_a, value_a), (name_b, value_b)) in a.iter().zip(b) {
                    let order = name_a.cmp(name_b).then_with(|| compare(value_a, value_b));
                    if order.is_ne() {
                        return order;
                    }
                }
                a.len().cmp(&b.len())
            }
            (Self::Value(a), Self::Value(b)) => compare(a, b),
            (Self::Index(a), Self::Index(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for PathElement {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for PathElement {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for PathElement {}

/// A total order of values: numbers by value whatever their type, then strings, booleans, lists,
/// maps, null.
pub(super) fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => a
                .as_f64()
                .unwrap_or_default()
                .total_cmp(&b.as_f64().unwrap_or_default()),
        },
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Array(a), Value::Array(b)) => {
            let order = a
                .iter()
                .zip(b)
                .map(|(a, b)| compare(a, b))
                .find(|order| order.is_ne());
            order.unwrap_or_else(|| a.len().cmp(&b.len()))
        }
        (Value::Object(a), Value::Object(b)) => {
            let order = a
                .iter()
                .zip(b)
                .map(|((ka, va), (kb, vb))| ka.cmp(kb).then_with(|| compare(va, vb)))
                .find(|order| order.is_ne());
            order.unwrap_or_else(|| a.len().cmp(&b.len()))
        }
        _ => rank(a).cmp(&rank(b)),
    }
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Number(_) => 0,
        Value::String(_) => 1,
        Value::Bool(_) => 2,
        Value::Array(_) => 3,
        Value::Object(_) => 4,
        Value::Null => 5,
    }
}

/// Whether two values are the same; 1 and 1.0 are.
pub(super) fn equal(a: &Value, b: &Value) -> bool {
    compare(a, b).is_eq()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn elements_are_written_as_upstream_does() {
        let key = PathElement::Key(vec![
            ("name".into(), json!("a<b")),
            ("port".into(), json!(80)),
        ]);
        for (element, serialized, shown) in [
            (PathElement::field("a:b"), "f:a:b", ".a:b"),
            (
                key,
                r#"k:{"name":"a\u003cb","port":80}"#,
                r#"[name="a<b",port=80]"#,
            ),
            (PathElement::Value(json!("x")), r#"v:"x""#, r#"[="x"]"#),
            (PathElement::Index(3), "i:3", "[3]"),
        ] {
            assert_eq!(element.serialize(), serialized);
            assert_eq!(element.to_string(), shown);
            assert_eq!(PathElement::parse(serialized), Ok(Some(element)));
        }
        assert_eq!(PathElement::parse("z:1"), Ok(None));
        for wrong in ["", "f", "ff", "v:{", "k:1", "i:x", "é:x"] {
            assert!(PathElement::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_are_equal_whatever_their_type() {
        assert!(equal(&json!({"a": [1, 2.0]}), &json!({"a": [1.0, 2]})));
        assert!(!equal(&json!(1), &json!("1")));
        assert_eq!(compare(&json!(1.5), &json!(1)), Ordering::Greater);
    }
}
