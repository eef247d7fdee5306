//! Values written as Go writes them, because the messages of the API are Go's.

use std::fmt::Write as _;

use serde_json::{Number, Value};

/// `strconv.Quote`.
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            c if is_print(c) => out.push(c),
            c if (c as u32) < 0x80 => push_fmt(&mut out, format_args!("\\x{:02x}", c as u32)),
            c if (c as u32) < 0x1_0000 => push_fmt(&mut out, format_args!("\\u{:04x}", c as u32)),
            c => push_fmt(&mut out, format_args!("\\U{:08x}", c as u32)),
        }
    }
    out.push('"');
    out
}

/// Rust's own escaping decides by the same Unicode classes what is printable (letters, marks,
/// numbers, punctuation, symbols and the ASCII space). Grapheme extenders are printable in Go.
fn is_print(c: char) -> bool {
    match c {
        ' '..='~' => true,
        c if (c as u32) < 0x80 => false,
        c => !c.is_control() && c.escape_debug().len() == 1 || is_combining(c),
    }
}

fn is_combining(c: char) -> bool {
    // A grapheme extender is escaped by escape_debug of a char, but not inside a str after its base.
    let mut text = String::from("a");
    text.push(c);
    text.escape_debug().eq(text.chars())
}

/// `json.Marshal`: sorted keys, `<`, `>`, `&` and the line separators escaped, floats as ES6
/// writes them.
pub(crate) fn json(value: &Value) -> String {
    let mut out = String::new();
    write_json(&mut out, value, json_number);
    out
}

/// The text of an object as a patch leaves it: numbers that the patch brought are as it wrote them.
pub(crate) fn patched_json(value: &Value) -> String {
    let mut out = String::new();
    write_json(&mut out, value, patched_number);
    out
}

/// A number of a patched object. Go writes whole floats without a point, so what has one has it
/// from the patch.
pub(crate) fn patched_number(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 1e21 => {
            format!("{float:.1}")
        }
        _ => json_number(number),
    }
}

fn write_json(out: &mut String, value: &Value, number_text: fn(&Number) -> String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => out.push_str(&number_text(number)),
        Value::String(text) => write_json_string(out, text),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_json(out, item, number_text);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            out.push('{');
            for (i, (key, item)) in fields.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_json_string(out, key);
                out.push(':');
                write_json(out, item, number_text);
            }
            out.push('}');
        }
    }
}

fn write_json_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                push_fmt(out, format_args!("\\u{:04x}", c as u32));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A number as `json.Marshal` writes an int64 or float64.
pub(crate) fn json_number(number: &Number) -> String {
    match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(int), ..) => int.to_string(),
        (_, Some(int), _) => int.to_string(),
        (.., Some(float)) => float_text(float, -6, 1),
        _ => number.to_string(),
    }
}

/// A number as `fmt` prints an int64 or float64 with `%v`.
pub(crate) fn display_number(number: &Number) -> String {
    match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(int), ..) => int.to_string(),
        (_, Some(int), _) => int.to_string(),
        (.., Some(float)) => display_float(float),
        _ => number.to_string(),
    }
}

/// A value as `fmt` prints it with `%v`: `map[a:1 b:[x y]]`, `<nil>`.
pub(crate) fn display(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => display_number(number),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(display).collect();
            format!("[{}]", items.join(" "))
        }
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(key, value)| format!("{key}:{}", display(value)))
                .collect();
            format!("map[{}]", fields.join(" "))
        }
    }
}

/// A float64 as `fmt` prints it with `%v`: shortest form, exponents from 21 on and below -4.
pub(crate) fn display_float(float: f64) -> String {
    float_text(float, -4, 2)
}

/// The shortest decimal that reads back as `float`; with an exponent of at least `digits` digits
/// where it is below `low` or at least 21.
fn float_text(float: f64, low: i32, digits: usize) -> String {
    if float == 0.0 {
        return if float.is_sign_negative() { "-0" } else { "0" }.to_owned();
    }
    let scientific = format!("{float:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return scientific; // NaN and infinities, which JSON cannot carry
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (low..21).contains(&exponent) {
        return format!("{float}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:0digits$}", exponent.unsigned_abs())
}

fn push_fmt(out: &mut String, args: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = out.write_fmt(args);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn quotes_as_go_does() {
        assert_eq!(
            quote("a\"b\\\n\u{1}é\u{200b}"),
            "\"a\\\"b\\\\\\n\\x01é\\u200b\""
        );
        assert_eq!(quote("e\u{301}"), "\"e\u{301}\"");
        assert_eq!(quote("\u{7f}\u{a0}"), "\"\\x7f\\u00a0\"");
    }

    #[test]
    fn writes_json_as_go_does() {
        let value = json!({"b": [1, 1.0, 1.5, 1e21, 1e-7, 0.00001, null], "a": "<&>\u{2028}\u{1}"});
        assert_eq!(
            json(&value),
            r#"{"a":"\u003c\u0026\u003e\u2028\u0001","b":[1,1,1.5,1e+21,1e-7,0.00001,null]}"#
        );
    }

    #[test]
    fn prints_floats_as_percent_v() {
        let shown: Vec<String> = [1.0, 1.5, 1e20, 1e21, 0.0001, 0.00001, -2.5e-7]
            .into_iter()
            .map(display_float)
            .collect();
        assert_eq!(
            shown,
            [
                "1",
                "1.5",
                "100000000000000000000",
                "1e+21",
                "0.0001",
                "1e-05",
                "-2.5e-07"
            ]
        );
    }
}
