//! A value against a schema, in the order and words of kube-openapi's validator.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use regex::Regex;
use serde_json::{Map, Value};

use super::{format, number, report::Report};
use crate::expr::equal;

pub(super) fn check(schema: &Value, path: &str, value: &Value, report: &mut Report) {
    type_(schema, path, value, report);
    if value.is_null() {
        return enumeration(schema, path, value, report);
    }
    alternatives(schema, path, value, report);
    match value {
        Value::String(text) => string(schema, path, text, report),
        Value::Number(value) => number::check(schema, path, value, report),
        Value::Array(items) => list(schema, path, items, report),
        _ => {}
    }
    enumeration(schema, path, value, report);
    if let Value::Object(members) = value {
        object(schema, path, members, report);
    }
    report.checks += 1;
}

/// What the server calls the type of a value, and its format.
fn kind(value: &Value) -> (&'static str, &'static str) {
    match value {
        Value::Null => ("null", ""),
        Value::Bool(_) => ("boolean", ""),
        Value::String(_) => ("string", ""),
        Value::Number(number) if number.is_f64() => ("number", "float64"),
        Value::Number(_) => ("integer", "int64"),
        Value::Array(_) => ("array", ""),
        Value::Object(_) => ("object", ""),
    }
}

fn types(schema: &Value) -> Vec<&str> {
    if schema.get("x-kubernetes-int-or-string") == Some(&Value::Bool(true)) {
        return vec!["integer", "string"];
    }
    schema
        .get("type")
        .and_then(Value::as_str)
        .into_iter()
        .collect()
}

/// The format as far as the server regards it for this type.
fn known_format<'s>(schema: &'s Value, types: &[&str]) -> &'s str {
    let format = schema
        .get("format")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let known = match types {
        [] | ["string"] => format::is_known(format),
        ["integer"] => matches!(format, "int32" | "int64"),
        ["number"] => matches!(format, "float" | "double"),
        _ => false,
    };
    if known { format } else { "" }
}

fn type_(schema: &Value, path: &str, value: &Value, report: &mut Report) {
    let types = types(schema);
    let wanted = types.join(",");
    if value.is_null() {
        let nullable = schema.get("nullable") == Some(&Value::Bool(true));
        if !types.is_empty() && !nullable {
            report.wrong_type(path, &wanted, "null");
        }
        return;
    }
    let format = known_format(schema, &types);
    if types.is_empty() && format.is_empty() {
        return;
    }
    let (found, found_format) = kind(value);
    let has = |wanted: &str| types.contains(&wanted);
    let whole = matches!(value, Value::Number(n) if number::is_integer(n));
    let fits = has(found)
        || (found == "number" && whole && has("integer"))
        || (found == "integer" && has("number"));
    let scalar = !matches!(value, Value::String(_) | Value::Array(_));
    if scalar && !format.is_empty() && !(fits || found_format == format) {
        return report.wrong_type(path, format, found_format);
    }
    if !scalar && !format.is_empty() && !has("number") && !has("integer") {
        // A format is checked in place of the type.
        return;
    }
    if !fits {
        report.wrong_type(path, &wanted, found);
    }
}

fn string(schema: &Value, path: &str, text: &str, report: &mut Report) {
    let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    let value = Value::from(text);
    // Of these the first that is broken is told.
    if let Some(max) = integer(schema, "maxLength").filter(|max| length > *max) {
        report.too_long(path, max);
    } else if let Some(min) = integer(schema, "minLength").filter(|min| length < *min) {
        report.invalid(
            path,
            &value,
            &format!("should be at least {min} chars long"),
        );
    } else if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
        && !pattern_matches(pattern, text)
    {
        report.invalid(path, &value, &format!("should match '{pattern}'"));
    }
    let format = known_format(schema, &types(schema));
    if format::has(format, text) == Some(false) {
        report.wrong_type(path, format, text);
    }
}

fn integer(schema: &Value, keyword: &str) -> Option<i64> {
    schema.get(keyword).and_then(Value::as_i64)
}

/// Patterns are those of schemas, of which there are only so many, so they are kept compiled. One that
/// this crate's engine does not take is left to the server.
fn pattern_matches(pattern: &str, text: &str) -> bool {
    static COMPILED: Mutex<Option<HashMap<String, Option<Regex>>>> = Mutex::new(None);
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let known = compiled.get_or_insert_default();
    let regex = known
        .entry(pattern.to_owned())
        .or_insert_with(|| Regex::new(pattern).ok());
    regex.as_ref().is_none_or(|regex| regex.is_match(text))
}

