//! What the values of an object are to rules.

use serde_json::{Value, json};

use super::{check, crd, holds};

/// The schema takes 2.0 for an integer, a rule does not.
#[test]
fn floats_are_no_integers_for_rules() {
    assert_eq!(
        check(json!({"rule": "self.x > 1"}), json!({"x": 2.0})),
        [
            r#"spec: Invalid value: "object": invalid data, expected int, got float64 evaluating rule: self.x > 1"#
        ]
    );
    for rule in [
        "self == self && !has(self.s)",
        "self.x != 3",
        "self.x == 2",
        "!has(self.s) && has(self.x)",
        "has(self.s) || has(self.x)",
    ] {
        let why = format!("invalid data, expected int, got float64 evaluating rule: {rule}");
        assert_eq!(
            check(json!({ "rule": rule }), json!({"x": 2.0})),
            [format!(r#"spec: Invalid value: "object": {why}"#)]
        );
    }
    holds("!has(self.s) || has(self.x)", json!({"x": 2.0}));
    let rule = "'a' in self.counts";
    assert_eq!(
        check(json!({ "rule": rule }), json!({"counts": {"a": 2.0}})),
        [format!(
            r#"spec: Invalid value: "object": invalid data, expected int, got float64 evaluating rule: {rule}"#
        )]
    );
    holds("has(self.s) && !has(self.n)", json!({"x": 2.0, "s": "a"}));
    holds("self.n > 1.0", json!({"n": 2.0}));
}

#[test]
fn a_field_that_is_null_is_none() {
    holds("!has(self.s)", json!({"s": null}));
    holds("!has(self.s) || self.s.size() > 1", json!({"s": null}));
    assert_eq!(
        check(json!({"rule": "self.s.size() > 1"}), json!({"s": null})),
        [r#"spec: Invalid value: "object": no such key: s evaluating rule: self.s.size() > 1"#]
    );
}

/// Of objects of another kind nothing but the rules is checked.
#[test]
fn what_does_not_fit_its_format_fails_the_rules_that_look_at_it() {
    let told = |rule: &str, spec: Value| {
        let mut errors = Vec::new();
        crd(json!({ "rule": rule })).versions[0].check_rest(
            &json!({"kind": "Pod", "spec": spec}),
            None,
            &mut errors,
        );
        errors
            .iter()
            .map(|error| error.detail.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        told("has(self.bytes)", json!({"bytes": "AA="})),
        [
            "Invalid byte formatted string AA=: illegal base64 data at input byte 3 evaluating rule: has(self.bytes)"
        ]
    );
    assert_eq!(
        told("self == self", json!({"day": "abc"})),
        [
            "Invalid date formatted string abc: parsing time \"abc\" as \"2006-01-02\": cannot parse \"abc\" as \"2006\" evaluating rule: self == self"
        ]
    );
    assert!(told("has(self.t)", json!({"t": "2020-01-02T03:04:05"})).is_empty());
}
