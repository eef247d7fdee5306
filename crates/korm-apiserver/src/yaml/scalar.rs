//! What an unquoted word means in YAML 1.1, as go-yaml resolves it.

use serde_json::Number;

use crate::schema::decode::Node;
use crate::schema::go_format::json_number;

const PREFIX: &str = "tag:yaml.org,2002:";

/// What a scalar is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar {
    Null,
    Bool(bool),
    Int(i64),
    /// More than an int64 holds.
    Unsigned(u64),
    Float(f64),
    Text(String),
}

impl Scalar {
    /// The scalar as JSON has it.
    ///
    /// # Errors
    /// Infinities and what is no number, which JSON does not have.
    pub(super) fn into_node(self) -> Result<Node, String> {
        let number = |number: Number| {
            let text = json_number(&number);
            Node::Number(number, text)
        };
        Ok(match self {
            Self::Null => Node::Null,
            Self::Bool(value) => Node::Bool(value),
            Self::Int(int) => number(int.into()),
            // Read again, what is more than an int64 is a float.
            Self::Unsigned(int) => Node::from(serde_json::Value::from(int as f64)),
            Self::Float(float) => match Number::from_f64(float) {
                // Go writes a whole float without a point, and then it is an integer.
                Some(float) => Node::from(serde_json::Value::Number(float)),
                None => {
                    let shown = match float {
                        float if float.is_nan() => "NaN",
                        float if float > 0.0 => "+Inf",
                        _ => "-Inf",
                    };
                    return Err(format!("json: unsupported value: {shown}"));
                }
            },
            Self::Text(text) => Node::String(text),
        })
    }
}

/// What a text with this tag means.
///
/// # Errors
/// The text is not what its tag says.
pub(super) fn resolve(tag: &str, text: &str) -> Result<Scalar, String> {
    let short = tag.strip_prefix(PREFIX);
    match (tag, short) {
        ("", _) => Ok(plain(text, true).0),
        (_, Some("str")) => Ok(Scalar::Text(text.to_owned())),
        (_, Some("bool" | "int" | "float" | "null" | "timestamp")) => {
            let wanted = short.unwrap_or_default();
            match plain(text, wanted == "timestamp") {
                (scalar, kind) if kind == wanted => Ok(scalar),
                (Scalar::Int(int), _) if wanted == "float" => Ok(Scalar::Float(int as f64)),
                (_, kind) => Err(format!(
                    "yaml: cannot decode !!{kind} `{text}` as a !!{wanted}"
                )),
            }
        }
        (_, Some("binary")) => super::construct::binary(text).map(Scalar::Text),
        // What is tagged otherwise stays as it is.
        _ => Ok(Scalar::Text(text.to_owned())),
    }
}

/// What a text without a tag means, and the tag that it might have had.
fn plain(text: &str, may_be_time: bool) -> (Scalar, &'static str) {
    let string = || (Scalar::Text(text.to_owned()), "str");
    if let Some(known) = word(text) {
        return known;
    }
    let Some(first) = text.bytes().next() else {
        return (Scalar::Null, "null");
    };
    match first {
        b'.' => match float(text) {
            Some(float) => (Scalar::Float(float), "float"),
            None => string(),
        },
        b'0'..=b'9' | b'+' | b'-' => {
            if may_be_time && is_time(text) {
                return (Scalar::Text(text.to_owned()), "timestamp");
            }
            let digits = text.replace('_', "");
            if let Some(int) = integer(&digits) {
                return (int, "int");
            }
            match float(&digits).filter(|_| looks_like_a_float(&digits)) {
                Some(float) => (Scalar::Float(float), "float"),
                None => string(),
            }
        }
        _ => string(),
    }
}

fn word(text: &str) -> Option<(Scalar, &'static str)> {
    Some(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            (Scalar::Bool(true), "bool")
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            (Scalar::Bool(false), "bool")
        }
        "" | "~" | "null" | "Null" | "NULL" => (Scalar::Null, "null"),
        ".nan" | ".NaN" | ".NAN" => (Scalar::Float(f64::NAN), "float"),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            (Scalar::Float(f64::INFINITY), "float")
        }
        "-.inf" | "-.Inf" | "-.INF" => (Scalar::Float(f64::NEG_INFINITY), "float"),
        _ => return None,
    })
}

fn float(text: &str) -> Option<f64> {
    // Go takes digits, points and exponents; Rust also takes words, which begin otherwise.
    let numeric =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-');
    if !text.bytes().all(numeric) {
        return None;
    }
    text.parse().ok().filter(|float: &f64| float.is_finite())
}

/// `^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`
fn looks_like_a_float(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let unsigned = |text: &str| text.strip_prefix(['+', '-']).unwrap_or(text).len();
    let body = &text[text.len() - unsigned(text)..];
    let (number, exponent) = match body.find(['e', 'E']) {
        Some(at) => (&body[..at], Some(&body[at + 1..])),
        None => (body, None),
    };
    let whole = exponent.is_none_or(|e| digits(&e[e.len() - unsigned(e)..]));
    whole
        && match number.split_once('.') {
            Some(("", fraction)) => digits(fraction),
            Some((int, fraction)) => digits(int) && (fraction.is_empty() || digits(fraction)),
            None => digits(number),
        }
}

/// An integer as `strconv.ParseInt` takes it in base 0: decimal, or with a prefix for another base.
fn integer(text: &str) -> Option<Scalar> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let (base, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', b'o', ..] => (8, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    // A second sign is none that Rust should take.
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, base).ok()?;
    match (negative, i64::try_from(magnitude)) {
        (false, Ok(int)) => Some(Scalar::Int(int)),
        (true, Ok(int)) => Some(Scalar::Int(-int)),
        (true, Err(_)) if magnitude == 1 << 63 => Some(Scalar::Int(i64::MIN)),
        (true, Err(_)) => None,
        (false, Err(_)) if text.starts_with('+') => None,
        (false, Err(_)) => Some(Scalar::Unsigned(magnitude)),
    }
}

/// A date, or a date and a time: four digits, and then what such a text has.
fn is_time(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let digits = |part: Option<&str>, lengths: std::ops::RangeInclusive<usize>| {
        part.is_some_and(|part| {
            lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    if !digits(parts.next(), 4..=4) || !digits(parts.next(), 1..=2) {
        return false;
    }
    let rest = parts.next().unwrap_or_default();
    let day = rest.split(['T', 't', ' ']).next();
    digits(day, 1..=2)
}
