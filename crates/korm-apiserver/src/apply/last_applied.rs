//! From client-side to server-side apply: `kubectl apply --server-side` takes over what
//! `kubectl apply` owned, by the annotation that the latter leaves.

use super::atom::Schema;
use super::compare::compare;
use super::set::Set;
use super::to_set::to_set;
use super::validate::validate;
use crate::schema::go_format;
use serde_json::Value;

/// Where client-side apply keeps its last configuration.
const ANNOTATION: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// All annotations of an object together may have so many bytes.
const MAX_ANNOTATIONS: usize = 256 * 1024;

/// The fields that the last client-side apply set and that still have those values.
pub(super) fn owned_by_client_side_apply(
    schema: &Schema,
    api_version: &str,
    live: &Value,
) -> Option<Set> {
    let text = live["metadata"]["annotations"][ANNOTATION]
        .as_str()
        .filter(|t| !t.is_empty())?;
    let last: Value = text.parse().ok()?;
    let root = schema.root();
    let usable = last["apiVersion"] == api_version
        && validate(root, live, false).is_empty()
        && validate(root, &last, false).is_empty();
    if !usable {
        return None;
    }
    let changed = compare(root, &last, live);
    let set = to_set(root, &last)
        .difference(&changed.modified)
        .difference(&changed.added)
        .difference(&changed.removed);
    Some(set)
}

/// Keeps the annotation up to date with what was applied, where there is one.
pub(super) fn update_annotation(object: &mut Value, config: &Value) {
    let Some(annotations) = object
        .pointer_mut("/metadata/annotations")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    if annotations.get(ANNOTATION).is_none_or(|text| text == "") {
        return;
    }
    let mut config = config.clone();
    if let Some(own) = config
        .pointer_mut("/metadata/annotations")
        .and_then(Value::as_object_mut)
    {
        own.remove(ANNOTATION);
    }
    annotations.insert(
        ANNOTATION.to_owned(),
        format!("{}\n", go_format::json(&config)).into(),
    );
    let size: usize = annotations
        .iter()
        .map(|(key, value)| key.len() + value.as_str().map_or(0, str::len))
        .sum();
    if size > MAX_ANNOTATIONS {
        annotations.remove(ANNOTATION);
    }
}
