//! Tables of Scales, which are the same whatever is scaled, but for where they come from.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Definition, age, custom, definitions, int};
use crate::crd::Column;

/// The columns of a native kind's Scale. Only its type, not its name, tells what stands in a column.
pub(super) fn native_columns() -> Vec<Definition> {
    let mut columns = definitions(&["Name", "Desired:integer", "Available:integer", "Age"]);
    for column in &mut columns {
        column.format = "";
    }
    columns
}

pub(super) fn native_cells(scale: &Value, now: Timestamp) -> Vec<Value> {
    vec![
        scale["metadata"]["name"].clone(),
        json!(int(&scale["spec"], "replicas")),
        json!(int(&scale["status"], "replicas")),
        age(scale, now),
    ]
}

/// The columns of a custom kind's Scale, which are columns as definitions have them. The age is described as the field
/// that it is of, so not at all.
pub(super) fn custom_columns() -> Value {
    let mut columns = custom::columns(&columns());
    if let Some(age) = columns.as_array_mut().and_then(|all| all.last_mut()) {
        age["description"] = "".into();
    }
    columns
}

pub(super) fn custom_cells(scale: &Value, now: Timestamp) -> Vec<Value> {
    custom::cells(&columns(), scale, now)
}

fn columns() -> [Column; 3] {
    let column = |name: &str, column_type: &str, description: &str, json_path: &str| Column {
        name: name.to_owned(),
        column_type: column_type.to_owned(),
        description: description.to_owned(),
        json_path: json_path.to_owned(),
        ..Column::default()
    };
    [
        column(
            "Desired",
            "integer",
            "Number of desired replicas",
            ".spec.replicas",
        ),
        column(
            "Available",
            "integer",
            "Number of actual replicas",
            ".status.replicas",
        ),
        column("Age", "date", "", ".metadata.creationTimestamp"),
    ]
}
