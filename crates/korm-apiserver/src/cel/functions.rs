//! Functions that the crates give other results or messages than cel-go: conversions (the
//! `ConvertToType` of `common/types`) and places in strings (`ext/strings.go`).

use std::sync::Arc;

use chrono::{DateTime, Datelike, FixedOffset};
use kube_cel::cel::extractors::{Arguments, This};
use kube_cel::cel::{Context, ExecutionError, ResolveResult, Value as Cel};

use super::values::duration;

type Result<T> = std::result::Result<T, ExecutionError>;

/// Replaces the crates' functions in the context.
pub(super) fn add(context: &mut Context<'_>) {
    context.add_function("size", size);
    context.add_function("int", int);
    context.add_function("uint", uint);
    context.add_function("double", double);
    context.add_function("bool", bool_of);
    context.add_function("timestamp", timestamp);
    context.add_function("duration", duration_of);
    context.add_function("charAt", char_at);
    context.add_function("substring", substring);
}

fn fault<T>(function: &str, message: impl AsRef<str>) -> Result<T> {
    Err(ExecutionError::function_error(function, message.as_ref()))
}

fn no_overload<T>() -> Result<T> {
    Err(ExecutionError::NoSuchOverload)
}

fn size(This(of): This<Cel>) -> ResolveResult {
    let size = match of {
        Cel::String(text) => text.chars().count(),
        Cel::Bytes(bytes) => bytes.len(),
        Cel::List(list) => list.len(),
        Cel::Map(map) => map.map.len(),
        _ => return no_overload(),
    };
    Ok(Cel::Int(i64::try_from(size).unwrap_or(i64::MAX)))
}

/// The value that a text is; texts that are none are told with the type they should have had.
fn parsed<T>(function: &str, ty: &str, value: Option<T>) -> Result<T> {
    match value {
        Some(value) => Ok(value),
        None => fault(
            function,
            format!("type conversion error from 'string' to '{ty}'"),
        ),
    }
}

fn int(This(of): This<Cel>) -> ResolveResult {
    let overflow = || fault("int", "integer overflow");
    Ok(Cel::Int(match of {
        Cel::String(text) => parsed("int", "int", text.parse().ok())?,
        // Both bounds are as floats no numbers that fit.
        Cel::Float(float) if float > i64::MIN as f64 && float < i64::MAX as f64 => float as i64,
        Cel::Float(_) => return overflow(),
        Cel::Int(int) => int,
        Cel::UInt(uint) => match i64::try_from(uint) {
            Ok(int) => int,
            Err(_) => return overflow(),
        },
        Cel::Timestamp(time) => time.timestamp(),
        Cel::Duration(duration) => match duration.num_nanoseconds() {
            Some(nanoseconds) => nanoseconds,
            None => return overflow(),
        },
        _ => return no_overload(),
    }))
}

fn uint(This(of): This<Cel>) -> ResolveResult {
    let overflow = || fault("uint", "unsigned integer overflow");
    Ok(Cel::UInt(match of {
        Cel::String(text) => {
            let digits = Some(&*text).filter(|text| !text.starts_with('+'));
            parsed("uint", "uint", digits.and_then(|text| text.parse().ok()))?
        }
        Cel::Float(float) if float >= 0.0 && float < u64::MAX as f64 => float as u64,
        Cel::Float(_) => return overflow(),
        Cel::Int(int) => match u64::try_from(int) {
            Ok(uint) => uint,
            Err(_) => return overflow(),
        },
        Cel::UInt(uint) => uint,
        _ => return no_overload(),
    }))
}

fn double(This(of): This<Cel>) -> ResolveResult {
    Ok(Cel::Float(match of {
        Cel::String(text) => parsed("double", "double", float(&text))?,
        Cel::Float(float) => float,
        Cel::Int(int) => int as f64,
        Cel::UInt(uint) => uint as f64,
        _ => return no_overload(),
    }))
}

