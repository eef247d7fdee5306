//! Strategic merge patch: lists are merged by key where the type says so, and directives in the
//! patch say what else is to happen.
//!
//! See <https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md>.
//! Only native kinds have it; upstream refuses it for custom resources with 415.

use super::{Patched, duplicate_fields, invalid_json, lists};
use crate::schema::go_format::display;
use crate::schema::{PatchStrategy, Property, Shape, TypeId, Types};
use crate::status::ApiError;
use serde_json::{Map, Value};

pub(super) const DIRECTIVE: &str = "$patch";
const RETAIN_KEYS: &str = "$retainKeys";
const DELETE_FROM_LIST: &str = "$deleteFromPrimitiveList";
const SET_ORDER: &str = "$setElementOrder";

/// Applies a strategic merge patch to an object of a native kind. With `strict` duplicate fields
/// of the patch are reported. Gives also what messages show in place of the object: the patch as
/// merging leaves it, which takes out of it what it has done.
///
/// # Errors
/// 400 for a patch of the wrong form, 422 for one that contradicts itself, 500 for one that does
/// not fit the type: upstream's own, questionable, choice.
pub(crate) fn strategic(
    types: &Types,
    root: TypeId,
    current: &Value,
    patch: &[u8],
    strict: bool,
) -> Result<(Patched, String), ApiError> {
    let text = std::str::from_utf8(patch).map_err(|_| invalid_json())?;
    let mut patch = match text.parse().map_err(|_| invalid_json())? {
        Value::Object(patch) => patch,
        Value::Null => Map::new(),
        other => {
            return Err(ApiError::bad_request(format!(
                "json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
                go_kind(&other).unmarshal
            )));
        }
    };
    let current = current.as_object().cloned().unwrap_or_default();
    let object = Value::Object(merge_map(types, Some(root), current, &mut patch)?);
    let strict_errors = if strict {
        duplicate_fields(text)
    } else {
        Vec::new()
    };
    let patched = Patched {
        object,
        unread: None,
        strict_errors,
    };
    Ok((patched, display(&Value::Object(patch))))
}

/// Merges a patch into an object. Without a type, the object is free-form: upstream then fails as
/// soon as it has to look up a field.
pub(super) fn merge_map(
    types: &Types,
    ty: Option<TypeId>,
    mut current: Map<String, Value>,
    patch: &mut Map<String, Value>,
) -> Result<Map<String, Value>, ApiError> {
    if let Some(directive) = patch.remove(DIRECTIVE) {
        return match directive.as_str() {
            Some("replace") => Ok(patch.clone()),
            Some("delete") => Ok(Map::new()),
            _ => {
                patch.insert(DIRECTIVE.to_owned(), directive.clone());
                Err(bad_patch_type(&directive, patch))
            }
        };
    }
    retain_keys(&mut current, patch)?;
    set_element_order(types, ty, &mut current, patch)?;
    for (key, value) in patch {
        if key.starts_with(DELETE_FROM_LIST) {
            let key = directive_field(key, DELETE_FROM_LIST)
                .ok_or_else(|| bad_request("invalid patch format of primitive list"))?;
            delete_from_list(types, ty, &mut current, key, value.clone())?;
        } else if value.is_null() {
            current.remove(key);
        } else {
            merge_field(types, ty, &mut current, key, value)?;
        }
    }
    Ok(current)
}

fn merge_field(
    types: &Types,
    ty: Option<TypeId>,
    current: &mut Map<String, Value>,
    key: &str,
    patch: &mut Value,
) -> Result<(), ApiError> {
    let merged = match (current.remove(key), patch) {
        (Some(Value::Object(map)), Value::Object(patch)) => {
            let property = field(types, ty, key)?;
            if replaces(property.patch.as_ref()) {
                patch.clone().into()
            } else {
                merge_map(types, Some(property.ty), map, patch)?.into()
            }
        }
        (Some(Value::Array(items)), Value::Array(patch)) => {
            let property = field(types, ty, key)?;
            lists::merge_field(types, property, items, patch.clone())?.into()
        }
        (_, patch) => {
            drop_nulls(patch);
            match without_directives(patch.clone()) {
                Some(value) => value,
                None => return Ok(()),
            }
        }
    };
    current.insert(key.to_owned(), merged);
    Ok(())
}

fn delete_from_list(
    types: &Types,
    ty: Option<TypeId>,
    current: &mut Map<String, Value>,
    key: &str,
    patch: Value,
) -> Result<(), ApiError> {
    match (current.get_mut(key), patch) {
        (_, Value::Null) => {
            current.remove(key);
        }
        (Some(Value::Array(items)), Value::Array(remove)) => {
            let property = field(types, ty, key)?;
            let kept = lists::delete(types, property, std::mem::take(items), remove)?;
            *items = kept;
        }
        _ => {}
    }
    Ok(())
}

/// `$retainKeys`: fields of the object that it does not list are cleared.
fn retain_keys(
    current: &mut Map<String, Value>,
    patch: &mut Map<String, Value>,
) -> Result<(), ApiError> {
    let Some(directive) = patch.remove(RETAIN_KEYS) else {
        return Ok(());
    };
    let wrong = || bad_request("invalid patch format of retainKeys");
    let kept = directive.as_array().ok_or_else(wrong)?;
    let listed = |key: &str| kept.iter().any(|k| k == key);
    let consistent = patch.iter().all(|(key, value)| {
        value.is_null()
            || key.starts_with(DELETE_FROM_LIST)
            || key.starts_with(SET_ORDER)
            || listed(key)
    });
    if !consistent {
        return Err(wrong());
    }
    current.retain(|key, _| listed(key));
    Ok(())
}

