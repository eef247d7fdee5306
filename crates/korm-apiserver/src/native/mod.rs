//! Native kinds as Go reads and writes them: what a kube-apiserver makes of a JSON object by
//! decoding it into its structs and encoding it again.
//!
//! Values that are not given appear where Go has no way to leave them out, empty ones disappear
//! where it leaves them out, quantities and times take their canonical form, unknown fields are
//! dropped.

mod decode;
mod duration;
mod quantity;
mod special;
mod time;

use crate::facts;
use serde_json::Value;

/// An object of a native kind in the form that a server gives it back; of a kind that is not
/// recorded, the object as it is.
///
/// # Errors
/// Go's message about the first value (in the order of field numbers) that does not fit:
/// `json: cannot unmarshal number into Go struct field ConfigMap.data of type string`.
pub(crate) fn decode(
    group: &str,
    version: &str,
    kind: &str,
    object: &Value,
) -> Result<Value, String> {
    match message_name(group, version, kind) {
        Some(name) => decode::root(&name, object),
        None => Ok(object.clone()),
    }
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

pub(crate) use decode::root as decode_message;
pub(crate) use time::{micro_text, parse_micro, parse_seconds, seconds_text};

#[cfg(test)]
mod tests;
