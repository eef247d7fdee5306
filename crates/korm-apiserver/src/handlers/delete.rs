//! Deleting objects: at once, gracefully, or when nothing holds them any more.

use serde_json::{Value, json};

use super::Context;
use super::present::present_value;
use super::recognize::check_type_fields;
use super::render::render_object;
use super::write::same_but_version;
use crate::gc::{default_policy, finalizers_on_delete};
use crate::meta;
use crate::negotiate::{self, Media};
use crate::reply::Reply;
use crate::request::DeleteOptions;
use crate::resources::Resource;
use crate::schema::decode::{Node, decode_untyped, parse};
use crate::state::State;
use crate::status::{ApiError, Details, Qualified};
use crate::store::object_key;
use crate::{native, protobuf, yaml};

/// Namespaces that stay.
const IMMORTAL: &[&str] = &["default", "kube-system", "kube-public"];
const CRD_FINALIZER: &str = "customresourcecleanup.apiextensions.k8s.io";

/// An object after it was told to go.
pub(crate) struct Deleted {
    pub(crate) object: Value,
    /// It is gone, not merely going.
    pub(crate) gone: bool,
    /// The answer is the object, although it is gone.
    shown: bool,
}

impl Deleted {
    fn gone(object: Value) -> Self {
        Self {
            object,
            gone: true,
            shown: false,
        }
    }

    fn going(object: Value) -> Self {
        Self {
            object,
            gone: false,
            shown: false,
        }
    }
}

/// `DELETE` of an object.
pub(crate) fn delete(cx: &Context<'_>) -> Result<Reply, ApiError> {
    let options = read_options(cx)?;
    let refuses_to_orphan = options.orphan_dependents == Some(false);
    let mut state = cx.server.lock();
    if options.ignores_read_errors {
        return Err(unsafe_deletion(&state, cx));
    }
    let deleted = delete_object(&mut state, &cx.resource, &cx.key(), options)?;
    state.settle();
    drop(state);
    let code = if !deleted.gone && refuses_to_orphan {
        202
    } else {
        200
    };
    if !deleted.gone || deleted.shown || cx.resource.strategy.returns_deleted {
        return render_object(cx, code, &deleted.object);
    }
    Ok(Reply::object(
        code,
        &success(&cx.resource, &deleted.object),
        &cx.output,
    ))
}

/// Why no object is deleted in the way that is for those which cannot be read: they all can.
fn unsafe_deletion(state: &State, cx: &Context<'_>) -> ApiError {
    let resource = &cx.resource;
    if resource.group == "rbac.authorization.k8s.io" || resource.is_core("namespaces") {
        return ApiError::internal(
            "no unsafe deleter provided, can not honor ignoreStoreReadErrorWithClusterBreakingPotential",
        );
    }
    match state.store.get(&resource.storage, &cx.key()) {
        None => cx.not_found(),
        Some(object) => resource.storage_conflict(
            &object.value,
            false,
            "unsafe deletion is not allowed because the object is decodable from storage",
        ),
    }
}

/// The Status that stands for an object that is gone.
fn success(resource: &Resource, object: &Value) -> Value {
    let details = Details {
        name: meta::name(object).to_owned(),
        group: resource.group.clone(),
        kind: resource.plural.clone(),
        uid: meta::text(object, "uid").to_owned(),
        ..Details::default()
    };
    json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
        "details": details.to_value()})
}

/// Reads DeleteOptions from the body, else from the parameters.
pub(super) fn read_options(cx: &Context<'_>) -> Result<DeleteOptions, ApiError> {
    let body = &cx.request.body;
    if body.is_empty() {
        return DeleteOptions::read(cx.query(), None);
    }
    let unreadable = |e: String| format!("couldn't get version/kind; json parse error: {e}");
    let options = match negotiate::input(cx.request, true)? {
        Media::Json => parse(body)
            .and_then(|node| check_type_fields(&node).map(|()| node))
            .map_err(unreadable),
        Media::Yaml => yaml::parse_value(body).and_then(|value| {
            let node = Node::from(value);
            check_type_fields(&node).map_err(unreadable)?;
            Ok(node)
        }),
        Media::Protobuf => {
            protobuf::to_json(body, ("meta.k8s.io", "v1", "DeleteOptions")).map(Node::from)
        }
    };
    let options = options.map_err(ApiError::bad_request)?;
    let said = decode_untyped(options.clone()).value;
    if said.is_null() {
        return DeleteOptions::read(cx.query(), None);
    }
    let kind = said["kind"].as_str().unwrap_or("DeleteOptions");
    if kind != "DeleteOptions" {
        let version = said["apiVersion"].as_str().unwrap_or("v1");
        return Err(ApiError::bad_request(format!(
            "no kind \"{kind}\" is registered for version \"{version}\" in scheme \"pkg/runtime/scheme.go:111\""
        )));
    }
    DeleteOptions::read(cx.query(), Some(options))
}

