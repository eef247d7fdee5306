//! Protobuf messages joined with the Go structs they were generated from.
//!
//! An entry is `{"f":[[json, number, type, flags], ...]}`. The type is protobuf's, with a
//! leading `*` when repeated and `string:TYPE` for a map; message types carry their full name.
//! `"t":true` marks a struct that also has `apiVersion` and `kind`, which protobuf leaves out.
//! Flags: `p` pointer, `o` omitted in JSON when empty, `z` omitted when zero, `i` inlined into
//! the parent in JSON. An entry `{"items":type}` is a Go slice that protobuf wraps in a message.

use super::proto::{self, Kind};
use super::structs::{self, Package};
use crate::Error;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Every message of the packages that the definitions mention, by its full protobuf name.
///
/// # Errors
/// When a file cannot be read, or a message and its struct disagree.
pub(super) fn read(
    modules: &[(&str, PathBuf)],
    definitions: &BTreeMap<String, Value>,
) -> Result<BTreeMap<String, Value>, Error> {
    let mut entries = BTreeMap::new();
    for (prefix, root) in modules {
        for file in find(root)? {
            let folder = file.parent().unwrap_or(root);
            let relative = folder.strip_prefix(root)?;
            let dotted: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
            let package = format!("{prefix}.{}", dotted.join("."));
            // io.k8s.api.core.v1.Pod defines what k8s.io.api.core.v1.Pod encodes.
            let defined = format!("{}.", package.replacen("k8s.io.", "io.k8s.", 1));
            if definitions.keys().any(|name| name.starts_with(&defined)) {
                read_package(&file, &package, &structs::read(folder)?, &mut entries)?;
            }
        }
    }
    Ok(entries)
}

fn find(root: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .file_name()
                .is_some_and(|name| name == "generated.proto")
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn read_package(
    file: &Path,
    package: &str,
    go: &Package,
    entries: &mut BTreeMap<String, Value>,
) -> Result<(), Error> {
    for message in proto::parse(&fs::read_to_string(file)?)? {
        let name = format!("{package}.{}", message.name);
        let entry = match go.structs.get(&message.name) {
            Some(fields) => fields_of(&name, &message, fields)?,
            None => match message.fields.as_slice() {
                [only] if only.name == "items" && only.repeated => {
                    json!({"items": kind(&only.kind)})
                }
                // Timestamp exists in protobuf alone.
                _ => fields_of(&name, &message, &[])?,
            },
        };
        entries.insert(name, entry);
    }
    Ok(())
}

fn fields_of(
    name: &str,
    message: &proto::Message,
    fields: &[structs::Field],
) -> Result<Value, Error> {
    let mut joined = Vec::new();
    for field in &message.fields {
        let go = fields.iter().find(|go| go.number == Some(field.number));
        if go.is_none() && !fields.is_empty() && !custom(name) {
            return Err(format!("{name}.{}: no Go field has its number", field.name).into());
        }
        let mut flags = String::new();
        let json_name = match go {
            Some(go) => {
                let set = [
                    ('p', go.go.starts_with('*')),
                    ('o', go.omit_empty),
                    ('z', go.omit_zero),
                    ('i', go.json.is_empty()),
                ];
                flags.extend(set.iter().filter(|(_, on)| *on).map(|(flag, _)| *flag));
                go.json.as_str()
            }
            None => field.name.as_str(),
        };
        let star = if field.repeated { "*" } else { "" };
        let wire = format!("{star}{}", kind(&field.kind));
        joined.push(json!([json_name, field.number, wire, flags]));
    }
    joined.sort_by_key(|field| field[1].as_u64());
    let typed = fields
        .iter()
        .any(|go| go.number.is_none() && go.go.ends_with(".TypeMeta"));
    Ok(if typed {
        json!({"t": true, "f": joined})
    } else {
        json!({"f": joined})
    })
}

/// Types that marshal themselves, which the server knows by name.
fn custom(name: &str) -> bool {
    [
        "Quantity",
        "QuantityValue",
        "Time",
        "MicroTime",
        "Timestamp",
        "FieldsV1",
        "Duration",
        "Verbs",
    ]
    .iter()
    .any(|own| name.ends_with(&format!(".{own}")))
}

fn kind(kind: &Kind) -> String {
    match kind {
        Kind::One(one) => one.clone(),
        Kind::Map(key, value) => format!("{key}:{value}"),
    }
}
