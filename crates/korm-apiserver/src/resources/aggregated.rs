//! Aggregated discovery (KEP-3352): all groups in one answer.

use std::sync::Arc;

use serde_json::{Value, json};

use super::discovery::groups;
use super::{CustomResources, Resource, Subresource, all};

/// The aggregated form of `/apis`, in version `v2` or `v2beta1`.
pub(crate) fn aggregated_apis(custom: &CustomResources, version: &str) -> Value {
    let resources = all(custom);
    let items = groups(custom).into_iter().map(|(group, versions)| {
        let versions: Vec<Value> = versions
            .iter()
            .map(|v| version_entry(custom, &resources, &group, v))
            .collect();
        json!({"metadata": {"name": group}, "versions": versions})
    });
    list(items.collect(), version)
}

/// The aggregated form of `/api`.
pub(crate) fn aggregated_api(custom: &CustomResources, version: &str) -> Value {
    let entry = version_entry(custom, &all(custom), "", "v1");
    list(vec![json!({"metadata": {}, "versions": [entry]})], version)
}

fn list(items: Vec<Value>, version: &str) -> Value {
    json!({"kind": "APIGroupDiscoveryList",
        "apiVersion": format!("apidiscovery.k8s.io/{version}"), "metadata": {}, "items": items})
}

fn version_entry(
    custom: &CustomResources,
    resources: &[Arc<Resource>],
    group: &str,
    version: &str,
) -> Value {
    let entries: Vec<Value> = resources
        .iter()
        .filter(|r| r.group == group && r.version == version)
        .map(|r| resource_entry(custom, r))
        .collect();
    json!({"version": version, "resources": entries, "freshness": "Current"})
}

fn resource_entry(custom: &CustomResources, resource: &Resource) -> Value {
    let mut entry = json!({
        "resource": resource.plural,
        "responseKind": response_kind(resource, &resource.group, &resource.version, &resource.kind),
        "scope": if resource.namespaced { "Namespaced" } else { "Cluster" },
        "singularResource": resource.singular,
        "verbs": custom.shown_verbs(resource),
    });
    for (field, names) in [
        ("shortNames", &resource.short_names),
        ("categories", &resource.categories),
    ] {
        if !names.is_empty() {
            entry[field] = json!(names);
        }
    }
    let subresources: Vec<Value> = resource
        .subresources
        .iter()
        .map(|s| subresource_entry(resource, s))
        .collect();
    if !subresources.is_empty() {
        entry["subresources"] = Value::Array(subresources);
    }
    entry
}

fn subresource_entry(resource: &Resource, sub: &Subresource) -> Value {
    json!({
        "subresource": sub.name,
        "responseKind": response_kind(resource, &sub.group, &sub.version, &sub.kind),
        "verbs": sub.verbs,
    })
}

/// Native resources leave out a group and version that are their own; custom ones tell them.
fn response_kind(resource: &Resource, group: &str, version: &str, kind: &str) -> Value {
    let own = group == resource.group && version == resource.version;
    if own && resource.is_native() {
        return json!({"group": "", "version": "", "kind": kind});
    }
    json!({"group": group, "version": version, "kind": kind})
}
