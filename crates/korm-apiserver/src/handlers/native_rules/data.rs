//! The rules of ConfigMaps and Secrets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::schema::decode::{Node, parse};
use crate::schema::{FieldError, FieldPath};

/// Bytes that all data of a ConfigMap or Secret may have.
const DATA_LIMIT: usize = 1024 * 1024;
const IMMUTABLE: &str = "field is immutable when `immutable` is set";

/// The rules of a change of a ConfigMap.
pub(super) fn check_config_map_update(errors: &mut Vec<FieldError>, object: &Value, old: &Value) {
    check_immutable(errors, object, old, &["data", "binaryData"]);
}

/// The rules of a change of a Secret.
pub(super) fn check_secret_update(errors: &mut Vec<FieldError>, object: &Value, old: &Value) {
    if object["type"] != old["type"] {
        let path = FieldPath::new("type");
        errors.push(FieldError::invalid(
            &path,
            object["type"].clone(),
            "field is immutable",
        ));
    }
    check_immutable(errors, object, old, &["data"]);
}

fn check_immutable(errors: &mut Vec<FieldError>, object: &Value, old: &Value, bags: &[&str]) {
    if old["immutable"] != true {
        return;
    }
    if object["immutable"] != true {
        let path = FieldPath::new("immutable");
        errors.push(FieldError::forbidden(&path, IMMUTABLE));
    }
    for bag in bags.iter().filter(|bag| object[**bag] != old[**bag]) {
        errors.push(FieldError::forbidden(&FieldPath::new(bag), IMMUTABLE));
    }
}

fn bag<'a>(object: &'a Value, name: &str) -> Option<&'a Map<String, Value>> {
    object.get(name)?.as_object()
}

pub(super) fn check_config_map(errors: &mut Vec<FieldError>, object: &Value) {
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

pub(super) fn check_secret(errors: &mut Vec<FieldError>, object: &Value) {
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
        "kubernetes.io/dockercfg" => check_json(errors, &path, ".dockercfg", object),
        "kubernetes.io/dockerconfigjson" if !has(".dockerconfigjson") => {
            require(".dockerconfigjson");
        }
        "kubernetes.io/dockerconfigjson" => {
            check_json(errors, &path, ".dockerconfigjson", object);
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

/// What a Secret holds under a key must be a JSON object.
fn check_json(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, key: &str, object: &Value) {
    let fault = match parse(&decoded(&object["data"][key])) {
        Ok(Node::Object(_) | Node::Null) => return,
        Ok(other) => format!(
            "json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
            other.go_name()
        ),
        Err(fault) => fault,
    };
    let hidden = "<secret contents redacted>";
    errors.push(FieldError::invalid(&path.key(key), hidden, fault));
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
