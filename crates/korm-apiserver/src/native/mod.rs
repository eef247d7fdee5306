//! Native kinds as Go reads and writes them: what a kube-apiserver makes of a JSON object by
//! decoding it into its structs and encoding it again.
//!
//! Values that are not given appear where Go has no way to leave them out, empty ones disappear
//! where it leaves them out, quantities and times take their canonical form, unknown fields are
//! dropped.

mod conversion;
mod defaults;
mod duration;
mod normalize;
mod pod;
mod prepare;
mod quantity;
mod special;
mod stored;
mod time;

pub(crate) use duration::{parse as duration_nanoseconds, text as canonical_duration};
pub(crate) use normalize::{float_value, message as normalize_message};
pub(crate) use quantity::canonical as canonical_quantity;
pub(crate) use time::{
    canonical as canonical_time, micro_text, parse_date, parse_local, parse_micro, parse_seconds,
    seconds_text,
};

pub(crate) use defaults::default;
pub(crate) use prepare::{create_warnings, prepare_create, prepare_update};

use crate::facts;
use serde_json::{Value, json};

/// An object of a native kind in the form that a server gives it back; of a kind that is not
/// recorded, the object as it is.
///
/// The object has the types of its kind, which decoding has made sure of; a value of another type
/// is kept as it is.
pub(crate) fn normalize(group: &str, version: &str, kind: &str, object: &Value) -> Value {
    let Some(name) = message_name(group, version, kind) else {
        return object.clone();
    };
    let mut normal = normalize::message(&name, object);
    // An empty list here is a request of its own: to forget all managers.
    let reset = object
        .pointer("/metadata/managedFields")
        .filter(|entries| **entries == json!([]));
    if let (Some(entries), Some(metadata)) = (reset, normal.get_mut("metadata")) {
        metadata["managedFields"] = entries.clone();
    }
    normal
}

/// An object of a native kind as it is after decoding: normalized, old fields brought into their
/// new form, defaults filled in.
pub(crate) fn complete(group: &str, version: &str, kind: &str, object: &Value) -> Value {
    let mut object = normalize(group, version, kind, object);
    conversion::convert(group, kind, &mut object);
    default(group, version, kind, &mut object);
    object
}

/// Makes of an object what comes back from storage.
pub(crate) fn store(group: &str, version: &str, kind: &str, object: &mut Value) {
    if let Some(name) = message_name(group, version, kind) {
        stored::forget_empty_lists(&name, object);
    }
}

/// A native object that nothing was ever read into, as the server writes it.
pub(crate) fn empty(group: &str, version: &str, kind: &str) -> Value {
    let api_version = if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    };
    let object = json!({"apiVersion": api_version, "kind": kind});
    let mut object = normalize(group, version, kind, &object);
    conversion::convert(group, kind, &mut object);
    conversion::count_replicas(group, kind, &mut object);
    object
}

/// The protobuf message of a native kind.
pub(crate) fn message_name(group: &str, version: &str, kind: &str) -> Option<String> {
    let definition = if group == "meta.k8s.io" {
        format!("io.k8s.apimachinery.pkg.apis.meta.{version}.{kind}")
    } else {
        facts::definition_name(group, version, kind)?
    };
    let name = definition.replacen("io.k8s.", "k8s.io.", 1);
    facts::message(&name).map(|_| name)
}

#[cfg(test)]
mod tests;
