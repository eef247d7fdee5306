//! Decoding into a recorded struct and encoding again, in one walk.

use super::special;
use crate::facts::{self, Field, Message, Scalar, Wire};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

/// What a value becomes, and whether Go would take it for nothing.
pub(super) struct Decoded {
    pub(super) value: Value,
    /// The zero value of its type: what `omitzero` leaves out.
    pub(super) zero: bool,
    /// What `omitempty` leaves out; never true of structs.
    pub(super) empty: bool,
}

impl Decoded {
    pub(super) fn of(value: Value) -> Self {
        Self {
            value,
            zero: false,
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

/// Where the walk is, for error messages.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// The struct that has the field.
    owner: &'a str,
    /// Its path: JSON names, and type names of embedded structs.
    path: &'a [&'a str],
}

impl Place<'_> {
    /// Go's message about a value of the wrong type.
    pub(super) fn mismatch(&self, found: &Value, into: &str) -> String {
        let what = match found {
            Value::Null => "null".to_owned(),
            Value::Bool(_) => "bool".to_owned(),
            // Numbers are named where a number is expected, but another one.
            Value::Number(n) if into.starts_with("int") || into.starts_with("uint") => {
                format!("number {}", crate::schema::go_format::json_number(n))
            }
            Value::Number(_) => "number".to_owned(),
            Value::String(_) => "string".to_owned(),
            Value::Array(_) => "array".to_owned(),
            Value::Object(_) => "object".to_owned(),
        };
        let into = into.trim_start_matches('*');
        if self.owner.is_empty() {
            return format!("json: cannot unmarshal {what} into Go value of type {into}");
        }
        let path = self.path.join(".");
        format!(
            "json: cannot unmarshal {what} into Go struct field {}.{path} of type {into}",
            self.owner
        )
    }
}

/// A whole object of a message type.
pub(crate) fn root(message: &str, object: &Value) -> Result<Value, String> {
    let place = Place {
        owner: "",
        path: &[],
    };
    let empty = Map::new();
    let map = match object {
        Value::Object(map) => map,
        Value::Null => &empty,
        other => return Err(place.mismatch(other, &go_name(message))),
    };
    Ok(structure(message, map, place)?.value)
}

fn structure(
    message: &str,
    object: &Map<String, Value>,
    place: Place<'_>,
) -> Result<Decoded, String> {
    let Some(descriptor) = facts::message(message) else {
        return Ok(Decoded::of(Value::Object(object.clone())));
    };
    let Message::Struct { fields, typed } = &*descriptor else {
        return Ok(Decoded::of(Value::Object(object.clone())));
    };
    let mut out = Map::new();
    let mut zero = true;
    if *typed {
        for key in ["apiVersion", "kind"] {
            match object.get(key) {
                None | Some(Value::Null) => {}
                Some(Value::String(text)) if text.is_empty() => {}
                Some(Value::String(text)) => {
                    zero = false;
                    out.insert(key.to_owned(), text.clone().into());
                }
                Some(other) => {
                    let path = [place.path, &["TypeMeta", key]].concat();
                    let place = Place {
                        owner: last(message),
                        path: &path,
                    };
                    return Err(place.mismatch(other, "string"));
                }
            }
        }
    }
    fields_of(message, fields, object, place, &mut out, &mut zero)?;
    Ok(Decoded {
        value: Value::Object(out),
        zero,
        empty: false,
    })
}

