//! What resources do to their objects before they are stored, and the rules they check: the part
//! of the strategies in `k8s.io/kubernetes/pkg/registry` that does not depend on one kind's
//! fields, and for namespaces, CustomResourceDefinitions and Secrets the part that does.

use serde_json::{Map, Value, json};

use super::recognize::label_namespace;
use super::{Context, native_rules};
use crate::cel::Broken;
use crate::crd;
use crate::meta::names::NameRule;
use crate::meta::{self, validate_metadata, validate_metadata_update};
use crate::native;
use crate::resources::Resource;
use crate::schema::{FieldError, FieldPath};
use crate::status::{ApiError, Qualified};

const KUBERNETES_FINALIZER: &str = "kubernetes";

/// Clears what users may not set on a new object, and sets what the server does.
pub(super) fn for_create(resource: &Resource, object: &mut Value) {
    if resource.is_crd() {
        crd::prepare_create(object);
    } else if resource.strategy.status && !resource.is_core("nodes") {
        // Nodes may come with a status.
        reset_status(resource, object, None);
        if resource.is_native() {
            // A status that was reset is written as Go writes an empty one.
            *object = native::complete(&resource.group, &resource.version, &resource.kind, object);
        }
    }
    if resource.strategy.generation {
        meta::set(object, "generation", 1);
    }
    if resource.is_native() {
        native::prepare_create(&resource.group, &resource.kind, object);
    }
    if resource.is_core("namespaces") {
        object["status"] = json!({"phase": "Active"});
        let mut finalizers = match object["spec"].get("finalizers") {
            Some(Value::Array(list)) => list.clone(),
            _ => Vec::new(),
        };
        if !finalizers.iter().any(|f| f == KUBERNETES_FINALIZER) {
            finalizers.push(json!(KUBERNETES_FINALIZER));
        }
        object["spec"] = json!({"finalizers": finalizers});
    }
}

/// Puts the old status in place of the new one, or none on a new object.
fn reset_status(resource: &Resource, object: &mut Value, old: Option<&Value>) {
    let Some(fields) = object.as_object_mut() else {
        return;
    };
    match old.and_then(|old| old.get("status")) {
        Some(status) => {
            fields.insert("status".to_owned(), status.clone());
        }
        // A native status without a value is written where Go writes it: decided by its schema.
        None if resource.is_native() && fields.contains_key("status") => {
            fields.insert("status".to_owned(), Value::Object(Map::new()));
        }
        None => {
            fields.remove("status");
        }
    }
}

/// The rules of a new object.
pub(super) fn validate_create(cx: &Context<'_>, object: &Value) -> Result<(), ApiError> {
    let resource = &cx.resource;
    check_kind(resource, object, None)?;
    let mut rules = once(validate_metadata(
        object,
        resource.namespaced,
        resource.strategy.name_rule,
    ));
    if resource.is_native() {
        rules.extend(native_rules::check_create(resource, &cx.with_empty(object)));
    }
    let errors = match &resource.custom {
        Some(version) => version.validate_create(object, rules),
        None if resource.is_crd() => crd::validate_crd(object, None, rules),
        None => rules,
    };
    refuse(resource, object, errors)?;
    if resource.is_native() {
        native::create_warnings(&resource.group, &resource.kind, object)
            .into_iter()
            .chain(native_rules::warnings(resource, object, None))
            .for_each(|warning| cx.warn(warning));
    }
    if resource.custom.is_some() {
        crd::finalizer_warnings(object, None)
            .into_iter()
            .for_each(|warning| cx.warn(warning));
    }
    if resource.is_crd() {
        crd::warnings(object, None)
            .into_iter()
            .for_each(|warning| cx.warn(warning));
    }
    Ok(())
}

