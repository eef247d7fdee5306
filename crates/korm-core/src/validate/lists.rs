//! Lists that are sets or maps hold nothing twice.

use serde_json::{Map, Value};

use super::report::Report;
use crate::expr::equal;

pub(super) fn check(schema: &Value, path: &str, value: &Value, report: &mut Report) {
    match value {
        Value::Object(members) => {
            let additional = schema.get("additionalProperties").filter(|s| s.is_object());
            for (name, member) in members {
                match schema.get("properties").and_then(|p| p.get(name)) {
                    Some(schema) => check(schema, &format!("{path}.{name}"), member, report),
                    None => {
                        if let Some(schema) = additional {
                            check(schema, &format!("{path}[{name}]"), member, report);
                        }
                    }
                }
            }
        }
        Value::Array(items) => {
            match schema.get("x-kubernetes-list-type").and_then(Value::as_str) {
                Some("set") => twice(path, items.clone(), report),
                Some("map") => twice(path, keys(schema, items), report),
                _ => {}
            }
            if let Some(schema) = schema.get("items") {
                for (i, item) in items.iter().enumerate() {
                    check(schema, &format!("{path}[{i}]"), item, report);
                }
            }
        }
        _ => {}
    }
}

/// Every element that was there before, each value once.
fn twice(path: &str, items: Vec<Value>, report: &mut Report) {
    let mut told: Vec<&Value> = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let before = items[..i].iter().any(|other| equal(other, item));
        if before && !told.iter().any(|other| equal(other, item)) {
            told.push(item);
            report.duplicate(&format!("{path}[{i}]"), item);
        }
    }
}

/// The keys of each element.
fn keys(schema: &Value, items: &[Value]) -> Vec<Value> {
    let names: Vec<&str> = schema
        .get("x-kubernetes-list-map-keys")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let keys_of = |item: &Value| -> Value {
        let found = names
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), item.get(name)?.clone())));
        found.collect::<Map<_, _>>().into()
    };
    items.iter().map(keys_of).collect()
}
