//! The fields that field selectors may name: two that all resources know, more for some native
//! ones, and the selectableFields of custom ones (KEP-4358).

use serde_json::Value;

use super::Resource;
use crate::meta;
use crate::schema::go_format::{self, quote};

/// The fields of native resources besides the general ones.
const NATIVE: &[(&str, &[&str])] = &[
    (
        "pods",
        &[
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.podIPs",
            "status.nominatedNodeName",
        ],
    ),
    ("nodes", &["spec.unschedulable"]),
    ("replicationcontrollers", &["status.replicas"]),
    (
        "events",
        &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
    ),
    ("namespaces", &["status.phase"]),
    ("secrets", &["type"]),
    ("services", &["spec.clusterIP", "spec.type"]),
    ("jobs.batch", &["status.successful"]),
    (
        "certificatesigningrequests.certificates.k8s.io",
        &["spec.signerName"],
    ),
    (
        "clustertrustbundles.certificates.k8s.io",
        &["spec.signerName"],
    ),
    (
        "resourceslices.resource.k8s.io",
        &["spec.nodeName", "spec.driver", "spec.pool.name"],
    ),
];

/// Resources with fields of their own where the namespace is not among the general ones.
const NO_NAMESPACE: &[&str] = &[
    "nodes",
    "namespaces",
    "certificatesigningrequests.certificates.k8s.io",
    "clustertrustbundles.certificates.k8s.io",
    "resourceslices.resource.k8s.io",
];

/// The selector's field under the name it is matched by, or the message that refuses it.
pub(crate) fn canonical_field(resource: &Resource, field: &str) -> Result<String, String> {
    let storage = resource.storage.as_ref();
    let has_namespace = match &resource.custom {
        Some(_) => resource.namespaced,
        None => !NO_NAMESPACE.contains(&storage),
    };
    let namespace = field == "metadata.namespace" && has_namespace;
    if field == "metadata.name" || namespace {
        return Ok(field.to_owned());
    }
    if let Some(custom) = &resource.custom {
        return if custom
            .selectable_fields
            .iter()
            .any(|f| selectable_name(f) == field)
        {
            Ok(field.to_owned())
        } else {
            Err(format!("field label not supported: {field}"))
        };
    }
    match storage {
        "events" if resource.group == "events.k8s.io" => return canonical_event_field(field),
        "pods" if field == "spec.host" => return Ok("spec.nodeName".to_owned()),
        _ => {}
    }
    let own = NATIVE
        .iter()
        .find(|(name, _)| *name == storage)
        .map(|(_, fields)| *fields);
    if own.is_some_and(|fields| fields.contains(&field)) {
        return Ok(field.to_owned());
    }
    Err(match (storage, own) {
        (_, None) => format!(
            "{} is not a known field selector: only \"metadata.name\", \"metadata.namespace\"",
            quote(field)
        ),
        ("jobs.batch", _) => format!("field label {} not supported for Job", quote(field)),
        ("resourceslices.resource.k8s.io", _) => {
            let api_version = resource.api_version();
            format!("field label not supported for {api_version}, Kind=ResourceSlice: {field}")
        }
        _ => format!("field label not supported: {field}"),
    })
}

/// A selectable field is declared as a simple JSONPath, and selected without the leading dot.
fn selectable_name(path: &str) -> &str {
    path.strip_prefix('.').unwrap_or(path)
}

/// The newer group of events names some fields differently.
fn canonical_event_field(field: &str) -> Result<String, String> {
    if let Some(rest) = field.strip_prefix("regarding.") {
        let known = [
            "kind",
            "namespace",
            "name",
            "uid",
            "apiVersion",
            "resourceVersion",
            "fieldPath",
        ];
        if known.contains(&rest) {
            return Ok(format!("involvedObject.{rest}"));
        }
    }
    match field {
        "reportingController" => Ok("reportingComponent".to_owned()),
        "reason" | "type" => Ok(field.to_owned()),
        _ => Err(format!("field label not supported: {field}")),
    }
}

/// The value of a canonical field; empty where the object has none.
pub(crate) fn field_value(resource: &Resource, object: &Value, field: &str) -> String {
    match (&*resource.storage, field) {
        (_, "metadata.name") => meta::name(object).to_owned(),
        (_, "metadata.namespace") => meta::namespace(object).to_owned(),
        ("nodes", "spec.unschedulable") => flag(object, &["spec", "unschedulable"]),
        ("pods", "spec.hostNetwork") => flag(object, &["spec", "hostNetwork"]),
        ("jobs.batch", "status.successful") => number(object, &["status", "succeeded"]),
        ("replicationcontrollers", "status.replicas") => number(object, &["status", "replicas"]),
        ("events", "source") => match meta::text_at(object, &["source", "component"]) {
            "" => meta::text_at(object, &["reportingComponent"]).to_owned(),
            component => component.to_owned(),
        },
        ("pods", "status.podIPs") => meta::text_at(object, &["status", "podIP"]).to_owned(),
        _ => {
            let path: Vec<&str> = field.split('.').collect();
            let value = at(object, &path).filter(|value| !value.is_null());
            match value {
                // Of another version's object it may be anything: Go prints it.
                Some(value) if resource.custom.is_some() => go_format::display(value),
                value => scalar(value),
            }
        }
    }
}

fn at<'a>(object: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(object, |value, name| value.get(name))
}

fn flag(object: &Value, path: &[&str]) -> String {
    at(object, path)
        .and_then(Value::as_bool)
        .unwrap_or(false)
        .to_string()
}

fn number(object: &Value, path: &[&str]) -> String {
    at(object, path)
        .and_then(Value::as_i64)
        .unwrap_or(0)
        .to_string()
}

fn scalar(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null | Value::Array(_) | Value::Object(_)) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
