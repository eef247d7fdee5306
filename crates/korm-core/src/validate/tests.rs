//! The same words as the server's. The messages are those of kube-openapi's validator and of
//! `field.Error` of k8s.io/apimachinery.

use serde_json::{Value, json};

use super::*;
use crate::{FieldDef, FieldPath};

fn one(schema: Value, value: Value) -> Vec<String> {
    let schema = json!({"type": "object", "properties": {"spec": {"type": "object", "properties": {"v": schema}}}});
    let found = against(&schema, &json!({"spec": {"v": value}}), None);
    found
        .iter()
        .map(|v| format!("{} {} {}", v.field, v.reason, v.message))
        .collect()
}

#[test]
fn one_violation_each() {
    for (schema, value, want) in [
        (
            json!({"type": "integer"}),
            json!("x"),
            r#"spec.v FieldValueTypeInvalid Invalid value: "string": spec.v in body must be of type integer: "string""#,
        ),
        (
            json!({"type": "string"}),
            json!(1),
            r#"spec.v FieldValueTypeInvalid Invalid value: "integer": spec.v in body must be of type string: "integer""#,
        ),
        (
            json!({"type": "integer", "format": "int64"}),
            json!(true),
            r#"spec.v FieldValueTypeInvalid Invalid value: "": spec.v in body must be of type int64: """#,
        ),
        (
            json!({"type": "integer"}),
            json!(null),
            r#"spec.v FieldValueTypeInvalid Invalid value: "null": spec.v in body must be of type integer: "null""#,
        ),
        (
            json!({"type": "string", "enum": ["a", "b"]}),
            json!("c"),
            r#"spec.v FieldValueNotSupported Unsupported value: "c": supported values: "a", "b""#,
        ),
        (
            json!({"type": "string", "maxLength": 2}),
            json!("äöü"),
            "spec.v FieldValueTooLong Too long: may not be more than 2 bytes",
        ),
        (
            json!({"type": "string", "minLength": 2}),
            json!("a"),
            r#"spec.v FieldValueInvalid Invalid value: "a": spec.v in body should be at least 2 chars long"#,
        ),
        (
            json!({"type": "string", "pattern": "^a+$"}),
            json!("b"),
            r#"spec.v FieldValueInvalid Invalid value: "b": spec.v in body should match '^a+$'"#,
        ),
        (
            json!({"type": "string", "format": "date-time"}),
            json!("soon"),
            r#"spec.v FieldValueTypeInvalid Invalid value: "soon": spec.v in body must be of type date-time: "soon""#,
        ),
        (
            json!({"type": "integer", "minimum": 1}),
            json!(0),
            "spec.v FieldValueInvalid Invalid value: 0: spec.v in body should be greater than or equal to 1",
        ),
        (
            json!({"type": "number", "maximum": 1.5, "exclusiveMaximum": true}),
            json!(1.5),
            "spec.v FieldValueInvalid Invalid value: 1.5: spec.v in body should be less than 1.5",
        ),
        (
            json!({"type": "integer", "multipleOf": 3}),
            json!(4),
            "spec.v FieldValueInvalid Invalid value: 4: spec.v in body should be a multiple of 3",
        ),
        (
            json!({"type": "integer", "format": "int32"}),
            json!(3_000_000_000_u32),
            r#"<nil> FieldValueInvalid Invalid value: "": Checked value must be of type integer with format int32 in spec.v"#,
        ),
        (
            json!({"type": "array", "maxItems": 1}),
            json!([1, 2]),
            "spec.v FieldValueTooMany Too many: 2: must have at most 1 item",
        ),
        (
            json!({"type": "array", "minItems": 2}),
            json!([1]),
            "spec.v FieldValueInvalid Invalid value: 1: spec.v in body should have at least 2 items",
        ),
        (
            json!({"type": "object", "minProperties": 1}),
            json!({}),
            "spec.v FieldValueInvalid Invalid value: 0: spec.v in body should have at least 1 properties",
        ),
        (
            json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}),
            json!({}),
            "spec.v.a FieldValueRequired Required value",
        ),
        (
            json!({"type": "array", "items": {"type": "object", "additionalProperties": {"type": "boolean"}}}),
            json!([{}, {"k": 1}]),
            r#"spec.v[1].k FieldValueTypeInvalid Invalid value: "integer": spec.v[1].k in body must be of type boolean: "integer""#,
        ),
        (
            json!({"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"}),
            json!(["a", "b", "a"]),
            r#"spec.v[2] FieldValueDuplicate Duplicate value: "a""#,
        ),
        (
            json!({"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["n"],
                "items": {"type": "object", "properties": {"n": {"type": "string"}}}}),
            json!([{"n": "a"}, {"n": "a"}]),
            r#"spec.v[1] FieldValueDuplicate Duplicate value: {"n":"a"}"#,
        ),
        (
            json!({"x-kubernetes-int-or-string": true}),
            json!(true),
            r#"spec.v FieldValueTypeInvalid Invalid value: "boolean": spec.v in body must be of type integer,string: "boolean""#,
        ),
    ] {
        assert_eq!(
            one(schema.clone(), value.clone()),
            [want],
            "{schema} {value}"
        );
    }
}

