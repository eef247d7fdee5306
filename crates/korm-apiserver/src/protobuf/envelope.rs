//! The envelope around a message: who it is.

use super::reader::{Payload, Reader};
use super::writer::Writer;
use super::{decode, encode};
use crate::native::{message_name, normalize_message};
use serde_json::{Map, Value};

/// As deep as messages may be nested: JSON has a limit of its own in the same range.
const MAX_DEPTH: u32 = 200;

const MAGIC: &[u8] = b"k8s\0";

/// The JSON of an object in its envelope. Where the envelope leaves out the kind, it is `kind` of
/// `group` and `version`.
///
/// # Errors
/// What is wrong with the bytes, in upstream's words where it has any.
pub(crate) fn to_json(
    bytes: &[u8],
    (group, version, kind): (&str, &str, &str),
) -> Result<Value, String> {
    let body = match bytes.strip_prefix(MAGIC) {
        Some([]) => return Err("empty body".to_owned()),
        Some(body) => body,
        None if bytes.is_empty() => return Err("empty data".to_owned()),
        None => {
            return Err(
                "provided data does not appear to be a protobuf message, expected prefix \
                        [107 56 115 0]"
                    .to_owned(),
            );
        }
    };
    let (mut api_version, mut named, mut raw) = (String::new(), String::new(), &[][..]);
    let mut reader = Reader::new(body);
    while let Some((number, payload)) = reader.field()? {
        match (number, payload) {
            (1, Payload::Bytes(meta)) => {
                let mut reader = Reader::new(meta);
                while let Some((number, payload)) = reader.field()? {
                    match (number, payload) {
                        (1, Payload::Bytes(text)) => api_version = text_of(text),
                        (2, Payload::Bytes(text)) => named = text_of(text),
                        _ => {}
                    }
                }
            }
            (2, Payload::Bytes(message)) => raw = message,
            _ => {}
        }
    }
    if named.is_empty() {
        kind.clone_into(&mut named);
    }
    if api_version.is_empty() {
        api_version = if group.is_empty() {
            version.to_owned()
        } else {
            format!("{group}/{version}")
        };
    }
    let (group, version) = api_version.split_once('/').unwrap_or(("", &api_version));
    let message = message_name(group, version, &named).ok_or_else(|| {
        format!("no kind \"{named}\" is registered for version \"{api_version}\"")
    })?;
    let object = decode::message(&message, raw, MAX_DEPTH)?;
    let Value::Object(mut object) = normalize_message(&message, &object) else {
        return Ok(Value::Object(Map::new()));
    };
    object.insert("apiVersion".to_owned(), api_version.into());
    object.insert("kind".to_owned(), named.into());
    Ok(Value::Object(object))
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// An object in its envelope; `None` for a kind that has no protobuf form: custom resources and
/// tables.
pub(crate) fn from_json(object: &Value) -> Option<Vec<u8>> {
    let api_version = object["apiVersion"].as_str()?;
    let kind = object["kind"].as_str()?;
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let message = message_name(group, version, kind)?;
    let mut meta = Writer::default();
    meta.bytes(1, api_version.as_bytes());
    meta.bytes(2, kind.as_bytes());
    let mut unknown = Writer::starting_with(MAGIC);
    unknown.bytes(1, &meta.finish());
    unknown.bytes(2, &encode::message(&message, object));
    unknown.bytes(3, b"");
    unknown.bytes(4, b"");
    Some(unknown.finish())
}

/// One event of a watch in protobuf: four bytes of length (big-endian) and a `WatchEvent` whose
/// object is in an envelope of its own. `None` where the object has no protobuf form.
pub(crate) fn watch_event(kind: &str, object: &Value) -> Option<Vec<u8>> {
    let mut raw = Writer::default();
    raw.bytes(1, &from_json(object)?);
    let mut event = Writer::default();
    event.bytes(1, kind.as_bytes());
    event.bytes(2, &raw.finish());
    let event = event.finish();
    let length = u32::try_from(event.len()).ok()?;
    Some([&length.to_be_bytes(), event.as_slice()].concat())
}