fn list(schema: &Value, path: &str, items: &[Value], report: &mut Report) {
    if let Some(schema) = schema.get("items") {
        for (i, item) in items.iter().enumerate() {
            check(schema, &format!("{path}[{i}]"), item, report);
        }
    }
    let size = i64::try_from(items.len()).unwrap_or(i64::MAX);
    if let Some(min) = integer(schema, "minItems").filter(|min| size < *min) {
        report.invalid(
            path,
            &size.into(),
            &format!("should have at least {min} items"),
        );
    }
    if let Some(max) = integer(schema, "maxItems").filter(|max| size > *max) {
        report.too_many(path, items.len(), max);
    }
}

fn enumeration(schema: &Value, path: &str, value: &Value, report: &mut Report) {
    let Some(Value::Array(allowed)) = schema.get("enum") else {
        return;
    };
    if !allowed.iter().any(|other| equal(other, value)) {
        report.not_supported(path, value, allowed);
    }
}

fn object(schema: &Value, path: &str, members: &Map<String, Value>, report: &mut Report) {
    let size = i64::try_from(members.len()).unwrap_or(i64::MAX);
    if let Some(min) = integer(schema, "minProperties").filter(|min| size < *min) {
        report.invalid(
            path,
            &size.into(),
            &format!("should have at least {min} properties"),
        );
    }
    if let Some(max) = integer(schema, "maxProperties").filter(|max| size > *max) {
        report.too_many(path, members.len(), max);
    }
    let additional = schema.get("additionalProperties").filter(|s| s.is_object());
    for (name, member) in members {
        let property = schema.get("properties").and_then(|p| p.get(name));
        let below = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        if let Some(schema) = property.or(additional) {
            check(schema, &below, member, report);
        }
    }
    for name in schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if let Some(name) = name.as_str().filter(|name| !members.contains_key(*name)) {
            report.required(&format!("{path}.{name}"));
        }
    }
}

/// `anyOf`, `oneOf`, `allOf` and `not`. Where no alternative fits, the server also tells what is wrong with
/// the one that fits best.
fn alternatives(schema: &Value, path: &str, value: &Value, report: &mut Report) {
    let parts = |keyword: &str| {
        schema
            .get(keyword)
            .and_then(Value::as_array)
            .filter(|p| !p.is_empty())
    };
    let attempt = |schema: &Value| {
        let mut attempt = Report::default();
        check(schema, path, value, &mut attempt);
        attempt
    };
    let best = |attempts: Vec<Report>| {
        attempts.into_iter().reduce(|best, next| {
            if next.checks > best.checks {
                next
            } else {
                best
            }
        })
    };
    if let Some(parts) = parts("anyOf") {
        let attempts: Vec<Report> = parts.iter().map(attempt).collect();
        if !attempts.iter().any(Report::is_valid) {
            report.of_no_field(&format!(
                "\"{path}\" must validate at least one schema (anyOf)"
            ));
            best(attempts)
                .into_iter()
                .for_each(|best| report.merge(best));
        }
    }
    if let Some(parts) = parts("oneOf") {
        let attempts: Vec<Report> = parts.iter().map(attempt).collect();
        let valid = attempts.iter().filter(|attempt| attempt.is_valid()).count();
        if valid != 1 {
            let found = match valid {
                0 => "Found none valid".to_owned(),
                many => format!("Found {many} valid alternatives"),
            };
            report.of_no_field(&format!(
                "\"{path}\" must validate one and only one schema (oneOf). {found}"
            ));
            if valid == 0 {
                best(attempts)
                    .into_iter()
                    .for_each(|best| report.merge(best));
            }
        }
    }
    if let Some(parts) = parts("allOf") {
        let attempts: Vec<Report> = parts.iter().map(attempt).collect();
        let valid = attempts.iter().filter(|attempt| attempt.is_valid()).count();
        let all = valid == attempts.len();
        attempts
            .into_iter()
            .for_each(|attempt| report.merge(attempt));
        if !all {
            let none = if valid == 0 { ". None validated" } else { "" };
            report.of_no_field(&format!(
                "\"{path}\" must validate all the schemas (allOf){none}"
            ));
        }
    }
    if let Some(schema) = schema.get("not")
        && attempt(schema).is_valid()
    {
        report.of_no_field(&format!("\"{path}\" must not validate the schema (not)"));
    }
}
