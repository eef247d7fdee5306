//! The schemas of custom resources as they are published.

use serde_json::{Map, Value, json};

const OBJECT_META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
const LIST_META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta";

/// What the names of the definitions of a group and version begin with: its domain backwards.
pub(super) fn package(group: &str, version: &str) -> String {
    let mut parts: Vec<&str> = group.split('.').collect();
    parts.reverse();
    format!("{}.{version}", parts.join("."))
}

fn reference(name: &str) -> Value {
    json!({ "$ref": name })
}

fn gvk((group, version, kind): (&str, &str, String)) -> Value {
    json!([{ "group": group, "version": version, "kind": kind }])
}

/// The definition of a custom resource in one version.
pub(super) fn object(version: &Value, kind: (&str, &str, String)) -> Value {
    let mut schema = match version.get("schema").and_then(|s| s.get("openAPIV3Schema")) {
        Some(schema) => {
            let mut schema = schema.clone();
            unfold(&mut schema);
            add_type_meta(&mut schema);
            schema
        }
        None => json!({"type": "object"}),
    };
    schema["x-kubernetes-group-version-kind"] = gvk(kind);
    if let Some(fields) = version["selectableFields"].as_array()
        && !fields.is_empty()
    {
        let fields: Vec<Value> = fields
            .iter()
            .map(|field| {
                let path = field["jsonPath"].as_str().unwrap_or_default();
                json!({ "fieldPath": path.strip_prefix('.').unwrap_or(path) })
            })
            .collect();
        schema["x-kubernetes-selectable-fields"] = fields.into();
    }
    schema
}

/// The definition of a list of them.
pub(super) fn list(item: &str, kind: (&str, &str, String)) -> Value {
    json!({
        "type": "object",
        "required": ["items"],
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"allOf": [reference(LIST_META)]},
            "items": {"type": "array", "items": reference(item)},
        },
        "x-kubernetes-group-version-kind": gvk(kind),
    })
}

fn properties(schema: &mut Value) -> Option<&mut Map<String, Value>> {
    let schema = schema.as_object_mut()?;
    schema
        .entry("properties")
        .or_insert_with(|| Value::Object(Map::new()))
        .as_object_mut()
}

fn add_type_meta(schema: &mut Value) {
    if let Some(properties) = properties(schema) {
        properties.insert("apiVersion".to_owned(), json!({"type": "string"}));
        properties.insert("kind".to_owned(), json!({"type": "string"}));
        let metadata = json!({"allOf": [reference(OBJECT_META)]});
        properties.insert("metadata".to_owned(), metadata);
    }
}

/// Writes out what extensions stand for: integers or strings, embedded resources.
fn unfold(schema: &mut Value) {
    if !schema.is_object() {
        return;
    }
    if schema["x-kubernetes-int-or-string"] == true {
        let either = json!([{"type": "integer"}, {"type": "string"}]);
        let in_all_of = schema["allOf"][0]["anyOf"] == either;
        if schema.get("anyOf").is_none() && !in_all_of {
            schema["anyOf"] = either;
        } else if schema["anyOf"] != either && !in_all_of {
            let mut all = vec![json!({ "anyOf": either })];
            all.extend(schema["allOf"].as_array().cloned().unwrap_or_default());
            schema["allOf"] = all.into();
        }
    }
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.values_mut().for_each(unfold);
    }
    for below in ["items", "additionalProperties"] {
        if let Some(below) = schema.get_mut(below) {
            unfold(below);
        }
    }
    if schema["x-kubernetes-embedded-resource"] == true {
        add_type_meta(schema);
        let mut required = schema["required"].as_array().cloned().unwrap_or_default();
        for name in ["kind", "apiVersion"] {
            if !required.iter().any(|known| known == name) {
                required.push(name.into());
            }
        }
        schema["required"] = required.into();
    }
}
