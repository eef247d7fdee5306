use serde_json::{Value, json};

use crate::crd::CompiledCrd;
use crate::schema::field_error::FieldError;

/// A CRD with one version whose spec has this schema.
fn crd(spec: Value) -> CompiledCrd {
    crate::crd::compile(&json!({
        "spec": {"group": "example.com", "scope": "Namespaced",
            "names": {"plural": "peaches", "kind": "Peach"},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema":
                {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}}]}
    }))
}

fn messages(errors: &[FieldError]) -> Vec<String> {
    errors.iter().map(ToString::to_string).collect()
}

fn check(schema: Value, spec: Value) -> Vec<String> {
    let crd = crd(schema);
    messages(&crd.versions[0].validate_create(&json!({"spec": spec}), Vec::new()))
}

fn check_update(schema: Value, old: Value, new: Value) -> Vec<String> {
    let crd = crd(schema);
    let (old, new) = (json!({"spec": old}), json!({"spec": new}));
    messages(
        &crd.versions[0]
            .validate_update(&new, &old, Vec::new())
            .errors,
    )
}

#[test]
fn types_are_told_apart() {
    let schema = |ty: &str| json!({"type": "object", "properties": {"x": {"type": ty}}});
    assert_eq!(
        check(schema("integer"), json!({"x": "a"})),
        [r#"spec.x: Invalid value: "string": spec.x in body must be of type integer: "string""#]
    );
    assert_eq!(
        check(schema("integer"), json!({"x": 1.5})),
        [
            r#"spec.x: Invalid value: "number": spec.x in body must be of type integer: "number""#,
        ][..]
            .iter()
            .map(ToString::to_string)
            .chain(["<nil>: Invalid value: \"\": Checked value must be of type integer (default format) in spec.x".to_owned()])
            .collect::<Vec<_>>()
    );
    assert!(check(schema("integer"), json!({"x": 1.0})).is_empty());
    assert!(check(schema("number"), json!({"x": 1})).is_empty());
    assert_eq!(
        check(schema("string"), json!({"x": null})),
        [r#"spec.x: Invalid value: "null": spec.x in body must be of type string: "null""#]
    );
}

#[test]
fn bounds_patterns_and_sizes() {
    let schema = json!({"type": "object", "properties": {
        "n": {"type": "integer", "minimum": 1, "maximum": 10, "exclusiveMaximum": true, "multipleOf": 2},
        "s": {"type": "string", "minLength": 2, "maxLength": 3, "pattern": "^a"},
        "l": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2},
        "e": {"type": "string", "enum": ["a", "b"]},
        "m": {"type": "object", "additionalProperties": {"type": "integer"}, "maxProperties": 1},
    }});
    let check = |spec| check(schema.clone(), spec);
    assert_eq!(
        check(json!({"n": 11})),
        [
            "spec.n: Invalid value: 11: spec.n in body should be a multiple of 2",
            "spec.n: Invalid value: 11: spec.n in body should be less than 10",
        ]
    );
    assert_eq!(
        check(json!({"n": 0})),
        ["spec.n: Invalid value: 0: spec.n in body should be greater than or equal to 1"]
    );
    assert_eq!(
        check(json!({"s": "a"})),
        [r#"spec.s: Invalid value: "a": spec.s in body should be at least 2 chars long"#]
    );
    assert_eq!(
        check(json!({"s": "bb"})),
        [r#"spec.s: Invalid value: "bb": spec.s in body should match '^a'"#]
    );
    assert_eq!(
        check(json!({"s": "aaaa"})),
        ["spec.s: Too long: may not be more than 3 bytes"]
    );
    assert_eq!(
        check(json!({"l": []})),
        ["spec.l: Invalid value: 0: spec.l in body should have at least 1 items"]
    );
    assert_eq!(
        check(json!({"l": ["a", "b", "c"]})),
        ["spec.l: Too many: 3: must have at most 2 items"]
    );
    assert_eq!(
        check(json!({"e": "c"})),
        [r#"spec.e: Unsupported value: "c": supported values: "a", "b""#]
    );
    assert_eq!(
        check(json!({"m": {"a": 1, "b": "x"}})),
        [
            "spec.m: Too many: 2: must have at most 1 item",
            r#"spec.m.b: Invalid value: "string": spec.m.b in body must be of type integer: "string""#,
        ]
    );
}

#[test]
fn combined_schemas_tell_the_best_alternative() {
    let schema = json!({"type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "oneOf": [{"required": ["a"]}, {"required": ["b"]}]});
    assert_eq!(
        check(schema.clone(), json!({"a": "1", "b": "2"})),
        [
            r#"<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found 2 valid alternatives"#
        ]
    );
    assert_eq!(
        check(schema, json!({})),
        [
            r#"<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found none valid"#,
            "spec.a: Required value",
        ]
    );
    let not = json!({"type": "object", "properties": {"a": {"type": "string"}}, "not": {"required": ["a"]}});
    assert_eq!(
        check(not, json!({"a": "1"})),
        [r#"<nil>: Invalid value: "": "spec" must not validate the schema (not)"#]
    );
}

#[test]
fn lists_of_type_set_and_map_hold_items_once() {
    let schema = json!({"type": "object", "properties": {
        "s": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
        "m": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"],
            "items": {"type": "object", "required": ["k"], "properties": {"k": {"type": "string"}}}},
    }});
    assert_eq!(
        check(schema.clone(), json!({"s": ["a", "b", "a", "a"]})),
        [r#"spec.s[2]: Duplicate value: "a""#]
    );
    assert_eq!(
        check(schema, json!({"m": [{"k": "x"}, {"k": "x"}]})),
        [r#"spec.m[1]: Duplicate value: {"k":"x"}"#]
    );
}

#[test]
fn errors_of_unchanged_parts_are_forgiven() {
    let schema = json!({"type": "object", "properties": {
        "a": {"type": "string", "maxLength": 1}, "b": {"type": "string", "maxLength": 1},
        "l": {"type": "array", "items": {"type": "string", "maxLength": 1}},
    }});
    let update = |old, new| check_update(schema.clone(), old, new);
    assert!(update(json!({"a": "xx"}), json!({"a": "xx", "b": "y"})).is_empty());
    assert_eq!(
        update(json!({"a": "xx"}), json!({"a": "yy"})),
        ["spec.a: Too long: may not be more than 1 byte"]
    );
    assert_eq!(
        update(json!({"l": ["xx"]}), json!({"l": ["xx", "y"]})),
        ["spec.l[0]: Too long: may not be more than 1 byte"]
    );
    assert!(update(json!({"l": ["xx"]}), json!({"l": ["xx"], "b": "y"})).is_empty());
}

#[test]
fn integers_or_strings() {
    let schema =
        json!({"type": "object", "properties": {"p": {"x-kubernetes-int-or-string": true}}});
    assert!(check(schema.clone(), json!({"p": 1})).is_empty());
    assert!(check(schema.clone(), json!({"p": "1"})).is_empty());
    assert_eq!(
        check(schema, json!({"p": true})),
        [
            r#"spec.p: Invalid value: "boolean": spec.p in body must be of type integer,string: "boolean""#
        ]
    );
}

#[test]
fn formats_are_checked() {
    let schema = json!({"type": "object", "properties": {
        "d": {"type": "string", "format": "date"}, "i": {"type": "integer", "format": "int32"},
        "u": {"type": "string", "format": "unheard-of"}}});
    assert_eq!(
        check(schema.clone(), json!({"d": "x", "u": "y"})),
        [r#"spec.d: Invalid value: "x": spec.d in body must be of type date: "x""#]
    );
    assert_eq!(
        check(schema, json!({"i": 3_000_000_000_i64})),
        [
            r#"<nil>: Invalid value: "": Checked value must be of type integer with format int32 in spec.i"#
        ]
    );
}
