//! JSON to messages.

use super::special;
use super::writer::Writer;
use crate::facts::{self, Field, Message, Scalar, Wire};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

/// The bytes of a message. As the Go server, everything that is no pointer is written, be it zero.
pub(super) fn message(name: &str, value: &Value) -> Vec<u8> {
    let mut writer = Writer::default();
    match facts::message(name).as_deref() {
        Some(Message::Struct { fields, .. }) => {
            let empty = Map::new();
            let object = value.as_object().unwrap_or(&empty);
            for field in fields {
                write_field(&mut writer, field, object);
            }
        }
        Some(Message::Items(item)) => write_list(&mut writer, 1, item, value),
        None => {}
    }
    writer.finish()
}

fn write_field(writer: &mut Writer, field: &Field, object: &Map<String, Value>) {
    if let (true, Wire::Message(name)) = (field.inline, &field.wire) {
        // An embedded struct's fields are the object's own.
        let own = Value::Object(object.clone());
        return writer.bytes(field.number, &message(name, &own));
    }
    let value = object.get(&*field.json).unwrap_or(&Value::Null);
    match &field.wire {
        Wire::List(item) => write_list(writer, field.number, item, value),
        Wire::Map(item) => write_map(writer, field.number, item, value),
        _ if field.pointer && value.is_null() => {}
        one => write_value(writer, field.number, one, value),
    }
}

fn write_list(writer: &mut Writer, number: u32, item: &Wire, value: &Value) {
    for value in value.as_array().into_iter().flatten() {
        write_value(writer, number, item, value);
    }
}

/// A map is a list of entries with a key (1) and a value (2), sorted by key.
fn write_map(writer: &mut Writer, number: u32, item: &Wire, value: &Value) {
    for (key, value) in value.as_object().into_iter().flatten() {
        let mut entry = Writer::default();
        entry.bytes(1, key.as_bytes());
        write_value(&mut entry, 2, item, value);
        writer.bytes(number, &entry.finish());
    }
}

fn write_value(writer: &mut Writer, number: u32, wire: &Wire, value: &Value) {
    match wire {
        Wire::Scalar(Scalar::String) => {
            writer.bytes(number, value.as_str().unwrap_or_default().as_bytes());
        }
        Wire::Scalar(Scalar::Bytes) => {
            // Bytes that are nil are not written at all.
            if let Some(text) = value.as_str() {
                writer.bytes(number, &STANDARD.decode(text).unwrap_or_default());
            }
        }
        Wire::Scalar(Scalar::Bool) => writer.varint(number, i64::from(*value == true)),
        Wire::Scalar(Scalar::Int32 | Scalar::Int64 | Scalar::Uint32) => {
            writer.varint(number, value.as_i64().unwrap_or_default());
        }
        Wire::Scalar(Scalar::Double) => writer.double(number, value.as_f64().unwrap_or_default()),
        Wire::Message(name) => {
            let bytes = special::encode(name, value).unwrap_or_else(|| message(name, value));
            writer.bytes(number, &bytes);
        }
        // Lists and maps are fields of a message, never values of a list or map.
        Wire::List(_) | Wire::Map(_) => {}
    }
}