fn fields_of(
    owner: &str,
    fields: &[Field],
    object: &Map<String, Value>,
    place: Place<'_>,
    out: &mut Map<String, Value>,
    zero: &mut bool,
) -> Result<(), String> {
    for field in fields {
        if field.inline {
            inline(owner, field, object, place, out, zero)?;
            continue;
        }
        let path = [place.path, &[&*field.json]].concat();
        let here = Place {
            owner: last(owner),
            path: &path,
        };
        let given = object.get(&*field.json).filter(|value| !value.is_null());
        if field.pointer {
            match given {
                Some(value) => {
                    *zero = false;
                    let decoded = decode(&field.wire, &field.go, Some(value), here)?;
                    out.insert(field.json.to_string(), decoded.value);
                }
                None if field.omit_empty || field.omit_zero => {}
                None => {
                    out.insert(field.json.to_string(), Value::Null);
                }
            }
            continue;
        }
        let decoded = decode(&field.wire, &field.go, given, here)?;
        *zero &= decoded.zero;
        if !(field.omit_empty && decoded.empty || field.omit_zero && decoded.zero) {
            out.insert(field.json.to_string(), decoded.value);
        }
    }
    Ok(())
}

/// An embedded struct: its fields are found in the object itself.
fn inline(
    owner: &str,
    field: &Field,
    object: &Map<String, Value>,
    place: Place<'_>,
    out: &mut Map<String, Value>,
    zero: &mut bool,
) -> Result<(), String> {
    let Wire::Message(name) = &field.wire else {
        return Ok(());
    };
    let Some(descriptor) = facts::message(name) else {
        return Ok(());
    };
    let Message::Struct { fields, .. } = &*descriptor else {
        return Ok(());
    };
    let path = [place.path, &[last(name)]].concat();
    fields_of(
        owner,
        fields,
        object,
        Place {
            path: &path,
            ..place
        },
        out,
        zero,
    )
}

/// One value; `None` is one that is absent or null.
pub(super) fn decode(
    wire: &Wire,
    go: &str,
    value: Option<&Value>,
    place: Place<'_>,
) -> Result<Decoded, String> {
    let go = go.trim_start_matches('*');
    match wire {
        Wire::Scalar(kind) => scalar(*kind, go, value, place),
        Wire::List(item) => list(item, go, value, place),
        Wire::Map(item) => map(item, go, value, place),
        Wire::Message(name) => match special::decode(name, value, place) {
            Some(decoded) => decoded,
            None => message(name, go, value, place),
        },
    }
}

fn message(
    name: &str,
    go: &str,
    value: Option<&Value>,
    place: Place<'_>,
) -> Result<Decoded, String> {
    if let Some(Message::Items(items)) = facts::message(name).as_deref() {
        return list(items, go, value, place);
    }
    match value {
        None => structure(name, &Map::new(), place),
        Some(Value::Object(object)) => structure(name, object, place),
        Some(other) => {
            let own = go_name(name);
            Err(place.mismatch(other, if go.is_empty() { &own } else { go }))
        }
    }
}

fn list(item: &Wire, go: &str, value: Option<&Value>, place: Place<'_>) -> Result<Decoded, String> {
    let items = match value {
        None => return Ok(Decoded::scalar(Value::Null, true)),
        Some(Value::Array(items)) => items,
        Some(other) => return Err(place.mismatch(other, go)),
    };
    let inner = go.strip_prefix("[]").unwrap_or_default();
    let items = items
        .iter()
        .map(|value| element(item, inner, value, place))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Decoded {
        empty: items.is_empty(),
        zero: false,
        value: Value::Array(items),
    })
}

fn map(item: &Wire, go: &str, value: Option<&Value>, place: Place<'_>) -> Result<Decoded, String> {
    let entries = match value {
        None => return Ok(Decoded::scalar(Value::Null, true)),
        Some(Value::Object(entries)) => entries,
        Some(other) => return Err(place.mismatch(other, go)),
    };
    let inner = go
        .strip_prefix("map[")
        .and_then(|go| Some(go.split_once(']')?.1))
        .unwrap_or_default();
    let entries = entries
        .iter()
        .map(|(key, value)| Ok((key.clone(), element(item, inner, value, place)?)))
        .collect::<Result<Map<_, _>, String>>()?;
    Ok(Decoded {
        empty: entries.is_empty(),
        zero: false,
        value: Value::Object(entries),
    })
}

