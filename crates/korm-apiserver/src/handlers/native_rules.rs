//! Rules of native kinds that go beyond their schemas: those of finalizers, ConfigMaps and
//! Secrets. Those of the other kinds are left out on purpose.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::meta;
use crate::resources::Resource;
use crate::schema::{FieldError, FieldPath};

/// Bytes that all data of a ConfigMap or Secret may have.
const DATA_LIMIT: usize = 1024 * 1024;
const STANDARD_FINALIZERS: &[&str] = &["kubernetes", "orphan", "foregroundDeletion"];
const IMMUTABLE: &str = "field is immutable when `immutable` is set";
/// Groups whose kinds take any finalizer.
const ANY_FINALIZER: &[&str] = &[
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "coordination.k8s.io",
    "rbac.authorization.k8s.io",
];

/// The rules of a native object.
pub(super) fn check(resource: &Resource, object: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    check_finalizers(&mut errors, resource, object);
    if resource.is_core("configmaps") {
        check_config_map(&mut errors, object);
    }
    if resource.is_core("secrets") {
        check_secret(&mut errors, object);
    }
    errors
}

/// The rules of a change of a native object, before those of the object itself.
pub(super) fn check_update(resource: &Resource, object: &Value, old: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if resource.is_core("secrets") && object["type"] != old["type"] {
        let path = FieldPath::new("type");
        errors.push(FieldError::invalid(
            &path,
            object["type"].clone(),
            "field is immutable",
        ));
    }
    let bags: &[&str] = match resource.plural.as_str() {
        "configmaps" if resource.is_core("configmaps") => &["data", "binaryData"],
        "secrets" if resource.is_core("secrets") => &["data"],
        _ => &[],
    };
    if !bags.is_empty() && old["immutable"] == true {
        if object["immutable"] != true {
            errors.push(FieldError::forbidden(
                &FieldPath::new("immutable"),
                IMMUTABLE,
            ));
        }
        for bag in bags.iter().filter(|bag| object[**bag] != old[**bag]) {
            errors.push(FieldError::forbidden(&FieldPath::new(bag), IMMUTABLE));
        }
    }
    errors
}

/// A finalizer without a domain is one of the few that Kubernetes itself has.
fn check_finalizers(errors: &mut Vec<FieldError>, resource: &Resource, object: &Value) {
    if ANY_FINALIZER.contains(&resource.group.as_str()) {
        return;
    }
    let metadata = FieldPath::new("metadata");
    let path = metadata.child("finalizers");
    for (index, finalizer) in meta::finalizers(object).into_iter().enumerate() {
        if !finalizer.contains('/') && !STANDARD_FINALIZERS.contains(&finalizer) {
            let why = "name is neither a standard finalizer name nor is it fully qualified";
            errors.push(FieldError::invalid(&path.index(index), finalizer, why));
        }
    }
}

fn bag<'a>(object: &'a Value, name: &str) -> Option<&'a Map<String, Value>> {
    object.get(name)?.as_object()
}

fn check_config_map(errors: &mut Vec<FieldError>, object: &Value) {
    let (data, binary) = (bag(object, "data"), bag(object, "binaryData"));
    let mut size = 0;
    let path = FieldPath::new("data");
    for (key, value) in data.into_iter().flatten() {
        check_key(errors, &path, key);
        if binary.is_some_and(|binary| binary.contains_key(key)) {
            let why = "duplicate of key present in binaryData";
            errors.push(FieldError::invalid(&path.key(key), key.as_str(), why));
        }
        size += value.as_str().map_or(0, str::len);
    }
    let path = FieldPath::new("binaryData");
    for (key, value) in binary.into_iter().flatten() {
        check_key(errors, &path, key);
        size += decoded(value).len();
    }
    if size > DATA_LIMIT {
        errors.push(FieldError::too_long(&FieldPath::ROOT, DATA_LIMIT as i64));
    }
}

fn check_secret(errors: &mut Vec<FieldError>, object: &Value) {
    let data = bag(object, "data");
    let path = FieldPath::new("data");
    let mut size = 0;
    for (key, value) in data.into_iter().flatten() {
        check_key(errors, &path, key);
        size += decoded(value).len();
    }
    if size > DATA_LIMIT {
        errors.push(FieldError::too_long(&path, DATA_LIMIT as i64));
    }
    let has = |key: &str| data.is_some_and(|data| data.contains_key(key));
    let mut require = |key: &str| errors.push(FieldError::required(&path.key(key), ""));
    match object["type"].as_str().unwrap_or_default() {
        "kubernetes.io/service-account-token" => {
            let key = "kubernetes.io/service-account.name";
            if object["metadata"]["annotations"][key]
                .as_str()
                .unwrap_or_default()
                .is_empty()
            {
                let metadata = FieldPath::new("metadata");
                let annotations = metadata.child("annotations");
                errors.push(FieldError::required(&annotations.key(key), ""));
            }
        }
        "kubernetes.io/dockercfg" if !has(".dockercfg") => require(".dockercfg"),
        "kubernetes.io/dockerconfigjson" if !has(".dockerconfigjson") => {
            require(".dockerconfigjson");
        }
        "kubernetes.io/basic-auth" if !has("username") && !has("password") => {
            require("username");
            require("password");
        }
        "kubernetes.io/ssh-auth"
            if data
                .and_then(|d| d.get("ssh-privatekey"))
                .is_none_or(|v| decoded(v).is_empty()) =>
        {
            require("ssh-privatekey");
        }
        "kubernetes.io/tls" => {
            for key in ["tls.crt", "tls.key"] {
                if !has(key) {
                    require(key);
                }
            }
        }
        _ => {}
    }
}

fn decoded(value: &Value) -> Vec<u8> {
    STANDARD
        .decode(value.as_str().unwrap_or_default())
        .unwrap_or_default()
}

fn check_key(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, key: &str) {
    let mut refuse = |why: &str| errors.push(FieldError::invalid(&path.key(key), key, why));
    if key.len() > 253 {
        refuse("must be no more than 253 characters");
    }
    let good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    if key.is_empty() || !key.bytes().all(good) {
        refuse(
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
        );
    }
    match key {
        "." => refuse("must not be '.'"),
        ".." => refuse("must not be '..'"),
        key if key.starts_with("..") => refuse("must not start with '..'"),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resources::{CustomResources, find};

    fn told(plural: &str, object: Value) -> Vec<String> {
        let resource = find(&CustomResources::default(), "", "v1", plural).unwrap();
        check(&resource, &object)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn keys_and_finalizers_are_checked() {
        let object = json!({"metadata": {"finalizers": ["nope", "a/b", "orphan"]},
            "data": {"..a": "x", "ok": "y"}, "binaryData": {"ok": ""}});
        assert_eq!(
            told("configmaps", object),
            [
                "metadata.finalizers[0]: Invalid value: \"nope\": name is neither a standard finalizer name nor is it fully qualified",
                "data[..a]: Invalid value: \"..a\": must not start with '..'",
                "data[ok]: Invalid value: \"ok\": duplicate of key present in binaryData",
            ]
        );
        assert_eq!(
            told(
                "secrets",
                json!({"type": "kubernetes.io/tls", "data": {"tls.crt": ""}})
            ),
            ["data[tls.key]: Required value"]
        );
    }

    #[test]
    fn what_is_immutable_stays() {
        let resource = find(&CustomResources::default(), "", "v1", "configmaps").unwrap();
        let old = json!({"immutable": true, "data": {"a": "b"}});
        let errors = check_update(&resource, &json!({"data": {"a": "c"}}), &old);
        let fields: Vec<&str> = errors.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, ["immutable", "data"]);
    }
}
