//! From a JSON schema to a structural one.

use serde_json::{Map, Value, json};

const PRESERVE: &str = "x-kubernetes-preserve-unknown-fields";
const UNIONS: [&str; 2] = ["oneOf", "anyOf"];

/// Rewrites a self-contained OpenAPI 3.0 schema, as schemars makes it with inlined subschemas, into
/// the structural form.
pub fn structural(schema: Value) -> Value {
    let Value::Object(mut schema) = schema else {
        // `true` accepts anything; `false`, which accepts nothing, describes no field.
        return json!({PRESERVE: true});
    };
    for key in [
        "$schema",
        "title",
        "examples",
        "example",
        "$defs",
        "definitions",
        "components",
    ]
    .into_iter()
    .chain([
        "deprecated",
        "readOnly",
        "writeOnly",
        "discriminator",
        "$comment",
    ]) {
        schema.remove(key);
    }
    if schema.remove("$ref").is_some() {
        // Only a type that contains itself is left as a reference.
        return json!({"type": "object", PRESERVE: true});
    }
    nullable(&mut schema);
    constants(&mut schema);
    unions(&mut schema);
    numbers(&mut schema);
    lists(&mut schema);
    objects(&mut schema);
    let typed = schema.contains_key("type") || schema.contains_key("x-kubernetes-int-or-string");
    if !typed {
        infer_type(&mut schema);
    }
    Value::Object(schema)
}

/// `None` is absence, so what schemars says about null for an `Option` goes.
fn nullable(schema: &mut Map<String, Value>) {
    schema.remove("nullable");
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|t| t != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            schema.insert("type".into(), one);
        }
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.retain(|v| !v.is_null());
    }
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
}

fn constants(schema: &mut Map<String, Value>) {
    if let Some(value) = schema.remove("const") {
        schema.insert("enum".into(), Value::Array(vec![value]));
    }
    if schema.contains_key("enum") && !schema.contains_key("type") {
        infer_type(schema);
    }
}

/// Brings `allOf`, `oneOf` and `anyOf` into the schema itself: alternatives of plain values become one
/// enumeration, alternatives of objects become one object with the properties of all of them, of
/// which each alternative only demands its own.
fn unions(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(parts)) = schema.remove("allOf") {
        parts
            .into_iter()
            .for_each(|part| merge(schema, structural(part)));
    }
    for key in UNIONS {
        let Some(Value::Array(alternatives)) = schema.remove(key) else {
            continue;
        };
        let mut alternatives: Vec<Value> = alternatives
            .into_iter()
            .filter(|part| !is_null_schema(part))
            .map(structural)
            .collect();
        if alternatives.len() == 1 {
            merge(schema, alternatives.swap_remove(0));
        } else if alternatives.iter().all(|part| part.get("enum").is_some()) {
            enumeration(schema, alternatives);
        } else if alternatives.iter().all(|part| part["type"] == "object") {
            one_object(schema, key, alternatives);
        } else if is_int_or_string(&alternatives) {
            schema.insert("x-kubernetes-int-or-string".into(), true.into());
        } else if let Some(type_) = common_type(&alternatives) {
            schema.insert("type".into(), type_);
        } else {
            schema.insert(PRESERVE.into(), true.into());
        }
    }
}

fn is_null_schema(schema: &Value) -> bool {
    schema.get("type").is_some_and(|t| t == "null")
        || schema.get("enum").is_some_and(|e| *e == json!([null]))
        || schema.get("const").is_some_and(Value::is_null)
}

fn is_int_or_string(alternatives: &[Value]) -> bool {
    let has = |wanted: &str| alternatives.iter().any(|part| part["type"] == wanted);
    alternatives.len() == 2 && has("integer") && has("string")
}

fn common_type(alternatives: &[Value]) -> Option<Value> {
    let first = alternatives.first()?.get("type")?;
    alternatives
        .iter()
        .all(|part| part.get("type") == Some(first))
        .then(|| first.clone())
}

fn enumeration(schema: &mut Map<String, Value>, alternatives: Vec<Value>) {
    let mut values: Vec<Value> = Vec::new();
    for part in alternatives {
        if let Some(type_) = part.get("type") {
            schema.insert("type".into(), type_.clone());
        }
        for value in part["enum"].as_array().into_iter().flatten() {
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
    }
    schema.insert("enum".into(), values.into());
}

/// One object of alternatives. What has the same name in several is described by what they agree on;
/// for a tag, the enumeration of all its values.
fn one_object(schema: &mut Map<String, Value>, union: &str, alternatives: Vec<Value>) {
    schema.insert("type".into(), "object".into());
    let mut demands = Vec::new();
    let mut all = schema
        .remove("properties")
        .and_then(into_object)
        .unwrap_or_default();
    for part in alternatives {
        let mut part = into_object(part).unwrap_or_default();
        let properties = part
            .remove("properties")
            .and_then(into_object)
            .unwrap_or_default();
        let mut demand = Map::new();
        if let Some(required) = part.remove("required") {
            demand.insert("required".into(), required);
        }
        let tags: Map<String, Value> = properties
            .iter()
            .filter_map(|(name, p)| Some((name.clone(), json!({"enum": p.get("enum")?}))))
            .collect();
        if !tags.is_empty() {
            demand.insert("properties".into(), tags.into());
        }
        demands.push(Value::Object(demand));
        for (name, property) in properties {
            match all.remove(&name) {
                None => all.insert(name, property),
                Some(known) => all.insert(name, agree(known, property)),
            };
        }
        if part.get(PRESERVE).is_some() {
            schema.insert(PRESERVE.into(), true.into());
        }
    }
    schema.insert("properties".into(), all.into());
    schema.insert(union.into(), demands.into());
}

fn into_object(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(map) => Some(map),
        _ => None,
    }
}

