//! Documents of OpenAPI v3.

use serde_json::{Map, Value, json};

use super::Definitions;
use super::api::Api;
use super::operations::{self, Operation};
use crate::facts;

const PREFIX: &str = "#/components/schemas/";

/// The document of a group and version.
pub(super) fn v3(api: &Api) -> Value {
    let operations = operations::of(api);
    let mut paths: Map<String, Value> = Map::new();
    let mut wanted: Vec<String> = api.definitions.keys().cloned().collect();
    for operation in &operations {
        wanted.extend(operation.takes.clone());
        wanted.push(operation.gives.clone());
        let path = paths
            .entry(operation.path.clone())
            .or_insert_with(|| json!({ "parameters": path_parameters(operation) }));
        path[operation.method] = operation_value(operation);
    }
    let title = if api.native {
        "Kubernetes"
    } else {
        "Kubernetes CRD Swagger"
    };
    let version = if api.native { "1.37" } else { "v0.1.0" };
    let schemas: Map<String, Value> = closure(api, wanted)
        .into_iter()
        .map(|(name, mut definition)| {
            point_references(&mut definition, PREFIX);
            (name, definition)
        })
        .collect();
    json!({
        "openapi": "3.0.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {"schemas": schemas},
    })
}

/// The definitions with these names and all they refer to.
pub(super) fn closure(api: &Api, names: Vec<String>) -> Definitions {
    let mut found = Definitions::new();
    let mut wanted = names;
    while let Some(name) = wanted.pop() {
        if name.is_empty() || found.contains_key(&name) {
            continue;
        }
        let definition = match api.definitions.get(&name) {
            Some(definition) => Some(definition.clone()),
            None => facts::definition(&name),
        };
        if let Some(definition) = definition {
            references(&definition, &mut wanted);
            found.insert(name, definition);
        }
    }
    found
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(name) if key == "$ref" => found.push(name.clone()),
                    _ => references(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// Turns the bare names that references hold into pointers.
pub(super) fn point_references(value: &mut Value, prefix: &str) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields.iter_mut() {
                match value {
                    Value::String(name) if key == "$ref" => *name = format!("{prefix}{name}"),
                    _ => point_references(value, prefix),
                }
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| point_references(item, prefix)),
        _ => {}
    }
}

fn parameter(name: &str, place: &str, schema_type: &str) -> Value {
    let mut parameter = json!({
        "name": name, "in": place, "schema": {"type": schema_type, "uniqueItems": true},
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

/// What is connected to (`exec`, `proxy`) has no definition but gives text.
pub(super) fn schema_of(prefix: &str, definition: &str) -> Value {
    if definition.is_empty() {
        return json!({"type": "string"});
    }
    json!({ "$ref": format!("{prefix}{definition}") })
}

fn operation_value(operation: &Operation<'_>) -> Value {
    let content = |types: Vec<&str>, definition: &str| -> Value {
        types
            .into_iter()
            .map(|media_type| {
                let schema = schema_of(PREFIX, definition);
                (media_type.to_owned(), json!({ "schema": schema }))
            })
            .collect::<Map<String, Value>>()
            .into()
    };
    let mut value = Map::new();
    let mut set = |name: &str, part: Value| value.insert(name.to_owned(), part);
    set("tags", json!([operation.tag()]));
    set("description", operation.description().into());
    set("operationId", operation.id().into());
    let parameters: Vec<Value> = operation
        .parameters
        .iter()
        .map(|(name, schema_type)| parameter(name, "query", schema_type))
        .collect();
    set("parameters", parameters.into());
    if let Some(takes) = &operation.takes {
        let mut body = json!({ "content": content(operation.consumes(), takes) });
        if operation.method != "delete" {
            body["required"] = true.into();
        }
        set("requestBody", body);
    }
    let mut responses: Map<String, Value> = operation
        .codes
        .iter()
        .map(|(code, description)| {
            let content = content(operation.produces(), &operation.gives);
            let response = json!({"description": description, "content": content});
            (code.to_string(), response)
        })
        .collect();
    responses.insert("401".to_owned(), json!({"description": "Unauthorized"}));
    set("responses", responses.into());
    operation.extensions(&mut value);
    Value::Object(value)
}
