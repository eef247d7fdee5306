//! Lists of type set and map hold every item once, as apiextensions' `schema/listtype` checks.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::field_error::{FieldError, FieldPath};
use super::go_format;
use super::types::{ListType, Shape, TypeId, Types};

/// Errors for every item that repeats an earlier one.
pub(crate) fn check_lists(types: &Types, root: TypeId, value: &Value) -> Vec<FieldError> {
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
    match (&types.get(id).shape, value) {
        (Shape::Object(object), Value::Object(fields)) => {
            for (key, value) in fields {
                if let Some(property) = object.properties.get(key.as_str()) {
                    node(types, property.ty, value, &path.child(key), errors);
                } else if let Some(property) = &object.additional {
                    node(types, property.ty, value, &path.key(key), errors);
                }
            }
        }
        (Shape::Array { items, list }, Value::Array(values)) => {
            match list {
                ListType::Atomic => {}
                ListType::Set => check_set(values, path, errors),
                ListType::Map { keys } => check_map(values, keys, path, errors),
            }
            if let Some(item) = items {
                for (i, value) in values.iter().enumerate() {
                    node(types, item.ty, value, &path.index(i), errors);
                }
            }
        }
        _ => {}
    }
}

fn check_set(values: &[Value], path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    for i in repeated(values.iter()) {
        errors.push(FieldError::duplicate(&path.index(i), values[i].clone()));
    }
}

fn check_map(
    values: &[Value],
    keys: &[Box<str>],
    path: &FieldPath<'_>,
    errors: &mut Vec<FieldError>,
) {
    if let Some(i) = values.iter().position(|v| !v.is_null() && !v.is_object()) {
        let detail = "must be an object for an array of list-type map";
        errors.push(FieldError::invalid(
            &path.index(i),
            values[i].clone(),
            detail,
        ));
        return;
    }
    let keys: Vec<Value> = values.iter().map(|value| key_of(value, keys)).collect();
    for i in repeated(keys.iter()) {
        errors.push(FieldError::duplicate(&path.index(i), keys[i].clone()));
    }
}

/// The fields of an item that tell it apart; absent ones are left out.
fn key_of(item: &Value, keys: &[Box<str>]) -> Value {
    let fields: Map<String, Value> = keys
        .iter()
        .filter_map(|key| Some((key.to_string(), item.get(&**key)?.clone())))
        .collect();
    Value::Object(fields)
}

/// Where a value is seen for the second time; third and later times are not told.
fn repeated<'a>(values: impl Iterator<Item = &'a Value>) -> Vec<usize> {
    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut again = Vec::new();
    for (i, value) in values.enumerate() {
        let times = seen.entry(go_format::json(value)).or_default();
        *times += 1;
        if *times == 2 {
            again.push(i);
        }
    }
    again
}
