//! Rules that the fields of several kinds share.

use serde_json::{Map, Value};

use crate::meta::names;
use crate::schema::{FieldError, FieldPath};

pub(super) const PROTOCOLS: &[&str] = &["SCTP", "TCP", "UDP"];

/// The text of a field, empty where there is none.
pub(super) fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object[name].as_str().unwrap_or_default()
}

/// The items of a list, none where there is no list.
pub(super) fn items<'a>(object: &'a Value, name: &str) -> &'a [Value] {
    object[name].as_array().map_or(&[], Vec::as_slice)
}

pub(super) fn number(object: &Value, name: &str) -> i64 {
    object[name].as_i64().unwrap_or(0)
}

/// Each of these fields counts something, if it is there.
pub(super) fn check_not_negative(
    errors: &mut Vec<FieldError>,
    path: &FieldPath<'_>,
    object: &Value,
    names: &[&str],
) {
    for name in names {
        let value = number(object, name);
        if value < 0 {
            let why = "must be greater than or equal to 0";
            errors.push(FieldError::invalid(&path.child(name), value, why));
        }
    }
}

pub(super) fn check_port_number(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, port: i64) {
    if !(1..=65535).contains(&port) {
        let why = "must be between 1 and 65535, inclusive";
        errors.push(FieldError::invalid(path, port, why));
    }
}

/// What is wrong with the name of a port.
pub(super) fn port_name_faults(name: &str) -> Vec<&'static str> {
    let mut faults = Vec::new();
    if name.len() > 15 {
        faults.push("must be no more than 15 characters");
    }
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.is_empty() || !name.bytes().all(good) {
        faults.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
    }
    if !name.bytes().any(|byte| byte.is_ascii_lowercase()) {
        faults.push("must contain at least one letter (a-z)");
    }
    if name.contains("--") {
        faults.push("must not contain consecutive hyphens");
    }
    if name.starts_with('-') || name.ends_with('-') {
        faults.push("must not begin or end with a hyphen");
    }
    faults
}

/// A port as `intstr.IntOrString`.
pub(super) fn check_port(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, port: &Value) {
    match port.as_str() {
        Some(name) => errors.extend(
            port_name_faults(name)
                .into_iter()
                .map(|why| FieldError::invalid(path, name, why)),
        ),
        None => check_port_number(errors, path, port.as_i64().unwrap_or(0)),
    }
}

pub(super) fn check_one_of(
    errors: &mut Vec<FieldError>,
    path: &FieldPath<'_>,
    value: &str,
    supported: &[&str],
) {
    if value.is_empty() {
        errors.push(FieldError::required(path, ""));
    } else if !supported.contains(&value) {
        errors.push(FieldError::not_supported(path, value, supported));
    }
}

pub(super) fn check_dns_label(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, value: &str) {
    for why in names::dns1123_label(value) {
        errors.push(FieldError::invalid(path, value, why));
    }
}

pub(super) fn check_label_key(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, key: &str) {
    for why in names::label_key(key) {
        errors.push(FieldError::invalid(path, key, why));
    }
}

/// `ValidateLabelSelector`
pub(super) fn check_selector(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, selector: &Value) {
    let labels = selector["matchLabels"].as_object();
    errors.extend(names::label_faults(&path.child("matchLabels"), labels));
    let expressions = path.child("matchExpressions");
    for (index, expression) in items(selector, "matchExpressions").iter().enumerate() {
        let path = expressions.index(index);
        let values = items(expression, "values");
        let of_values = path.child("values");
        match text(expression, "operator") {
            "In" | "NotIn" if values.is_empty() => {
                let why = "must be specified when `operator` is 'In' or 'NotIn'";
                errors.push(FieldError::required(&of_values, why));
            }
            "Exists" | "DoesNotExist" if !values.is_empty() => {
                let why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
                errors.push(FieldError::forbidden(&of_values, why));
            }
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            other => {
                let why = "not a valid selector operator";
                errors.push(FieldError::invalid(&path.child("operator"), other, why));
            }
        }
        check_label_key(errors, &path.child("key"), text(expression, "key"));
        for (index, value) in values.iter().filter_map(Value::as_str).enumerate() {
            for why in names::label_value(value) {
                errors.push(FieldError::invalid(&of_values.index(index), value, why));
            }
        }
    }
}

/// Whether a LabelSelector has a meaning: `LabelSelectorAsSelector` has no error.
pub(super) fn is_selector(selector: &Value) -> bool {
    let mut errors = Vec::new();
    check_selector(&mut errors, &FieldPath::ROOT, selector);
    errors.is_empty()
}

/// Whether a LabelSelector selects an object with these labels.
pub(super) fn selects(selector: &Value, labels: Option<&Map<String, Value>>) -> bool {
    let label = |key: &str| labels.and_then(|labels| labels.get(key));
    let equal = selector["matchLabels"]
        .as_object()
        .into_iter()
        .flatten()
        .all(|(key, value)| label(key) == Some(value));
    equal
        && items(selector, "matchExpressions").iter().all(|term| {
            let found = label(text(term, "key"));
            let listed = found.is_some_and(|value| items(term, "values").contains(value));
            match text(term, "operator") {
                "In" => listed,
                "NotIn" => !listed,
                "Exists" => found.is_some(),
                _ => found.is_none(),
            }
        })
}