/// Custom objects are decoded as they come, so their kind and version are checked late.
fn check_kind(resource: &Resource, object: &Value, old: Option<&Value>) -> Result<(), ApiError> {
    if resource.is_native() {
        return Ok(());
    }
    let kind = object["kind"].as_str().unwrap_or_default();
    let api_version = object["apiVersion"].as_str().unwrap_or_default();
    let mut errors = Vec::new();
    if kind != resource.kind {
        let why = format!("must be {}", resource.kind);
        errors.push(FieldError::invalid(&FieldPath::new("kind"), kind, why));
    }
    if api_version != resource.api_version() {
        let why = format!("must be {}", resource.api_version());
        errors.push(FieldError::invalid(
            &FieldPath::new("apiVersion"),
            api_version,
            why,
        ));
    }
    if errors.is_empty() {
        return Ok(());
    }
    if let Some(version) = &resource.custom {
        version.check_rest(object, old, &mut errors);
    }
    let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
    let qualified = Qualified {
        group,
        resource: kind,
    };
    Err(ApiError::invalid(qualified, meta::name(object), errors))
}

/// Whether a refusal tells each fault once. It does where Kubernetes has declarative validation: joining its
/// errors with those of the handwritten rules goes through a set of messages
/// (`ValidateDeclarativelyWithMigrationChecks` in `k8s.io/apiserver`). The strategies of custom resources,
/// their definitions and API services have it for their metadata alone.
fn tells_once(resource: &Resource) -> bool {
    resource.is_native()
        && !matches!(
            resource.group.as_str(),
            "apiextensions.k8s.io" | "apiregistration.k8s.io"
        )
}

/// The errors without those that were told before.
fn once(errors: Vec<FieldError>) -> Vec<FieldError> {
    let mut told = std::collections::HashSet::new();
    errors
        .into_iter()
        .filter(|error| told.insert(error.to_string()))
        .collect()
}

fn refuse(resource: &Resource, object: &Value, errors: Vec<FieldError>) -> Result<(), ApiError> {
    if errors.is_empty() {
        return Ok(());
    }
    let errors = if tells_once(resource) {
        once(errors)
    } else {
        errors
    };
    Err(ApiError::invalid(
        resource.qualified_kind(),
        meta::name(object),
        errors,
    ))
}

/// Keeps what an update may not change, and counts the generation.
pub(super) fn for_update(cx: &Context<'_>, object: &mut Value, old: &Value) {
    let resource = &cx.resource;
    match old["metadata"].get("generation") {
        Some(generation) => meta::set(object, "generation", generation.clone()),
        None => {
            meta::remove(object, "generation");
        }
    }
    match cx.subresource_name() {
        "status" => keep_all_but_status(resource, object, old),
        "finalize" | "binding" | "approval" => {}
        _ => {
            if resource.is_crd() {
                crd::prepare_update(object, old);
            } else if resource.strategy.status {
                reset_status(resource, object, Some(old));
            }
            if resource.is_native() {
                native::prepare_update(&resource.group, &resource.kind, object, old);
            }
            if resource.is_core("namespaces") {
                copy_field(object, old, "spec");
            }
            count_change(resource, object, old);
        }
    }
    if meta::text(object, "uid").is_empty() {
        let uid = meta::text(old, "uid").to_owned();
        meta::set_text(object, "uid", &uid);
    }
    for field in ["creationTimestamp", "deletionTimestamp"] {
        let value = meta::text(old, field).to_owned();
        if !value.is_empty() {
            meta::set(object, field, value);
        }
    }
    if let Some(seconds) = old["metadata"].get("deletionGracePeriodSeconds")
        && object["metadata"]
            .get("deletionGracePeriodSeconds")
            .is_none()
    {
        meta::set(object, "deletionGracePeriodSeconds", seconds.clone());
    }
}

/// Counts a change of what an object asks for, where such changes are counted.
pub(crate) fn count_change(resource: &Resource, object: &mut Value, old: &Value) {
    if resource.strategy.generation
        && (!same_content(object, old) || annotations_count(resource, object, old))
    {
        let generation = old["metadata"]["generation"].as_i64().unwrap_or(0) + 1;
        meta::set(object, "generation", generation);
    }
}

