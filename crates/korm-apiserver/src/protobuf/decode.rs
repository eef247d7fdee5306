//! Messages to JSON.

use super::reader::{Payload, Reader};
use super::special;
use crate::facts::{self, Field, Message, Scalar, Wire};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

/// The JSON of a message: what it carries, zero values included. Unknown fields are skipped.
///
/// # Errors
/// When the bytes are no message, or messages in it are nested more than `depth` deep.
pub(super) fn message(name: &str, bytes: &[u8], depth: u32) -> Result<Value, String> {
    let depth = depth.checked_sub(1).ok_or("proto: nested too deeply")?;
    match facts::message(name).as_deref() {
        Some(Message::Struct { fields, .. }) => {
            let mut object = Map::new();
            read_fields(fields, bytes, depth, &mut object)?;
            Ok(Value::Object(object))
        }
        Some(Message::Items(item)) => {
            let mut items = Vec::new();
            let mut reader = Reader::new(bytes);
            while let Some((number, payload)) = reader.field()? {
                if number == 1 {
                    items.push(value(item, payload, depth)?);
                }
            }
            Ok(Value::Array(items))
        }
        None => Ok(Value::Null),
    }
}

fn read_fields(
    fields: &[Field],
    bytes: &[u8],
    depth: u32,
    object: &mut Map<String, Value>,
) -> Result<(), String> {
    let mut reader = Reader::new(bytes);
    while let Some((number, payload)) = reader.field()? {
        let Some(field) = fields.iter().find(|field| field.number == number) else {
            continue;
        };
        match (&field.wire, payload) {
            (Wire::Message(name), Payload::Bytes(bytes)) if field.inline => {
                if let Some(Message::Struct { fields, .. }) = facts::message(name).as_deref() {
                    read_fields(fields, bytes, depth, object)?;
                }
            }
            (Wire::List(item), payload) => {
                let list = object
                    .entry(&*field.json)
                    .or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(items) = list {
                    read_item(item, payload, depth, items)?;
                }
            }
            (Wire::Map(item), Payload::Bytes(bytes)) => {
                let map = object
                    .entry(&*field.json)
                    .or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(entries) = map {
                    let (key, value) = entry(item, bytes, depth)?;
                    entries.insert(key, value);
                }
            }
            (wire, payload) => {
                object.insert(field.json.to_string(), value(wire, payload, depth)?);
            }
        }
    }
    Ok(())
}

/// One item, or several numbers packed together.
fn read_item(
    item: &Wire,
    payload: Payload<'_>,
    depth: u32,
    items: &mut Vec<Value>,
) -> Result<(), String> {
    match (item, payload) {
        (
            Wire::Scalar(Scalar::Bool | Scalar::Int32 | Scalar::Int64 | Scalar::Uint32),
            Payload::Bytes(packed),
        ) => {
            let mut reader = Reader::new(packed);
            while !reader.is_empty() {
                items.push(value(item, Payload::Varint(reader.varint()?), depth)?);
            }
        }
        _ => items.push(value(item, payload, depth)?),
    }
    Ok(())
}

fn entry(item: &Wire, bytes: &[u8], depth: u32) -> Result<(String, Value), String> {
    let mut key = String::new();
    let mut found = Value::Null;
    let mut reader = Reader::new(bytes);
    while let Some((number, payload)) = reader.field()? {
        match (number, payload) {
            (1, Payload::Bytes(text)) => key = String::from_utf8_lossy(text).into_owned(),
            (2, payload) => found = value(item, payload, depth)?,
            _ => {}
        }
    }
    Ok((key, found))
}

fn value(wire: &Wire, payload: Payload<'_>, depth: u32) -> Result<Value, String> {
    Ok(match (wire, payload) {
        (Wire::Scalar(Scalar::String), Payload::Bytes(bytes)) => {
            String::from_utf8_lossy(bytes).into_owned().into()
        }
        (Wire::Scalar(Scalar::Bytes), Payload::Bytes(bytes)) => STANDARD.encode(bytes).into(),
        (Wire::Scalar(Scalar::Bool), Payload::Varint(value)) => (value != 0).into(),
        // Go keeps the low bits.
        (Wire::Scalar(Scalar::Int32), Payload::Varint(value)) => (value as i32).into(),
        (Wire::Scalar(Scalar::Uint32), Payload::Varint(value)) => (value as u32).into(),
        (Wire::Scalar(Scalar::Int64), Payload::Varint(value)) => value.cast_signed().into(),
        (Wire::Scalar(Scalar::Double), Payload::Fixed64(bits)) => f64::from_bits(bits).into(),
        (Wire::Message(name), Payload::Bytes(bytes)) => match special::decode(name, bytes, depth) {
            Some(value) => value?,
            None => message(name, bytes, depth)?,
        },
        _ => return Err("proto: wrong wireType for a field".to_owned()),
    })
}
