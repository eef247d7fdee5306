//! The resources that the discovery documents list, as Rust data.

use crate::Error;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// One group and version with its entries, in the order of the documents.
pub(super) struct GroupVersion {
    group: String,
    version: String,
    /// What the names of its definitions start with, `io.k8s.api.apps.v1`.
    package: String,
    entries: Vec<Value>,
}

/// All groups and versions: the core group first, then in the order of `/apis`.
///
/// # Errors
/// When a document is missing or not what discovery documents look like.
pub(super) fn read(
    folder: &Path,
    definitions: &BTreeMap<String, Value>,
) -> Result<Vec<GroupVersion>, Error> {
    let packages = packages(definitions);
    let document = |name: &str| -> Result<Value, Error> {
        let path = folder.join(name);
        let text =
            fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(serde_json::from_str(&text)?)
    };
    let mut found = vec![group_version(
        "",
        "v1",
        &document("api__v1.json")?,
        &packages,
    )?];
    for group in array(&document("apis.json")?["groups"])? {
        let name = string(&group["name"])?;
        for version in array(&group["versions"])? {
            let version = string(&version["version"])?;
            let list = document(&format!("apis__{name}__{version}.json"))?;
            found.push(group_version(name, version, &list, &packages)?);
        }
    }
    Ok(found)
}

/// Package of the definitions of each group and version, from the definitions that name a kind.
fn packages(definitions: &BTreeMap<String, Value>) -> BTreeMap<(String, String), String> {
    let mut packages = BTreeMap::new();
    for (name, schema) in definitions {
        let Some([kind]) = schema["x-kubernetes-group-version-kind"]
            .as_array()
            .map(Vec::as_slice)
        else {
            continue;
        };
        if let (Some(group), Some(version), Some((package, _))) = (
            kind["group"].as_str(),
            kind["version"].as_str(),
            name.rsplit_once('.'),
        ) && !package.contains(".meta.")
        {
            packages.insert((group.to_owned(), version.to_owned()), package.to_owned());
        }
    }
    packages
}

fn group_version(
    group: &str,
    version: &str,
    list: &Value,
    packages: &BTreeMap<(String, String), String>,
) -> Result<GroupVersion, Error> {
    let (group, version) = (group.to_owned(), version.to_owned());
    let package = packages
        .get(&(group.clone(), version.clone()))
        .ok_or_else(|| format!("no definitions for {group}/{version}"))?
        .clone();
    let mut entries = array(&list["resources"])?.clone();
    entries.sort_by_key(|entry| entry["name"].as_str().unwrap_or_default().to_owned());
    Ok(GroupVersion {
        group,
        version,
        package,
        entries,
    })
}

/// The data as Rust source: nothing has to be read when a server starts.
pub(super) fn write(found: &[GroupVersion]) -> String {
    let mut text = String::from("// Written by `cargo xtask record`; do not edit.\n&[\n");
    for gv in found {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "    GroupVersion {{ group: {:?}, version: {:?}, package: {:?}, resources: &[",
            gv.group, gv.version, gv.package
        );
        for entry in gv.entries.iter().filter(|entry| !name(entry).contains('/')) {
            write_resource(&mut text, gv, entry);
        }
        text.push_str("    ] },\n");
    }
    text.push_str("]\n");
    text
}

fn write_resource(text: &mut String, gv: &GroupVersion, entry: &Value) {
    let prefix = format!("{}/", name(entry));
    let _ = writeln!(
        text,
        "        Resource {{ name: {}, kind: {}, singular: {}, namespaced: {}, short_names: {}, \
         categories: {}, verbs: {}, storage_version_hash: {}, subresources: &[",
        entry["name"],
        entry["kind"],
        entry["singularName"],
        entry["namespaced"],
        list(&entry["shortNames"]),
        list(&entry["categories"]),
        list(&entry["verbs"]),
        entry["storageVersionHash"]
            .as_str()
            .map_or("\"\"".to_owned(), |hash| format!("{hash:?}")),
    );
    for sub in &gv.entries {
        let Some(subresource) = name(sub).strip_prefix(&prefix) else {
            continue;
        };
        let _ = writeln!(
            text,
            "            Subresource {{ name: {subresource:?}, group: {:?}, version: {:?}, kind: {}, \
             verbs: {} }},",
            sub["group"]
                .as_str()
                .unwrap_or(if sub["version"].is_string() {
                    ""
                } else {
                    &gv.group
                }),
            sub["version"].as_str().unwrap_or(&gv.version),
            sub["kind"],
            list(&sub["verbs"]),
        );
    }
    text.push_str("        ] },\n");
}

fn list(value: &Value) -> String {
    if value.is_null() {
        "&[]".to_owned()
    } else {
        format!("&{value}")
    }
}

fn name(entry: &Value) -> &str {
    entry["name"].as_str().unwrap_or_default()
}

fn array(value: &Value) -> Result<&Vec<Value>, Error> {
    value
        .as_array()
        .ok_or_else(|| format!("not a list: {value}").into())
}

fn string(value: &Value) -> Result<&str, Error> {
    value
        .as_str()
        .ok_or_else(|| format!("not a string: {value}").into())
}
