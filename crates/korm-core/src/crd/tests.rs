//! Definitions built, compared and merged.

use serde_json::json;

use super::*;
use crate::{Column, FieldDef, FieldPath, ModelDef, Rule, Scale};

fn peach() -> ModelDef {
    ModelDef::new("pykorm.infomaniak.com", "v1", "Peach", "peaches")
        .description("A fruit.")
        .short_name("pch")
        .category("fruit")
        .field(
            FieldDef::new(
                "variety",
                FieldPath::spec("variety"),
                json!({"type": "string"}),
            )
            .required()
            .column(Column::new("Variety").description("The variety of the peach")),
        )
        .field(
            FieldDef::new(
                "price",
                FieldPath::spec("price"),
                json!({"type": "integer"}),
            )
            .default_value(json!(1))
            .selectable()
            .description("In francs.")
            .rule(Rule::new("self > 0").message("must be positive")),
        )
        .field(
            FieldDef::new(
                "diameter",
                FieldPath::new(["spec", "size", "diameter"]),
                json!({"type": "number"}),
            )
            .nullable()
            .default_value(json!(7)),
        )
        .field(FieldDef::new(
            "orchard",
            FieldPath::label("orchard"),
            json!({"type": "string"}),
        ))
        .field(
            FieldDef::new(
                "picked",
                FieldPath::status("picked"),
                json!({"type": "string", "format": "date-time"}),
            )
            .column(Column::new("Picked").priority(1)),
        )
        .column(Column::new("App").json_path(".metadata.labels.app\\.io/name"))
        .scale(Scale {
            spec_replicas: ".spec.price".into(),
            status_replicas: ".status.n".into(),
            label_selector: None,
        })
        .rule(Rule::new("self.metadata.name != 'x'"))
}

#[test]
fn the_whole_definition() {
    peach().check().unwrap();
    let want = json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "peaches.pykorm.infomaniak.com"},
        "spec": {
            "group": "pykorm.infomaniak.com",
            "names": {
                "kind": "Peach", "listKind": "PeachList", "plural": "peaches", "singular": "peach",
                "shortNames": ["pch"], "categories": ["fruit"],
            },
            "scope": "Namespaced",
            "versions": [{
                "name": "v1", "served": true, "storage": true,
                "schema": {"openAPIV3Schema": {
                    "type": "object",
                    "description": "A fruit.",
                    "required": ["spec"],
                    "x-kubernetes-validations": [{"rule": "self.metadata.name != 'x'"}],
                    "properties": {
                        "spec": {
                            "type": "object",
                            "required": ["variety"],
                            "properties": {
                                "variety": {"type": "string"},
                                "price": {
                                    "type": "integer", "default": 1, "description": "In francs.",
                                    "x-kubernetes-validations": [
                                        {"rule": "self > 0", "message": "must be positive"}],
                                },
                                "size": {"type": "object", "default": {}, "properties": {
                                    "diameter": {"type": "number", "default": 7, "nullable": true},
                                }},
                            },
                        },
                        "status": {"type": "object", "properties": {
                            "picked": {"type": "string", "format": "date-time"},
                        }},
                    },
                }},
                "subresources": {
                    "status": {},
                    "scale": {"specReplicasPath": ".spec.price", "statusReplicasPath": ".status.n"},
                },
                "additionalPrinterColumns": [
                    {"name": "Variety", "type": "string", "jsonPath": ".spec.variety",
                        "description": "The variety of the peach"},
                    {"name": "Picked", "type": "date", "jsonPath": ".status.picked", "priority": 1},
                    {"name": "App", "type": "string", "jsonPath": ".metadata.labels.app\\.io/name"},
                ],
                "selectableFields": [{"jsonPath": ".spec.price"}],
            }],
        },
    });
    assert_eq!(build(&peach()), want);
}

fn plain(schema: serde_json::Value) -> serde_json::Value {
    let field = FieldDef::new("v", FieldPath::spec("v"), schema);
    build(&ModelDef::new("example.com", "v1", "Peach", "peaches").field(field))
}

#[test]
fn the_same_needs_nothing() {
    let crd = build(&peach());
    assert_eq!(compare(&crd, &crd).differences, []);
    assert_eq!(merge(&crd, &crd), crd);
}

