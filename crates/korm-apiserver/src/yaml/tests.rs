use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn value(text: &str) -> Value {
    parse_value(text.as_bytes()).unwrap()
}

fn fault(text: &str) -> String {
    parse(text.as_bytes()).unwrap_err()
}

#[test]
fn documents_become_json() {
    let text = "a: 1\nb: [x, 1.5, true, null]\n8080: \"7\"\n# end\n";
    assert_eq!(
        value(text),
        json!({"a": 1, "b": ["x", 1.5, true, null], "8080": "7"})
    );
    assert_eq!(value(r#"{"a": {"b": 1}}"#), json!({"a": {"b": 1}}));
    assert_eq!(value(""), Value::Null);
    assert_eq!(value("--- a\n--- b\n"), json!("a"));
}

#[test]
fn words_mean_what_they_mean_in_yaml_1_1() {
    assert_eq!(
        value("[yes, No, on, ~, Null, 010, 0x1F, 0b11, 1_000, +5, -.5, 1e3, 2.0]"),
        json!([
            true, false, true, null, null, 8, 31, 3, 1000, 5, -0.5, 1000, 2
        ])
    );
    assert_eq!(
        value("['yes', maybe, 1.2.3, 2020-01-02, 1:30, !!str 5, !!int 5, !!float 5, 08, \"\"]"),
        json!([
            "yes",
            "maybe",
            "1.2.3",
            "2020-01-02",
            "1:30",
            "5",
            5,
            5,
            8,
            ""
        ])
    );
    assert_eq!(value("!!binary aGk="), json!("hi"));
    assert_eq!(
        value("18446744073709551615"),
        json!(18446744073709551615_f64)
    );
    assert_eq!(fault("[.nan]"), "json: unsupported value: NaN");
    assert_eq!(fault("!!int a"), "yaml: cannot decode !!str `a` as a !!int");
}

#[test]
fn aliases_are_followed_and_mappings_merged() {
    let text = "a: &x {k: 1, l: 2}\nb: *x\nc:\n  <<: *x\n  l: 3\n";
    assert_eq!(
        value(text),
        json!({"a": {"k": 1, "l": 2}, "b": {"k": 1, "l": 2}, "c": {"k": 1, "l": 3}})
    );
    assert_eq!(fault("*x"), "yaml: unknown anchor 'x' referenced");
    assert_eq!(fault("&x [*x]"), "yaml: anchor 'x' value contains itself");
    assert_eq!(
        fault("<<: 1"),
        "yaml: map merge requires map or sequence of maps as the value"
    );
}

#[test]
fn a_bomb_of_aliases_is_refused() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let item = format!("*a{}", level - 1);
        let items = [item.as_str(); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    assert_eq!(fault(&text), "yaml: document contains excessive aliasing");
}

#[test]
fn what_is_too_deep_is_refused() {
    assert_eq!(fault(&"[".repeat(2000)), "yaml: exceeded max depth of 500");
}

#[test]
fn faults_are_worded_as_go_yaml_words_them() {
    assert_eq!(
        fault("{"),
        "yaml: line 1: did not find expected node content"
    );
    assert_eq!(
        fault("a: ["),
        "yaml: line 1: did not find expected node content"
    );
    assert_eq!(
        fault("a: b: c"),
        "yaml: mapping values are not allowed in this context"
    );
    assert_eq!(
        fault("a: 1\nb: c: d\n"),
        "yaml: line 2: mapping values are not allowed in this context"
    );
    assert_eq!(
        fault("a: 'x\n"),
        "yaml: line 2: found unexpected end of stream"
    );
}

#[test]
fn the_parsers_gaps_are_faults() {
    assert_eq!(
        fault("[!,"),
        "yaml: did not find expected whitespace or line break"
    );
    assert_eq!(
        fault("a:\n- {b: !x, c: d}\n"),
        "yaml: line 2: did not find expected whitespace or line break"
    );
    assert_eq!(fault("\"\\"), "yaml: found unknown escape character");
    assert_eq!(
        value("['!x, y', !x , \"a !b,\"]"),
        json!(["!x, y", "", "a !b,"])
    );
    assert_eq!(value("a\\"), json!("a\\"));
}

#[test]
fn blocks_of_text_need_not_end() {
    assert_eq!(value("a: |\n  x"), json!({"a": "x"}));
    assert_eq!(value("a: |\n  x\n"), json!({"a": "x\n"}));
    assert_eq!(value("a: >-\n  x\n  y"), json!({"a": "x y"}));
    assert_eq!(value("|+\n x\n\n"), json!("x\n\n"));
    assert_eq!(value("|"), json!(""));
}

#[test]
fn what_follows_a_document_is_not_looked_at() {
    assert_eq!(value("{\"a\": 1} x"), json!({"a": 1}));
}

#[test]
fn a_repeated_key_is_told_and_the_last_one_counts() {
    let document = parse(b"a: 1\nb: 2\na: 3\nb:\n- 1\n").unwrap();
    assert_eq!(
        document.complaints,
        [
            "line 3: key \"a\" already set in map",
            "line 5: key \"b\" already set in map",
        ]
    );
    assert_eq!(
        strict_fault(&document.complaints),
        "yaml: unmarshal errors:\n  line 3: key \"a\" already set in map\n  line 5: key \"b\" already set in map"
    );
    assert_eq!(
        decode_untyped(document.node).value,
        json!({"a": 3, "b": [1]})
    );
}

proptest! {
    /// Whatever comes, an answer comes back.
    #[test]
    fn nothing_panics(text in "[a&*!<:,'\"\\[\\]{}#|>%@`\\- \n\t\\\\0-9.?~é]{0,40}") {
        let _ = parse(text.as_bytes());
    }

    /// Nor do bytes that are no text.
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
        let _ = parse(&bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Also where a text is longer than what the parser looks at in one go.
    #[test]
    fn long_texts_are_read_whole(words in proptest::collection::vec("[a-zé€ #:'-]{0,30}", 200..400)) {
        let list: Vec<Value> = words.iter().map(|word| json!(word)).collect();
        let text = write(&json!({"words": list})).unwrap();
        prop_assert_eq!(value(text.trim_end()), json!({"words": list}));
    }
}