/// Deletes an object, or makes it wait for what its finalizers and its grace period ask for.
pub(crate) fn delete_object(
    state: &mut State,
    resource: &Resource,
    key: &str,
    mut options: DeleteOptions,
) -> Result<Deleted, ApiError> {
    let name = key.rsplit('/').next().unwrap_or_default();
    let not_found = || ApiError::not_found(resource.qualified(), name);
    let existing = state
        .store
        .get(&resource.storage, key)
        .ok_or_else(not_found)?;
    let live = present_value(resource, &existing);
    let deleting = !meta::text(&live, "deletionTimestamp").is_empty();
    check_preconditions(resource, &live, &options)?;
    if resource.is_core("namespaces") && IMMORTAL.contains(&name) {
        let why = "this namespace may not be deleted";
        return Err(ApiError::forbidden(resource.qualified(), name, why));
    }
    if resource.is_core("namespaces") {
        let waits = live["spec"]["finalizers"]
            .as_array()
            .is_some_and(|f| !f.is_empty());
        if !deleting {
            return Ok(terminate_namespace(state, resource, live, &options));
        }
        if waits {
            return Ok(Deleted::going(live));
        }
    }
    if resource.is_crd() && !deleting {
        return Ok(terminate_definition(state, resource, live, &options));
    }

    let mut object = live.clone();
    let grace = match grace(state, resource, &mut object, &mut options) {
        Grace::Pending => {
            return Ok(Deleted::going(live));
        }
        Grace::None => None,
        Grace::Seconds(seconds) => Some(seconds),
    };
    let held = !meta::finalizers(&object).is_empty();
    set_finalizers(resource, &mut object, &options);
    let waits = !meta::finalizers(&object).is_empty();
    if held && !waits && grace.is_none() {
        check_freed(resource, &live, &options)?;
        if options.dry_run {
            return Ok(Deleted {
                object: empty(resource),
                gone: true,
                shown: true,
            });
        }
    }
    if grace.is_none() && waits {
        mark_as_deleting(state, &mut object);
    }
    if grace.is_some() || waits {
        let object = store(state, resource, object, &live, &options);
        if waits || grace.is_some_and(|seconds| seconds > 0) || options.dry_run {
            let gone = options.dry_run && !waits && grace == Some(0);
            return Ok(Deleted {
                object,
                gone,
                shown: false,
            });
        }
    }
    if options.dry_run {
        return Ok(Deleted::gone(live));
    }
    let last = state.remove(resource, key).ok_or_else(not_found)?;
    Ok(Deleted::gone(present_value(resource, &last)))
}

/// Refuses a deletion whose options take away the last finalizers where a version is asked for. Kubernetes goes on
/// with the result of an update that it has not made, an empty object: its version is never the one that is there.
fn check_freed(resource: &Resource, live: &Value, options: &DeleteOptions) -> Result<(), ApiError> {
    if options.preconditions.resource_version.is_none() || options.dry_run {
        return Ok(());
    }
    let why = format!(
        "Precondition failed: ResourceVersion in precondition: , ResourceVersion in object meta: {}",
        meta::resource_version(live)
    );
    Err(resource.storage_conflict(live, false, &why))
}

/// That empty object, which is all that a dry run shows.
fn empty(resource: &Resource) -> Value {
    if resource.is_native() {
        return native::empty(&resource.group, &resource.version, &resource.kind);
    }
    json!({"apiVersion": resource.api_version(), "kind": resource.kind})
}

fn check_preconditions(
    resource: &Resource,
    live: &Value,
    options: &DeleteOptions,
) -> Result<(), ApiError> {
    let wanted = &options.preconditions;
    let (uid, version) = (meta::text(live, "uid"), meta::resource_version(live));
    // Namespaces and definitions check for themselves, in their own words.
    let own_words = resource.is_core("namespaces") || resource.is_crd();
    let precondition = if resource.is_crd() {
        "precondition failed"
    } else {
        "Precondition failed"
    };
    let conflict = |why: String| {
        let kind = if own_words {
            &resource.plural
        } else {
            &resource.kind
        };
        let qualified = Qualified {
            group: &resource.group,
            resource: kind,
        };
        Err(ApiError::conflict(qualified, meta::name(live), &why))
    };
    if let Some(given) = wanted.uid.as_deref().filter(|given| *given != uid) {
        return conflict(if own_words {
            format!("{precondition}: UID in precondition: {given}, UID in object meta: {uid}")
        } else {
            format!(
                "the UID in the precondition ({given}) does not match the UID in record ({uid}). The object might have been deleted and then recreated"
            )
        });
    }
    if let Some(given) = wanted
        .resource_version
        .as_deref()
        .filter(|given| *given != version)
    {
        return conflict(if own_words {
            format!(
                "{precondition}: ResourceVersion in precondition: {given}, ResourceVersion in object meta: {version}"
            )
        } else {
            format!(
                "the ResourceVersion in the precondition ({given}) does not match the ResourceVersion in record ({version}). The object might have been modified"
            )
        });
    }
    Ok(())
}

/// What a deletion does about time to end.
enum Grace {
    /// The object has none, or is past it.
    None,
    /// It is running, and nothing changes about it.
    Pending,
    /// It runs for so many seconds from now.
    Seconds(i64),
}

