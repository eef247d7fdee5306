//! The schemas of the published OpenAPI v3 documents, without their descriptions.

use crate::Error;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const REFERENCE: &str = "#/components/schemas/";

/// Every definition by its full name.
///
/// # Errors
/// When a document cannot be read, or two documents define one name differently.
pub(super) fn read(folder: &Path) -> Result<BTreeMap<String, Value>, Error> {
    let mut paths: Vec<_> = fs::read_dir(folder)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    let mut definitions = BTreeMap::new();
    for path in paths
        .iter()
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
    {
        let document: Value = serde_json::from_str(&fs::read_to_string(path)?)?;
        let Some(schemas) = document["components"]["schemas"].as_object() else {
            continue;
        };
        for (name, schema) in schemas {
            let facts = without_text(schema);
            match definitions.get(name) {
                None => {
                    definitions.insert(name.clone(), facts);
                }
                // DeleteOptions and WatchEvent also name the group of the document they are in.
                Some(known) if without_kinds(known) == without_kinds(&facts) => {}
                Some(_) => return Err(format!("{}: another {name}", path.display()).into()),
            }
        }
    }
    Ok(definitions)
}

fn without_kinds(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Value::Object(map) = &mut schema {
        map.remove("x-kubernetes-group-version-kind");
    }
    schema
}

/// A schema without descriptions, and with its references shortened to the bare name.
fn without_text(schema: &Value) -> Value {
    let Value::Object(map) = schema else {
        return schema.clone();
    };
    let mut kept = Map::new();
    for (key, value) in map {
        let value = match (key.as_str(), value) {
            // A property may be called "description"; the keyword always holds a string.
            ("description", Value::String(_)) => continue,
            ("$ref", Value::String(name)) => {
                Value::String(name.strip_prefix(REFERENCE).unwrap_or(name).to_owned())
            }
            ("properties", Value::Object(properties)) => Value::Object(
                properties
                    .iter()
                    .map(|(name, p)| (name.clone(), without_text(p)))
                    .collect(),
            ),
            ("items" | "additionalProperties", value) => without_text(value),
            ("allOf" | "oneOf" | "anyOf", Value::Array(schemas)) => {
                Value::Array(schemas.iter().map(without_text).collect())
            }
            (_, value) => value.clone(),
        };
        kept.insert(key.clone(), value);
    }
    Value::Object(kept)
}
