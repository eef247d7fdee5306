//! Discovery, one document for each group and version: what `/api`, `/apis` and below answer.

use serde_json::{Map, Value, json};

use super::{CustomResources, Resource, Subresource, all, group_version};

/// `/api`
pub(crate) fn api_versions(address: &str) -> Value {
    json!({"kind": "APIVersions", "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}]})
}

/// `/apis`
pub(crate) fn api_group_list(custom: &CustomResources) -> Value {
    let groups: Vec<Value> = groups(custom)
        .into_iter()
        .map(|(name, versions)| group(&name, &versions))
        .collect();
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
}

/// `/apis/{group}`
pub(crate) fn api_group(custom: &CustomResources, name: &str) -> Option<Value> {
    let (name, versions) = groups(custom)
        .into_iter()
        .find(|(group, _)| group == name)?;
    let mut found = group(&name, &versions);
    found["kind"] = json!("APIGroup");
    found["apiVersion"] = json!("v1");
    Some(found)
}

/// Groups other than the core one, with their versions, both in the order of preference.
pub(super) fn groups(custom: &CustomResources) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for resource in all(custom) {
        if resource.group.is_empty() {
            continue;
        }
        match found.iter_mut().find(|(name, _)| *name == resource.group) {
            Some((_, versions)) => {
                if !versions.contains(&resource.version) {
                    versions.push(resource.version.clone());
                }
            }
            None => found.push((resource.group.clone(), vec![resource.version.clone()])),
        }
    }
    found
}

fn group(name: &str, versions: &[String]) -> Value {
    let versions: Vec<Value> = versions
        .iter()
        .map(|v| json!({"groupVersion": group_version(name, v), "version": v}))
        .collect();
    let preferred = versions.first().cloned().unwrap_or_default();
    json!({"name": name, "versions": versions, "preferredVersion": preferred})
}

/// `/api/v1` and `/apis/{group}/{version}`
pub(crate) fn api_resource_list(
    custom: &CustomResources,
    group: &str,
    version: &str,
) -> Option<Value> {
    let mut entries = Vec::new();
    for resource in all(custom) {
        if resource.group == group && resource.version == version {
            entries.push(resource_entry(custom, &resource));
            entries.extend(
                resource
                    .subresources
                    .iter()
                    .map(|s| subresource_entry(&resource, s)),
            );
        }
    }
    if entries.is_empty() {
        return None;
    }
    let mut list = json!({"kind": "APIResourceList",
        "groupVersion": group_version(group, version), "resources": entries});
    if !group.is_empty() {
        list["apiVersion"] = json!("v1");
    }
    Some(list)
}

fn resource_entry(custom: &CustomResources, resource: &Resource) -> Value {
    let mut entry = Map::new();
    entry.insert("name".into(), json!(resource.plural));
    entry.insert("singularName".into(), json!(resource.singular));
    entry.insert("namespaced".into(), json!(resource.namespaced));
    entry.insert("kind".into(), json!(resource.kind));
    entry.insert("verbs".into(), json!(custom.shown_verbs(resource)));
    for (field, names) in [
        ("shortNames", &resource.short_names),
        ("categories", &resource.categories),
    ] {
        if !names.is_empty() {
            entry.insert(field.into(), json!(names));
        }
    }
    if !resource.storage_version_hash.is_empty() {
        entry.insert(
            "storageVersionHash".into(),
            json!(resource.storage_version_hash),
        );
    }
    Value::Object(entry)
}

fn subresource_entry(resource: &Resource, subresource: &Subresource) -> Value {
    let mut entry = json!({
        "name": format!("{}/{}", resource.plural, subresource.name),
        "singularName": "",
        "namespaced": resource.namespaced,
        "kind": subresource.kind,
        "verbs": subresource.verbs,
    });
    if (&subresource.group, &subresource.version) != (&resource.group, &resource.version) {
        if !subresource.group.is_empty() {
            entry["group"] = json!(subresource.group);
        }
        entry["version"] = json!(subresource.version);
    }
    entry
}
