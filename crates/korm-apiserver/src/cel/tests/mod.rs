//! Rules of custom resources.

mod definitions;
mod expressions;
mod texts;
mod updates;
mod values;

use serde_json::{Value, json};

use crate::crd::CompiledCrd;

/// A CRD whose spec has fields of every type and this rule.
fn crd(rule: Value) -> CompiledCrd {
    crate::crd::compile(
        &json!({"spec": {"group": "example.com", "scope": "Namespaced",
        "names": {"plural": "peaches", "kind": "Peach"},
        "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema":
            {"type": "object", "properties": {"spec": {"type": "object",
                "x-kubernetes-validations": [rule],
                "properties": {
                    "x": {"type": "integer"}, "s": {"type": "string", "nullable": true},
                    "n": {"type": "number"}, "bytes": {"type": "string", "format": "byte"},
                    "day": {"type": "string", "format": "date"},
                    "a-b": {"type": "integer"}, "t": {"type": "string", "format": "date-time"},
                    "port": {"x-kubernetes-int-or-string": true},
                    "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
                    "l": {"type": "array", "items": {"type": "integer"}},
                    "m": {"type": "object", "additionalProperties": {"type": "string"}}}}}}}}]}}),
    )
}

fn check(rule: Value, spec: Value) -> Vec<String> {
    let errors = crd(rule).versions[0].validate_create(&json!({"spec": spec}), Vec::new());
    errors.iter().map(ToString::to_string).collect()
}

fn holds(rule: &str, spec: Value) {
    let errors = check(json!({ "rule": rule }), spec);
    assert!(errors.is_empty(), "{rule}: {errors:?}");
}

#[test]
fn rules_that_hold_say_nothing() {
    holds("self.x > 1", json!({"x": 2}));
    holds("self.n > 1.5", json!({"n": 2}));
    holds("!has(self.x) || self.x == 1", json!({}));
    holds("self.a__dash__b == 1", json!({"a-b": 1}));
    holds(
        "self.l.all(i, i > 0) && self.l.exists(i, i == 2)",
        json!({"l": [1, 2]}),
    );
    holds(
        "self.m.all(k, self.m[k].startsWith('a'))",
        json!({"m": {"k": "ab"}}),
    );
    holds(
        "self.t < timestamp('2024-01-01T00:00:00Z')",
        json!({"t": "2023-01-01T00:00:00Z"}),
    );
    let both = json!({"x": 1, "port": "a"});
    holds("type(self.x) == int && type(self.port) == string", both);
    holds(
        "self.port == 80 || self.port == 'http'",
        json!({"port": "http"}),
    );
    holds("self.?x.orValue(5) == 5", json!({}));
    holds("dyn(self.x) == 1", json!({"x": 1}));
}

#[test]
fn broken_rules_are_told() {
    assert_eq!(
        check(json!({"rule": "self.x > 1"}), json!({"x": 1})),
        ["spec: Invalid value: failed rule: self.x > 1"]
    );
    assert_eq!(
        check(
            json!({"rule": "self.x > 1", "message": " too small "}),
            json!({"x": 1})
        ),
        ["spec: Invalid value: too small"]
    );
    assert_eq!(
        check(
            json!({"rule": "self.x > 1", "messageExpression": "'x is ' + string(self.x)"}),
            json!({"x": 1})
        ),
        ["spec: Invalid value: x is 1"]
    );
    assert_eq!(
        check(
            json!({"rule": "self.x > 1", "reason": "FieldValueForbidden", "fieldPath": ".x"}),
            json!({"x": 1})
        ),
        ["spec.x: Forbidden: failed rule: self.x > 1"]
    );
    assert_eq!(
        check(json!({"rule": "self.x > 1"}), json!({})),
        [r#"spec: Invalid value: "object": no such key: x evaluating rule: self.x > 1"#]
    );
}

#[test]
fn rules_wait_for_the_form() {
    assert_eq!(
        check(json!({"rule": "self.x > 1"}), json!({"x": "a"})),
        [
            r#"spec.x: Invalid value: "string": spec.x in body must be of type integer: "string""#,
            "<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
        ]
    );
}
