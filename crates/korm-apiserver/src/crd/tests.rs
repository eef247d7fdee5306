use serde_json::{Value, json};

use super::*;

/// A CRD with these versions, as it is after decoding.
fn crd(versions: Value) -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "peaches.example.com"},
        "spec": {"group": "example.com", "scope": "Namespaced",
            "names": {"plural": "peaches", "kind": "Peach"}, "versions": versions},
    })
}

fn version(schema: Value) -> Value {
    json!({"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}})
}

fn errors_of(mut crd: Value) -> Vec<String> {
    default_crd(&mut crd).unwrap();
    prepare_create(&mut crd);
    let errors = validate_crd(&crd, None, Vec::new());
    errors.iter().map(ToString::to_string).collect()
}

#[test]
fn a_plain_crd_is_admitted_and_defaulted() {
    let mut crd = crd(json!([version(
        json!({"type": "object", "description": ""})
    )]));
    assert!(errors_of(crd.clone()).is_empty());
    default_crd(&mut crd).unwrap();
    assert_eq!(crd["spec"]["names"]["singular"], "peach");
    assert_eq!(crd["spec"]["names"]["listKind"], "PeachList");
    assert_eq!(crd["spec"]["conversion"], json!({"strategy": "None"}));
    crd["spec"]["conversion"]["webhook"] = json!({"conversionReviewVersions": []});
    default_crd(&mut crd).unwrap();
    assert!(crd["spec"]["conversion"]["webhook"].is_object());
    forget_empty_webhook(&mut crd);
    assert_eq!(crd["spec"]["conversion"], json!({"strategy": "None"}));
    assert_eq!(
        crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"],
        json!({"type": "object"})
    );
}

#[test]
fn what_versions_share_is_named_at_the_top() {
    let schema =
        json!({"type": "object", "properties": {"spec": {"properties": {"a": {"type": "strin"}}}}});
    assert_eq!(
        errors_of(crd(json!([version(schema)]))),
        [
            "spec.validation.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields",
            r#"spec.validation.openAPIV3Schema.properties[spec].properties[a].type: Unsupported value: "strin": supported values: "array", "boolean", "integer", "number", "object", "string""#,
        ]
    );
}

#[test]
fn names_are_accepted_unless_taken() {
    let mut first = crd(json!([version(json!({"type": "object"}))]));
    default_crd(&mut first).unwrap();
    prepare_create(&mut first);
    assert!(accept_names(&mut first, std::iter::empty(), "now"));
    assert!(is_true(&first, "NamesAccepted"));
    assert!(!is_true(&first, "Established"));
    assert!(establish(&mut first, "now"));
    assert!(is_true(&first, "Established"));
    assert!(!accept_names(&mut first, std::iter::empty(), "now"));

    let mut second = first.clone();
    second["metadata"]["name"] = "plums.example.com".into();
    second["spec"]["names"] =
        json!({"plural": "plums", "singular": "plum", "kind": "Peach", "listKind": "PlumList"});
    prepare_create(&mut second);
    assert!(accept_names(&mut second, std::iter::once(&first), "now"));
    let condition = &second["status"]["conditions"][0];
    assert_eq!(condition["reason"], "KindConflict");
    assert_eq!(condition["message"], "\"Peach\" is already in use");
    assert_eq!(second["status"]["acceptedNames"]["plural"], "plums");
    assert!(!establish(&mut second, "now"));
}

#[test]
fn objects_are_pruned_defaulted_and_reported() {
    let schema = json!({"type": "object", "properties": {"spec": {"type": "object", "properties": {
        "a": {"type": "integer", "default": 1}, "n": {"type": "string"},
        "any": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}}});
    let compiled = compile(&crd(json!([version(schema)])));
    let mut object = json!({"apiVersion": "example.com/v1", "kind": "Peach",
        "metadata": {"name": "x", "foo": 1},
        "spec": {"b": 1, "n": null, "any": {"c": 1}}, "extra": 1});
    let strict = compiled.versions[0].decode(&mut object).unwrap();
    assert_eq!(
        strict,
        [
            r#"unknown field "metadata.foo""#,
            r#"unknown field "extra""#,
            r#"unknown field "spec.b""#,
        ]
    );
    assert_eq!(
        object,
        json!({"apiVersion": "example.com/v1", "kind": "Peach", "metadata": {"name": "x"},
            "spec": {"a": 1, "any": {"c": 1}}})
    );
}

#[test]
fn what_does_not_belong_is_left_as_it_is() {
    let schema = json!({"type": "object"});
    let compiled = compile(&crd(json!([version(schema)])));
    let decoded = |api_version: &str, kind: &str| {
        let mut object = json!({"apiVersion": api_version, "kind": kind, "spec": {"b": 1}});
        let strict = compiled.versions[0].decode(&mut object).unwrap();
        (object.get("spec").is_some(), strict)
    };
    assert_eq!(decoded("example.com/v1", "Pod"), (true, Vec::new()));
    assert_eq!(decoded("apps/v1", "Peach"), (true, Vec::new()));
    let unknown = vec![r#"unknown field "spec""#.to_owned()];
    assert_eq!(decoded("example.com/v9", "Peach"), (false, unknown));
}

#[test]
fn versions_have_one_storage_version_and_their_own_names() {
    let mut one = version(json!({"type": "object"}));
    one["storage"] = false.into();
    assert_eq!(
        errors_of(crd(json!([one]))),
        [
            r#"spec.versions: Invalid value: [{"Name":"v1","Served":true,"Storage":false,"Deprecated":false,"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}]: must have exactly one version marked as storage version"#,
            "status.storedVersions: Invalid value: null: must have at least one stored version",
        ]
    );
}
