//! The columns and rows of `meta.k8s.io/v1` Tables, which `kubectl get` prints.
//!
//! Columns carry no descriptions but those of a CRD: the texts of native fields are not recorded.

mod core;
mod custom;
mod duration;
mod native;
mod pod;
mod rbac;
mod scale;
mod storage;
mod workloads;

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::crd::Column;

/// How objects of a resource become rows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Printer<'a> {
    /// A custom resource, with the columns of its CRD.
    Custom(&'a [Column]),
    /// A native kind.
    Native {
        /// Its group, empty for the core.
        group: &'a str,
        /// Its kind.
        kind: &'a str,
    },
    /// The Scale of an object.
    Scale {
        /// The object's kind is native.
        native: bool,
    },
}

/// What of an object a row carries.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum IncludeObject {
    /// Nothing.
    None,
    /// Its metadata.
    #[default]
    Metadata,
    /// All of it.
    Object,
}

impl IncludeObject {
    /// The query parameter `includeObject`; the error is a message for a bad request.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "" | "Metadata" => Ok(Self::Metadata),
            "None" => Ok(Self::None),
            "Object" => Ok(Self::Object),
            other => Err(format!(
                "Unable to convert to Table as requested: includeObject: Invalid value: {}: must be 'Metadata', 'Object', 'None', or empty",
                crate::schema::go_format::quote(other)
            )),
        }
    }
}

/// A column as the API describes it.
struct Definition {
    name: &'static str,
    column_type: &'static str,
    format: &'static str,
    /// Columns of a priority above 0 are only for wide output.
    priority: i32,
}

/// Columns of a native kind from `Name:type` pairs; an asterisk marks columns for wide output.
fn definitions(columns: &'static [&'static str]) -> Vec<Definition> {
    columns
        .iter()
        .map(|column| {
            let (name, column_type) = column.split_once(':').unwrap_or((column, "string"));
            let wide = name.strip_suffix('*');
            Definition {
                name: wide.unwrap_or(name),
                column_type,
                format: if wide.unwrap_or(name) == "Name" {
                    "name"
                } else {
                    ""
                },
                priority: i32::from(wide.is_some()),
            }
        })
        .collect()
}

/// The `columnDefinitions` of a table.
pub(crate) fn columns(printer: Printer<'_>) -> Value {
    let native = match printer {
        Printer::Custom(columns) => return custom::columns(columns),
        Printer::Scale { native: false } => return scale::custom_columns(),
        Printer::Scale { native: true } => scale::native_columns(),
        Printer::Native { group, kind } => native::columns(group, kind),
    };
    native
        .iter()
        .map(|column| {
            json!({
                "name": column.name, "type": column.column_type, "format": column.format,
                "description": "", "priority": column.priority,
            })
        })
        .collect()
}

/// One row of a table.
pub(crate) fn row(
    printer: Printer<'_>,
    object: &Value,
    include: IncludeObject,
    now: Timestamp,
) -> Value {
    let cells = match printer {
        Printer::Custom(columns) => custom::cells(columns, object, now),
        Printer::Native { group, kind } => native::cells(group, kind, object, now),
        Printer::Scale { native: true } => scale::native_cells(object, now),
        Printer::Scale { native: false } => scale::custom_cells(object, now),
    };
    let mut row = Map::new();
    row.insert("cells".to_owned(), Value::Array(cells));
    if let Printer::Native {
        group: "",
        kind: "Pod",
    } = printer
        && let Some(conditions) = pod::row_conditions(object)
    {
        row.insert("conditions".to_owned(), conditions);
    }
    let object = match include {
        IncludeObject::None => Value::Null,
        IncludeObject::Object => object.clone(),
        IncludeObject::Metadata => json!({
            "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
            "metadata": object["metadata"],
        }),
    };
    row.insert("object".to_owned(), object);
    Value::Object(row)
}

/// A whole table of an object or a list of them.
///
/// Without `headers` the column definitions are null, as in all watch events but the first.
pub(crate) fn table(
    printer: Printer<'_>,
    object: &Value,
    include: IncludeObject,
    headers: bool,
    now: Timestamp,
) -> Value {
    let items = object.get("items").and_then(Value::as_array);
    let mut metadata = Map::new();
    let source = &object["metadata"];
    let names: &[&str] = match items {
        Some(_) => &["resourceVersion", "continue", "remainingItemCount"],
        None => &["resourceVersion"],
    };
    for name in names {
        if let Some(value) = source.get(*name).filter(|value| **value != "") {
            metadata.insert((*name).to_owned(), value.clone());
        }
    }
    let row = |object: &Value| row(printer, object, include, now);
    let rows: Vec<Value> = match items {
        Some(items) => items.iter().map(row).collect(),
        None => vec![row(object)],
    };
    json!({
        "kind": "Table", "apiVersion": "meta.k8s.io/v1",
        "metadata": metadata,
        "columnDefinitions": if headers { columns(printer) } else { Value::Null },
        "rows": rows,
    })
}

/// The age of an object.
fn age(object: &Value, now: Timestamp) -> Value {
    let created = object["metadata"]["creationTimestamp"].as_str();
    duration::since(created, now).into()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn int(value: &Value, name: &str) -> i64 {
    value[name].as_i64().unwrap_or(0)
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

/// The text, or `otherwise` where there is none.
fn text_or<'a>(value: &'a Value, name: &str, otherwise: &'a str) -> &'a str {
    match text(value, name) {
        "" => otherwise,
        text => text,
    }
}

/// `a=1,b=2`, or `<none>`.
fn labels(value: &Value) -> String {
    let pairs: Vec<String> = value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    if pairs.is_empty() {
        return "<none>".to_owned();
    }
    pairs.join(",")
}

/// A label selector as text; without requirements `<none>`.
fn selector(value: &Value) -> String {
    let text = requirements(value);
    if text.is_empty() {
        "<none>".to_owned()
    } else {
        text
    }
}

fn requirements(selector: &Value) -> String {
    let mut all: Vec<(String, String)> = Vec::new();
    for (key, value) in selector["matchLabels"].as_object().into_iter().flatten() {
        let value = value.as_str().unwrap_or_default();
        all.push((key.clone(), format!("{key}={value}")));
    }
    for expression in list(selector, "matchExpressions") {
        let key = text(expression, "key");
        let mut values: Vec<&str> = list(expression, "values")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        values.sort_unstable();
        let values = values.join(",");
        let requirement = match text(expression, "operator") {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            "Exists" => key.to_owned(),
            "DoesNotExist" => format!("!{key}"),
            _ => continue,
        };
        all.push((key.to_owned(), requirement));
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    let all: Vec<String> = all
        .into_iter()
        .map(|(_, requirement)| requirement)
        .collect();
    all.join(",")
}