#[test]
fn a_fraction_in_an_integer_is_told_by_type_and_by_range() {
    assert_eq!(
        one(json!({"type": "integer"}), json!(1.5)),
        [
            r#"spec.v FieldValueTypeInvalid Invalid value: "number": spec.v in body must be of type integer: "number""#,
            r#"<nil> FieldValueInvalid Invalid value: "": Checked value must be of type integer (default format) in spec.v"#,
        ]
    );
}

#[test]
fn alternatives() {
    let union = json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "oneOf": [{"required": ["a"]}, {"required": ["b"]}]});
    assert_eq!(one(union.clone(), json!({"a": "x"})), [""; 0]);
    assert_eq!(
        one(union.clone(), json!({"a": "x", "b": "y"})),
        [
            r#"<nil> FieldValueInvalid Invalid value: "": "spec.v" must validate one and only one schema (oneOf). Found 2 valid alternatives"#
        ]
    );
    assert_eq!(
        one(union, json!({})),
        [
            r#"<nil> FieldValueInvalid Invalid value: "": "spec.v" must validate one and only one schema (oneOf). Found none valid"#,
            "spec.v.a FieldValueRequired Required value",
        ]
    );
    let not = json!({"type": "integer", "not": {"enum": [3]}});
    assert_eq!(
        one(not, json!(3)),
        [
            r#"<nil> FieldValueInvalid Invalid value: "": "spec.v" must not validate the schema (not)"#
        ]
    );
}

#[test]
fn good_values() {
    for (schema, value) in [
        (json!({"type": "integer"}), json!(2.0)),
        (json!({"type": "number"}), json!(2)),
        (json!({"type": "number", "format": "double"}), json!(2)),
        (json!({"type": "string", "nullable": true}), json!(null)),
        (json!({"type": "string", "default": "x"}), json!(null)),
        (
            json!({"x-kubernetes-preserve-unknown-fields": true}),
            json!({"any": [1]}),
        ),
        (
            json!({"type": "string", "format": "unheard-of"}),
            json!("x"),
        ),
        (json!({"type": "number", "multipleOf": 0.1}), json!(0.3)),
        (
            json!({"type": "object", "properties": {"a": {"type": "string", "default": "x"}}, "required": ["a"]}),
            json!({}),
        ),
    ] {
        assert_eq!(
            one(schema.clone(), value.clone()),
            [""; 0],
            "{schema} {value}"
        );
    }
}

