//! Who owns which fields: where `managedFields` is kept up to date.

use serde_json::Value;

use super::Context;
use super::write::Writer;
use crate::apply::{FieldManager, OtherVersion, Schema};
use crate::facts;
use crate::gc::MANAGER;
use crate::meta;
use crate::resources::Resource;
use crate::state::State;
use crate::status::ApiError;

/// The manager of what the server itself writes: its controllers of definitions run within it.
const API_SERVER: &str = "kube-apiserver";

/// Gives `object`, which `writer` made out of `live`, with its managed fields.
pub(super) fn track(
    state: &State,
    cx: &Context<'_>,
    live: Option<&Value>,
    object: Value,
    writer: &Writer<'_>,
) -> Value {
    let resource = &cx.resource;
    let tracked = with_manager(state, resource, writer.subresource, |manager| {
        let shown = cx.with_null_bytes(&object).into_owned();
        manager.update(live, shown, &writer.manager)
    });
    match tracked {
        Some(tracked) if cx.has_null_bytes() => with_managed_fields(object, &tracked),
        Some(tracked) => tracked,
        None => object,
    }
}

/// The object with the managed fields of another state of it.
fn with_managed_fields(mut object: Value, tracked: &Value) -> Value {
    match tracked["metadata"].get("managedFields") {
        Some(entries) => meta::set(&mut object, "managedFields", entries.clone()),
        None => {
            meta::remove(&mut object, "managedFields");
        }
    }
    object
}

/// Gives `object`, which a controller made out of `live`, with its managed fields.
pub(crate) fn track_controller(
    state: &State,
    resource: &Resource,
    live: &Value,
    object: Value,
    subresource: &str,
) -> Value {
    with_manager(state, resource, subresource, |manager| {
        let name = if resource.is_crd() {
            API_SERVER
        } else {
            MANAGER
        };
        manager.update(Some(live), object.clone(), name)
    })
    .unwrap_or(object)
}

/// Gives the object that an applied configuration makes of `live`.
pub(super) fn apply(
    state: &State,
    cx: &Context<'_>,
    live: Option<&Value>,
    config: &Value,
    manager: &str,
    force: bool,
) -> Result<Value, ApiError> {
    let resource = &cx.resource;
    let applied = with_manager(state, resource, cx.subresource_name(), |fields| {
        fields.apply(live, config, manager, force)
    });
    match applied {
        Some(applied) => applied,
        None => Err(ApiError::internal(format!(
            "no schema of {} is recorded",
            resource.kind
        ))),
    }
}

/// Runs something with the field manager of the Scale of an object of this kind.
pub(super) fn with_scale<T>(
    state: &State,
    resource: &Resource,
    run: impl FnOnce(&FieldManager<'_>) -> T,
) -> Result<T, ApiError> {
    const SCALE: (&str, &str, &str) = ("autoscaling", "v1", "Scale");
    let (group, version, kind) = SCALE;
    let Some((types, root)) = facts::types(group, version, kind) else {
        return Err(ApiError::internal("no schema of Scale is recorded"));
    };
    Ok(run(&FieldManager {
        group,
        version,
        kind,
        subresource: "scale",
        schema: &Schema::native(types, root),
        other_version: &|_| OtherVersion::Missing,
        default: &|_| {},
        native: true,
        foreign: !resource.is_native(),
        has_status: false,
        now: &state.now(),
    }))
}

/// Runs something with the field manager of a resource; nothing where its schema is not known.
fn with_manager<T>(
    state: &State,
    resource: &Resource,
    subresource: &str,
    run: impl FnOnce(&FieldManager<'_>) -> T,
) -> Option<T> {
    let schema = schema(resource)?;
    let now = state.now();
    let other_version = |api_version: &str| -> OtherVersion {
        let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
        if let Some(custom) = &resource.custom {
            let same_group = group == resource.group;
            return match custom.sibling(version).filter(|_| same_group) {
                Some(sibling) => OtherVersion::Renamed {
                    schema: Schema::custom(sibling.types.clone(), sibling.root),
                    has_status: sibling.status,
                },
                None => OtherVersion::Unknown(format!(
                    "request to convert CR to an invalid group/version: {api_version}"
                )),
            };
        }
        let found = state
            .resource(group, version, &resource.plural)
            .filter(|_| group == resource.group)
            .and_then(|found| self::schema(&found));
        found.map_or(OtherVersion::Missing, OtherVersion::Converted)
    };
    // Native objects are given their defaults when they are decoded.
    let default = |object: &mut Value| {
        if let Some(version) = &resource.custom {
            version.default(object);
        }
    };
    Some(run(&FieldManager {
        group: &resource.group,
        version: &resource.version,
        kind: &resource.kind,
        subresource,
        schema: &schema,
        other_version: &other_version,
        default: &default,
        native: resource.is_native(),
        foreign: false,
        has_status: resource.strategy.status,
        now: &now,
    }))
}

fn schema(resource: &Resource) -> Option<Schema> {
    if let Some(version) = &resource.custom {
        return Some(Schema::custom(version.types.clone(), version.root));
    }
    let (types, root) = facts::types(&resource.group, &resource.version, &resource.kind)?;
    Some(Schema::native(types, root))
}