fn element(item: &Wire, go: &str, value: &Value, place: Place<'_>) -> Result<Value, String> {
    let value = Some(value).filter(|value| !value.is_null());
    Ok(decode(item, go, value, place)?.value)
}

fn scalar(
    kind: Scalar,
    go: &str,
    value: Option<&Value>,
    place: Place<'_>,
) -> Result<Decoded, String> {
    let plain = match kind {
        Scalar::String => "string",
        Scalar::Bytes => "[]uint8",
        Scalar::Bool => "bool",
        Scalar::Int32 => "int32",
        Scalar::Int64 => "int64",
        Scalar::Uint32 => "uint32",
        Scalar::Double => "float64",
    };
    let go = if go.is_empty() { plain } else { go };
    match (kind, value) {
        (Scalar::String, None) => Ok(Decoded::scalar("".into(), true)),
        (Scalar::String, Some(Value::String(text))) => {
            Ok(Decoded::scalar(text.as_str().into(), text.is_empty()))
        }
        (Scalar::Bytes, None) => Ok(Decoded::scalar(Value::Null, true)),
        (Scalar::Bytes, Some(Value::String(text))) => {
            let bytes = base64(text)?;
            Ok(Decoded {
                empty: bytes.is_empty(),
                zero: false,
                value: STANDARD.encode(bytes).into(),
            })
        }
        (Scalar::Bool, None) => Ok(Decoded::scalar(false.into(), true)),
        (Scalar::Bool, Some(Value::Bool(flag))) => Ok(Decoded::scalar((*flag).into(), !flag)),
        (Scalar::Int32 | Scalar::Int64 | Scalar::Uint32, None) => {
            Ok(Decoded::scalar(0.into(), true))
        }
        (Scalar::Int32 | Scalar::Int64 | Scalar::Uint32, Some(Value::Number(number))) => {
            let range = match kind {
                Scalar::Int32 => i64::from(i32::MIN)..=i64::from(i32::MAX),
                Scalar::Uint32 => 0..=i64::from(u32::MAX),
                _ => i64::MIN..=i64::MAX,
            };
            match number.as_i64().filter(|integer| range.contains(integer)) {
                Some(integer) => Ok(Decoded::scalar(integer.into(), integer == 0)),
                // The text of the type must name an integer for the number to be named.
                None => Err(place
                    .mismatch(&Value::Number(number.clone()), plain)
                    .replace(plain, go)),
            }
        }
        (Scalar::Double, None) => Ok(Decoded::scalar(0.into(), true)),
        (Scalar::Double, Some(Value::Number(number))) => {
            let float = number.as_f64().unwrap_or_default();
            Ok(Decoded::scalar(float_value(float), float == 0.0))
        }
        (Scalar::Int32 | Scalar::Int64 | Scalar::Uint32, Some(other)) => {
            Err(place.mismatch(other, go))
        }
        (_, Some(other)) => Err(place.mismatch(other, go)),
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

/// Standard base64 with padding; Go skips line ends.
fn base64(text: &str) -> Result<Vec<u8>, String> {
    let clean: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    STANDARD.decode(&clean).map_err(|error| {
        let at = match error {
            base64::DecodeError::InvalidByte(at, _)
            | base64::DecodeError::InvalidLastSymbol(at, _) => at,
            base64::DecodeError::InvalidLength(_) | base64::DecodeError::InvalidPadding => {
                clean.len() / 4 * 4
            }
        };
        format!("illegal base64 data at input byte {at}")
    })
}

/// The name of a message's Go type as Go prints it: `v1.Pod`.
fn go_name(message: &str) -> String {
    let mut parts = message.rsplit('.');
    let name = parts.next().unwrap_or_default();
    format!("{}.{name}", parts.next().unwrap_or_default())
}

fn last(message: &str) -> &str {
    message.rsplit('.').next().unwrap_or_default()
}
