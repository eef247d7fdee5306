//! Objects as expressions see them: only what the schema declares, in the types it declares.

use std::collections::HashMap;
use std::sync::Arc;

use kube_cel::cel::Value as Cel;
use serde_json::Value;

use super::escape::escape;
use super::stored::{self, Hidden};
use super::{keyed, misfit};
use crate::apply::go_type;
use crate::native::{duration_nanoseconds, parse_date, parse_local};
use crate::schema::formats::scala_duration;
use crate::schema::go_base64::{self, Alphabet};
use crate::schema::types::{ListType, ObjectShape, Shape, TypeId, Types};

/// What a value of type `id` is in an expression. `resource` is the object of a kind itself, whose
/// type and name are visible without being declared.
pub(super) fn of(types: &Types, id: TypeId, value: &Value, resource: bool) -> Cel {
    let ty = types.get(id);
    if value.is_null() {
        if ty.nullable {
            return Cel::Null;
        }
        return misfit::value("invalid data, got null for schema with nullable=false");
    }
    if ty.int_or_string {
        if value.is_string() || value.is_i64() {
            return plain(value);
        }
        return misfit::value(
            "invalid data, expected XIntOrString value to be either a string or integer",
        );
    }
    let resource = resource || ty.embedded_resource;
    match (&ty.shape, value) {
        (Shape::Object(shape), Value::Object(fields)) => object(types, shape, fields, resource),
        (
            Shape::Array {
                items: Some(item),
                list,
            },
            Value::Array(values),
        ) => {
            let items = values
                .iter()
                .map(|value| of(types, item.ty, value, false))
                .collect();
            keyed::list(list, items)
        }
        (Shape::Number, Value::Number(number)) => Cel::Float(number.as_f64().unwrap_or(f64::NAN)),
        (Shape::Integer { .. }, Value::Number(number)) => {
            let misfit = || misfit::value("invalid data, expected int, got float64");
            number.as_i64().map_or_else(misfit, Cel::Int)
        }
        (Shape::String { format }, Value::String(text)) => {
            formatted(format.as_deref().unwrap_or_default(), text)
        }
        (Shape::Boolean, Value::Bool(value)) => Cel::Bool(*value),
        (Shape::Any, _) => plain(value),
        (Shape::Array { items: None, .. }, Value::Array(_)) => plain(value),
        (shape, _) if !ty.untyped => misfit::value(&format!(
            "invalid data, expected {}",
            expectation(shape, value)
        )),
        _ => plain(value),
    }
}

/// What an object is in an expression: a map of its declared fields, or of all fields if only their type is declared.
fn object(
    types: &Types,
    shape: &ObjectShape,
    fields: &serde_json::Map<String, Value>,
    resource: bool,
) -> Cel {
    let mut map: HashMap<String, Cel> = HashMap::new();
    if let Some(additional) = &shape.additional
        && shape.properties.is_empty()
        && !resource
    {
        for (key, value) in fields {
            map.insert(key.clone(), of(types, additional.ty, value, false));
        }
        return stored::object(map, Hidden::default());
    }
    let mut hidden = Hidden::default();
    for (key, value) in fields {
        let name = escape(key);
        match (declared(types, shape, key, value, resource), name) {
            // A field that is null is none.
            (Some(_), Some(name)) if value.is_null() => hidden.nulls.push(name),
            (Some(value), Some(name)) => {
                map.insert(name, value);
            }
            _ => {
                hidden.undeclared.insert(key.clone(), value.clone());
            }
        }
    }
    hidden.count = fields.len() - map.len();
    stored::object(map, hidden)
}

/// What the field of an object is in an expression, if it is declared.
fn declared(
    types: &Types,
    shape: &ObjectShape,
    key: &str,
    value: &Value,
    resource: bool,
) -> Option<Cel> {
    if resource && is_meta(key) {
        return meta(key, value);
    }
    let property = shape.properties.get(key)?;
    Some(of(types, property.ty, value, false))
}