fn agree(known: Value, other: Value) -> Value {
    if known == other {
        return known;
    }
    if known.get("enum").is_some() && other.get("enum").is_some() {
        let mut merged = Map::new();
        enumeration(&mut merged, vec![known, other]);
        return merged.into();
    }
    match known
        .get("type")
        .filter(|t| other.get("type") == Some(t))
        .and_then(Value::as_str)
    {
        Some("object") => json!({"type": "object", PRESERVE: true}),
        Some("array") => json!({"type": "array", "items": {PRESERVE: true}}),
        Some(scalar) => json!({"type": scalar}),
        None => json!({PRESERVE: true}),
    }
}

/// Puts the keywords of `part` into `schema`; what is already said there stays.
fn merge(schema: &mut Map<String, Value>, part: Value) {
    for (key, value) in into_object(part).unwrap_or_default() {
        match (schema.get_mut(&key), value) {
            (Some(Value::Object(here)), Value::Object(more)) if key == "properties" => {
                here.extend(more);
            }
            (Some(Value::Array(here)), Value::Array(more)) if key == "required" => {
                here.extend(more);
            }
            (Some(_), _) => {}
            (None, value) => {
                schema.insert(key, value);
            }
        }
    }
}

/// Formats Kubernetes does not know go, and exclusive bounds are written as OpenAPI 3.0 does.
fn numbers(schema: &mut Map<String, Value>) {
    let unknown = |f: &str| f.starts_with("uint") || matches!(f, "int8" | "int16" | "int128");
    if schema
        .get("format")
        .and_then(Value::as_str)
        .is_some_and(unknown)
    {
        schema.remove("format");
    }
    for (exclusive, bound) in [
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ] {
        if let Some(Value::Number(value)) = schema.get(exclusive).cloned() {
            schema.insert(bound.into(), value.into());
            schema.insert(exclusive.into(), true.into());
        }
    }
}

fn lists(schema: &mut Map<String, Value>) {
    let items = schema
        .remove("prefixItems")
        .or_else(|| schema.remove("items"));
    match items {
        // A tuple: every element is one of the types, which structurally only a common one can be.
        Some(Value::Array(parts)) => {
            let parts: Vec<Value> = parts.into_iter().map(structural).collect();
            let items = match common_type(&parts) {
                Some(type_) if type_ != "object" && type_ != "array" => json!({"type": type_}),
                _ => json!({PRESERVE: true}),
            };
            schema.insert("items".into(), items);
        }
        Some(items) => {
            schema.insert("items".into(), structural(items));
        }
        None if schema.get("type").is_some_and(|t| t == "array") => {
            schema.insert("items".into(), json!({PRESERVE: true}));
        }
        None => {}
    }
    if schema.remove("uniqueItems") == Some(Value::Bool(true)) {
        let scalar = |t: &Value| {
            matches!(
                t.as_str(),
                Some("string" | "integer" | "number" | "boolean")
            )
        };
        if schema
            .get("items")
            .and_then(|items| items.get("type"))
            .is_some_and(scalar)
        {
            schema.insert("x-kubernetes-list-type".into(), "set".into());
        }
    }
}

fn objects(schema: &mut Map<String, Value>) {
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for property in properties.values_mut() {
            *property = structural(property.take());
        }
    }
    let patterns = schema.remove("patternProperties").and_then(into_object);
    let additional = schema
        .remove("additionalProperties")
        .filter(|a| *a != Value::Bool(false))
        .or_else(|| {
            patterns
                .and_then(|p| p.into_iter().next())
                .map(|(_, schema)| schema)
        });
    let has_properties = schema
        .get("properties")
        .and_then(Value::as_object)
        .is_some_and(|p| !p.is_empty());
    match additional {
        None => {}
        Some(Value::Object(values)) if !has_properties && !values.is_empty() => {
            schema.remove("properties");
            schema.insert(
                "additionalProperties".into(),
                structural(Value::Object(values)),
            );
        }
        // Known and unknown members together, or members of any kind.
        Some(_) => {
            schema.insert(PRESERVE.into(), true.into());
        }
    }
}

fn infer_type(schema: &mut Map<String, Value>) {
    let type_ = if schema.contains_key("properties") || schema.contains_key("additionalProperties")
    {
        "object"
    } else if schema.contains_key("items") {
        "array"
    } else {
        match schema.get("enum").and_then(|e| e.get(0)) {
            Some(Value::String(_)) => "string",
            Some(Value::Bool(_)) => "boolean",
            Some(Value::Number(n)) if n.is_f64() => "number",
            Some(Value::Number(_)) => "integer",
            _ => {
                schema.insert(PRESERVE.into(), true.into());
                return;
            }
        }
    };
    schema.insert("type".into(), type_.into());
}

#[cfg(test)]
#[path = "structural_tests.rs"]
mod tests;
