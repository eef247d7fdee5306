use serde_json::{Value, json};

use crate::crd::CompiledCrd;
use crate::schema::{ErrorKind, FieldError};

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

/// What the only rule, on `spec`, says to the value of the field `s`.
fn told(rule: &str, text: &str) -> Vec<String> {
    check(json!({ "rule": rule }), json!({ "s": text }))
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

fn check_update(rule: Value, old: Value, new: Value) -> Vec<String> {
    let (old, new) = (json!({"spec": old}), json!({"spec": new}));
    let broken = crd(rule).versions[0].validate_update(&new, &old, Vec::new());
    broken.errors.iter().map(ToString::to_string).collect()
}

#[test]
fn transition_rules_compare_with_the_old_value() {
    let rule = json!({"rule": "self.x >= oldSelf.x"});
    assert!(check(rule.clone(), json!({"x": 1})).is_empty());
    assert!(check_update(rule.clone(), json!({"x": 1}), json!({"x": 2})).is_empty());
    assert_eq!(
        check_update(rule, json!({"x": 2}), json!({"x": 1})),
        ["spec: Invalid value: failed rule: self.x >= oldSelf.x"]
    );
    let optional = json!({"rule": "oldSelf.hasValue() || self.x == 1", "optionalOldSelf": true});
    assert!(check(optional.clone(), json!({"x": 1})).is_empty());
    assert_eq!(check(optional.clone(), json!({"x": 2})).len(), 1);
    assert!(check_update(optional, json!({"x": 2}), json!({"x": 3})).is_empty());
}

#[test]
fn rules_broken_by_unchanged_parts_are_forgiven() {
    let rule = json!({"rule": "self.x > 1"});
    let version = &crd(rule.clone()).versions[0];
    let object = json!({"spec": {"x": 1}, "status": {}});
    assert!(check_update(rule.clone(), json!({"x": 1}), json!({"x": 1})).is_empty());
    let forgiven = version
        .validate_update(&object, &object, Vec::new())
        .forgiven;
    let forgiven: Vec<String> = forgiven.iter().map(ToString::to_string).collect();
    assert_eq!(forgiven, ["spec: Invalid value: failed rule: self.x > 1"]);
    assert_eq!(
        check_update(rule, json!({"x": 1}), json!({"x": 0})).len(),
        1
    );
}

#[test]
fn what_is_forgiven_is_told_beside_a_refusal_unless_no_rule_was_looked_at() {
    let rule = json!({"rule": "self.x > 1"});
    let version = &crd(rule).versions[0];
    let object = json!({"spec": {"x": 1}, "status": {}});
    let refused = |message: &str| {
        let error = FieldError::at(ErrorKind::Invalid, "spec".to_owned(), Value::Null, message);
        let broken = version.validate_update(&object, &object, vec![error]);
        (broken.errors.len(), broken.forgiven.len())
    };
    assert_eq!(refused("too small"), (1, 1));
    let blocking = FieldError::at(
        ErrorKind::Required,
        "metadata.name".to_owned(),
        Value::Null,
        "",
    );
    let broken = version.validate_update(&object, &object, vec![blocking]);
    assert_eq!(broken.errors.len(), 2);
    assert!(broken.forgiven.is_empty());
}

fn compile_error(rule: &str) -> String {
    compile_error_of(
        json!({"type": "object", "x-kubernetes-validations": [{"rule": rule}],
            "properties": {"x": {"type": "integer"}, "s": {"type": "string", "nullable": true},
                "l": {"type": "array", "maxItems": 10, "items": {"type": "object",
                    "properties": {"y": {"type": "integer"}}}}}}),
    )
}

fn compile_error_of(spec: Value) -> String {
    let mut crd = json!({"metadata": {"name": "peaches.example.com"},
        "spec": {"group": "example.com", "scope": "Namespaced",
        "names": {"plural": "peaches", "kind": "Peach"},
        "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema":
            {"type": "object", "properties": {"spec": spec}}}}]}});
    crate::crd::default_crd(&mut crd).unwrap();
    crate::crd::prepare_create(&mut crd);
    let errors = crate::crd::validate_crd(&crd, None, Vec::new());
    errors
        .first()
        .map(|error| error.detail.clone())
        .unwrap_or_default()
}

