//! The rules of `metadata` that hold for every kind, in the order and with the messages of
//! `k8s.io/apimachinery/pkg/api/validation`.

use serde_json::{Map, Value};

use super::access::{finalizers, name, namespace, resource_version, text};
use super::names::{self, NameRule};
use super::owner::owner_references;
use crate::schema::{BadValue, FieldError, FieldPath};

/// Bytes all annotations of an object may have together.
const ANNOTATIONS_LIMIT: usize = 256 * 1024;
const FINALIZER_ORPHAN: &str = "orphan";
const FINALIZER_FOREGROUND: &str = "foregroundDeletion";

/// The rules of a new object.
pub(crate) fn validate_metadata(
    object: &Value,
    namespaced: bool,
    rule: NameRule,
) -> Vec<FieldError> {
    let path = FieldPath::new("metadata");
    let mut errors = Vec::new();
    let generate_name = text(object, "generateName");
    if !generate_name.is_empty() {
        let field = path.child("generateName");
        for fault in rule.check(generate_name, true) {
            errors.push(FieldError::invalid(&field, generate_name, fault));
        }
    }
    let field = path.child("name");
    if name(object).is_empty() {
        errors.push(FieldError::required(
            &field,
            "name or generateName is required",
        ));
    } else {
        for fault in rule.check(name(object), false) {
            errors.push(FieldError::invalid(&field, name(object), fault));
        }
    }
    validate_namespace(&mut errors, &path, namespace(object), namespaced);
    validate_generation(&mut errors, &path, object);
    validate_labels(&mut errors, &path, object);
    validate_annotations(&mut errors, &path, object);
    validate_owner_references(&mut errors, &path, object);
    validate_finalizers(&mut errors, &path, object);
    validate_managed_fields(&mut errors, &path, object);
    errors
}

/// The rules of a change from `old` to `object`; the rules of a new object are not repeated.
pub(crate) fn validate_metadata_update(object: &Value, old: &Value) -> Vec<FieldError> {
    let path = FieldPath::new("metadata");
    let mut errors = Vec::new();
    if !text(old, "deletionTimestamp").is_empty() {
        validate_no_new_finalizers(&mut errors, &path, object, old);
    }
    if resource_version(object).is_empty() {
        let field = path.child("resourceVersion");
        errors.push(FieldError::invalid(
            &field,
            "",
            "must be specified for an update",
        ));
    }
    validate_generation(&mut errors, &path, object);
    if generation(object) < generation(old) {
        let field = path.child("generation");
        errors.push(FieldError::invalid(
            &field,
            generation(object),
            "must not be decremented",
        ));
    }
    for field in ["name", "namespace", "uid"] {
        if text(object, field) != text(old, field) {
            let at = path.child(field);
            errors.push(FieldError::invalid(
                &at,
                text(object, field),
                "field is immutable",
            ));
        }
    }
    for field in [
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
    ] {
        let of = |object: &Value| {
            object
                .get("metadata")
                .and_then(|m| m.get(field))
                .cloned()
                .unwrap_or(Value::Null)
        };
        if of(object) != of(old) {
            let at = path.child(field);
            errors.push(FieldError::invalid(&at, of(object), "field is immutable"));
        }
    }
    validate_labels(&mut errors, &path, object);
    validate_annotations(&mut errors, &path, object);
    validate_owner_references(&mut errors, &path, object);
    validate_managed_fields(&mut errors, &path, object);
    errors
}

fn generation(object: &Value) -> i64 {
    object
        .get("metadata")
        .and_then(|m| m.get("generation"))
        .and_then(Value::as_i64)
        .unwrap_or(0)
}

fn map<'a>(object: &'a Value, field: &str) -> Option<&'a Map<String, Value>> {
    object.get("metadata")?.get(field)?.as_object()
}

fn list<'a>(object: &'a Value, field: &str) -> &'a [Value] {
    object
        .get("metadata")
        .and_then(|m| m.get(field))
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

fn validate_namespace(
    errors: &mut Vec<FieldError>,
    path: &FieldPath<'_>,
    namespace: &str,
    namespaced: bool,
) {
    let field = path.child("namespace");
    match (namespaced, namespace.is_empty()) {
        (true, true) => errors.push(FieldError::required(&field, "")),
        (true, false) => {
            for fault in names::dns1123_label(namespace) {
                errors.push(FieldError::invalid(&field, namespace, fault));
            }
        }
        (false, true) => {}
        (false, false) => errors.push(FieldError::forbidden(&field, "not allowed on this type")),
    }
}

fn validate_generation(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, object: &Value) {
    if generation(object) < 0 {
        let field = path.child("generation");
        let fault = "must be greater than or equal to 0";
        errors.push(FieldError::invalid(&field, generation(object), fault));
    }
}

fn validate_labels(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, object: &Value) {
    errors.extend(names::label_faults(
        &path.child("labels"),
        map(object, "labels"),
    ));
}

fn validate_annotations(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, object: &Value) {
    let field = path.child("annotations");
    let mut size = 0;
    for (key, value) in map(object, "annotations").into_iter().flatten() {
        for fault in names::label_key(&key.to_lowercase()) {
            errors.push(FieldError::invalid(&field, key.as_str(), fault));
        }
        size += key.len() + value.as_str().unwrap_or_default().len();
    }
    if size > ANNOTATIONS_LIMIT {
        errors.push(FieldError::too_long(&field, ANNOTATIONS_LIMIT as i64));
    }
}

