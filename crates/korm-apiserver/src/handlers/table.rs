//! Objects as rows: the `meta.k8s.io` Table that `kubectl get` prints.

use serde_json::{Value, json};

use super::render::{IncludeObject, View, partial};
use crate::meta;

/// A Table of objects, with the `metadata` of the list they come from.
pub(super) fn table(view: &View, objects: &[&Value], metadata: Value) -> Value {
    let version = &view.output.version;
    let rows: Vec<Value> = objects
        .iter()
        .map(|object| {
            let shown = match view.include_object {
                IncludeObject::None => Value::Null,
                IncludeObject::Metadata => partial(object, version),
                IncludeObject::Object => (*object).clone(),
            };
            let cells = json!([meta::name(object), meta::text(object, "creationTimestamp")]);
            json!({"cells": cells, "object": shown})
        })
        .collect();
    let columns = if view.no_headers {
        json!([])
    } else {
        json!([
            {"name": "Name", "type": "string", "format": "name", "description": "", "priority": 0},
            {"name": "Created At", "type": "date", "format": "", "description": "", "priority": 0},
        ])
    };
    json!({"kind": "Table", "apiVersion": format!("meta.k8s.io/{version}"), "metadata": metadata,
        "columnDefinitions": columns, "rows": rows})
}