/// What a value should have been that is something else.
fn expectation(shape: &Shape, value: &Value) -> String {
    let expected = match shape {
        Shape::Object(_) => return "a map for the provided schema with type=object".to_owned(),
        Shape::Array { .. } => {
            return "an array for the provided schema with type=array".to_owned();
        }
        Shape::Number => "float",
        Shape::Integer { .. } => "int",
        Shape::Boolean => "bool",
        Shape::String { .. } | Shape::Any => "string",
    };
    format!("{expected}, got {}", go_type(value))
}

fn is_meta(name: &str) -> bool {
    matches!(name, "apiVersion" | "kind" | "metadata")
}

/// Type and name of a resource, of which no schema speaks.
fn meta(key: &str, value: &Value) -> Option<Cel> {
    if key != "metadata" {
        return value.as_str().map(Cel::from);
    }
    let fields = value.as_object()?;
    let mut hidden = Hidden::default();
    let mut map: HashMap<String, Cel> = HashMap::new();
    for (key, value) in fields {
        match value.as_str() {
            Some(text) if matches!(key.as_str(), "name" | "generateName") => {
                map.insert(key.clone(), text.into());
            }
            _ => {
                hidden.undeclared.insert(key.clone(), value.clone());
            }
        }
    }
    hidden.count = fields.len() - map.len();
    Some(stored::object(map, hidden))
}

/// Strings of some formats have types of their own; what does not fit its format is nothing that a rule can use.
fn formatted(format: &str, text: &str) -> Cel {
    let read = match format {
        "date-time" => date_time(text)
            .map(Cel::Timestamp)
            .map_err(|why| format!("Invalid date-time formatted string {text}: {why}")),
        "date" => parse_date(text)
            .and_then(timestamp)
            .map(Cel::Timestamp)
            .map_err(|why| format!("Invalid date formatted string {text}: {why}")),
        "duration" => duration(text)
            .or_else(|| scala_duration(text).map(chrono::Duration::nanoseconds))
            .map(Cel::Duration)
            .ok_or_else(|| format!("Invalid duration {text}: unable to parse {text} as duration")),
        "byte" => go_base64::decode(text, Alphabet::Url)
            .map(|bytes| Cel::Bytes(Arc::new(bytes)))
            .map_err(|why| format!("Invalid byte formatted string {text}: {why}")),
        _ => Ok(text.into()),
    };
    read.unwrap_or_else(|why| misfit::value(&why))
}

/// A time with a zone, or without.
fn date_time(text: &str) -> Result<chrono::DateTime<chrono::FixedOffset>, String> {
    if text.is_empty() {
        return Ok(chrono::DateTime::UNIX_EPOCH.fixed_offset());
    }
    // Kubernetes tries several forms, and tells why it is not the last of them.
    chrono::DateTime::parse_from_rfc3339(text).or_else(|_| parse_local(text).and_then(timestamp))
}

fn timestamp(time: jiff::Timestamp) -> Result<chrono::DateTime<chrono::FixedOffset>, String> {
    chrono::DateTime::from_timestamp(time.as_second(), time.subsec_nanosecond().unsigned_abs())
        .map(|time| time.fixed_offset())
        .ok_or_else(|| "out of range".to_owned())
}

/// A duration as Go writes it.
pub(super) fn duration(text: &str) -> Option<chrono::Duration> {
    let nanoseconds = duration_nanoseconds(text).ok()?;
    Some(chrono::Duration::nanoseconds(nanoseconds))
}

/// A value of which nothing is known.
fn plain(value: &Value) -> Cel {
    match value {
        Value::Null => Cel::Null,
        Value::Bool(value) => Cel::Bool(*value),
        Value::Number(number) => match number.as_i64() {
            Some(int) => Cel::Int(int),
            None => Cel::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => text.as_str().into(),
        Value::Array(values) => keyed::list(&ListType::Atomic, values.iter().map(plain).collect()),
        Value::Object(fields) => {
            let map: HashMap<String, Cel> = fields
                .iter()
                .map(|(key, value)| (key.clone(), plain(value)))
                .collect();
            stored::object(map, Hidden::default())
        }
    }
}