fn validate_owner_references(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, object: &Value) {
    let field = path.child("ownerReferences");
    let references = owner_references(object);
    let mut controller: Option<String> = None;
    for (index, reference) in references.iter().enumerate() {
        let at = field.index(index);
        let required = |errors: &mut Vec<FieldError>, name: &str, value: &str| {
            if value.is_empty() {
                errors.push(FieldError::required(&at.child(name), "must not be empty"));
            }
        };
        required(errors, "apiVersion", &reference.api_version);
        if !reference.api_version.is_empty() && !is_group_version(&reference.api_version) {
            errors.push(FieldError::invalid(
                &at.child("apiVersion"),
                reference.api_version.as_str(),
                "must be <group>/<version> or <version>",
            ));
        }
        required(errors, "kind", &reference.kind);
        required(errors, "name", &reference.name);
        required(errors, "uid", &reference.uid);
        if reference.api_version == "v1" && reference.kind == "Event" {
            errors.push(FieldError::invalid(
                &at,
                BadValue::Verbatim(reference.go_json()),
                "/v1, Kind=Event is disallowed from being an owner",
            ));
        }
        if reference.controller == Some(true) {
            let this = format!("{}/{}", reference.kind, reference.name);
            if let Some(first) = &controller {
                let all: Vec<String> = references.iter().map(|r| r.go_json()).collect();
                errors.push(FieldError::invalid(
                    &field,
                    BadValue::Verbatim(format!("[{}]", all.join(","))),
                    format!("Only one reference can have Controller set to true. Found \"true\" in references for {first} and {this}"),
                ));
            } else {
                controller = Some(this);
            }
        }
    }
}

/// `v1` or `apps/v1`: at most one slash, and a version.
fn is_group_version(text: &str) -> bool {
    match text.split_once('/') {
        None => true,
        Some((_, version)) => !version.is_empty() && !version.contains('/'),
    }
}

fn validate_finalizers(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, object: &Value) {
    let field = path.child("finalizers");
    let all = finalizers(object);
    for finalizer in &all {
        for fault in names::label_key(finalizer) {
            errors.push(FieldError::invalid(&field, *finalizer, fault));
        }
    }
    if all.contains(&FINALIZER_ORPHAN) && all.contains(&FINALIZER_FOREGROUND) {
        errors.push(FieldError::invalid(
            &field,
            Value::from(all),
            format!("finalizer {FINALIZER_ORPHAN} and {FINALIZER_FOREGROUND} cannot be both set"),
        ));
    }
}

fn validate_no_new_finalizers(
    errors: &mut Vec<FieldError>,
    path: &FieldPath<'_>,
    object: &Value,
    old: &Value,
) {
    let before = finalizers(old);
    let mut added: Vec<&str> = finalizers(object)
        .into_iter()
        .filter(|f| !before.contains(f))
        .collect();
    added.sort_unstable();
    added.dedup();
    if !added.is_empty() {
        let list: Vec<String> = added
            .iter()
            .map(|f| crate::schema::go_format::quote(f))
            .collect();
        errors.push(FieldError::forbidden(
            &path.child("finalizers"),
            format!(
                "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
                list.join(", ")
            ),
        ));
    }
}

fn validate_managed_fields(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, object: &Value) {
    let field = path.child("managedFields");
    for (index, entry) in list(object, "managedFields").iter().enumerate() {
        let at = field.index(index);
        let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
        match text("operation") {
            "" => errors.push(FieldError::required(
                &at.child("operation"),
                "must not be empty",
            )),
            "Apply" | "Update" => {}
            other => errors.push(FieldError::not_supported(
                &at.child("operation"),
                other,
                &["Apply", "Update"],
            )),
        }
        let fields_type = text("fieldsType");
        if !fields_type.is_empty() && fields_type != "FieldsV1" {
            errors.push(FieldError::invalid(
                &at.child("fieldsType"),
                fields_type,
                "must be `FieldsV1`",
            ));
        }
        let manager = at.child("manager");
        if text("manager").len() > 128 {
            errors.push(FieldError::too_long(&manager, 128));
        }
        if text("subresource").len() > 256 {
            errors.push(FieldError::too_long(&at.child("subresource"), 256));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(errors: Vec<FieldError>) -> Vec<String> {
        errors.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_new_object_is_checked_field_by_field() {
        let object = json!({"metadata": {"name": "a", "labels": {"k": "-"},
            "finalizers": ["orphan", "foregroundDeletion"],
            "ownerReferences": [{"apiVersion": "a/b/c", "kind": "K", "name": "", "uid": "1"}]}});
        let errors = told(validate_metadata(&object, true, NameRule::Subdomain));
        assert_eq!(errors[0], "metadata.namespace: Required value");
        assert!(errors[1].starts_with("metadata.labels: Invalid value: \"-\": a valid label"));
        assert_eq!(
            errors[2],
            "metadata.ownerReferences[0].apiVersion: Invalid value: \"a/b/c\": must be <group>/<version> or <version>"
        );
        assert_eq!(
            errors[3],
            "metadata.ownerReferences[0].name: Required value: must not be empty"
        );
        assert_eq!(
            errors[4],
            "metadata.finalizers: Invalid value: [\"orphan\",\"foregroundDeletion\"]: finalizer orphan and foregroundDeletion cannot be both set"
        );
        assert_eq!(errors.len(), 5);
    }

    #[test]
    fn an_update_keeps_what_is_immutable() {
        let old = json!({"metadata": {"name": "a", "uid": "1", "deletionTimestamp": "t",
            "finalizers": ["x/y"]}});
        let object = json!({"metadata": {"name": "a", "uid": "2", "deletionTimestamp": "t",
            "resourceVersion": "3", "finalizers": ["x/y", "x/z"]}});
        assert_eq!(
            told(validate_metadata_update(&object, &old)),
            [
                "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{\"x/z\"}",
                "metadata.uid: Invalid value: \"2\": field is immutable",
            ]
        );
    }
}
