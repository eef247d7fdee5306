//! JSON merge patch (RFC 7386).

use super::{Patched, duplicate_fields, invalid_json};
use crate::status::ApiError;
use serde_json::{Map, Value};

/// Applies a merge patch. With `strict` duplicate fields of the patch are reported.
///
/// # Errors
/// 400 for what is no JSON object.
pub(crate) fn merge(current: &Value, patch: &[u8], strict: bool) -> Result<Patched, ApiError> {
    let text = std::str::from_utf8(patch).map_err(|_| invalid_json())?;
    let patch = match text.parse().map_err(|_| invalid_json())? {
        Value::Object(patch) => patch,
        other => return Err(not_an_object(&other, strict)),
    };
    let mut object = current.clone();
    if let Value::Object(map) = &mut object {
        merge_map(map, patch);
    }
    let strict_errors = if strict {
        duplicate_fields(text)
    } else {
        Vec::new()
    };
    Ok(Patched {
        object,
        unread: None,
        strict_errors,
    })
}

fn not_an_object(patch: &Value, strict: bool) -> ApiError {
    let found = match patch {
        Value::Array(_) => "array",
        Value::String(_) => "string",
        Value::Number(_) => "number",
        Value::Bool(_) => "bool",
        Value::Null | Value::Object(_) => return ApiError::bad_request("Invalid JSON Patch"),
    };
    if strict {
        ApiError::bad_request(format!(
            "error decoding patch: json: cannot unmarshal {found} into Go value of type \
             map[string]interface {{}}"
        ))
    } else {
        ApiError::bad_request("Invalid JSON Patch")
    }
}

fn merge_map(current: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (key, value) in patch {
        match (value, current.get_mut(&key)) {
            (Value::Null, _) => {
                current.remove(&key);
            }
            (Value::Object(patch), Some(Value::Object(map))) => merge_map(map, patch),
            // Only objects are merged; anything else takes the old value's place, without nulls.
            (mut value, _) => {
                drop_nulls(&mut value);
                current.insert(key, value);
            }
        }
    }
}

/// Takes out the null fields of objects, also of those in lists; null items of lists stay.
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