#[test]
fn values_without_a_type_have_no_rules() {
    let rules = json!([{"rule": "true"}]);
    let anything = json!({"x-kubernetes-preserve-unknown-fields": true});
    let mut untyped = anything.clone();
    untyped["x-kubernetes-validations"] = rules.clone();
    let list = json!({"type": "array", "maxItems": 5, "items": anything, "x-kubernetes-validations": rules});
    for schema in [untyped, list] {
        assert_eq!(
            compile_error_of(schema),
            "internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations"
        );
    }
    let mut part =
        json!({"type": "object", "properties": {"a": anything}, "x-kubernetes-validations": rules});
    assert_eq!(compile_error_of(part.clone()), "");
    part["x-kubernetes-validations"] = json!([{"rule": "has(self.a)"}]);
    assert_eq!(
        compile_error_of(part),
        "compilation failed: ERROR: <input>:1:4: undefined field 'a'\n | has(self.a)\n | ...^"
    );
}

/// The texts are those of kube-apiserver 1.37.2.
#[test]
fn mistakes_in_rules_are_told_when_the_crd_is_made() {
    assert_eq!(compile_error("oldSelf.x == self.x"), "");
    assert_eq!(
        compile_error("self.nope > 1"),
        "compilation failed: ERROR: <input>:1:5: undefined field 'nope'\n | self.nope > 1\n | ....^"
    );
    assert_eq!(
        compile_error("self.x >"),
        "compilation failed: ERROR: <input>:1:9: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | self.x >\n | ........^"
    );
    assert_eq!(
        compile_error("foo(1)"),
        "compilation failed: ERROR: <input>:1:4: undeclared reference to 'foo' (in container '')\n | foo(1)\n | ...^"
    );
    assert_eq!(
        compile_error("self.s.foo()"),
        "compilation failed: ERROR: <input>:1:11: undeclared reference to 'foo' (in container '')\n | self.s.foo()\n | ..........^"
    );
    assert_eq!(
        compile_error("self.x == 'a'"),
        "compilation failed: ERROR: <input>:1:8: found no matching overload for '_==_' applied to '(int, string)'\n | self.x == 'a'\n | .......^"
    );
    assert_eq!(
        compile_error("self.s == null"),
        "compilation failed: ERROR: <input>:1:8: found no matching overload for '_==_' applied to '(string, null)'\n | self.s == null\n | .......^"
    );
    assert_eq!(
        compile_error("x > 1"),
        "compilation failed: ERROR: <input>:1:1: undeclared reference to 'x' (in container '')\n | x > 1\n | ^"
    );
    assert_eq!(
        compile_error("self.x"),
        "cel expression must evaluate to a bool"
    );
    assert_eq!(compile_error("1"), "cel expression must evaluate to a bool");
    assert_eq!(
        compile_error("has(self.nope)"),
        "compilation failed: ERROR: <input>:1:4: undefined field 'nope'\n | has(self.nope)\n | ...^"
    );
    assert_eq!(
        compile_error("!has(self.nope) || has(self.no)"),
        "compilation failed: ERROR: <input>:1:5: undefined field 'nope'\n | !has(self.nope) || has(self.no)\n | ....^\nERROR: <input>:1:23: undefined field 'no'\n | !has(self.nope) || has(self.no)\n | ......................^"
    );
    assert_eq!(
        compile_error("self.l.all(i, i.z > 1)"),
        "compilation failed: ERROR: <input>:1:16: undefined field 'z'\n | self.l.all(i, i.z > 1)\n | ...............^"
    );
    assert_eq!(
        compile_error("self.x + 1.5 > 2.0"),
        "compilation failed: ERROR: <input>:1:8: found no matching overload for '_+_' applied to '(int, double)'\n | self.x + 1.5 > 2.0\n | .......^"
    );
}