/// An update of the status leaves everything else as it is. Native kinds also take metadata.
fn keep_all_but_status(resource: &Resource, object: &mut Value, old: &Value) {
    let status = object.get("status").cloned();
    let new_metadata = object.get("metadata").cloned();
    *object = old.clone();
    match status {
        Some(status) => object["status"] = status,
        None => {
            if let Some(fields) = object.as_object_mut() {
                fields.remove("status");
            }
        }
    }
    let Some(new_metadata) = new_metadata else {
        return;
    };
    if resource.is_native() && !resource.is_crd() {
        object["metadata"] = new_metadata;
        if resource.group == "apps" && resource.kind == "Deployment" {
            match old["metadata"].get("labels") {
                Some(labels) => meta::set(object, "labels", labels.clone()),
                None => {
                    meta::remove(object, "labels");
                }
            }
        }
    } else {
        for field in ["managedFields", "resourceVersion"] {
            match new_metadata.get(field) {
                Some(value) => meta::set(object, field, value.clone()),
                None => {
                    meta::remove(object, field);
                }
            }
        }
    }
}

fn copy_field(object: &mut Value, old: &Value, field: &str) {
    let Some(fields) = object.as_object_mut() else {
        return;
    };
    match old.get(field) {
        Some(value) => fields.insert(field.to_owned(), value.clone()),
        None => fields.remove(field),
    };
}

/// Whether nothing changed but metadata, which does not count as a generation. Pods, Jobs and the
/// like with a status had theirs put back before.
fn same_content(new: &Value, old: &Value) -> bool {
    let content = |object: &Value| -> Map<String, Value> {
        let fields = object.as_object().cloned().unwrap_or_default();
        fields
            .into_iter()
            .filter(|(key, _)| !matches!(key.as_str(), "metadata" | "apiVersion" | "kind"))
            .collect()
    };
    content(new) == content(old)
}

/// Whether this is a Deployment of which the annotations changed: they count as a generation there,
/// since its controller hands them on.
fn annotations_count(resource: &Resource, new: &Value, old: &Value) -> bool {
    resource.group == "apps"
        && resource.kind == "Deployment"
        && new["metadata"]["annotations"] != old["metadata"]["annotations"]
}

/// The rules of an update.
pub(super) fn validate_update(
    cx: &Context<'_>,
    object: &Value,
    old: &Value,
) -> Result<(), ApiError> {
    let resource = &cx.resource;
    let status = cx.subresource_name() == "status";
    check_kind(resource, object, Some(old))?;
    let mut rules = validate_metadata(object, resource.namespaced, NameRule::PathSegment);
    rules.extend(validate_metadata_update(object, old));
    // Every strategy repeats what was checked for all; where nothing takes out what is told twice, it shows.
    if !tells_once(resource) {
        rules.extend(once(validate_metadata_update(object, old)));
    }
    if resource.is_native() {
        let subresource = cx.subresource_name();
        rules.extend(native_rules::check_update(
            resource,
            subresource,
            &cx.with_empty(object),
            old,
        ));
    }
    let Broken { errors, forgiven } = match &resource.custom {
        Some(version) if status => version.validate_status_update(object, old, rules),
        Some(version) => version.validate_update(object, old, rules),
        None if resource.is_crd() && !status => crd::validate_crd(object, Some(old), rules).into(),
        None => rules.into(),
    };
    // Told whether the update is refused or not.
    forgiven.iter().for_each(|rule| cx.warn(rule.to_string()));
    refuse(resource, object, errors)?;
    if resource.is_native() && !status {
        native_rules::warnings(resource, object, Some(old))
            .into_iter()
            .for_each(|warning| cx.warn(warning));
    }
    if resource.custom.is_some() && !status {
        crd::finalizer_warnings(object, Some(old))
            .into_iter()
            .for_each(|warning| cx.warn(warning));
    }
    if resource.is_crd() && !status {
        crd::warnings(object, Some(old))
            .into_iter()
            .for_each(|warning| cx.warn(warning));
    }
    Ok(())
}

/// What is brought into form after the rules were checked.
pub(super) fn canonicalize(resource: &Resource, object: &mut Value) {
    if resource.is_core("namespaces") {
        label_namespace(object); // a generated name is known only now
    }
    if resource.is_crd() {
        crd::forget_empty_webhook(object);
    } else if resource.is_native() {
        native::store(&resource.group, &resource.version, &resource.kind, object);
    }
}
