//! The rules of Nodes.

use serde_json::{Value, json};

use super::common::{check_label_key, items, text};
use crate::meta::names;
use crate::schema::{BadValue, ErrorKind, FieldError, FieldPath, go_format};

const EFFECTS: &[&str] = &["NoSchedule", "PreferNoSchedule", "NoExecute"];

/// `ValidateNode`, without what it says of addresses and quantities.
pub(super) fn check(errors: &mut Vec<FieldError>, node: &Value) {
    check_taints(errors, node);
}

/// `ValidateNodeUpdate`
pub(super) fn check_update(errors: &mut Vec<FieldError>, node: &Value, old: &Value) {
    let addresses = items(&node["status"], "addresses");
    let status = FieldPath::new("status");
    let path = status.child("addresses");
    for (index, address) in addresses.iter().enumerate() {
        if addresses[..index].contains(address) {
            let shown = format!(
                "{{\"Type\":{},\"Address\":{}}}",
                go_format::json(&json!(text(address, "type"))),
                go_format::json(&json!(text(address, "address")))
            );
            let value = BadValue::Verbatim(shown);
            errors.push(FieldError::duplicate(&path.index(index), value));
        }
    }
    let (spec, before) = (&node["spec"], &old["spec"]);
    let path = FieldPath::new("spec");
    if !items(before, "podCIDRs").is_empty() && before["podCIDRs"] != spec["podCIDRs"] {
        let path = path.child("podCIDRs");
        let why = "node updates may not change podCIDR except from \"\" to valid";
        errors.push(FieldError::forbidden(&path, why));
    }
    let (given, known) = (text(spec, "providerID"), text(before, "providerID"));
    if !known.is_empty() && given != known {
        let why = if given.is_empty() {
            "field cannot be cleared once set"
        } else {
            "field cannot be modified once set"
        };
        errors.push(FieldError::invalid(
            &path.child("providerID"),
            Value::Null,
            why,
        ));
    }
    check_taints(errors, node);
    if text(spec, "externalID") != text(before, "externalID") {
        errors.push(FieldError::forbidden(
            &path.child("externalID"),
            "may not be updated",
        ));
    }
}

fn check_taints(errors: &mut Vec<FieldError>, node: &Value) {
    // Upstream says that they are below metadata.
    let metadata = FieldPath::new("metadata");
    let path = metadata.child("taints");
    let taints = items(&node["spec"], "taints");
    let identity = |taint: &Value| {
        (
            text(taint, "key").to_owned(),
            text(taint, "effect").to_owned(),
        )
    };
    for (index, taint) in taints.iter().enumerate() {
        let path = path.index(index);
        check_label_key(errors, &path.child("key"), text(taint, "key"));
        let value = text(taint, "value");
        let faults = names::label_value(value);
        if !faults.is_empty() {
            let path = path.child("value");
            errors.push(FieldError::invalid(&path, value, faults.join(";")));
        }
        let effect = text(taint, "effect");
        let of_effect = path.child("effect");
        if effect.is_empty() {
            errors.push(FieldError::required(&of_effect, ""));
        } else if !EFFECTS.contains(&effect) {
            errors.push(FieldError::not_supported(&of_effect, effect, EFFECTS));
        }
        let again = |other: &Value| identity(other) == identity(taint);
        if taints[..index].iter().any(again) {
            let shown = format!(
                "{{\"Key\":{},\"Value\":{},\"Effect\":{},\"TimeAdded\":{}}}",
                go_format::json(&json!(text(taint, "key"))),
                go_format::json(&json!(value)),
                go_format::json(&json!(effect)),
                go_format::json(&taint["timeAdded"])
            );
            errors.push(FieldError::at(
                ErrorKind::Duplicate,
                path.to_string(),
                BadValue::Verbatim(shown),
                "taints must be unique by key and effect pair",
            ));
        }
    }
}
