//! JSON as Go's `encoding/json` writes it.
//!
//! Kubernetes applies a JSON Patch to the text Go makes of an object, and compares the scalar of a
//! `test` operation with it as text. So a number or string has to be written exactly as Go does:
//! `<`, `>`, `&`, U+2028 and U+2029 escaped, floats without an exponent from 1e-6 to below 1e21 and
//! without a fraction where they have none.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

struct GoFormatter;

pub(crate) fn to_vec<T: Serialize>(value: &T) -> Vec<u8> {
    let mut out = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut out, GoFormatter);
    match value.serialize(&mut serializer) {
        Ok(()) => out,
        // Only values with string keys are given here, and a `Vec` takes every write.
        Err(_) => Vec::new(),
    }
}

impl Formatter for GoFormatter {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        let size = value.abs();
        if size != 0.0 && !(1e-6..1e21).contains(&size) {
            let text = format!("{value:e}");
            // Rust writes 1e21, Go 1e+21; both write 1e-7.
            let signed = match text.split_once('e') {
                Some((digits, exponent)) if !exponent.starts_with('-') => {
                    format!("{digits}e+{exponent}")
                }
                _ => text,
            };
            return writer.write_all(signed.as_bytes());
        }
        write!(writer, "{value}")
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
            let (plain, special) = rest.split_at(at);
            writer.write_all(plain.as_bytes())?;
            // `find` stopped at a character, so there is one.
            let mut chars = special.chars();
            let code = chars.next().map_or(0, u32::from);
            write!(writer, "\\u{code:04x}")?;
            rest = chars.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn as_go_writes_it() {
        let go = |value: serde_json::Value| String::from_utf8(to_vec(&value)).unwrap();
        assert_eq!(
            go(json!("a<b>&\u{2028}\"\\/")),
            r#""a\u003cb\u003e\u0026\u2028\"\\/""#
        );
        assert_eq!(
            go(json!("\u{8}\u{c}\n\r\t\u{1}\u{7f}é")),
            "\"\\b\\f\\n\\r\\t\\u0001\u{7f}é\""
        );
        assert_eq!(go(json!({"<": 1.0})), r#"{"\u003c":1}"#);
        assert_eq!(
            go(json!([
                1e20,
                1e21,
                1.5e300,
                1e-6,
                1e-7,
                1.5,
                -0.0,
                u64::MAX,
                0.1
            ])),
            "[100000000000000000000,1e+21,1.5e+300,0.000001,1e-7,1.5,-0,18446744073709551615,0.1]"
        );
    }
}
