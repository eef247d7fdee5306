//! Creating objects.

use std::borrow::Cow;

use http::Method;
use serde_json::Value;

use super::Context;
use super::decode::decode_body;
use super::list::parse_uint;
use super::managed;
use super::prepare;
use super::present::present_value;
use super::render::render_object;
use super::services;
use super::write::{
    Writer, check_definition, check_namespace, fill_system_fields, is_undecoded, through_storage,
    to_storage, wipe_system_fields,
};
use crate::meta;
use crate::reply::Reply;
use crate::request::WriteOptions;
use crate::state::State;
use crate::status::ApiError;
use crate::store::object_key;

/// How often a generated name is tried again when it is taken.
const GENERATE_ATTEMPTS: usize = 8;

/// `POST` to a collection.
pub(crate) fn create(cx: &Context<'_>) -> Result<Reply, ApiError> {
    let mut state = cx.server.lock();
    let options = WriteOptions::read(cx.query(), "CreateOptions", None)?;
    let mut object = decode_body(cx, options.field_validation)?;
    wipe_system_fields(&mut object);
    cx.match_namespace(&mut object)?;
    if let Some(warning) = meta::dedup_owner_references(&mut object, false) {
        cx.warn(warning);
    }
    let writer = Writer::of(cx, &options);
    let object = managed::track(&state, cx, None, object, &writer);
    check_definition(&state, &cx.resource, meta::name(&object))?;
    check_namespace(&state, &cx.resource, cx.namespace, meta::name(&object))?;
    let created = create_object(&mut state, cx, object, &options)?;
    state.settle();
    drop(state);
    render_object(cx, 201, &created)
}

/// Stamps, names, checks and stores a new object; gives it as the resource's version shows it.
pub(super) fn create_object(
    state: &mut State,
    cx: &Context<'_>,
    object: Value,
    options: &WriteOptions,
) -> Result<Value, ApiError> {
    let generates =
        meta::name(&object).is_empty() && !meta::text(&object, "generateName").is_empty();
    let attempts = if generates { GENERATE_ATTEMPTS } else { 1 };
    let mut attempt = 1;
    loop {
        match create_once(state, cx, object.clone(), options) {
            Err(error) if error.reason == "AlreadyExists" && attempt < attempts => attempt += 1,
            result => return result,
        }
    }
}

fn create_once(
    state: &mut State,
    cx: &Context<'_>,
    mut object: Value,
    options: &WriteOptions,
) -> Result<Value, ApiError> {
    let resource = &cx.resource;
    fill_system_fields(state, &mut object);
    let base = meta::text(&object, "generateName").to_owned();
    if meta::name(&object).is_empty() && !base.is_empty() {
        let name = state.generate_name(&base);
        meta::set(&mut object, "name", name);
    }
    prepare::for_create(resource, &mut object);
    // What makes a service by writing its status gives it no addresses.
    if resource.is_core("services") && cx.subresource.is_none() {
        services::allocate(state, resource, &mut object, None, options.dry_run)?;
    }
    prepare::validate_create(cx, &object)?;
    prepare::canonicalize(resource, &mut object);
    meta::remove(&mut object, "selfLink");

    let name = meta::name(&object).to_owned();
    let key = object_key(meta::namespace(&object), &name);
    // An update that makes the object may name a version; so may a dry run, which stores nothing.
    let versioned = parse_uint(meta::resource_version(&object)).is_ok_and(|version| version > 0);
    if versioned && cx.request.method == Method::POST && !options.dry_run {
        return Err(ApiError::unknown(
            "resourceVersion should not be set on objects to be created",
        ));
    }
    if let Some(existing) = state.store.get(&resource.storage, &key) {
        let mut error = if base.is_empty() {
            ApiError::already_exists(resource.qualified(), &name)
        } else {
            ApiError::generate_name_conflict(resource.qualified(), &name, 1)
        };
        if !meta::text(&existing.value, "deletionTimestamp").is_empty() {
            error.message = format!("object is being deleted: {}", error.message);
        }
        return Err(error);
    }
    if options.dry_run {
        let mut shown = Cow::Owned(through_storage(state, resource, object));
        services::hide_policy(resource, &mut shown);
        return Ok(shown.into_owned());
    }
    meta::remove(&mut object, "resourceVersion");
    let stored = to_storage(state, resource, object);
    let undecoded = cx.has_null_bytes() || is_undecoded(resource, cx.writes_undecoded(), &stored);
    let stored = state.put_as(resource, stored, undecoded);
    Ok(present_value(resource, &stored))
}
