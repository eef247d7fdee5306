//! CEL rules, `x-kubernetes-validations`.

use kube_cel::{ErrorKind, ValidationError, validate};
use serde_json::Value;

use super::report::Report;

const RULES: &str = "x-kubernetes-validations";

/// Whether a schema has a rule anywhere.
pub(super) fn are_there(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => members.iter().any(|(key, inner)| {
            let rules = key == RULES && inner.as_array().is_some_and(|rules| !rules.is_empty());
            rules || are_there(inner)
        }),
        Value::Array(items) => items.iter().any(are_there),
        _ => false,
    }
}

/// Evaluates the rules of a schema and of everything below it. Rules that compare with the stored object
/// are evaluated where there is one. What cannot be evaluated here is left to the server.
pub(super) fn check(
    schema: &Value,
    path: &str,
    value: &Value,
    old: Option<&Value>,
    report: &mut Report,
) {
    if value.is_null() {
        return;
    }
    if schema
        .get(RULES)
        .and_then(Value::as_array)
        .is_some_and(|rules| !rules.is_empty())
    {
        here(schema, path, value, old, report);
    }
    match value {
        Value::Object(members) => {
            let additional = schema.get("additionalProperties").filter(|s| s.is_object());
            for (name, member) in members {
                let old = old.and_then(|old| old.get(name));
                match schema.get("properties").and_then(|p| p.get(name)) {
                    Some(schema) => check(schema, &format!("{path}.{name}"), member, old, report),
                    None => {
                        if let Some(schema) = additional {
                            check(schema, &format!("{path}[{name}]"), member, old, report);
                        }
                    }
                }
            }
        }
        Value::Array(items) => {
            if let Some(schema) = schema.get("items") {
                for (i, item) in items.iter().enumerate() {
                    // Elements of lists have no old value here: which was which the server finds out.
                    check(schema, &format!("{path}[{i}]"), item, None, report);
                }
            }
        }
        _ => {}
    }
}

/// The rules that stand on this value itself.
fn here(schema: &Value, path: &str, value: &Value, old: Option<&Value>, report: &mut Report) {
    let Err(errors) = validate(&without_inner_rules(schema), value, old) else {
        return;
    };
    for error in errors
        .into_iter()
        .filter(|e| e.kind == ErrorKind::ValidationFailure)
    {
        let ValidationError {
            message,
            field_path,
            reason,
            ..
        } = error;
        let field = match field_path.strip_prefix('.').unwrap_or(&field_path) {
            "" => path.to_owned(),
            below => format!("{path}.{below}"),
        };
        report.broken_rule(&field, value, message.trim(), reason.as_deref());
    }
}

/// The schema with only its own rules, so that those below are not told twice.
fn without_inner_rules(schema: &Value) -> Value {
    fn strip(schema: &mut Value) {
        match schema {
            Value::Object(members) => {
                members.remove(RULES);
                members.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut stripped = schema.clone();
    if let Some(members) = stripped.as_object_mut() {
        members
            .iter_mut()
            .filter(|(key, _)| *key != RULES)
            .for_each(|(_, inner)| strip(inner));
    }
    stripped
}
