//! The scale subresource: `autoscaling/v1` Scale in place of the object.

use serde_json::{Map, Value, json};

use super::decode::decode_body;
use super::patch::{decoded, patched};
use super::update::{Change, apply_change};
use super::write::Writer;
use super::{Context, managed};
use crate::crd::Scale;
use crate::meta;
use crate::reply::Reply;
use crate::request::{PatchKind, WriteOptions};
use crate::resources::Resource;
use crate::schema::{FieldError, FieldPath};
use crate::status::{ApiError, Qualified};

const SCALE: Qualified<'_> = Qualified {
    group: "autoscaling",
    resource: "Scale",
};

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
    write(cx, &options, |_, _| Ok(given))
}

/// `PATCH` of a Scale.
pub(super) fn patch(
    cx: &Context<'_>,
    kind: PatchKind,
    options: &WriteOptions,
) -> Result<Reply, ApiError> {
    write(cx, options, |cx, present| {
        let patch = if kind == PatchKind::Apply {
            PatchKind::Merge
        } else {
            kind
        };
        let object = patched(cx, patch, present, options)?;
        let mut object = decoded(cx, object, options)?;
        cx.match_namespace(&mut object)?;
        cx.match_name(&object)?;
        Ok(object)
    })
}

fn write(
    cx: &Context<'_>,
    options: &WriteOptions,
    make: impl FnOnce(&Context<'_>, &Value) -> Result<Value, ApiError>,
) -> Result<Reply, ApiError> {
    let mut state = cx.server.lock();
    let writer = Writer::of(cx, options);
    let change = Change {
        options,
        uid: "",
        may_create: false,
    };
    let updated = apply_change(&mut state, cx, &change, |state, live| {
        let live = live.ok_or_else(|| cx.not_found())?;
        let present = scale_of(&cx.resource, live).or_else(|error| {
            // A first scale may set the field that is not there yet.
            if cx.resource.is_native() {
                Err(error)
            } else {
                Ok(empty_scale(live))
            }
        })?;
        let scale = make(cx, &present)?;
        let object = scaled(cx, live, &scale)?;
        Ok(managed::track(state, cx, Some(live), object, &writer))
    })?;
    state.settle();
    drop(state);
    let scale = scale_of(&cx.resource, &updated.object)?;
    Ok(Reply::object(200, &scale, &cx.output))
}

fn empty_scale(live: &Value) -> Value {
    json!({"kind": "Scale", "apiVersion": "autoscaling/v1",
        "metadata": {"name": meta::name(live), "namespace": meta::namespace(live),
            "uid": meta::text(live, "uid"), "resourceVersion": meta::resource_version(live)},
        "spec": {}, "status": {"replicas": 0}})
}

/// The object with the replicas of a Scale, which may also pin the object's version.
fn scaled(cx: &Context<'_>, live: &Value, scale: &Value) -> Result<Value, ApiError> {
    let replicas = scale["spec"]["replicas"].as_i64().unwrap_or(0);
    // Custom kinds have a rule of their own about it.
    if replicas < 0 && cx.resource.is_native() {
        let spec = FieldPath::new("spec");
        let path = spec.child("replicas");
        let error = FieldError::invalid(&path, replicas, "must be greater than or equal to 0");
        return Err(ApiError::invalid(SCALE, cx.name, [error]));
    }
    let uid = meta::text(scale, "uid");
    if !uid.is_empty() && uid != meta::text(live, "uid") {
        let why = format!(
            "Precondition failed: UID in precondition: {uid}, UID in object meta: {}",
            meta::text(live, "uid")
        );
        return Err(ApiError::conflict(cx.resource.qualified(), cx.name, &why));
    }
    let mut object = live.clone();
    let version = meta::resource_version(scale);
    if !version.is_empty() {
        meta::set(&mut object, "resourceVersion", version);
    }
    let custom = cx.resource.custom.as_ref().and_then(|v| v.scale.as_ref());
    let path = custom.map_or(".spec.replicas", |scale| scale.spec_replicas.as_str());
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
