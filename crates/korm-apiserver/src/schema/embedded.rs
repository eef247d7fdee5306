//! Embedded resources have an apiVersion, a kind and valid metadata.

use serde_json::{Map, Value};

use super::decode::decode_metadata;
use super::field_error::{FieldError, FieldPath};
use super::names;
use super::types::{Shape, TypeId, Types};

/// Errors of all resources embedded in `value`.
pub(crate) fn check(types: &Types, root: TypeId, value: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    node(types, root, value, &FieldPath::ROOT, &mut errors);
    errors
}

fn node(
    types: &Types,
    id: TypeId,
    value: &Value,
    path: &FieldPath<'_>,
    errors: &mut Vec<FieldError>,
) {
    let ty = types.get(id);
    match value {
        Value::Object(fields) => {
            if ty.embedded_resource {
                resource(fields, path, errors);
            }
            if let Shape::Object(object) = &ty.shape {
                for (key, value) in fields {
                    if let Some(property) = object.properties.get(key.as_str()) {
                        node(types, property.ty, value, &path.child(key), errors);
                    } else if let Some(property) = &object.additional {
                        node(types, property.ty, value, &path.key(key), errors);
                    }
                }
            }
        }
        Value::Array(items) => {
            if let Shape::Array {
                items: Some(item), ..
            } = &ty.shape
            {
                for (i, value) in items.iter().enumerate() {
                    node(types, item.ty, value, &path.index(i), errors);
                }
            }
        }
        _ => {}
    }
}

fn resource(fields: &Map<String, Value>, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    for name in ["apiVersion", "kind"] {
        let path = path.child(name);
        match fields.get(name) {
            None => errors.push(FieldError::required(&path, "")),
            Some(Value::String(text)) if text.is_empty() => {
                errors.push(FieldError::invalid(&path, "", "must not be empty"));
            }
            Some(Value::String(text)) if name == "kind" => {
                let faults = names::dns1035_label(&text.to_lowercase());
                if !faults.is_empty() {
                    let detail = format!(
                        "may have mixed case, but should otherwise match: {}",
                        faults.join(",")
                    );
                    errors.push(FieldError::invalid(&path, text.as_str(), detail));
                }
            }
            Some(Value::String(text)) => {
                if text.matches('/').count() > 1 {
                    let detail = format!("unexpected GroupVersion string: {text}");
                    errors.push(FieldError::invalid(&path, text.as_str(), detail));
                }
            }
            Some(other) => {
                errors.push(FieldError::invalid(
                    &path,
                    other.clone(),
                    "must be a string",
                ));
            }
        }
    }
    if let Some(metadata) = fields.get("metadata") {
        check_metadata(metadata, &path.child("metadata"), errors);
    }
}

/// Names are path segments; the rest is as in every object.
fn check_metadata(metadata: &Value, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    let decoded = match decode_metadata(metadata.clone()) {
        Ok(decoded) => decoded.value,
        Err(error) => {
            errors.push(FieldError::invalid(path, metadata.clone(), error));
            return;
        }
    };
    for (field, prefix) in [("generateName", true), ("name", false)] {
        if let Some(name) = decoded.get(field).and_then(Value::as_str)
            && !name.is_empty()
        {
            for fault in names::path_segment(name, prefix) {
                errors.push(FieldError::invalid(&path.child(field), name, fault));
            }
        }
    }
    if let Some(namespace) = decoded.get("namespace").and_then(Value::as_str)
        && !namespace.is_empty()
    {
        for fault in names::dns1123_label(namespace) {
            errors.push(FieldError::invalid(
                &path.child("namespace"),
                namespace,
                fault,
            ));
        }
    }
}
