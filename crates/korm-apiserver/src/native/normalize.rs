//! Decoding into a recorded struct and encoding again, in one walk.

use super::special;
use crate::facts::{self, Field, Message, Scalar, Wire};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// What a value becomes, and whether Go would take it for nothing.
pub(super) struct Normal {
    pub(super) value: Value,
    /// The zero value of its type: what `omitzero` leaves out.
    pub(super) zero: bool,
    /// What `omitempty` leaves out; never true of structs.
    pub(super) empty: bool,
}

/// An empty list or map.
const EMPTY: Normal = Normal {
    value: Value::Null,
    zero: false,
    empty: true,
};

impl Normal {
    /// A value that is something.
    pub(super) fn of(value: Value) -> Self {
        Self {
            value,
            zero: false,
            empty: false,
        }
    }

    /// The zero value of a struct.
    pub(super) fn zero(value: Value) -> Self {
        Self {
            value,
            zero: true,
            empty: false,
        }
    }

    fn scalar(value: Value, zero: bool) -> Self {
        Self {
            value,
            zero,
            empty: zero,
        }
    }
}

/// A whole object of a message type.
pub(crate) fn message(name: &str, object: &Value) -> Value {
    match object {
        Value::Object(map) => structure(name, map).value,
        Value::Null => structure(name, &Map::new()).value,
        other => other.clone(),
    }
}

fn structure(name: &str, object: &Map<String, Value>) -> Normal {
    let descriptor = facts::message(name);
    let Some(Message::Struct { fields, typed }) = descriptor.as_deref() else {
        return Normal::of(Value::Object(object.clone()));
    };
    let mut out = Map::new();
    let mut zero = true;
    if *typed {
        for key in ["apiVersion", "kind"] {
            if let Some(text) = object
                .get(key)
                .filter(|text| !text.is_null() && *text != "")
            {
                zero = false;
                out.insert(key.to_owned(), text.clone());
            }
        }
    }
    fields_of(fields, object, &mut out, &mut zero);
    Normal {
        value: Value::Object(out),
        zero,
        empty: false,
    }
}

fn fields_of(
    fields: &[Field],
    object: &Map<String, Value>,
    out: &mut Map<String, Value>,
    zero: &mut bool,
) {
    for field in fields {
        if field.inline {
            // An embedded struct: its fields are found in the object itself.
            if let Wire::Message(name) = &field.wire
                && let Some(Message::Struct { fields, .. }) = facts::message(name).as_deref()
            {
                fields_of(fields, object, out, zero);
            }
            continue;
        }
        let given = object.get(&*field.json).filter(|value| !value.is_null());
        let normal = match (given, field.pointer) {
            (None, true) => Normal::scalar(Value::Null, true),
            // What a pointer points at is there, even if it is zero.
            (Some(given), true) => Normal::of(normalize(&field.wire, Some(given)).value),
            (given, false) => normalize(&field.wire, given),
        };
        *zero &= normal.zero;
        if field.omit_empty && normal.empty || field.omit_zero && normal.zero {
            continue;
        }
        let empty = given.filter(|given| **given == json!([]));
        let value = empty.cloned().unwrap_or(normal.value);
        out.insert(field.json.to_string(), value);
    }
}

/// One value; `None` is one that is absent or null.
pub(super) fn normalize(wire: &Wire, value: Option<&Value>) -> Normal {
    match wire {
        Wire::Scalar(kind) => scalar(*kind, value),
        Wire::List(item) => list(item, value),
        Wire::Map(item) => map(item, value),
        Wire::Message(name) => special::normalize(name, value).unwrap_or_else(|| {
            if let Some(Message::Items(items)) = facts::message(name).as_deref() {
                return list(items, value);
            }
            match value {
                None => structure(name, &Map::new()),
                Some(Value::Object(object)) => structure(name, object),
                Some(other) => Normal::of(other.clone()),
            }
        }),
    }
}

fn list(item: &Wire, value: Option<&Value>) -> Normal {
    match value {
        None => Normal::scalar(Value::Null, true),
        Some(Value::Array(items)) if items.is_empty() => EMPTY,
        Some(Value::Array(items)) => {
            Normal::of(items.iter().map(|value| element(item, value)).collect())
        }
        Some(other) => Normal::of(other.clone()),
    }
}

fn map(item: &Wire, value: Option<&Value>) -> Normal {
    match value {
        None => Normal::scalar(Value::Null, true),
        Some(Value::Object(entries)) if entries.is_empty() => EMPTY,
        Some(Value::Object(entries)) => Normal::of(
            entries
                .iter()
                .map(|(k, v)| (k.clone(), element(item, v)))
                .collect(),
        ),
        Some(other) => Normal::of(other.clone()),
    }
}

fn element(item: &Wire, value: &Value) -> Value {
    normalize(item, Some(value).filter(|value| !value.is_null())).value
}

fn scalar(kind: Scalar, value: Option<&Value>) -> Normal {
    match (kind, value) {
        (Scalar::String, None) => Normal::scalar("".into(), true),
        (Scalar::Bytes, None) => Normal::scalar(Value::Null, true),
        (Scalar::Bool, None) => Normal::scalar(false.into(), true),
        (Scalar::Int32 | Scalar::Int64 | Scalar::Uint32 | Scalar::Double, None) => {
            Normal::scalar(0.into(), true)
        }
        (Scalar::Bytes, Some(Value::String(text))) => Normal {
            value: base64(text).map_or_else(|| text.as_str().into(), Value::from),
            zero: false,
            empty: text.is_empty(),
        },
        (Scalar::Double, Some(Value::Number(number))) => {
            let float = number.as_f64().unwrap_or_default();
            Normal::scalar(float_value(float), float == 0.0)
        }
        (_, Some(value)) => {
            let zero = *value == "" || *value == false || *value == 0;
            Normal::scalar(value.clone(), zero)
        }
    }
}

/// A float as Go writes it: whole numbers without a fraction.
pub(crate) fn float_value(float: f64) -> Value {
    // Every whole number below 2^53 is exact in both.
    if float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0 {
        (float as i64).into()
    } else {
        float.into()
    }
}

/// Base64 as it is written, from what Go reads: it skips line ends.
fn base64(text: &str) -> Option<String> {
    let clean: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    Some(STANDARD.encode(STANDARD.decode(clean).ok()?))
}
