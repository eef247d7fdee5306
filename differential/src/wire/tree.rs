//! What protobuf says, without knowing the messages: fields by their numbers.

use serde_json::{Map, Value, json};

const MAGIC: &[u8] = b"k8s\0";
/// Seconds since 1970 from which on a number is taken for a time of this run: 2020.
const TIMES: u64 = 1_577_836_800;
/// And up to which: 2100.
const TIMES_END: u64 = 4_102_444_800;

/// The fields of an answer, or of an event. Texts stay texts, so that what is normalized in JSON is normalized here; a
/// Status has the names of its fields for the same reason.
pub(crate) fn tree(bytes: &[u8]) -> Value {
    match bytes.strip_prefix(MAGIC) {
        Some(envelope) => opened(envelope),
        None => value(bytes),
    }
}

fn opened(envelope: &[u8]) -> Value {
    let tree = value(envelope);
    let status = message(envelope).and_then(|fields| {
        let kind = fields.pointer("/1/0/2/0")?.as_str()?;
        (kind == "Status").then(|| named(fields.pointer("/2/0")?, STATUS))?
    });
    json!({"protobuf": status.unwrap_or(tree)})
}

/// A field of a message: its number, its name in JSON, whether there may be several, and the fields of its own message.
struct Named(&'static str, &'static str, bool, &'static [Named]);

/// `Status` of `k8s.io/apimachinery/pkg/apis/meta/v1/generated.proto`.
const STATUS: &[Named] = &[
    Named("1", "metadata", false, &[]),
    Named("2", "status", false, &[]),
    Named("3", "message", false, &[]),
    Named("4", "reason", false, &[]),
    Named("5", "details", false, DETAILS),
    Named("6", "code", false, &[]),
];
const DETAILS: &[Named] = &[
    Named("1", "name", false, &[]),
    Named("2", "group", false, &[]),
    Named("3", "kind", false, &[]),
    Named("4", "causes", true, CAUSE),
    Named("5", "retryAfterSeconds", false, &[]),
    Named("6", "uid", false, &[]),
];
const CAUSE: &[Named] = &[
    Named("1", "reason", false, &[]),
    Named("2", "message", false, &[]),
    Named("3", "field", false, &[]),
];

/// The message with the names of its fields; nothing if it has others.
fn named(message: &Value, names: &[Named]) -> Option<Value> {
    let mut out = Map::new();
    for (number, values) in message.as_object()? {
        let Named(_, name, several, inner) = names.iter().find(|one| one.0 == number)?;
        let mut values = values.as_array()?.iter().map(|value| {
            if inner.is_empty() {
                Some(value.clone())
            } else {
                named(value, inner)
            }
        });
        let value = if *several {
            Value::Array(values.collect::<Option<Vec<Value>>>()?)
        } else {
            values.next_back()??
        };
        out.insert((*name).to_owned(), value);
    }
    Some(Value::Object(out))
}

/// Text if it can be text, else a message if it can be one, else bytes.
fn value(bytes: &[u8]) -> Value {
    if let Some(envelope) = bytes.strip_prefix(MAGIC) {
        return opened(envelope);
    }
    match std::str::from_utf8(bytes) {
        Ok(text)
            if !text
                .chars()
                .any(|c| c.is_control() && c != '\n' || text.starts_with('\n')) =>
        {
            text_value(text)
        }
        _ => message(bytes).unwrap_or_else(|| json!(format!("{bytes:?}"))),
    }
}

/// Numbers in texts are versions, which each server has its own of.
fn text_value(text: &str) -> Value {
    if text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return json!("<number>");
    }
    // A token that continues a list: base64 of a JSON object.
    if text.starts_with("eyJ") {
        return json!("<continue>");
    }
    // The fields that someone owns are JSON within protobuf.
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => Value::Object(fields),
        _ => json!(text),
    }
}

fn message(bytes: &[u8]) -> Option<Value> {
    let mut fields: Map<String, Value> = Map::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let tag = varint(&mut rest)?;
        let value = match tag & 7 {
            0 => match varint(&mut rest)? {
                TIMES..TIMES_END => json!("<seconds>"),
                number => json!(number),
            },
            1 => json!(take(&mut rest, 8)?),
            2 => {
                let length = usize::try_from(varint(&mut rest)?).ok()?;
                value(take(&mut rest, length)?)
            }
            5 => json!(take(&mut rest, 4)?),
            _ => return None,
        };
        if tag >> 3 == 0 {
            return None;
        }
        let all = fields
            .entry(format!("{}", tag >> 3))
            .or_insert_with(|| json!([]));
        if let Some(all) = all.as_array_mut() {
            all.push(value);
        }
    }
    Some(Value::Object(fields))
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(count)?;
    *rest = after;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_told_by_their_numbers() {
        let bytes = b"k8s\0\x0a\x0f\x0a\x02v1\x12\x09ConfigMap\x12\x08\x12\x06\x0a\x01k\x12\x01v";
        assert_eq!(
            tree(bytes),
            json!({"protobuf": {
                "1": [{"1": ["v1"], "2": ["ConfigMap"]}],
                "2": [{"2": [{"1": ["k"], "2": ["v"]}]}],
            }})
        );
    }

    #[test]
    fn what_is_neither_text_nor_message_stays_bytes() {
        assert_eq!(tree(&[0xff, 0x00]), json!("[255, 0]"));
        assert_eq!(tree(b"1234"), json!("<number>"));
    }
}
