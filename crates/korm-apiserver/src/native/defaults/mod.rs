//! The values that the server fills in for native kinds, as the `SetDefaults` functions of
//! `k8s.io/kubernetes/pkg/apis` do.
//!
//! Three sources: defaults that the recorded schemas have; a table of what a field gets when it is
//! not there; and, for what depends on other fields, a function per type. A type is defaulted
//! before its parts, wherever it occurs.
//!
//! What admission plugins add (tolerations and priorities of pods, finalizers of volumes) and what
//! is allocated (addresses, ports) is not done.

mod hpa;
mod special;
mod table;

use super::quantity;
use crate::facts;
use crate::schema::{Property, Shape, TypeId, Types};
use serde_json::{Map, Value};

/// Fills in the defaults of a native object, which has been normalized.
pub(crate) fn default(group: &str, version: &str, kind: &str, object: &mut Value) {
    if let (Some((types, root)), Some(object)) =
        (facts::types(group, version, kind), object.as_object_mut())
    {
        structure(&types, root, object);
    }
}

fn structure(types: &Types, id: TypeId, object: &mut Map<String, Value>) {
    let ty = types.get(id);
    let Shape::Object(shape) = &ty.shape else {
        return;
    };
    let name = ty.name.as_deref().unwrap_or_default();
    let name = name.strip_prefix("io.k8s.api.").unwrap_or(name);
    special::apply(name, object);
    for (path, json) in table::defaults_of(name) {
        set_if_missing(object, path, json);
    }
    for (key, property) in &shape.properties {
        if let Some(default) = property
            .default
            .as_ref()
            .filter(|default| is_something(default))
        {
            let missing = object
                .get(&**key)
                .is_none_or(|value| value.is_null() || *value == "");
            if missing {
                object.insert(key.to_string(), default.clone());
            }
        }
        if let Some(value) = object.get_mut(&**key) {
            part(types, property, value);
        }
    }
    if let Some(additional) = &shape.additional {
        object
            .values_mut()
            .for_each(|value| part(types, additional, value));
    }
}

fn part(types: &Types, property: &Property, value: &mut Value) {
    match (&types.get(property.ty).shape, value) {
        (Shape::Object(shape), Value::Object(object)) => {
            let of_quantities = shape.additional.as_ref().is_some_and(|additional| {
                let name = types.get(additional.ty).name.as_deref();
                name.is_some_and(|name| name.ends_with(".api.resource.Quantity"))
            });
            if of_quantities {
                object.values_mut().for_each(round);
            } else {
                structure(types, property.ty, object);
            }
        }
        (
            Shape::Array {
                items: Some(item), ..
            },
            Value::Array(values),
        ) => {
            values.iter_mut().for_each(|value| part(types, item, value));
        }
        _ => {}
    }
}

/// Amounts of resources are kept in thousandths.
fn round(value: &mut Value) {
    if let Some(Ok(rounded)) = value.as_str().map(quantity::rounded_to_milli) {
        *value = rounded.into();
    }
}

/// A default in a schema that is more than the zero value of a field that is always written.
fn is_something(default: &Value) -> bool {
    !(*default == "" || *default == 0 || *default == false || *default == serde_json::json!({}))
}

/// Sets a field, given as a path of names with dots, where it is absent or null; the objects on
/// the way must be there.
fn set_if_missing(object: &mut Map<String, Value>, path: &str, json: &str) {
    match path.split_once('.') {
        Some((first, rest)) => {
            if let Some(Value::Object(inner)) = object.get_mut(first) {
                set_if_missing(inner, rest, json);
            }
        }
        None if object.get(path).is_none_or(Value::is_null) => {
            // The table is checked by a test: every default is JSON.
            object.insert(path.to_owned(), json.parse().unwrap_or_default());
        }
        None => {}
    }
}

#[cfg(test)]
mod tests;
