//! Replacing objects, and the path that updates and patches share.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use super::decode::decode_body;
use super::list::parse_uint;
use super::present::present_value;
use super::render::render_object;
use super::services;
use super::write::{
    Writer, check_namespace, fill_system_fields, is_undecoded, same_but_version, through_storage,
    to_storage, wipe_system_fields,
};
use super::{Context, create, managed, prepare};
use crate::apply::same_but_times;
use crate::meta;
use crate::reply::Reply;
use crate::request::WriteOptions;
use crate::resources::Resource;
use crate::schema::{FieldError, FieldPath};
use crate::state::State;
use crate::status::ApiError;
use crate::store::Object;

const MODIFIED: &str =
    "the object has been modified; please apply your changes to the latest version and try again";

/// An object after an update.
pub(super) struct Updated {
    pub(super) object: Value,
    pub(super) created: bool,
}

/// `PUT` of an object or of its status.
pub(crate) fn update(cx: &Context<'_>) -> Result<Reply, ApiError> {
    let mut state = cx.server.lock();
    let options = WriteOptions::read(cx.query(), "UpdateOptions", None)?;
    let mut object = decode_body(cx, options.field_validation)?;
    cx.match_namespace(&mut object)?;
    cx.match_name(&object)?;
    if let Some(warning) = meta::dedup_owner_references(&mut object, false) {
        cx.warn(warning);
    }
    let uid = meta::text(&object, "uid").to_owned();
    let writer = Writer::of(cx, &options);
    let change = Change {
        options: &options,
        uid: &uid,
        may_create: creates_on_update(cx),
    };
    let updated = apply_change(&mut state, cx, &change, |state, live| {
        Ok(managed::track(state, cx, live, object, &writer))
    })?;
    state.settle();
    drop(state);
    render_object(cx, if updated.created { 201 } else { 200 }, &updated.object)
}

/// Whether an update makes the object where it is missing. The status is written by the same
/// strategy, so it makes one too.
pub(super) fn creates_on_update(cx: &Context<'_>) -> bool {
    cx.resource.strategy.create_on_update && matches!(cx.subresource_name(), "" | "status")
}

/// How an object is to be changed.
pub(super) struct Change<'a> {
    pub(super) options: &'a WriteOptions,
    /// The uid the object must have; empty for any.
    pub(super) uid: &'a str,
    /// Make the object where it is missing.
    pub(super) may_create: bool,
}

/// Changes an object: `make` gets the present state, if there is one, and gives the new one.
pub(super) fn apply_change(
    state: &mut State,
    cx: &Context<'_>,
    change: &Change<'_>,
    make: impl FnOnce(&State, Option<&Value>) -> Result<Value, ApiError>,
) -> Result<Updated, ApiError> {
    let resource = &cx.resource;
    let existing = state.store.get(&resource.storage, &cx.key());
    let Some(existing) = existing else {
        if !change.may_create {
            return Err(cx.not_found());
        }
        if !change.uid.is_empty() {
            return Err(precondition_failed(cx, change, ""));
        }
        return create_by_change(state, cx, change, make);
    };
    // An update begins with a service as it is stored.
    let live = if resource.is_core("services") {
        existing.value.clone()
    } else {
        present_value(resource, &existing)
    };
    let live_uid = meta::text(&live, "uid");
    if !change.uid.is_empty() && change.uid != live_uid {
        return Err(precondition_failed(cx, change, live_uid));
    }
    let mut object = make(state, Some(&live))?;
    check_has_kind(&object)?;
    match_versions(cx, &mut object, &live)?;
    prepare::for_update(cx, &mut object, &live);
    if resource.is_core("services") && cx.subresource.is_none() {
        services::allocate(
            state,
            resource,
            &mut object,
            Some(&live),
            change.options.dry_run,
        )?;
    }
    prepare::validate_update(cx, &object, &live)?;
    prepare::canonicalize(resource, &mut object);
    let mut object = Cow::Owned(store_change(state, cx, change, object, &live, &existing));
    services::hide_policy(resource, &mut object);
    Ok(Updated {
        object: object.into_owned(),
        created: false,
    })
}

/// A patch may have taken away what tells an object's kind.
fn check_has_kind(object: &Value) -> Result<(), ApiError> {
    for (field, fault) in [
        (
            "kind",
            "Object 'Kind' is missing in 'object has no kind field '",
        ),
        (
            "apiVersion",
            "Object 'apiVersion' is missing in 'object has no apiVersion field'",
        ),
    ] {
        if object[field].as_str().unwrap_or_default().is_empty() {
            return Err(ApiError::internal(fault));
        }
    }
    Ok(())
}

