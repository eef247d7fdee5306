//! What the server serves: the native resources of the recorded facts, and those that
//! CustomResourceDefinitions add.

mod aggregated;
mod custom;
mod discovery;
mod field_labels;
mod native;
mod strategy;

use std::sync::Arc;

use serde_json::Value;

pub(crate) use aggregated::{aggregated_api, aggregated_apis};
pub(crate) use custom::CustomResources;
pub(crate) use discovery::{api_group, api_group_list, api_resource_list, api_versions};
pub(crate) use field_labels::{canonical_field, field_value};
pub(crate) use strategy::Strategy;

use crate::crd::Version as CustomVersion;
use crate::meta;
use crate::status::{ApiError, Qualified};
use crate::store::StorageKey;

/// One resource at one version.
#[derive(Debug)]
pub(crate) struct Resource {
    pub(crate) group: String,
    pub(crate) version: String,
    /// The name in paths.
    pub(crate) plural: String,
    pub(crate) singular: String,
    pub(crate) kind: String,
    pub(crate) list_kind: String,
    pub(crate) namespaced: bool,
    pub(crate) short_names: Vec<String>,
    pub(crate) categories: Vec<String>,
    pub(crate) verbs: Vec<&'static str>,
    pub(crate) subresources: Vec<Subresource>,
    /// Tells storage versions apart in discovery; empty for what is not stored.
    pub(crate) storage_version_hash: String,
    /// Where objects are kept, whatever the version.
    pub(crate) storage: StorageKey,
    pub(crate) strategy: Strategy,
    /// The schema of a custom kind; native kinds have theirs in the facts.
    pub(crate) custom: Option<Arc<CustomVersion>>,
    /// The revision since which objects are stored as this schema has them.
    pub(crate) since: u64,
}

/// One subresource.
#[derive(Clone, Debug)]
pub(crate) struct Subresource {
    pub(crate) name: String,
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) kind: String,
    pub(crate) verbs: Vec<&'static str>,
}

impl Resource {
    /// The name as messages have it: `deployments.apps`.
    pub(crate) fn qualified(&self) -> Qualified<'_> {
        Qualified {
            group: &self.group,
            resource: &self.plural,
        }
    }

    /// The kind as messages have it: `Deployment.apps`.
    pub(crate) fn qualified_kind(&self) -> Qualified<'_> {
        Qualified {
            group: &self.group,
            resource: &self.kind,
        }
    }

    /// `apps/v1`, or `v1` in the core group.
    pub(crate) fn api_version(&self) -> String {
        group_version(&self.group, &self.version)
    }

    pub(crate) fn is_native(&self) -> bool {
        self.custom.is_none()
    }

    pub(crate) fn has_verb(&self, verb: &str) -> bool {
        self.verbs.contains(&verb)
    }

    pub(crate) fn subresource(&self, name: &str) -> Option<&Subresource> {
        self.subresources.iter().find(|s| s.name == name)
    }

    /// What every answer of a version that is on its way out warns of.
    pub(crate) fn deprecation_warning(&self) -> Option<&str> {
        match (&self.custom, &*self.plural) {
            (Some(version), _) => version.deprecation_warning.as_deref(),
            (None, "componentstatuses") => Some("v1 ComponentStatus is deprecated in v1.19+"),
            (None, "endpoints") => {
                Some("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice")
            }
            (None, _) => None,
        }
    }

    /// Whether this is a given resource of the core group.
    pub(crate) fn is_core(&self, plural: &str) -> bool {
        self.group.is_empty() && self.plural == plural
    }

    /// Whether these are the CustomResourceDefinitions.
    pub(crate) fn is_crd(&self) -> bool {
        self.group == "apiextensions.k8s.io" && self.plural == "customresourcedefinitions"
    }

    /// 409 because the storage found the object not to be what it has to be: it names the key in etcd, in a dry run without its prefix.
    pub(crate) fn storage_conflict(&self, object: &Value, dry_run: bool, why: &str) -> ApiError {
        let prefix = if dry_run { "" } else { "/registry" };
        let why = format!(
            "StorageError: invalid object, Code: 4, Key: {prefix}{}, ResourceVersion: 0, AdditionalErrorMsg: {why}",
            self.storage_path(object)
        );
        ApiError::conflict(self.qualified(), meta::name(object), &why)
    }

    /// The path of an object in etcd, below the prefix of all.
    fn storage_path(&self, object: &Value) -> String {
        let key = crate::store::object_key(meta::namespace(object), meta::name(object));
        let own_group = ["apiextensions.k8s.io", "apiregistration.k8s.io"];
        if self.is_native() && !own_group.contains(&self.group.as_str()) {
            // The names of the first days stay.
            let place = match (self.group.as_str(), self.plural.as_str()) {
                ("", "nodes") => "minions",
                ("", "services") => "services/specs",
                ("", "endpoints") => "services/endpoints",
                ("", "replicationcontrollers") => "controllers",
                ("networking.k8s.io", "ingresses") => "ingress",
                (_, plural) => plural,
            };
            format!("/{place}/{key}")
        } else {
            format!("/{}/{}/{key}", self.group, self.plural)
        }
    }
}

/// `apps/v1`, or `v1` in the core group.
pub(crate) fn group_version(group: &str, version: &str) -> String {
    if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    }
}

/// Finds a resource, native or custom.
pub(crate) fn find(
    custom: &CustomResources,
    group: &str,
    version: &str,
    plural: &str,
) -> Option<Arc<Resource>> {
    native::find(group, version, plural).or_else(|| custom.find(group, version, plural))
}

/// Whether a group and version are served natively.
pub(crate) fn is_native_group_version(group: &str, version: &str) -> bool {
    native::serves(group, version)
}

/// Whether some version of a group is served natively.
pub(crate) fn is_native_group(group: &str) -> bool {
    native::serves_group(group)
}

/// All resources at all versions, in the order of discovery: native ones, then custom ones.
pub(crate) fn all(custom: &CustomResources) -> Vec<Arc<Resource>> {
    native::all().iter().cloned().chain(custom.all()).collect()
}

/// The preferred version of the resource whose objects are kept at `storage`.
pub(crate) fn by_storage(custom: &CustomResources, storage: &str) -> Option<Arc<Resource>> {
    let native = native::all().iter().find(|r| &*r.storage == storage);
    native.cloned().or_else(|| custom.by_storage(storage))
}

#[cfg(test)]
mod tests;
