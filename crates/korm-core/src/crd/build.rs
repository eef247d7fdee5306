//! Building the definition.

use serde_json::{Map, Value, json};

use super::schema;
use crate::{
    model::{Column, FieldDef, ModelDef, Scale, Scope},
    path::FieldPath,
};

/// The `CustomResourceDefinition` (`apiextensions.k8s.io/v1`) of a model, with its one version served and
/// stored.
///
/// Fields of labels and annotations are not part of the schema; they need no declaration.
pub fn build(def: &ModelDef) -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": def.crd_name()},
        "spec": {
            "group": def.group,
            "names": names(def),
            "scope": match def.scope {
                Scope::Namespaced => "Namespaced",
                Scope::Cluster => "Cluster",
            },
            "versions": [version(def)],
        },
    })
}

fn names(def: &ModelDef) -> Value {
    let mut names = json!({
        "kind": def.kind,
        "listKind": format!("{}List", def.kind),
        "plural": def.plural,
        "singular": def.singular,
    });
    if !def.short_names.is_empty() {
        names["shortNames"] = json!(def.short_names);
    }
    if !def.categories.is_empty() {
        names["categories"] = json!(def.categories);
    }
    names
}

fn version(def: &ModelDef) -> Value {
    let mut version = json!({
        "name": def.version,
        "served": true,
        "storage": true,
        "schema": {"openAPIV3Schema": schema::of(def)},
    });
    let mut subresources = Map::new();
    if def.status_subresource {
        subresources.insert("status".into(), json!({}));
    }
    if let Some(scale) = &def.scale {
        subresources.insert("scale".into(), scale_subresource(scale));
    }
    if !subresources.is_empty() {
        version["subresources"] = subresources.into();
    }
    let columns: Vec<Value> = def
        .fields
        .iter()
        .filter_map(|field| Some(column(field.column.as_ref()?, Some(field))))
        .chain(def.columns.iter().map(|c| column(c, None)))
        .collect();
    if !columns.is_empty() {
        version["additionalPrinterColumns"] = columns.into();
    }
    let selectable: Vec<Value> = def
        .fields
        .iter()
        .filter(|field| field.selectable)
        .map(|field| json!({"jsonPath": json_path(&field.path)}))
        .collect();
    if !selectable.is_empty() {
        version["selectableFields"] = selectable.into();
    }
    version
}

fn scale_subresource(scale: &Scale) -> Value {
    let mut paths = json!({
        "specReplicasPath": scale.spec_replicas,
        "statusReplicasPath": scale.status_replicas,
    });
    if let Some(selector) = &scale.label_selector {
        paths["labelSelectorPath"] = selector.as_str().into();
    }
    paths
}

fn column(column: &Column, field: Option<&FieldDef>) -> Value {
    let path = column
        .json_path
        .clone()
        .or_else(|| field.map(|field| json_path(&field.path)))
        .unwrap_or_default();
    let type_ = column
        .type_
        .as_deref()
        .unwrap_or_else(|| field.map_or("string", column_type));
    let mut out = json!({"name": column.name, "type": type_, "jsonPath": path});
    let description = column
        .description
        .as_ref()
        .or_else(|| field?.description.as_ref());
    if let Some(text) = description {
        out["description"] = text.as_str().into();
    }
    if let Some(format) = &column.format {
        out["format"] = format.as_str().into();
    }
    if column.priority != 0 {
        out["priority"] = column.priority.into();
    }
    out
}

/// The type of a column that prints a field.
fn column_type(field: &FieldDef) -> &str {
    let keyword = |keyword| field.schema.get(keyword).and_then(Value::as_str);
    match keyword("type") {
        Some("string") if keyword("format") == Some("date-time") => "date",
        Some(scalar @ ("integer" | "number" | "boolean")) => scalar,
        _ => "string",
    }
}

/// A path as the JSON paths of a CRD write it: `.spec.variety`, with dots within a key escaped.
pub(super) fn json_path(path: &FieldPath) -> String {
    path.segments()
        .iter()
        .fold(String::new(), |mut text, segment| {
            text.push('.');
            text.push_str(&segment.replace('.', "\\."));
            text
        })
}
