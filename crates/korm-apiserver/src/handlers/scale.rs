//! The scale subresource: `autoscaling/v1` Scale in place of the object.

use serde_json::{Map, Value, json};

use super::apply::with_configuration;
use super::decode::decode_body;
use super::patch::{decoded, patched};
use super::render::render_object;
use super::update::{Change, apply_change};
use super::write::Writer;
use super::{Context, managed};
use crate::apply::{FieldManager, ReplicasPath, object_entries, scale_entries};
use crate::crd::Scale;
use crate::meta;
use crate::reply::Reply;
use crate::request::{PatchKind, WriteOptions};
use crate::resources::{Resource, group_version};
use crate::schema::{FieldError, FieldPath};
use crate::state::State;
use crate::status::{ApiError, Qualified};

const SCALE: Qualified<'_> = Qualified {
    group: "autoscaling",
    resource: "Scale",
};

/// Where native kinds keep their replicas.
const NATIVE_PATH: &str = ".spec.replicas";

/// Stands for replicas that a custom resource does not have yet.
const UNSET: i64 = i32::MIN as i64;

/// The Scale of an object.
pub(super) fn scale_of(resource: &Resource, object: &Value) -> Result<Value, ApiError> {
    let (spec, status, selector) = match resource.custom.as_ref().and_then(|v| v.scale.as_ref()) {
        Some(scale) => custom_parts(scale, object)?,
        None => native_parts(object),
    };
    let mut metadata = Map::new();
    for field in [
        "name",
        "namespace",
        "uid",
        "resourceVersion",
        "creationTimestamp",
    ] {
        let value = meta::text(object, field);
        if !value.is_empty() {
            metadata.insert(field.to_owned(), json!(value));
        }
    }
    let spec = if spec == 0 {
        json!({})
    } else {
        json!({"replicas": spec})
    };
    let mut shown = json!({"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata,
        "spec": spec, "status": {"replicas": status}});
    if !selector.is_empty() {
        shown["status"]["selector"] = json!(selector);
    }
    Ok(shown)
}

fn custom_parts(scale: &Scale, object: &Value) -> Result<(i64, i64, String), ApiError> {
    let Some(spec) = Scale::at(object, &scale.spec_replicas) else {
        let path = &scale.spec_replicas;
        return Err(ApiError::internal(format!(
            "the spec replicas field {} does not exist",
            crate::schema::go_format::quote(path)
        )));
    };
    let status = Scale::at(object, &scale.status_replicas)
        .and_then(Value::as_i64)
        .unwrap_or(0);
    let selector = scale
        .label_selector
        .as_ref()
        .and_then(|path| Scale::at(object, path));
    let selector = selector
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    Ok((spec.as_i64().unwrap_or(0), status, selector))
}

fn native_parts(object: &Value) -> (i64, i64, String) {
    let spec = object["spec"]["replicas"].as_i64().unwrap_or(0);
    let status = object["status"]["replicas"].as_i64().unwrap_or(0);
    (spec, status, selector_text(&object["spec"]["selector"]))
}