/// `$setElementOrder/FIELD`: the order that the items of a merged list are to have.
fn set_element_order(
    types: &Types,
    ty: Option<TypeId>,
    current: &mut Map<String, Value>,
    patch: &mut Map<String, Value>,
) -> Result<(), ApiError> {
    let directives: Vec<String> = patch
        .keys()
        .filter(|key| key.starts_with(SET_ORDER))
        .cloned()
        .collect();
    for directive in directives {
        let order = match patch.remove(&directive) {
            Some(Value::Array(order)) => order,
            other => return Err(wrong_type("[]interface {}", &other.unwrap_or_default())),
        };
        let key = directive_field(&directive, SET_ORDER)
            .ok_or_else(|| bad_request("invalid patch format of setElementOrder list"))?;
        let list = |map: &Map<String, Value>| match map.get(key) {
            None => Ok(None),
            Some(Value::Array(items)) => Ok(Some(items.clone())),
            Some(other) => Err(wrong_type("[]interface {}", other)),
        };
        let (original, patched) = (list(current)?, list(patch)?);
        let property = field(types, ty, key)?;
        if let Some(merged) = lists::ordered(types, property, original, patched, &order)? {
            current.insert(key.to_owned(), Value::Array(merged));
            patch.remove(key);
        }
    }
    Ok(())
}

/// The field that `$deleteFromPrimitiveList/FIELD` and `$setElementOrder/FIELD` are about.
fn directive_field<'a>(key: &'a str, prefix: &str) -> Option<&'a str> {
    key.strip_prefix(prefix)?.strip_prefix('/')
}

fn field<'a>(types: &'a Types, ty: Option<TypeId>, key: &str) -> Result<&'a Property, ApiError> {
    let ty = ty.map(|id| types.get(id));
    let name = ty.and_then(|ty| ty.name.as_deref()).unwrap_or_default();
    match ty.map(|ty| &ty.shape) {
        Some(Shape::Object(object)) if object.additional.is_none() => {
            object.properties.get(key).ok_or_else(|| {
                internal(format!(
                    "unable to find api field in struct {} for the json field {}",
                    name.rsplit('.').next().unwrap_or_default(),
                    crate::schema::go_format::quote(key)
                ))
            })
        }
        Some(Shape::Object(_)) => Err(internal(
            "merging an object in json but data type is not struct, instead is: map",
        )),
        _ => Err(internal(format!(
            "unable to find api field in struct {} for the json field {}",
            name.rsplit('.').next().unwrap_or_default(),
            crate::schema::go_format::quote(key)
        ))),
    }
}

/// Whether the strategy is `replace`: it is given, and is neither merge nor retainKeys.
fn replaces(strategy: Option<&PatchStrategy>) -> bool {
    strategy.is_some_and(|strategy| !strategy.merge && !strategy.retain_keys)
}

/// Takes out null fields at any depth.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// A value of the patch without the objects that are directives.
pub(super) fn without_directives(value: Value) -> Option<Value> {
    match value {
        Value::Object(map) if map.contains_key(DIRECTIVE) => None,
        Value::Object(map) => Some(Value::Object(
            map.into_iter()
                .filter_map(|(k, v)| Some((k, without_directives(v)?)))
                .collect(),
        )),
        Value::Array(items) => Some(Value::Array(
            items.into_iter().filter_map(without_directives).collect(),
        )),
        scalar => Some(scalar),
    }
}

/// How Go calls what a JSON value decodes to.
pub(super) struct GoKind {
    pub(super) reflect: &'static str,
    unmarshal: &'static str,
}

pub(super) fn go_kind(value: &Value) -> GoKind {
    let (reflect, unmarshal) = match value {
        Value::Null => ("<nil>", "null"),
        Value::Bool(_) => ("bool", "bool"),
        Value::Number(number) if number.is_f64() => ("float64", "number"),
        Value::Number(_) => ("int64", "number"),
        Value::String(_) => ("string", "string"),
        Value::Array(_) => ("[]interface {}", "array"),
        Value::Object(_) => ("map[string]interface {}", "object"),
    };
    GoKind { reflect, unmarshal }
}

pub(super) fn wrong_type(expected: &str, found: &Value) -> ApiError {
    internal(format!(
        "expected a {expected}, but received a {}",
        go_kind(found).reflect
    ))
}

pub(super) fn bad_patch_type(directive: &Value, map: &Map<String, Value>) -> ApiError {
    internal(format!(
        "unknown patch type: {} in map: {}",
        display(directive),
        display(&Value::Object(map.clone()))
    ))
}

pub(super) fn no_merge_key(map: &Map<String, Value>, key: &str) -> ApiError {
    let map = display(&Value::Object(map.clone()));
    internal(format!(
        "map: {map} does not contain declared merge key: {key}"
    ))
}

fn bad_request(message: &str) -> ApiError {
    ApiError::bad_request(message)
}

pub(super) fn internal(message: impl Into<String>) -> ApiError {
    ApiError::unknown(message)
}
