//! JSON to protobuf, for the messages that requests are made of.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::messages::{Form, fields};

const MAGIC: &[u8] = b"k8s\0";

/// Whether all of the object has a place in its message.
pub(crate) fn can_encode(object: &Value) -> bool {
    encode(object).is_some()
}

/// The object in its envelope; nothing where it has members that its message does not know.
pub(crate) fn encode(object: &Value) -> Option<Vec<u8>> {
    let (api_version, kind) = (object["apiVersion"].as_str()?, object["kind"].as_str()?);
    let mut members = object.as_object()?.clone();
    members.remove("apiVersion");
    members.remove("kind");
    let raw = message(&format!("{api_version} {kind}"), &members)?;
    let mut meta = Vec::new();
    bytes(&mut meta, 1, api_version.as_bytes());
    bytes(&mut meta, 2, kind.as_bytes());
    let mut out = MAGIC.to_vec();
    bytes(&mut out, 1, &meta);
    bytes(&mut out, 2, &raw);
    Some(out)
}

fn message(name: &str, members: &Map<String, Value>) -> Option<Vec<u8>> {
    let known = fields(name)?;
    if members
        .keys()
        .any(|name| known.iter().all(|(field, ..)| field != name))
    {
        return None;
    }
    let mut out = Vec::new();
    for (name, number, form) in known {
        if let Some(value) = members.get(*name) {
            field(&mut out, *number, *form, value)?;
        }
    }
    Some(out)
}

fn field(out: &mut Vec<u8>, number: u64, form: Form, value: &Value) -> Option<()> {
    match form {
        Form::Text => bytes(out, number, value.as_str()?.as_bytes()),
        Form::Integer => integer(out, number, value.as_i64()?),
        Form::Boolean => integer(out, number, i64::from(value.as_bool()?)),
        Form::Message(name) => bytes(out, number, &message(name, value.as_object()?)?),
        Form::Messages(name) => {
            for item in value.as_array()? {
                bytes(out, number, &message(name, item.as_object()?)?);
            }
        }
        Form::Texts => {
            for item in value.as_array()? {
                bytes(out, number, item.as_str()?.as_bytes());
            }
        }
        Form::TextMap => {
            for (key, value) in value.as_object()? {
                bytes(out, number, &entry(key, value.as_str()?.as_bytes()));
            }
        }
        Form::BytesMap => {
            for (key, value) in value.as_object()? {
                let value = STANDARD.decode(value.as_str()?).ok()?;
                bytes(out, number, &entry(key, &value));
            }
        }
        Form::IntOrString => {
            let mut inner = Vec::new();
            match value.as_i64() {
                Some(int) => {
                    integer(&mut inner, 1, 0);
                    integer(&mut inner, 2, int);
                }
                None => {
                    integer(&mut inner, 1, 1);
                    bytes(&mut inner, 3, value.as_str()?.as_bytes());
                }
            }
            bytes(out, number, &inner);
        }
    }
    Some(())
}

fn entry(key: &str, value: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    bytes(&mut out, 1, key.as_bytes());
    bytes(&mut out, 2, value);
    out
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn integer(out: &mut Vec<u8>, number: u64, value: i64) {
    varint(out, number << 3);
    // Negative numbers are written in two's complement.
    varint(out, value.cast_unsigned());
}

fn bytes(out: &mut Vec<u8>, number: u64, value: &[u8]) {
    varint(out, number << 3 | 2);
    varint(out, value.len() as u64);
    out.extend_from_slice(value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_object_is_written_field_by_field() {
        let object = json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {"k": "v"}});
        let bytes = encode(&object).unwrap();
        assert_eq!(
            bytes,
            b"k8s\0\x0a\x0f\x0a\x02v1\x12\x09ConfigMap\x12\x08\x12\x06\x0a\x01k\x12\x01v"
        );
        assert!(!can_encode(
            &json!({"apiVersion": "v1", "kind": "ConfigMap", "spec": {}})
        ));
        assert!(!can_encode(&json!({"apiVersion": "v1", "kind": "Pod"})));
    }
}
