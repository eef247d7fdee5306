//! JSON Patch (RFC 6902) as Kubernetes applies it.
//!
//! Where it differs from the RFC: `replace` of a key that an object lacks adds it; `copy` and
//! `move` treat a null as there, `copy` an absent key as null; `test` against null passes where
//! the key is absent; indices may be negative; a missing `value` is null.

use super::node::Node;
use super::{Patched, duplicate_fields, invalid_json};
use crate::schema::decode;
use crate::status::ApiError;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// No patch may have more operations.
const MAX_OPERATIONS: usize = 10_000;

type Operation = BTreeMap<String, Box<RawValue>>;

/// Applies a JSON Patch. With `strict` the patch itself is looked at for unknown and duplicate
/// fields.
///
/// # Errors
/// 400 for what is no JSON Patch, 413 for too many operations, 422 for one that does not apply.
pub(crate) fn json(current: &Value, patch: &[u8], strict: bool) -> Result<Patched, ApiError> {
    let text = std::str::from_utf8(patch).map_err(|_| invalid_json())?;
    let parsed = decode::parse(patch).map_err(|_| invalid_json())?;
    check_types(parsed, strict)?;
    // A null in the list is an operation without a name.
    let operations: Option<Vec<Option<Operation>>> =
        serde_json::from_str(text).map_err(|_| invalid_json())?;
    let operations = operations.unwrap_or_default();
    if operations.len() > MAX_OPERATIONS {
        return Err(ApiError::request_entity_too_large(&format!(
            "The allowed maximum operations in a JSON patch is {MAX_OPERATIONS}, got {}",
            operations.len()
        )));
    }
    let strict_errors = if strict {
        strict_errors(text)
    } else {
        Vec::new()
    };
    let mut document = Node::stored(current);
    for operation in &operations {
        operation
            .as_ref()
            .and_then(|op| apply(&mut document, op))
            .ok_or_else(ApiError::patch_rejected)?;
    }
    let unread = document.is_unread().then(|| document.document());
    Ok(Patched {
        object: document.value(),
        unread,
        strict_errors,
    })
}

/// The first place that has the wrong type, in Go's words; of a field that is given twice, each place counts.
fn check_types(patch: decode::Node, strict: bool) -> Result<(), ApiError> {
    let (list, item, prefix) = if strict {
        (
            "[]handlers.jsonPatchOp",
            "handlers.jsonPatchOp",
            "error decoding patch: ",
        )
    } else {
        ("jsonpatch.Patch", "jsonpatch.Operation", "")
    };
    let wrong = |found: &decode::Node, into: &str| {
        ApiError::bad_request(format!(
            "{prefix}json: cannot unmarshal {} into Go {into}",
            found.go_name()
        ))
    };
    let operations = match patch {
        decode::Node::Array(operations) => operations,
        decode::Node::Null => return Ok(()),
        other => return Err(wrong(&other, &format!("value of type {list}"))),
    };
    for operation in operations {
        let fields = match operation {
            decode::Node::Object(fields) => fields,
            decode::Node::Null => continue,
            other => return Err(wrong(&other, &format!("value of type {item}"))),
        };
        for (key, value) in fields.iter().filter(|_| strict) {
            let is_text = matches!(value, decode::Node::String(_) | decode::Node::Null);
            if matches!(key.as_str(), "op" | "path" | "from") && !is_text {
                let into = format!("struct field jsonPatchOp.{key} of type string");
                return Err(wrong(value, &into));
            }
        }
    }
    Ok(())
}

/// Unknown fields of operations, and fields given twice.
fn strict_errors(text: &str) -> Vec<String> {
    let operations: Vec<Option<Operation>> = serde_json::from_str(text).unwrap_or_default();
    let mut errors = Vec::new();
    for (index, operation) in operations.iter().enumerate() {
        for key in operation.iter().flat_map(BTreeMap::keys) {
            if !["op", "path", "from", "value"].contains(&key.as_str()) {
                let path = crate::schema::go_format::quote(&format!("[{index}].{key}"));
                errors.push(format!("json patch unknown field {path}"));
            }
        }
    }
    errors.extend(
        duplicate_fields(text)
            .into_iter()
            .map(|error| format!("json patch {error}")),
    );
    errors
}

/// One operation; `None` where it does not apply.
fn apply(document: &mut Node, operation: &Operation) -> Option<()> {
    let text = |key: &str| serde_json::from_str::<String>(operation.get(key)?.get()).ok();
    let value = || {
        operation
            .get("value")
            .map_or(Node::Null, |raw| Node::sent(raw))
    };
    match text("op")?.as_str() {
        "add" => {
            let path = text("path")?;
            let (parent, key) = document.parent(&path)?;
            parent.add(key, value())
        }
        "remove" => {
            let path = text("path")?;
            let (parent, key) = document.parent(&path)?;
            parent.remove(&key).map(drop)
        }
        "replace" => {
            let path = text("path")?;
            if path.is_empty() {
                let mut whole = value();
                whole.open();
                matches!(whole, Node::Object(_) | Node::Array(_)).then(|| *document = whole)
            } else {
                let (parent, key) = document.parent(&path)?;
                parent.get(&key)?;
                parent.set(key, value())
            }
        }
        "move" => {
            let from = text("from")?;
            let (parent, key) = document.parent(&from)?;
            let moved = parent.remove(&key)?;
            let path = text("path")?;
            let (parent, key) = document.parent(&path)?;
            parent.add(key, moved)
        }
        "copy" => {
            let from = text("from")?;
            let (parent, key) = document.parent(&from)?;
            let copied = parent.get(&key)?.cloned().unwrap_or(Node::Null);
            let path = text("path")?;
            let (parent, key) = document.parent(&path)?;
            parent.add(key, copied)
        }
        "test" => {
            let path = text("path")?;
            let expected = value().opened();
            let read = |node: &Node| node.clone().opened();
            if path.is_empty() {
                *document = read(document);
                return (*document == expected).then_some(());
            }
            let (parent, key) = document.parent(&path)?;
            let Some(present) = parent.get(&key)?.map(read) else {
                return (expected == Node::Null).then_some(());
            };
            let same = present == expected;
            parent.set(key, present)?;
            same.then_some(())
        }
        _ => None,
    }
}
