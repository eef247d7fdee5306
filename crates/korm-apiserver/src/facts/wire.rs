//! How the native kinds travel: protobuf messages, and what Go's JSON leaves out.

use super::table::lookup;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

static WIRE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/wire.txt"));

/// A protobuf message and the Go type behind it.
#[derive(Debug)]
pub(crate) enum Message {
    /// A struct.
    Struct {
        /// Its fields by number.
        fields: Vec<Field>,
        /// It also has `apiVersion` and `kind`, which protobuf leaves out.
        typed: bool,
    },
    /// A list, which is a message of its own with one repeated field, number 1.
    Items(Wire),
}

/// One field of a struct.
#[derive(Debug)]
pub(crate) struct Field {
    /// Name in JSON.
    pub(crate) json: Box<str>,
    /// Number in protobuf.
    pub(crate) number: u32,
    /// Type in protobuf.
    pub(crate) wire: Wire,
    /// A pointer: "not there" and "zero" are different.
    pub(crate) pointer: bool,
    /// Left out of JSON when false, 0, a null pointer, or an empty string, list or map.
    pub(crate) omit_empty: bool,
    /// Left out of JSON when it is the zero value, structs included.
    pub(crate) omit_zero: bool,
    /// The fields of the struct are the parent's own in JSON.
    pub(crate) inline: bool,
}

/// The type of a field.
#[derive(Debug, Clone)]
pub(crate) enum Wire {
    /// One scalar.
    Scalar(Scalar),
    /// One message, by its full name.
    Message(Box<str>),
    /// A list.
    List(Box<Wire>),
    /// A map with string keys.
    Map(Box<Wire>),
}

/// Scalar types in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scalar {
    /// UTF-8 text.
    String,
    /// Bytes; base64 in JSON.
    Bytes,
    /// A truth value.
    Bool,
    /// A 32-bit integer.
    Int32,
    /// A 64-bit integer.
    Int64,
    /// An unsigned 32-bit integer.
    Uint32,
    /// A 64-bit float.
    Double,
}

/// The message of a full name such as `k8s.io.api.core.v1.Pod`. The name of a definition is the
/// same with `io.k8s` in front instead of `k8s.io`.
pub(crate) fn message(name: &str) -> Option<Arc<Message>> {
    static KNOWN: OnceLock<Mutex<HashMap<String, Arc<Message>>>> = OnceLock::new();
    // The map is whole even if a thread panicked: an entry is made before it is put in.
    let mut known = KNOWN
        .get_or_init(Mutex::default)
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(message) = known.get(name) {
        return Some(Arc::clone(message));
    }
    let recorded: Value = lookup(WIRE, name)?.parse().ok()?;
    let package = name.rsplit_once('.')?.0;
    let message = Arc::new(parse(package, &recorded)?);
    known.insert(name.to_owned(), Arc::clone(&message));
    Some(message)
}

fn parse(package: &str, recorded: &Value) -> Option<Message> {
    if let Some(items) = recorded["items"].as_str() {
        return Some(Message::Items(wire(package, items)));
    }
    let fields = recorded["f"].as_array()?;
    Some(Message::Struct {
        fields: fields
            .iter()
            .map(|f| field(package, f))
            .collect::<Option<_>>()?,
        typed: recorded["t"] == true,
    })
}

fn field(package: &str, recorded: &Value) -> Option<Field> {
    let text = |index: usize| recorded[index].as_str();
    let flags = text(3)?;
    Some(Field {
        json: text(0)?.into(),
        number: recorded[1].as_u64()?.try_into().ok()?,
        wire: wire(package, text(2)?),
        pointer: flags.contains('p'),
        omit_empty: flags.contains('o'),
        omit_zero: flags.contains('z'),
        inline: flags.contains('i'),
    })
}

fn wire(package: &str, text: &str) -> Wire {
    if let Some(item) = text.strip_prefix('*') {
        return Wire::List(Box::new(wire(package, item)));
    }
    if let Some(value) = text.strip_prefix("string:") {
        return Wire::Map(Box::new(wire(package, value)));
    }
    Wire::Scalar(match text {
        "string" => Scalar::String,
        "bytes" => Scalar::Bytes,
        "bool" => Scalar::Bool,
        "int32" => Scalar::Int32,
        "int64" => Scalar::Int64,
        "uint32" => Scalar::Uint32,
        "double" => Scalar::Double,
        name if name.contains('.') => return Wire::Message(name.into()),
        name => return Wire::Message(format!("{package}.{name}").into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(wire: &Wire) -> Vec<&str> {
        match wire {
            Wire::Message(name) => vec![name],
            Wire::List(inner) | Wire::Map(inner) => messages(inner),
            Wire::Scalar(_) => vec![],
        }
    }

    #[test]
    fn every_line_is_whole_and_names_known_messages() {
        let mut count = 0;
        for line in WIRE.lines() {
            let name = line.split_once('\t').unwrap().0;
            let message = message(name).unwrap_or_else(|| panic!("{name} does not parse"));
            let Message::Struct { fields, .. } = &*message else {
                continue;
            };
            assert!(fields.is_sorted_by_key(|f| f.number), "{name}");
            for field in fields {
                count += 1;
                for used in messages(&field.wire) {
                    assert!(
                        lookup(WIRE, used).is_some(),
                        "{name}.{} → {used}",
                        field.json
                    );
                }
            }
        }
        assert!(count > 3000, "{count}");
    }

    #[test]
    fn definitions_and_messages_have_the_same_fields() {
        for line in WIRE.lines() {
            let name = line.split_once('\t').unwrap().0;
            let Some(schema) = super::super::definition(&name.replacen("k8s.io.", "io.k8s.", 1))
            else {
                continue;
            };
            let Some(properties) = schema["properties"].as_object() else {
                continue;
            };
            let mut found = Vec::new();
            collect(name, &mut found);
            for property in properties
                .keys()
                .filter(|p| !["apiVersion", "kind"].contains(&p.as_str()))
            {
                assert!(found.contains(property), "{name} lacks {property}");
            }
        }
    }

    fn collect(name: &str, found: &mut Vec<String>) {
        if let Some(Message::Struct { fields, .. }) = message(name).as_deref() {
            for field in fields {
                match &field.wire {
                    Wire::Message(inner) if field.inline => collect(inner, found),
                    _ => found.push(field.json.to_string()),
                }
            }
        }
    }
}
