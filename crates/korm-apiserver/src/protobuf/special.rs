//! Messages whose JSON is not that of their fields.

use super::reader::{Payload, Reader};
use super::writer::Writer;
use super::{decode as generic_decode, encode as generic_encode};
use crate::native::{
    canonical_duration, duration_nanoseconds, micro_text, parse_micro, parse_seconds, seconds_text,
};
use crate::schema::go_format;
use jiff::Timestamp;
use serde_json::Value;

const SCHEMA: &str = "k8s.io.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps";

/// The short name of such a message; `None` for every other.
fn short(name: &str) -> Option<&str> {
    let short = name
        .strip_prefix("k8s.io.apimachinery.pkg.")
        .or_else(|| name.strip_prefix("k8s.io.apiextensions-apiserver.pkg.apis.apiextensions."))?;
    let known = [
        "apis.meta.v1.Time",
        "apis.meta.v1.MicroTime",
        "apis.meta.v1.Duration",
        "apis.meta.v1.FieldsV1",
        "api.resource.Quantity",
        "util.intstr.IntOrString",
        "runtime.RawExtension",
        "v1.JSON",
        "v1.JSONSchemaPropsOrBool",
        "v1.JSONSchemaPropsOrArray",
        "v1.JSONSchemaPropsOrStringArray",
    ];
    known.contains(&short).then_some(short)
}

/// The bytes of such a message.
pub(super) fn encode(name: &str, value: &Value) -> Option<Vec<u8>> {
    let short = short(name)?;
    let mut writer = Writer::default();
    match (short, value) {
        ("apis.meta.v1.Time" | "apis.meta.v1.MicroTime", Value::String(text)) => {
            let micros = short.ends_with("MicroTime");
            let time = if micros {
                parse_micro(text)
            } else {
                parse_seconds(text)
            };
            if let Ok(time) = time {
                // Only MicroTime carries fractions.
                let nanos = if micros { time.subsec_nanosecond() } else { 0 };
                writer.varint(1, time.as_second());
                writer.varint(2, nanos.into());
            }
        }
        ("apis.meta.v1.Duration", value) => {
            let text = value.as_str().unwrap_or_default();
            writer.varint(1, duration_nanoseconds(text).unwrap_or_default());
        }
        ("api.resource.Quantity", value) => {
            writer.bytes(1, value.as_str().unwrap_or("0").as_bytes());
        }
        ("util.intstr.IntOrString", value) => {
            writer.varint(1, value.is_string().into());
            writer.varint(2, value.as_i64().unwrap_or_default());
            writer.bytes(3, value.as_str().unwrap_or_default().as_bytes());
        }
        ("runtime.RawExtension" | "apis.meta.v1.FieldsV1" | "v1.JSON", value)
            if value.is_null() => {}
        ("runtime.RawExtension" | "apis.meta.v1.FieldsV1" | "v1.JSON", value) => {
            writer.bytes(1, go_format::json(value).as_bytes());
        }
        ("v1.JSONSchemaPropsOrBool", value) => {
            writer.varint(1, (value.is_object() || *value == true).into());
            if value.is_object() {
                writer.bytes(2, &generic_encode::message(SCHEMA, value));
            }
        }
        (_, Value::Object(_)) => writer.bytes(1, &generic_encode::message(SCHEMA, value)),
        ("v1.JSONSchemaPropsOrArray", Value::Array(schemas)) => {
            for schema in schemas {
                writer.bytes(2, &generic_encode::message(SCHEMA, schema));
            }
        }
        ("v1.JSONSchemaPropsOrStringArray", Value::Array(names)) => {
            for name in names.iter().filter_map(Value::as_str) {
                writer.bytes(2, name.as_bytes());
            }
        }
        // The zero time is an empty message, as is an alternative that is null.
        _ => {}
    }
    Some(writer.finish())
}

/// The JSON of such a message.
pub(super) fn decode(name: &str, bytes: &[u8], depth: u32) -> Option<Result<Value, String>> {
    short(name).map(|short| decode_known(short, bytes, depth))
}

fn decode_known(short: &str, bytes: &[u8], depth: u32) -> Result<Value, String> {
    let mut reader = Reader::new(bytes);
    let mut numbers = [0i64; 3];
    let mut texts = [const { Vec::new() }; 4];
    while let Some((number, payload)) = reader.field()? {
        match payload {
            Payload::Varint(value) if number < 3 => {
                numbers[number as usize] = value.cast_signed();
            }
            Payload::Bytes(bytes) if number < 4 => texts[number as usize].push(bytes),
            _ => {}
        }
    }
    let last = |number: usize| texts[number].last().copied();
    let text =
        |number: usize| String::from_utf8_lossy(last(number).unwrap_or_default()).into_owned();
    Ok(match short {
        "apis.meta.v1.Time" | "apis.meta.v1.MicroTime" if bytes.is_empty() => Value::Null,
        "apis.meta.v1.Time" => time(numbers[1], 0).and_then(seconds_text).into(),
        "apis.meta.v1.MicroTime" => time(numbers[1], numbers[2]).and_then(micro_text).into(),
        "apis.meta.v1.Duration" => canonical_duration(numbers[1]).into(),
        "api.resource.Quantity" => text(1).into(),
        "util.intstr.IntOrString" if numbers[1] == 1 => text(3).into(),
        // Go keeps the low bits.
        "util.intstr.IntOrString" => (numbers[2] as i32).into(),
        "v1.JSONSchemaPropsOrBool" => match last(2) {
            Some(schema) => generic_decode::message(SCHEMA, schema, depth)?,
            None => (numbers[1] != 0).into(),
        },
        "v1.JSONSchemaPropsOrArray" | "v1.JSONSchemaPropsOrStringArray" => {
            match (last(1), short.ends_with("StringArray")) {
                (Some(schema), _) => generic_decode::message(SCHEMA, schema, depth)?,
                (None, true) => texts[2]
                    .iter()
                    .map(|name| String::from_utf8_lossy(name).into_owned())
                    .collect(),
                (None, false) => texts[2]
                    .iter()
                    .map(|schema| generic_decode::message(SCHEMA, schema, depth))
                    .collect::<Result<_, _>>()?,
            }
        }
        _ => match last(1) {
            Some(raw) if !raw.is_empty() => serde_json::from_slice(raw)
                .map_err(|error| format!("embedded value is not JSON: {error}"))?,
            _ => Value::Null,
        },
    })
}

fn time(seconds: i64, nanoseconds: i64) -> Option<Timestamp> {
    Timestamp::new(seconds, i32::try_from(nanoseconds).ok()?).ok()
}
