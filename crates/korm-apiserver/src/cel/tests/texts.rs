//! Functions of texts.

use serde_json::json;

use super::{check, holds};

/// What the only rule, on `spec`, says to the value of the field `s`.
fn told(rule: &str, text: &str) -> Vec<String> {
    check(json!({ "rule": rule }), json!({ "s": text }))
}

#[test]
fn texts_are_what_is_written() {
    for (rule, text) in [
        (r#"self.s == '\"' + "\'""#, "\"'"),
        (r"self.s.matches(r'^\d\\$')", r"1\"),
        (r"self.s == '''it's''' && b'\n' == bytes('\x0a')", "it's"),
    ] {
        holds(rule, json!({ "s": text }));
    }
}

#[test]
fn texts_have_characters() {
    holds(
        "self.s.size() == 2 && size(self.s) == 2",
        json!({"s": "ä€"}),
    );
    holds(
        "self.s.charAt(1) == '€' && self.s.charAt(2) == ''",
        json!({"s": "ä€"}),
    );
    holds(
        "self.s.substring(1, 2) == '€' && self.s.substring(2) == ''",
        json!({"s": "ä€"}),
    );
    for (rule, why) in [
        ("self.s.charAt(3) == ''", "index out of range: 3"),
        ("self.s.charAt(-1) == ''", "index out of range: -1"),
        ("self.s.substring(3) == ''", "index out of range: 3"),
        ("self.s.substring(0, 3) == ''", "index out of range: 3"),
        (
            "self.s.substring(2, 1) == ''",
            "invalid substring range. start: 2, end: 1",
        ),
    ] {
        assert_eq!(
            told(rule, "ä€"),
            [format!(
                r#"spec: Invalid value: "object": {why} evaluating rule: {rule}"#
            )]
        );
    }
}

#[test]
fn texts_become_what_they_show() {
    holds(
        "int(self.s) == 12 && uint(self.s) == 12u && double(self.s) == 12.0",
        json!({"s": "12"}),
    );
    holds(
        "int(timestamp(self.s)) == 1577836800",
        json!({"s": "2020-01-01T00:00:00Z"}),
    );
    holds("bool(self.s)", json!({"s": "T"}));
    for (rule, ty) in [
        ("int(self.s) == 1", "int"),
        ("double(self.s) == 1.0", "double"),
        ("bool(self.s)", "bool"),
        (
            "duration(self.s) == duration('1s')",
            "google.protobuf.Duration",
        ),
        (
            "timestamp(self.s) == timestamp(0)",
            "google.protobuf.Timestamp",
        ),
    ] {
        let why = format!("type conversion error from 'string' to '{ty}' evaluating rule: {rule}");
        assert_eq!(
            told(rule, "abc"),
            [format!(r#"spec: Invalid value: "object": {why}"#)]
        );
    }
}