#[test]
fn what_the_server_adds_is_no_difference() {
    let mut installed = build(&peach());
    installed["metadata"]["uid"] = "u".into();
    installed["spec"]["conversion"] = json!({"strategy": "None"});
    installed["spec"]["versions"][0]["additionalPrinterColumns"][0]["priority"] = json!(0);
    installed["status"] = json!({"conditions": []});
    assert_eq!(compare(&installed, &build(&peach())).differences, []);
}

#[test]
fn effects_of_differences() {
    for (is, want, effect) in [
        (
            json!({"type": "string"}),
            json!({"type": "integer"}),
            Effect::Contradicts,
        ),
        (
            json!({"type": "integer"}),
            json!({"type": "number"}),
            Effect::Loosens,
        ),
        (
            json!({"type": "string"}),
            json!({"type": "string", "pattern": "a"}),
            Effect::Tightens,
        ),
        (
            json!({"type": "string", "pattern": "a"}),
            json!({"type": "string"}),
            Effect::Loosens,
        ),
        (
            json!({"type": "integer", "minimum": 1}),
            json!({"type": "integer", "minimum": 2}),
            Effect::Tightens,
        ),
        (
            json!({"type": "integer", "maximum": 1}),
            json!({"type": "integer", "maximum": 2}),
            Effect::Loosens,
        ),
        (
            json!({"type": "string", "enum": ["a"]}),
            json!({"type": "string", "enum": ["a", "b"]}),
            Effect::Loosens,
        ),
        (
            json!({"type": "string", "enum": ["a", "b"]}),
            json!({"type": "string", "enum": ["a"]}),
            Effect::Tightens,
        ),
        (
            json!({"type": "string"}),
            json!({"type": "string", "default": "x"}),
            Effect::Adds,
        ),
        (
            json!({"type": "object", "properties": {"a": {"type": "string"}}}),
            json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}),
            Effect::Adds,
        ),
        (
            json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}),
            json!({"type": "object", "properties": {"a": {"type": "string"}}}),
            Effect::Removes,
        ),
        (
            json!({"type": "object", "properties": {"a": {"type": "string"}}}),
            json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}),
            Effect::Tightens,
        ),
        (
            json!({"type": "array", "items": {"type": "string"}}),
            json!({"type": "array", "items": {"type": "integer"}}),
            Effect::Contradicts,
        ),
        (
            json!({"type": "array", "items": {"type": "string"}}),
            json!({"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"}),
            Effect::Contradicts,
        ),
    ] {
        let found = compare(&plain(is.clone()), &plain(want.clone())).differences;
        let effects: Vec<Effect> = found.iter().map(|d| d.effect).collect();
        assert_eq!(effects, [effect], "{is} {want}: {found:?}");
        assert!(found[0].path.starts_with("spec.v"), "{found:?}");
    }
}

#[test]
fn merging_keeps_what_is_installed() {
    let with = |version: &str, fields: &[&str]| {
        let mut def = ModelDef::new("example.com", version, "Peach", "peaches");
        for name in fields {
            let field = FieldDef::new(*name, FieldPath::spec(*name), json!({"type": "string"}));
            let field = if *name == "c" {
                field.required()
            } else {
                field
            };
            def = def.field(field.column(Column::new(*name)));
        }
        build(&def)
    };
    let merged = merge(&with("v1", &["a", "b"]), &with("v1", &["b", "c"]));
    let version = &merged["spec"]["versions"][0];
    let spec = &version["schema"]["openAPIV3Schema"]["properties"]["spec"];
    assert_eq!(spec["properties"].as_object().unwrap().len(), 3);
    assert_eq!(spec["required"], json!(["c"]));
    assert_eq!(
        version["additionalPrinterColumns"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert!(!compare(&merged, &with("v1", &["b", "c"])).needs_update());

    let merged = merge(&with("v1", &["a"]), &with("v2", &["a"]));
    let stored = |i: usize| merged["spec"]["versions"][i]["storage"].clone();
    assert_eq!((stored(0), stored(1)), (json!(true), json!(false)));
}

#[test]
fn a_difference_reads_well() {
    let comparison = compare(
        &plain(json!({"type": "string"})),
        &plain(json!({"type": "integer"})),
    );
    let breaking: Vec<String> = comparison.breaking().map(ToString::to_string).collect();
    assert_eq!(breaking, ["spec.v: is string, wanted integer"]);
    assert!(comparison.needs_update());
}