fn create_by_change(
    state: &mut State,
    cx: &Context<'_>,
    change: &Change<'_>,
    make: impl FnOnce(&State, Option<&Value>) -> Result<Value, ApiError>,
) -> Result<Updated, ApiError> {
    let mut object = make(state, None)?;
    let version = meta::resource_version(&object);
    if !version.is_empty() {
        parse_uint(version).map_err(ApiError::unknown)?;
    }
    wipe_system_fields(&mut object);
    fill_system_fields(state, &mut object);
    super::write::check_definition(state, &cx.resource, cx.name)?;
    check_namespace(state, &cx.resource, cx.namespace, cx.name)?;
    let object = create::create_object(state, cx, object, change.options)?;
    Ok(Updated {
        object,
        created: true,
    })
}

/// The new state must be made from the present one, or say nothing about it where that is allowed.
fn match_versions(cx: &Context<'_>, object: &mut Value, live: &Value) -> Result<(), ApiError> {
    let resource = &cx.resource;
    let given = meta::resource_version(object);
    let wanted = match given {
        "" => 0,
        text => parse_uint(text).map_err(ApiError::unknown)?,
    };
    if wanted == 0 {
        if resource.strategy.unconditional_update {
            let current = meta::resource_version(live).to_owned();
            meta::set(object, "resourceVersion", current);
            return Ok(());
        }
        let metadata = FieldPath::new("metadata");
        let path = metadata.child("resourceVersion");
        let error = FieldError::invalid(&path, 0, "must be specified for an update");
        return Err(ApiError::invalid(resource.qualified(), cx.name, [error]));
    }
    if given != meta::resource_version(live) {
        return Err(ApiError::conflict(resource.qualified(), cx.name, MODIFIED));
    }
    Ok(())
}

/// Stores the new state, unless it is the old one; removes the object where this was all it
/// waited for.
fn store_change(
    state: &mut State,
    cx: &Context<'_>,
    change: &Change<'_>,
    mut object: Value,
    live: &Value,
    existing: &Arc<Object>,
) -> Value {
    let resource = &cx.resource;
    let removes = is_finished(resource, &object, live);
    if change.options.dry_run {
        return through_storage(state, resource, object);
    }
    if removes {
        state.remove(resource, &existing.key);
        return object;
    }
    // Storage does not take it; what is not stored is answered with it.
    meta::remove(&mut object, "selfLink");
    let other_form = resource.is_native() && cx.has_null_bytes();
    if same_but_times(live, &object) {
        if resource.is_native() && !other_form && !existing.undecoded {
            return live.clone();
        }
        keep_managed_fields(&mut object, live);
    }
    let stored = to_storage(state, resource, object);
    // What is read of a custom object may be another form of what is stored, which an update that changes nothing
    // else then writes.
    if !resource.is_native() && same_but_version(&stored, &existing.value) {
        return live.clone();
    }
    let undecoded = other_form || is_undecoded(resource, cx.writes_undecoded(), &stored);
    let stored = state.put_as(resource, stored, undecoded);
    present_value(resource, &stored)
}

/// A write that changes nothing leaves the times of the managed fields as they were.
fn keep_managed_fields(object: &mut Value, live: &Value) {
    let before = &live["metadata"]["managedFields"];
    if !before.is_null() {
        meta::set(object, "managedFields", before.clone());
    }
}

/// Whether a deleted object waits for nothing any more.
pub(crate) fn is_finished(resource: &Resource, object: &Value, live: &Value) -> bool {
    let deleted = !meta::text(live, "deletionTimestamp").is_empty();
    let grace = live["metadata"]["deletionGracePeriodSeconds"]
        .as_i64()
        .unwrap_or(0);
    let waits = resource.is_core("namespaces")
        && object["spec"]["finalizers"]
            .as_array()
            .is_some_and(|f| !f.is_empty());
    deleted && grace == 0 && meta::finalizers(object).is_empty() && !waits
}

fn precondition_failed(cx: &Context<'_>, change: &Change<'_>, found: &str) -> ApiError {
    let object = serde_json::json!({"metadata": {"name": cx.name, "namespace": cx.namespace}});
    let why = format!(
        "Precondition failed: UID in precondition: {}, UID in object meta: {found}",
        change.uid
    );
    cx.resource
        .storage_conflict(&object, change.options.dry_run, &why)
}
