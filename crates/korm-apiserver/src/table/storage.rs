//! Rows of volumes, claims and their classes.

use jiff::Timestamp;
use serde_json::Value;

use super::native::name;
use super::{age, list, text, text_or};

fn phase(object: &Value) -> Value {
    if object["metadata"]["deletionTimestamp"].is_string() {
        return "Terminating".into();
    }
    text(&object["status"], "phase").into()
}

/// Access modes in short, in a fixed order.
fn modes(value: &Value) -> String {
    let given = list(value, "accessModes");
    let known = [
        ("ReadWriteOnce", "RWO"),
        ("ReadOnlyMany", "ROX"),
        ("ReadWriteMany", "RWX"),
        ("ReadWriteOncePod", "RWOP"),
    ];
    let short: Vec<&str> = known
        .iter()
        .filter(|(mode, _)| given.iter().any(|g| g == mode))
        .map(|(_, short)| *short)
        .collect();
    short.join(",")
}

/// The class of a volume or claim; an annotation of old comes first.
fn class_of(object: &Value) -> &str {
    match object["metadata"]["annotations"]["volume.beta.kubernetes.io/storage-class"].as_str() {
        Some(class) => class,
        None => text(&object["spec"], "storageClassName"),
    }
}

fn unset(spec: &Value, name: &str) -> Value {
    text_or(spec, name, "<unset>").into()
}

pub(super) const VOLUME: &[&str] = &[
    "Name",
    "Capacity",
    "Access Modes",
    "Reclaim Policy",
    "Status",
    "Claim",
    "StorageClass",
    "VolumeAttributesClass",
    "Reason",
    "Age",
    "VolumeMode*",
];

pub(super) fn volume(object: &Value, now: Timestamp) -> Vec<Value> {
    let spec = &object["spec"];
    let claim = &spec["claimRef"];
    let claim = if claim.is_object() {
        format!("{}/{}", text(claim, "namespace"), text(claim, "name"))
    } else {
        String::new()
    };
    vec![
        name(object),
        text_or(&spec["capacity"], "storage", "0").into(),
        modes(spec).into(),
        text(spec, "persistentVolumeReclaimPolicy").into(),
        phase(object),
        claim.into(),
        class_of(object).into(),
        unset(spec, "volumeAttributesClassName"),
        text(&object["status"], "reason").into(),
        age(object, now),
        unset(spec, "volumeMode"),
    ]
}

pub(super) const CLAIM: &[&str] = &[
    "Name",
    "Status",
    "Volume",
    "Capacity",
    "Access Modes",
    "StorageClass",
    "VolumeAttributesClass",
    "Age",
    "VolumeMode*",
];

pub(super) fn claim(object: &Value, now: Timestamp) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let volume = text(spec, "volumeName");
    let (capacity, modes) = match volume {
        "" => (String::new(), String::new()),
        _ => (
            text_or(&status["capacity"], "storage", "0").to_owned(),
            modes(status),
        ),
    };
    vec![
        name(object),
        phase(object),
        volume.into(),
        capacity.into(),
        modes.into(),
        class_of(object).into(),
        unset(spec, "volumeAttributesClassName"),
        age(object, now),
        unset(spec, "volumeMode"),
    ]
}

pub(super) const CLASS: &[&str] = &[
    "Name",
    "Provisioner",
    "ReclaimPolicy",
    "VolumeBindingMode",
    "AllowVolumeExpansion",
    "Age",
];

pub(super) fn class(object: &Value, now: Timestamp) -> Vec<Value> {
    vec![
        name(object),
        text(object, "provisioner").into(),
        text_or(object, "reclaimPolicy", "Delete").into(),
        text_or(object, "volumeBindingMode", "Immediate").into(),
        (object["allowVolumeExpansion"] == true).into(),
        age(object, now),
    ]
}

pub(super) fn attributes_class(object: &Value, now: Timestamp) -> Vec<Value> {
    vec![
        name(object),
        text(object, "driverName").into(),
        age(object, now),
    ]
}
