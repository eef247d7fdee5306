//! Filling in defaults, as apiextensions' `schema/defaulting` does.

use serde_json::Value;

use super::types::{Property, Shape, TypeId, Types};

/// Removes nulls where a field can neither be null nor has a default to take instead.
pub(crate) fn prune_nulls(types: &Types, root: TypeId, value: &mut Value) {
    nulls(types, Some(root), value);
}

fn nulls(types: &Types, id: Option<TypeId>, value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|key, value| {
                let property = id.and_then(|id| types.field(id, key));
                if value.is_null()
                    && property.is_some_and(|p| !types.get(p.ty).nullable && p.default.is_none())
                {
                    return false;
                }
                nulls(types, property.map(|p| p.ty), value);
                true
            });
        }
        Value::Array(items) => {
            let item = match id.map(|id| &types.get(id).shape) {
                Some(Shape::Array { items, .. }) => items.as_ref().map(|p| p.ty),
                _ => None,
            };
            for value in items {
                nulls(types, item, value);
            }
        }
        _ => {}
    }
}

/// Sets every absent field that has a default, and every null that may not be one.
pub(crate) fn apply_defaults(types: &Types, root: TypeId, value: &mut Value) {
    let shape = &types.get(root).shape;
    match (value, shape) {
        (Value::Object(fields), Shape::Object(object)) => {
            for (key, property) in &object.properties {
                let Some(default) = &property.default else {
                    continue;
                };
                let taken = fields
                    .get(&**key)
                    .is_some_and(|value| !is_bad_null(types, property, value));
                if !taken {
                    fields.insert(key.to_string(), default.clone());
                }
            }
            for (key, value) in fields.iter_mut() {
                if let Some(property) = object.properties.get(key.as_str()) {
                    apply_defaults(types, property.ty, value);
                } else if let Some(property) = &object.additional {
                    below(types, property, value);
                }
            }
        }
        (
            Value::Array(items),
            Shape::Array {
                items: Some(item), ..
            },
        ) => {
            for value in items {
                below(types, item, value);
            }
        }
        _ => {}
    }
}

fn below(types: &Types, property: &Property, value: &mut Value) {
    if is_bad_null(types, property, value) {
        *value = property.default.clone().unwrap_or(Value::Null);
    }
    apply_defaults(types, property.ty, value);
}

fn is_bad_null(types: &Types, property: &Property, value: &Value) -> bool {
    value.is_null() && !types.get(property.ty).nullable
}
