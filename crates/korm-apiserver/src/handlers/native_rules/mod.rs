//! Rules of native kinds that go beyond their schemas, as `k8s.io/kubernetes/pkg/apis/*/validation`
//! has them. Of the kinds without a file here only the finalizers are checked; what is left out on
//! purpose is told in DIVERGENCES.md.

mod common;
mod data;
mod deployment;
mod env_warnings;
mod lease;
mod namespace;
mod node;
mod pod_template;
mod port_warnings;
mod rbac;
mod service;
mod warnings;

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::meta;
use crate::resources::Resource;
use crate::schema::{FieldError, FieldPath};

pub(super) use warnings::warnings;

const STANDARD_FINALIZERS: &[&str] = &["kubernetes", "orphan", "foregroundDeletion"];
/// Groups whose kinds take any finalizer.
const ANY_FINALIZER: &[&str] = &[
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "coordination.k8s.io",
];

/// The rules of a new object.
pub(super) fn check_create(resource: &Resource, object: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    check_finalizers(&mut errors, resource, object);
    check_object(&mut errors, resource, object);
    errors
}

/// The rules of a change of an object, or with a subresource of that part of it.
pub(super) fn check_update(
    resource: &Resource,
    subresource: &str,
    object: &Value,
    old: &Value,
) -> Vec<FieldError> {
    let mut errors = Vec::new();
    check_finalizers(&mut errors, resource, object);
    match (place(resource), subresource) {
        (place, "" | "scale") => {
            match place {
                "configmaps" => data::check_config_map_update(&mut errors, object, old),
                "secrets" => data::check_secret_update(&mut errors, object, old),
                "services" => service::check_update(&mut errors, object, old),
                "nodes" => node::check_update(&mut errors, object, old),
                "deployments.apps" => deployment::check_update(&mut errors, object, old),
                _ => {}
            }
            check_object(&mut errors, resource, object);
        }
        ("namespaces", "status") => namespace::check_status(&mut errors, object),
        ("services", "status") => service::check_status(&mut errors, object),
        ("nodes", "status") => node::check_update(&mut errors, object, old),
        ("deployments.apps", "status") => deployment::check_status(&mut errors, object, old),
        _ => {}
    }
    errors
}

fn check_object(errors: &mut Vec<FieldError>, resource: &Resource, object: &Value) {
    match place(resource) {
        "configmaps" => data::check_config_map(errors, object),
        "secrets" => data::check_secret(errors, object),
        "services" => service::check(errors, object),
        "nodes" => node::check(errors, object),
        "leases.coordination.k8s.io" => lease::check(errors, object),
        "clusterroles.rbac.authorization.k8s.io" => rbac::check(errors, object, true),
        "roles.rbac.authorization.k8s.io" => rbac::check(errors, object, false),
        "deployments.apps" => deployment::check(errors, object),
        _ => {}
    }
}

/// The resource as `plural.group`, as far as there are rules for it here.
fn place(resource: &Resource) -> &str {
    // Versions of one resource are stored in one place, which is called so.
    &resource.storage
}

/// A finalizer without a domain is one of the few that Kubernetes itself has.
fn check_finalizers(errors: &mut Vec<FieldError>, resource: &Resource, object: &Value) {
    if ANY_FINALIZER.contains(&resource.group.as_str()) {
        return;
    }
    let metadata = FieldPath::new("metadata");
    let path = metadata.child("finalizers");
    for (index, finalizer) in meta::finalizers(object).into_iter().enumerate() {
        if !finalizer.contains('/') && !STANDARD_FINALIZERS.contains(&finalizer) {
            let why = "name is neither a standard finalizer name nor is it fully qualified";
            errors.push(FieldError::invalid(&path.index(index), finalizer, why));
        }
    }
}