/// Pods alone are given time; the object is stamped with it.
fn grace(
    state: &State,
    resource: &Resource,
    object: &mut Value,
    options: &mut DeleteOptions,
) -> Grace {
    if !resource.strategy.graceful {
        return Grace::None;
    }
    if options
        .grace_period_seconds
        .is_some_and(|seconds| seconds < 0)
    {
        options.grace_period_seconds = Some(1);
    }
    if !meta::text(object, "deletionTimestamp").is_empty() {
        let running = object["metadata"]["deletionGracePeriodSeconds"]
            .as_i64()
            .unwrap_or(0);
        if running == 0 {
            return Grace::None;
        }
        return match options.grace_period_seconds {
            Some(seconds) if seconds < running => {
                meta::set(object, "deletionTimestamp", state.seconds_from_now(seconds));
                meta::set(object, "deletionGracePeriodSeconds", seconds);
                Grace::Seconds(seconds)
            }
            _ => Grace::Pending,
        };
    }
    let phase = meta::text_at(object, &["status", "phase"]);
    let unscheduled = meta::text_at(object, &["spec", "nodeName"]).is_empty();
    let seconds = if unscheduled || matches!(phase, "Failed" | "Succeeded") {
        0
    } else {
        let own = object["spec"]["terminationGracePeriodSeconds"].as_i64();
        options.grace_period_seconds.or(own).unwrap_or(0)
    };
    meta::set(object, "deletionTimestamp", state.seconds_from_now(seconds));
    meta::set(object, "deletionGracePeriodSeconds", seconds);
    count_generation(object);
    Grace::Seconds(seconds)
}

fn set_finalizers(resource: &Resource, object: &mut Value, options: &DeleteOptions) {
    let default = default_policy(&resource.group, &resource.version, &resource.plural);
    let policy = options.propagation_policy.as_deref();
    if let Some(finalizers) =
        finalizers_on_delete(object, options.orphan_dependents, policy, default)
    {
        if finalizers.is_empty() {
            meta::remove(object, "finalizers");
        } else {
            meta::set(object, "finalizers", finalizers);
        }
    }
}

fn mark_as_deleting(state: &State, object: &mut Value) {
    if meta::text(object, "deletionTimestamp").is_empty() {
        count_generation(object);
        meta::set(object, "deletionTimestamp", state.now());
    }
    meta::set(object, "deletionGracePeriodSeconds", 0);
}

/// A deletion counts as a change, where changes are counted.
fn count_generation(object: &mut Value) {
    if let Some(generation) = object["metadata"]["generation"].as_i64().filter(|g| *g > 0) {
        meta::set(object, "generation", generation + 1);
    }
}

/// The first deletion of a namespace: it is emptied before it goes.
fn terminate_namespace(
    state: &mut State,
    resource: &Resource,
    live: Value,
    options: &DeleteOptions,
) -> Deleted {
    let mut object = live.clone();
    meta::set(&mut object, "deletionTimestamp", state.now());
    object["status"]["phase"] = json!("Terminating");
    set_finalizers(resource, &mut object, options);
    let object = store(state, resource, object, &live, options);
    Deleted::going(object)
}

/// The first deletion of a CustomResourceDefinition: its objects go before it.
fn terminate_definition(
    state: &mut State,
    resource: &Resource,
    live: Value,
    options: &DeleteOptions,
) -> Deleted {
    let mut object = live.clone();
    let now = state.now();
    meta::set(&mut object, "deletionTimestamp", now.as_str());
    let mut finalizers: Vec<Value> = meta::finalizers(&object)
        .into_iter()
        .map(Value::from)
        .collect();
    if !finalizers.iter().any(|f| f == CRD_FINALIZER) {
        finalizers.push(json!(CRD_FINALIZER));
    }
    meta::set(&mut object, "finalizers", finalizers);
    let condition = json!({"type": "Terminating", "status": "True", "lastTransitionTime": now,
        "reason": "InstanceDeletionPending",
        "message": "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"});
    match object["status"]["conditions"].as_array_mut() {
        Some(conditions) => conditions.push(condition),
        None => object["status"]["conditions"] = json!([condition]),
    }
    let object = store(state, resource, object, &live, options);
    Deleted::going(object)
}

/// Stores a state on the way to deletion, unless it is the one there is.
fn store(
    state: &mut State,
    resource: &Resource,
    object: Value,
    live: &Value,
    options: &DeleteOptions,
) -> Value {
    if options.dry_run {
        return super::write::through_storage(state, resource, object);
    }
    let stored = super::write::to_storage(state, resource, object.clone());
    let unchanged = if resource.is_native() {
        same_but_version(&object, live)
    } else {
        // Another version may know less than what is stored: then there is something to write though nothing was changed.
        let key = object_key(meta::namespace(&object), meta::name(&object));
        let existing = state.store.get(&resource.storage, &key);
        existing.is_some_and(|existing| same_but_version(&stored, &existing.value))
    };
    if unchanged {
        return object;
    }
    let stored = state.put(resource, stored);
    present_value(resource, &stored)
}