#[test]
fn of_a_model() {
    let def = ModelDef::new("example.com", "v1", "Peach", "peaches")
        .field(FieldDef::new("a", FieldPath::spec("a"), json!({"type": "string"})).required())
        .field(
            FieldDef::new("b", FieldPath::spec("b"), json!({"type": "integer"}))
                .default_value(json!(1)),
        );
    let said = |object| {
        violations(&def, &object)
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(said(json!({"spec": {"a": "x"}})), [""; 0]);
    assert_eq!(said(json!({"spec": {}})), ["spec.a: Required value"]);
    assert_eq!(said(json!({})), ["spec: Required value"]);
}

#[cfg(feature = "cel")]
#[test]
fn rules() {
    use crate::Rule;
    let def = ModelDef::new("example.com", "v1", "Peach", "peaches")
        .field(
            FieldDef::new("a", FieldPath::spec("a"), json!({"type": "integer"}))
                .rule(Rule::new("self > 0").message("must be positive"))
                .rule(Rule::new("self == oldSelf")),
        )
        .field(FieldDef::new("b", FieldPath::spec("b"), json!({"type": "integer"})))
        .field(FieldDef::new("list", FieldPath::spec("list"), json!({
            "type": "array", "items": {"type": "object", "properties": {"n": {"type": "string"}},
                "x-kubernetes-validations": [
                    {"rule": "self.n != 'x'", "messageExpression": "'not ' + self.n", "reason": "FieldValueForbidden", "fieldPath": ".n"}]},
        })))
        .rule(Rule::new("!has(self.spec.b) || self.spec.a < self.spec.b"))
        .rule(Rule::new("self.metadata.name != 'bad'").message("a bad name"));
    let at = |spec: Value| json!({"metadata": {"name": "good"}, "spec": spec});
    let said = |object: &Value, old: Option<&Value>| {
        let found = violations_of_change(&def, object, old);
        found
            .iter()
            .map(|v| format!("{} {} {}", v.field, v.reason, v.message))
            .collect::<Vec<_>>()
    };
    assert_eq!(said(&at(json!({"a": 1, "b": 2})), None), [""; 0]);
    assert_eq!(
        said(&at(json!({"a": 0})), None),
        ["spec.a FieldValueInvalid Invalid value: 0: must be positive"]
    );
    assert_eq!(
        said(&at(json!({"a": 2})), Some(&at(json!({"a": 1})))),
        ["spec.a FieldValueInvalid Invalid value: 2: failed rule: self == oldSelf"]
    );
    assert_eq!(
        said(&at(json!({"a": 2, "b": 1})), None),
        [
            "<nil> FieldValueInvalid Invalid value: failed rule: !has(self.spec.b) || self.spec.a < self.spec.b"
        ]
    );
    assert_eq!(
        said(&at(json!({"a": 1, "list": [{"n": "y"}, {"n": "x"}]})), None),
        ["spec.list[1].n FieldValueForbidden Forbidden: not x"]
    );
    let mut bad = at(json!({"a": 1}));
    bad["metadata"]["name"] = "bad".into();
    assert_eq!(
        said(&bad, None),
        ["<nil> FieldValueInvalid Invalid value: a bad name"]
    );
}

/// As the server does: a number out of its bounds keeps no rule from being checked, one that is missing does.
#[cfg(feature = "cel")]
#[test]
fn rules_are_checked_unless_types_or_sizes_are_wrong() {
    let schema = json!({"type": "object", "required": ["low"], "properties": {
        "low": {"type": "integer", "minimum": 0}, "high": {"type": "integer"}},
        "x-kubernetes-validations": [{"rule": "self.low <= self.high", "message": "low is at most high"}]});
    let told = |object: serde_json::Value| {
        let found = against(&schema, &object, None);
        found
            .iter()
            .map(|one| format!("{} {}", one.field, one.message))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        told(json!({"low": -1, "high": -2})),
        [
            "low Invalid value: -1: low in body should be greater than or equal to 0",
            "<nil> Invalid value: low is at most high",
        ]
    );
    let unchecked = "<nil> Invalid value: null: some validation rules were not checked because the object was invalid; correct \
                     the existing errors to complete validation";
    assert_eq!(told(json!({"high": 1})), ["low Required value", unchecked]);
}
