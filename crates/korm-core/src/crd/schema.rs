//! The schema of the whole object.

use serde_json::{Value, json};

use crate::model::{FieldDef, ModelDef};

/// The structural schema of a model's objects.
pub(crate) fn of(def: &ModelDef) -> Value {
    let mut root = json!({"type": "object"});
    if let Some(text) = &def.description {
        root["description"] = text.as_str().into();
    }
    for field in def.fields.iter().filter(|field| !is_metadata(field)) {
        place(&mut root, field);
    }
    drop_impossible_defaults(&mut root);
    // The status is declared even where no field is in it, so that what others write there stays.
    if def.status_subresource && root["properties"].get("status").is_none() {
        root["properties"]["status"] =
            json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
    }
    if !def.rules.is_empty() {
        root["x-kubernetes-validations"] = json!(def.rules);
    }
    root
}

fn is_metadata(field: &FieldDef) -> bool {
    field
        .path
        .segments()
        .first()
        .is_some_and(|root| root == "metadata")
}

/// Puts the schema of a field where its path leads, making the objects above it. They are required
/// where the field is, and present by default where it has a default, which is filled in only where what
/// holds it is there. What has a required member cannot be empty by default: the server refuses that.
fn place(root: &mut Value, field: &FieldDef) {
    let Some((last, above)) = field.path.segments().split_last() else {
        return;
    };
    let mut at = root;
    for segment in above {
        if field.required {
            require(at, segment);
        }
        let child = &mut at["properties"][segment.as_str()];
        if child.is_null() {
            *child = json!({"type": "object"});
        }
        let can_be_empty = child.get("required").is_none();
        if field.default.is_some() && !field.path.is_status() && can_be_empty {
            child["default"] = json!({});
        }
        at = child;
    }
    if field.required {
        require(at, last);
    }
    at["properties"][last.as_str()] = complete(field);
}

/// An empty object is no default where something without a default is required in it: the server refuses such a
/// definition. Whoever creates an object has to give what is required, and with it the object that holds the
/// defaults.
fn drop_impossible_defaults(schema: &mut Value) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    properties.values_mut().for_each(drop_impossible_defaults);
    let lacks_default = |key: &Value| {
        let property = key.as_str().and_then(|key| schema["properties"].get(key));
        property.is_none_or(|property| property.get("default").is_none())
    };
    let required = schema.get("required").and_then(Value::as_array);
    let impossible = required.is_some_and(|keys| keys.iter().any(lacks_default));
    if impossible
        && schema.get("default") == Some(&json!({}))
        && let Some(schema) = schema.as_object_mut()
    {
        schema.remove("default");
    }
}

fn require(object: &mut Value, key: &str) {
    let required = &mut object["required"];
    match required {
        Value::Array(keys) if keys.iter().any(|k| k == key) => {}
        Value::Array(keys) => keys.push(key.into()),
        _ => *required = json!([key]),
    }
    if let Some(object) = object.as_object_mut() {
        object.remove("default");
    }
}

/// The schema of a field with everything its flags say.
pub(crate) fn complete(field: &FieldDef) -> Value {
    let mut schema = field.schema.clone();
    if !schema.is_object() {
        schema = json!({"x-kubernetes-preserve-unknown-fields": true});
    }
    if let Some(text) = &field.description {
        schema["description"] = text.as_str().into();
    }
    if let Some(default) = &field.default {
        schema["default"] = default.clone();
    }
    if field.nullable {
        schema["nullable"] = true.into();
    }
    if !field.rules.is_empty() {
        let own = json!(field.rules);
        match (&mut schema["x-kubernetes-validations"], own) {
            (Value::Array(rules), Value::Array(own)) => rules.extend(own),
            (slot, own) => *slot = own,
        }
    }
    schema
}
