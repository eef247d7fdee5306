//! What creating and updating have in common.

use serde_json::Value;

use super::convert::convert;
use super::present::present_value;
use crate::apply::manager_name;
use crate::meta;
use crate::native::float_value;
use crate::request::WriteOptions;
use crate::resources::Resource;
use crate::state::State;
use crate::status::{ApiError, Cause, Qualified};
use crate::store::Object;

/// Removes what only the server may set on a new object.
pub(super) fn wipe_system_fields(object: &mut Value) {
    for field in [
        "creationTimestamp",
        "uid",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "selfLink",
    ] {
        meta::remove(object, field);
    }
}

/// Stamps a new object.
pub(super) fn fill_system_fields(state: &mut State, object: &mut Value) {
    meta::set(object, "creationTimestamp", state.now());
    meta::set(object, "uid", state.new_uid());
}

/// The admission of namespaces: they must be there, and nothing new goes into one that is being
/// deleted.
pub(super) fn check_namespace(
    state: &State,
    resource: &Resource,
    namespace: &str,
    name: &str,
) -> Result<(), ApiError> {
    if !resource.namespaced {
        return Ok(());
    }
    let Some(found) = state.core("namespaces", namespace) else {
        let resource = Qualified {
            group: "",
            resource: "namespaces",
        };
        return Err(ApiError::not_found(resource, namespace));
    };
    if meta::text_at(&found.value, &["status", "phase"]) != "Terminating" {
        return Ok(());
    }
    let why = format!(
        "unable to create new content in namespace {namespace} because it is being terminated"
    );
    let mut error = ApiError::forbidden(resource.qualified(), name, &why);
    if let Some(details) = &mut error.details {
        details.causes.push(Cause {
            reason: "NamespaceTerminating".to_owned(),
            message: format!("namespace {namespace} is being terminated"),
            field: "metadata.namespace".to_owned(),
        });
    }
    Err(error)
}

/// Nothing new of a kind whose definition is being deleted.
pub(super) fn check_definition(
    state: &State,
    resource: &Resource,
    name: &str,
) -> Result<(), ApiError> {
    if state.custom.is_terminating(resource) {
        let why = "create not allowed while custom resource definition is terminating";
        return Err(ApiError::forbidden(resource.qualified(), name, why));
    }
    Ok(())
}

/// Storage is JSON that Go wrote, in which 2.0 is 2.
fn whole_numbers(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            if let Some(float) = number.as_f64() {
                *value = float_value(float);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(whole_numbers),
        Value::Object(members) => members.values_mut().for_each(whole_numbers),
        _ => {}
    }
}

/// The object as it is written to storage: in the version objects are stored in.
pub(crate) fn to_storage(state: &State, resource: &Resource, mut object: Value) -> Value {
    if let Some(stored) = state.custom.storage_version(resource)
        && stored.version != resource.version
    {
        match &stored.custom {
            Some(version) => version.store(&mut object),
            None => object["apiVersion"] = stored.api_version().into(),
        }
    }
    match &*resource.storage {
        "events" => convert(&mut object, "v1"),
        "horizontalpodautoscalers.autoscaling" => convert(&mut object, "autoscaling/v2"),
        _ => {}
    }
    // A native kind has no free numbers, but for definitions, whose defaults may be any.
    if !resource.is_native() || resource.is_crd() {
        whole_numbers(&mut object);
    }
    object
}

/// Whether what is stored has to be decoded when it is read: what has been before is read as it is.
pub(super) fn is_undecoded(resource: &Resource, undecoded: bool, stored: &Value) -> bool {
    let custom = resource.custom.as_ref().filter(|_| undecoded);
    custom.is_some_and(|version| version.changes_when_read(stored))
}

/// What a dry run answers: the object as it would come back from storage, were it written there.
pub(super) fn through_storage(state: &State, resource: &Resource, object: Value) -> Value {
    if resource.is_native() {
        return object;
    }
    let stored = Object {
        key: Box::default(),
        value: to_storage(state, resource, object),
        revision: u64::MAX,
        undecoded: true,
    };
    present_value(resource, &stored)
}

/// Whether two states differ in anything but their resourceVersion.
pub(super) fn same_but_version(new: &Value, old: &Value) -> bool {
    let (Some(new), Some(old)) = (new.as_object(), old.as_object()) else {
        return new == old;
    };
    new.len() == old.len()
        && new.iter().all(|(key, value)| {
            let Some(other) = old.get(key) else {
                return false;
            };
            if key != "metadata" {
                return value == other;
            }
            let (Some(new), Some(old)) = (value.as_object(), other.as_object()) else {
                return value == other;
            };
            let rest = |m: &serde_json::Map<String, Value>| {
                m.iter().filter(|(k, _)| *k != "resourceVersion").count()
            };
            rest(new) == rest(old)
                && new
                    .iter()
                    .filter(|(k, _)| *k != "resourceVersion")
                    .all(|(k, v)| old.get(k) == Some(v))
        })
}

/// Who writes, and how, for `managedFields`.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    pub(super) manager: String,
    pub(super) subresource: &'a str,
}

impl<'a> Writer<'a> {
    pub(super) fn of(cx: &'a super::Context<'_>, options: &WriteOptions) -> Self {
        Self {
            manager: manager_name(
                &options.field_manager,
                cx.request.header(http::header::USER_AGENT),
            ),
            subresource: cx.subresource_name(),
        }
    }
}