/// A LabelSelector, or the plain map of ReplicationControllers, as text.
fn selector_text(selector: &Value) -> String {
    let Some(fields) = selector.as_object() else {
        return String::new();
    };
    let structured = fields.contains_key("matchLabels") || fields.contains_key("matchExpressions");
    let labels = if structured {
        selector["matchLabels"].as_object()
    } else {
        Some(fields)
    };
    let mut terms: Vec<(String, String)> = labels
        .into_iter()
        .flatten()
        .map(|(key, value)| {
            (
                key.clone(),
                format!("{key}={}", value.as_str().unwrap_or_default()),
            )
        })
        .collect();
    for expression in selector["matchExpressions"]
        .as_array()
        .into_iter()
        .flatten()
    {
        let key = expression["key"].as_str().unwrap_or_default();
        let mut values: Vec<&str> = expression["values"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        values.sort_unstable();
        let values = values.join(",");
        terms.push((
            key.to_owned(),
            match expression["operator"].as_str().unwrap_or_default() {
                "In" => format!("{key} in ({values})"),
                "NotIn" => format!("{key} notin ({values})"),
                "DoesNotExist" => format!("!{key}"),
                _ => key.to_owned(),
            },
        ));
    }
    terms.sort();
    terms
        .into_iter()
        .map(|(_, term)| term)
        .collect::<Vec<_>>()
        .join(",")
}

/// `PUT` of a Scale.
pub(crate) fn update(cx: &Context<'_>) -> Result<Reply, ApiError> {
    let options = WriteOptions::read(cx.query(), "UpdateOptions", None)?;
    let mut given = decode_body(cx, options.field_validation)?;
    cx.match_namespace(&mut given)?;
    cx.match_name(&given)?;
    let manager = Writer::of(cx, &options).manager;
    let uid = meta::text(&given, "uid").to_owned();
    write(cx, &options, &uid, |present, fields| {
        Ok(fields.update(Some(present), given, &manager))
    })
}

/// `PATCH` of a Scale.
pub(super) fn patch(
    cx: &Context<'_>,
    kind: PatchKind,
    options: &WriteOptions,
) -> Result<Reply, ApiError> {
    let manager = Writer::of(cx, options).manager;
    write(cx, options, "", |present, fields| {
        let mut object = if kind == PatchKind::Apply {
            with_configuration(cx, options, |config| {
                fields.apply(Some(present), config, &manager, options.force)
            })?
        } else {
            let object = decoded(cx, patched(cx, kind, present, options)?, options)?;
            fields.update(Some(present), object, &manager)
        };
        cx.match_namespace(&mut object)?;
        cx.match_name(&object)?;
        Ok(object)
    })
}

/// Writes the replicas of the Scale that `make` gives; the object must have the uid, if there is one.
fn write(
    cx: &Context<'_>,
    options: &WriteOptions,
    uid: &str,
    make: impl FnOnce(&Value, &FieldManager<'_>) -> Result<Value, ApiError>,
) -> Result<Reply, ApiError> {
    let mut state = cx.server.lock();
    let change = Change {
        options,
        uid,
        may_create: false,
    };
    let updated = apply_change(&mut state, cx, &change, |state, live| {
        let live = live.ok_or_else(|| cx.not_found())?;
        let mut present = scale_of(&cx.resource, live).or_else(|error| {
            // A first scale may set the field that is not there yet.
            if cx.resource.is_native() {
                Err(error)
            } else {
                Ok(empty_scale(live))
            }
        })?;
        let paths = replicas_paths(state, cx, live);
        let paths: Vec<ReplicasPath<'_>> = paths
            .iter()
            .map(|(version, path)| (version.as_str(), path.as_deref()))
            .collect();
        if let Some(entries) = scale_entries(live, &paths) {
            meta::set(&mut present, "managedFields", entries);
        }
        let scale = managed::with_scale(state, &cx.resource, |fields| make(&present, fields))??;
        let mut object = scaled(cx, live, &scale)?;
        let own = group_version(&cx.resource.group, &cx.resource.version);
        match object_entries(live, &scale, &own, &paths) {
            Some(entries) => meta::set(&mut object, "managedFields", entries),
            None => {
                meta::remove(&mut object, "managedFields");
            }
        }
        Ok(object)
    })?;
    state.settle();
    drop(state);
    let scale = scale_of(&cx.resource, &updated.object)?;
    render_object(cx, 200, &scale)
}

/// Where the versions that own fields of an object, and its own, keep the replicas.
fn replicas_paths(state: &State, cx: &Context<'_>, live: &Value) -> Vec<(String, Option<String>)> {
    let resource = &cx.resource;
    let entries = live["metadata"]["managedFields"].as_array();
    let mut versions: Vec<&str> = entries
        .into_iter()
        .flatten()
        .filter_map(|entry| entry["apiVersion"].as_str())
        .collect();
    let own = group_version(&resource.group, &resource.version);
    versions.push(&own);
    versions.sort_unstable();
    versions.dedup();
    versions
        .into_iter()
        .filter_map(|api_version| {
            let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
            let path = match &resource.custom {
                Some(_) if group != resource.group => return None,
                // One that is not served any more still owns.
                Some(custom) => custom
                    .sibling(version)?
                    .scale
                    .as_ref()
                    .map(|scale| scale.spec_replicas.clone()),
                None => {
                    state.resource(group, version, &resource.plural)?;
                    Some(NATIVE_PATH.to_owned())
                }
            };
            Some((api_version.to_owned(), path))
        })
        .collect()
}

fn empty_scale(live: &Value) -> Value {
    json!({"kind": "Scale", "apiVersion": "autoscaling/v1",
        "metadata": {"name": meta::name(live), "namespace": meta::namespace(live),
            "uid": meta::text(live, "uid"), "resourceVersion": meta::resource_version(live)},
        "spec": {"replicas": UNSET}, "status": {"replicas": 0}})
}

/// The object with the replicas of a Scale, which may also pin the object's version.
fn scaled(cx: &Context<'_>, live: &Value, scale: &Value) -> Result<Value, ApiError> {
    let replicas = scale["spec"]["replicas"].as_i64().unwrap_or(0);
    let custom = cx.resource.custom.as_ref().and_then(|v| v.scale.as_ref());
    let path = custom.map_or(NATIVE_PATH, |scale| scale.spec_replicas.as_str());
    if replicas == UNSET {
        let path = crate::schema::go_format::quote(path);
        return Err(ApiError::bad_request(format!(
            "the spec replicas field {path} cannot be empty"
        )));
    }
    // Custom kinds have a rule of their own about it.
    if replicas < 0 && cx.resource.is_native() {
        let spec = FieldPath::new("spec");
        let path = spec.child("replicas");
        let error = FieldError::invalid(&path, replicas, "must be greater than or equal to 0");
        return Err(ApiError::invalid(SCALE, cx.name, [error]));
    }
    // An update names it as a precondition, which is told first; a patch of a custom kind's may say what it likes.
    let uid = meta::text(scale, "uid");
    if cx.resource.is_native() && !uid.is_empty() && uid != meta::text(live, "uid") {
        let why = format!(
            "Precondition failed: UID in precondition: {uid}, UID in object meta: {}",
            meta::text(live, "uid")
        );
        let subresource = format!("{}/scale", cx.resource.plural);
        let resource = Qualified {
            group: &cx.resource.group,
            resource: &subresource,
        };
        return Err(ApiError::conflict(resource, cx.name, &why));
    }
    let mut object = live.clone();
    let version = meta::resource_version(scale);
    if !version.is_empty() {
        meta::set(&mut object, "resourceVersion", version);
    }
    set_at(&mut object, path, json!(replicas));
    Ok(object)
}

/// Sets the value at a path of names, `.spec.replicas`, making what is missing on the way.
fn set_at(object: &mut Value, path: &str, value: Value) {
    let mut at = object;
    for name in path.split('.').filter(|name| !name.is_empty()) {
        if !at.is_object() {
            *at = json!({});
        }
        at = &mut at[name];
    }
    *at = value;
}
