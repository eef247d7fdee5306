//! Structural schemas of Rust types.
#![allow(dead_code)]

use std::collections::{BTreeMap, BTreeSet, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::schema::schema_of;

#[test]
fn scalars() {
    assert_eq!(schema_of::<String>(), json!({"type": "string"}));
    assert_eq!(schema_of::<bool>(), json!({"type": "boolean"}));
    assert_eq!(
        schema_of::<i32>(),
        json!({"type": "integer", "format": "int32"})
    );
    assert_eq!(schema_of::<u64>(), json!({"type": "integer", "minimum": 0}));
    assert_eq!(
        schema_of::<u8>(),
        json!({"type": "integer", "minimum": 0, "maximum": 255})
    );
    assert_eq!(
        schema_of::<f64>(),
        json!({"type": "number", "format": "double"})
    );
    assert_eq!(
        schema_of::<Option<Option<bool>>>(),
        json!({"type": "boolean"})
    );
    assert_eq!(
        schema_of::<jiff::Timestamp>(),
        json!({"type": "string", "format": "date-time"})
    );
    assert_eq!(
        schema_of::<serde_json::Value>(),
        json!({"x-kubernetes-preserve-unknown-fields": true})
    );
}

#[test]
fn collections() {
    assert_eq!(
        schema_of::<BTreeMap<String, i32>>(),
        json!({"type": "object", "additionalProperties": {"type": "integer", "format": "int32"}})
    );
    assert_eq!(
        schema_of::<HashMap<String, serde_json::Value>>(),
        json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true})
    );
    assert_eq!(
        schema_of::<BTreeSet<String>>(),
        json!({"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"})
    );
    assert_eq!(
        schema_of::<Option<Vec<Vec<String>>>>(),
        json!({"type": "array", "items": {"type": "array", "items": {"type": "string"}}})
    );
    assert_eq!(
        schema_of::<(f32, f64)>()["items"],
        json!({"type": "number"})
    );
}

/// A size.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Size {
    /// Across, in millimetres.
    outer_diameter: f64,
    note: Option<String>,
}

#[test]
fn structs() {
    let want = json!({
        "type": "object",
        "description": "A size.",
        "properties": {
            "outerDiameter": {
                "type": "number", "format": "double", "description": "Across, in millimetres.",
            },
            "note": {"type": "string"},
        },
        "required": ["outerDiameter"],
    });
    assert_eq!(schema_of::<Size>(), want);
    assert_eq!(schema_of::<Vec<Size>>()["items"], want);
    assert_eq!(schema_of::<Option<Size>>(), want);
}

#[derive(Serialize, Deserialize, JsonSchema)]
enum Color {
    Red,
    /// Not ripe.
    Green,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum Source {
    Git { url: String },
    Archive { path: String },
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind")]
enum Tagged {
    A { x: i32 },
    B { x: i32, y: Option<bool> },
}

#[test]
fn enums() {
    let color = schema_of::<Option<Color>>();
    assert_eq!(color, json!({"type": "string", "enum": ["Red", "Green"]}));

    let source = schema_of::<Source>();
    assert_eq!(source["type"], "object");
    assert_eq!(
        source["properties"]["git"]["properties"]["url"],
        json!({"type": "string"})
    );
    assert_eq!(source["properties"]["archive"]["type"], "object");
    assert_eq!(
        source["oneOf"],
        json!([{"required": ["git"]}, {"required": ["archive"]}])
    );

    let tagged = schema_of::<Tagged>();
    assert_eq!(
        tagged["properties"]["kind"],
        json!({"type": "string", "enum": ["A", "B"]})
    );
    assert_eq!(
        tagged["properties"]["x"],
        json!({"type": "integer", "format": "int32"})
    );
    assert_eq!(
        tagged["oneOf"][0]["properties"],
        json!({"kind": {"enum": ["A"]}})
    );
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Tree {
    name: String,
    children: Vec<Tree>,
}

#[test]
fn a_type_that_contains_itself_ends_in_anything() {
    let schema = schema_of::<Tree>();
    let text = schema.to_string();
    assert!(!text.contains("$ref"), "{text}");
    assert!(text.contains("preserve-unknown-fields"), "{text}");
}