/// The answers are those of kube-apiserver 1.37.2.
#[test]
fn errors_are_outweighed_by_what_decides() {
    let spec = || json!({"x": 0, "l": [1, 2]});
    for rule in [
        "self.l.exists(i, 2 / (i - 1) == 2)",
        "!self.l.all(i, 2 / (i - 1) > 5)",
        "1 / self.x == 1 || true",
        "!(1 / self.x == 1 && false)",
        "dyn(self.l) != 1",
        "[1, 2][dyn(1.0)] == 2",
        "{1: 2}[dyn(1u)] == 2",
    ] {
        holds(rule, spec());
    }
    for (rule, why) in [
        ("self.l.all(i, 2 / (i - 1) > 0)", "division by zero"),
        ("1 / self.x == 1 || 1 % self.x == 1", "division by zero"),
        (
            "-(-9223372036854775807 - 1 - self.x) > 0",
            "integer overflow",
        ),
        ("self.l[dyn(1.0)] == 2", "unsupported index: 1"),
        ("self.l[2] == 2", "index out of bounds: 2"),
    ] {
        assert_eq!(
            check(json!({ "rule": rule }), spec()),
            [format!(
                r#"spec: Invalid value: "object": {why} evaluating rule: {rule}"#
            )]
        );
    }
}

#[test]
fn optionals_are_chained() {
    let spec = || json!({"x": 1, "m": {"a": "b"}, "l": [1]});
    for rule in [
        "self.?m.a.orValue('') == 'b' && !self.?m.?c.hasValue()",
        "self.?m[?'a'].optMap(v, v + 'c').value() == 'bc'",
        "self.?m.optFlatMap(m, m.?z).orValue('none') == 'none'",
        "[?self.?x, ?self.?n] == [1] && has(self.?m.a)",
        "[self.?x].all(v, v.hasValue())",
        "self.l[?5].or(self.l[?0]).value() == 1",
    ] {
        holds(rule, spec());
    }
}

#[test]
fn macros_have_one_or_two_variables() {
    let spec = || json!({"l": [1, 2], "m": {"a": "b"}});
    for rule in [
        "self.l.all(i, v, v == i + 1) && self.l.exists(i, v, v == 2 && i == 1)",
        "self.l.existsOne(i, v, v > 1) && self.m.all(k, v, k == 'a' && v == 'b')",
        "self.l.transformList(i, v, i > 0, v * 2) == [4]",
        "self.m.transformMap(k, v, v + k) == {'a': 'ba'}",
        "self.m.transformMapEntry(k, v, {v: k}) == {'b': 'a'}",
    ] {
        holds(rule, spec());
    }
}

/// The answers are those of kube-apiserver 1.37.2.
#[test]
fn times_and_texts_are_those_of_go() {
    let spec = || json!({"t": "2024-03-01T00:00:00.5+02:00", "s": "a1b22"});
    for rule in [
        "self.t.getHours() == 22 && self.t.getDate() == 29 && self.t.getMonth() == 1",
        "self.t.getHours('-02:30') == 19 && self.t.getMinutes('-02:30') == 30",
        "self.t.getMilliseconds() == 500 && duration('1.5s').getMilliseconds() == 1500",
        "string(self.t) == '2024-03-01T00:00:00.5+02:00'",
        "string(duration('100ms')) == '0.1s' && string(true) == 'true' && string(1e21) == '1e+21'",
        "self.s.findAll('[0-9]+') == ['1', '22'] && self.s.find('b.') == 'b2'",
        "self.s.split('').size() == 5 && self.s.replace('2', 'c', -1) == 'a1bcc'",
        "'%s %s'.format([duration('1m'), int]) == '60s int'",
        "type(self.t) == google.protobuf.Timestamp",
    ] {
        holds(rule, spec());
    }
    assert_eq!(
        compile_error("self.s.matches('a++')"),
        "compilation failed: ERROR: <input>:1:16: invalid matches argument\n | self.s.matches('a++')\n | ...............^"
    );
    assert_eq!(
        compile_error("Foo{a: 1} == 1"),
        "compilation failed: ERROR: <input>:1:4: undeclared reference to 'Foo' (in container '')\n | Foo{a: 1} == 1\n | ...^"
    );
}
