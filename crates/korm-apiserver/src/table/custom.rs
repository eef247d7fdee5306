//! Tables of custom resources.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::duration;
use crate::crd::Column;
use crate::jsonpath::{self, JsonPath};

/// Columns up to the first whose path cannot be parsed, each with its path. A CRD without columns
/// has the age.
fn parsed(columns: &[Column]) -> Vec<(Column, JsonPath)> {
    let age = [Column {
        name: "Age".to_owned(),
        column_type: "date".to_owned(),
        json_path: ".metadata.creationTimestamp".to_owned(),
        ..Column::default()
    }];
    let columns = if columns.is_empty() { &age } else { columns };
    columns
        .iter()
        .map_while(|column| Some((column.clone(), JsonPath::parse(&column.json_path)?)))
        .collect()
}

pub(super) fn columns(columns: &[Column]) -> Value {
    let is_default = columns.is_empty();
    let mut all = vec![json!({
        "name": "Name", "type": "string", "format": "name", "description": "", "priority": 0,
    })];
    for (column, _) in parsed(columns) {
        let description = match column.description.as_str() {
            "" if is_default => String::new(),
            "" => format!(
                "Custom resource definition column (in JSONPath format): {}",
                column.json_path
            ),
            given => given.to_owned(),
        };
        all.push(json!({
            "name": column.name, "type": column.column_type, "format": column.format,
            "description": description, "priority": column.priority,
        }));
    }
    Value::Array(all)
}

pub(super) fn cells(columns: &[Column], object: &Value, now: Timestamp) -> Vec<Value> {
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    let mut cells = vec![Value::from(name)];
    for (column, path) in parsed(columns) {
        let found = path.find(object).unwrap_or_default();
        cells.push(match found.first() {
            None => Value::Null,
            Some(value) => cell(&column.column_type, value, now),
        });
    }
    cells
}

/// The integer before the point. What is out of range is the smallest one: Go's conversion, on amd64.
fn truncated(float: f64) -> i64 {
    match float >= i64::MIN as f64 && float < i64::MAX as f64 {
        true => float as i64,
        false => i64::MIN,
    }
}

/// A value in a column of this type; null where it does not fit.
fn cell(column_type: &str, value: &Value, now: Timestamp) -> Value {
    match (column_type, value) {
        ("string", value) => jsonpath::text(value).into(),
        ("integer", Value::Number(number)) => match (number.as_i64(), number.as_f64()) {
            (Some(int), _) => int.into(),
            (None, Some(float)) => truncated(float).into(),
            (None, None) => Value::Null,
        },
        ("number", Value::Number(_)) | ("boolean", Value::Bool(_)) => value.clone(),
        ("date", Value::String(text)) => match text.parse::<Timestamp>() {
            Ok(_) => duration::since(Some(text), now).into(),
            Err(_) if text.is_empty() || text == "null" => "<unknown>".into(),
            Err(_) => "<invalid>".into(),
        },
        _ => Value::Null,
    }
}