/// A number as Go reads it: one that is too large is none, and underscores may stand between digits.
fn float(text: &str) -> Option<f64> {
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let bytes = text.as_bytes();
    let is_between =
        |at: usize| is_digit(bytes.get(at + 1)) && at > 0 && is_digit(bytes.get(at - 1));
    if text.match_indices('_').any(|(at, _)| !is_between(at)) {
        return None;
    }
    let float: f64 = text.replace('_', "").parse().ok()?;
    let is_written = text.to_ascii_lowercase().contains("inf");
    Some(float).filter(|float| is_written || !float.is_infinite())
}

fn bool_of(This(of): This<Cel>) -> ResolveResult {
    match of {
        Cel::Bool(value) => Ok(Cel::Bool(value)),
        Cel::String(text) => {
            let value = match text.as_str() {
                "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
                "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
                _ => None,
            };
            parsed("bool", "bool", value).map(Cel::Bool)
        }
        _ => no_overload(),
    }
}

fn timestamp(This(of): This<Cel>) -> ResolveResult {
    match of {
        Cel::Timestamp(time) => Ok(Cel::Timestamp(time)),
        Cel::Int(seconds) => {
            let time = chrono::DateTime::from_timestamp(seconds, 0);
            within_years(time.map(|time| time.fixed_offset()))
        }
        Cel::String(text) => {
            let time = parsed("timestamp", "google.protobuf.Timestamp", rfc3339(&text))?;
            within_years(Some(time))
        }
        _ => no_overload(),
    }
}

/// A time of the years 1 to 9999.
fn within_years(time: Option<DateTime<FixedOffset>>) -> ResolveResult {
    match time.filter(|time| (1..=9999).contains(&time.to_utc().year())) {
        Some(time) => Ok(Cel::Timestamp(time)),
        None => fault("timestamp", "timestamp overflow"),
    }
}

/// A time as Go reads it by its layout: letters are upper case, the hour may have one digit, and the fraction a comma.
fn rfc3339(text: &str) -> Option<DateTime<FixedOffset>> {
    let (date, time) = text.split_once('T')?;
    let hour = time.split(':').next()?;
    let zero = if hour.len() == 1 { "0" } else { "" };
    let is_leap_second = time.get(hour.len() + 4..hour.len() + 6) == Some("60");
    if is_leap_second || time.contains('z') {
        return None;
    }
    let text = format!("{date}T{zero}{}", time.replacen(',', ".", 1));
    DateTime::parse_from_rfc3339(&text).ok()
}

fn duration_of(This(of): This<Cel>) -> ResolveResult {
    match of {
        Cel::Duration(duration) => Ok(Cel::Duration(duration)),
        Cel::Int(nanoseconds) => Ok(Cel::Duration(chrono::Duration::nanoseconds(nanoseconds))),
        Cel::String(text) => {
            parsed("duration", "google.protobuf.Duration", duration(&text)).map(Cel::Duration)
        }
        _ => no_overload(),
    }
}

/// A place in a text of this many characters; the end is one.
fn place(function: &str, at: i64, length: usize) -> Result<usize> {
    match usize::try_from(at) {
        Ok(place) if place <= length => Ok(place),
        _ => fault(function, format!("index out of range: {at}")),
    }
}

fn char_at(This(text): This<Arc<String>>, at: i64) -> ResolveResult {
    let at = place("charAt", at, text.chars().count())?;
    let character: String = text.chars().skip(at).take(1).collect();
    Ok(character.into())
}

fn substring(This(text): This<Arc<String>>, Arguments(range): Arguments) -> ResolveResult {
    let length = text.chars().count();
    let (start, end) = match range.as_slice() {
        [Cel::Int(start)] => (*start, None),
        [Cel::Int(start), Cel::Int(end)] => (*start, Some(*end)),
        _ => return no_overload(),
    };
    if let Some(end) = end.filter(|end| start > *end) {
        return fault(
            "substring",
            format!("invalid substring range. start: {start}, end: {end}"),
        );
    }
    let start = place("substring", start, length)?;
    let end = match end {
        Some(end) => place("substring", end, length)?,
        None => length,
    };
    let part: String = text.chars().skip(start).take(end - start).collect();
    Ok(part.into())
}
