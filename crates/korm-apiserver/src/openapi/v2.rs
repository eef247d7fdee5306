//! The one document of OpenAPI v2, for clients of old.

use serde_json::{Map, Value, json};

use super::api::Api;
use super::document::{closure, point_references, schema_of};
use super::operations::{self, Operation};

const PREFIX: &str = "#/definitions/";

/// The document of all that is served.
pub(crate) fn document(apis: &[Api]) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    let mut definitions: Map<String, Value> = Map::new();
    for api in apis {
        let operations = operations::of(api);
        let mut wanted: Vec<String> = api.definitions.keys().cloned().collect();
        for operation in &operations {
            wanted.extend(operation.takes.clone());
            wanted.push(operation.gives.clone());
            let path = paths
                .entry(operation.path.clone())
                .or_insert_with(|| json!({ "parameters": path_parameters(operation) }));
            path[operation.method] = operation_value(operation);
        }
        for (name, mut definition) in closure(api, wanted) {
            if definitions.contains_key(&name) {
                continue;
            }
            if !api.native {
                simplify_root(&mut definition);
            }
            simplify(&mut definition);
            point_references(&mut definition, PREFIX);
            definitions.insert(name, definition);
        }
    }
    json!({
        "swagger": "2.0",
        "info": {"title": "Kubernetes", "version": "1.37"},
        "paths": paths,
        "definitions": definitions,
    })
}

/// Clients would refuse unknown fields of an object with properties, even where they are kept.
fn simplify_root(definition: &mut Value) {
    if definition["x-kubernetes-preserve-unknown-fields"] == true {
        let kind = definition["x-kubernetes-group-version-kind"].clone();
        *definition = json!({"type": "object", "x-kubernetes-group-version-kind": kind});
    }
}

/// Leaves out what v2 does not know: junctors, nullable, default. One reference in an allOf is
/// the reference.
fn simplify(schema: &mut Value) {
    let Some(fields) = schema.as_object_mut() else {
        return;
    };
    if let Some(all) = fields.remove("allOf")
        && let Some(reference) = all.get(0).and_then(|one| one.get("$ref"))
    {
        fields.insert("$ref".to_owned(), reference.clone());
    }
    let nullable = fields.get("nullable") == Some(&Value::Bool(true));
    let preserves = fields.get("x-kubernetes-preserve-unknown-fields") == Some(&Value::Bool(true));
    for name in ["anyOf", "oneOf", "not", "nullable", "default"] {
        fields.remove(name);
    }
    if nullable || preserves {
        for name in [
            "type",
            "properties",
            "items",
            "additionalProperties",
            "required",
        ] {
            fields.remove(name);
        }
    }
    if let Some(properties) = fields.get_mut("properties").and_then(Value::as_object_mut) {
        properties.values_mut().for_each(simplify);
    }
    for below in ["items", "additionalProperties"] {
        if let Some(below) = fields.get_mut(below) {
            simplify(below);
        }
    }
}

fn parameter(name: &str, place: &str, schema_type: &str) -> Value {
    let mut parameter = json!({
        "name": name, "in": place, "type": schema_type, "uniqueItems": true,
    });
    if place == "path" {
        parameter["required"] = true.into();
    }
    parameter
}

fn path_parameters(operation: &Operation<'_>) -> Vec<Value> {
    operation
        .path_parameters()
        .into_iter()
        .map(|name| parameter(name, "path", "string"))
        .chain([parameter("pretty", "query", "string")])
        .collect()
}

fn operation_value(operation: &Operation<'_>) -> Value {
    let reference = |definition: &str| schema_of(PREFIX, definition);
    let mut parameters: Vec<Value> = operation
        .parameters
        .iter()
        .map(|(name, schema_type)| parameter(name, "query", schema_type))
        .collect();
    if let Some(takes) = &operation.takes {
        let mut body = json!({"name": "body", "in": "body", "schema": reference(takes)});
        if operation.method != "delete" {
            body["required"] = true.into();
        }
        parameters.push(body);
    }
    let mut responses: Map<String, Value> = operation
        .codes
        .iter()
        .map(|(code, description)| {
            let schema = reference(&operation.gives);
            (
                code.to_string(),
                json!({"description": description, "schema": schema}),
            )
        })
        .collect();
    responses.insert("401".to_owned(), json!({"description": "Unauthorized"}));
    let mut value = Map::new();
    let mut set = |name: &str, part: Value| value.insert(name.to_owned(), part);
    set("description", operation.description().into());
    set("consumes", operation.consumes().into());
    set("produces", operation.produces().into());
    set("schemes", json!(["https"]));
    set("tags", json!([operation.tag()]));
    set("operationId", operation.id().into());
    set("parameters", parameters.into());
    set("responses", responses.into());
    operation.extensions(&mut value);
    Value::Object(value)
}
