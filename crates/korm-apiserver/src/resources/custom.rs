//! The resources that CustomResourceDefinitions add.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::strategy::Strategy;
use super::{Resource, Subresource};
use crate::crd::{self, CompiledCrd, Version, compare_versions};
use crate::meta;
use crate::store::StorageKey;

const VERBS: &[&str] = &[
    "delete",
    "deletecollection",
    "get",
    "list",
    "patch",
    "create",
    "update",
    "watch",
];
const SUBRESOURCE_VERBS: &[&str] = &["get", "patch", "update"];

/// The established CustomResourceDefinitions, compiled.
#[derive(Debug, Default)]
pub(crate) struct CustomResources {
    /// By group and plural: the order of discovery.
    entries: BTreeMap<(String, String), Entry>,
}

#[derive(Debug)]
struct Entry {
    crd: String,
    /// What the definition said when it was compiled.
    source: Value,
    /// The served versions, the preferred one first.
    served: Vec<Arc<Resource>>,
    /// The version objects are stored in, served or not.
    storage: Option<Arc<Resource>>,
    terminating: bool,
}

impl CustomResources {
    /// Takes over a definition as it is stored since `revision`; one that is not established
    /// serves nothing. Gives where its objects are kept, if what is served has changed.
    pub(crate) fn update(&mut self, definition: &Value, revision: u64) -> Option<StorageKey> {
        let name = meta::name(definition);
        let established = crd::is_true(definition, "Established");
        let terminating = !meta::text(definition, "deletionTimestamp").is_empty();
        let source = json!([definition["spec"], definition["status"]["acceptedNames"]]);
        let known = self.entries.values_mut().find(|entry| entry.crd == name);
        if let Some(known) = known.filter(|known| established && known.source == source) {
            known.terminating = terminating;
            return None;
        }
        let before = self.storage_of(name);
        self.remove(name);
        if !established {
            return before;
        }
        let compiled = crd::compile(definition);
        let key = (compiled.group.clone(), compiled.names.plural.clone());
        let (served, storage) = compile(compiled, revision);
        let entry = Entry {
            crd: name.to_owned(),
            source,
            served,
            storage,
            terminating,
        };
        self.entries.insert(key, entry);
        before
    }

    /// Forgets a definition that was deleted.
    pub(crate) fn remove(&mut self, definition: &str) {
        self.entries.retain(|_, entry| entry.crd != definition);
    }

    pub(crate) fn find(&self, group: &str, version: &str, plural: &str) -> Option<Arc<Resource>> {
        let entry = self.entries.get(&(group.to_owned(), plural.to_owned()))?;
        entry.served.iter().find(|r| r.version == version).cloned()
    }

    /// Whether the definition of a resource is being deleted, so that nothing new may be made.
    pub(crate) fn is_terminating(&self, resource: &Resource) -> bool {
        let key = (resource.group.clone(), resource.plural.clone());
        self.entries
            .get(&key)
            .is_some_and(|entry| entry.terminating)
    }

    /// What may be done with a resource, as discovery tells it: nothing is made or changed any more when its definition
    /// is going, which is not to say that it would be refused.
    pub(super) fn shown_verbs(&self, resource: &Resource) -> Vec<&'static str> {
        let terminating = self.is_terminating(resource);
        let verbs = resource.verbs.iter().copied();
        verbs
            .filter(|verb| !terminating || !matches!(*verb, "create" | "patch" | "update"))
            .collect()
    }

    /// The version objects of a resource are stored in.
    pub(crate) fn storage_version(&self, resource: &Resource) -> Option<Arc<Resource>> {
        self.entries
            .get(&(resource.group.clone(), resource.plural.clone()))?
            .storage
            .clone()
    }

    /// Since when a resource is defined as it is; nothing if it is defined no more.
    pub(crate) fn defined_since(&self, resource: &Resource) -> Option<u64> {
        let key = (resource.group.clone(), resource.plural.clone());
        let storage = self.entries.get(&key)?.storage.as_ref();
        storage.map(|version| version.since)
    }

    /// Where the objects of a definition are kept.
    pub(crate) fn storage_of(&self, definition: &str) -> Option<StorageKey> {
        let entry = self
            .entries
            .values()
            .find(|entry| entry.crd == definition)?;
        entry.storage.as_ref().map(|r| r.storage.clone())
    }

    pub(super) fn by_storage(&self, storage: &str) -> Option<Arc<Resource>> {
        let entry = self.entries.values().find(|entry| {
            entry
                .storage
                .as_ref()
                .is_some_and(|resource| &*resource.storage == storage)
        })?;
        entry.served.first().or(entry.storage.as_ref()).cloned()
    }

    /// All served versions, group by group, the versions of a group in the order of preference.
    pub(super) fn all(&self) -> Vec<Arc<Resource>> {
        let mut all: Vec<Arc<Resource>> = self
            .entries
            .values()
            .flat_map(|entry| entry.served.iter().cloned())
            .collect();
        all.sort_by(|a, b| {
            let by_version = compare_versions(&b.version, &a.version);
            a.group
                .cmp(&b.group)
                .then(by_version)
                .then_with(|| a.plural.cmp(&b.plural))
        });
        all
    }
}

type Served = Vec<Arc<Resource>>;

/// The served versions, the preferred one first, and the stored one.
fn compile(compiled: CompiledCrd, revision: u64) -> (Served, Option<Arc<Resource>>) {
    let CompiledCrd {
        group,
        names,
        namespaced,
        versions,
    } = compiled;
    let storage: StorageKey = format!("{}.{group}", names.plural).into();
    let hash = versions
        .iter()
        .find(|version| version.storage && version.served)
        .map(|version| storage_version_hash(&group, &version.name, &names.kind))
        .unwrap_or_default();
    let mut served = Vec::new();
    let mut stored = None;
    for version in versions {
        let resource = Arc::new(Resource {
            group: group.clone(),
            version: version.name.clone(),
            plural: names.plural.clone(),
            singular: names.singular.clone(),
            kind: names.kind.clone(),
            list_kind: names.list_kind.clone(),
            namespaced,
            short_names: names.short_names.clone(),
            categories: names.categories.clone(),
            verbs: VERBS.to_vec(),
            subresources: subresources(&group, &names.kind, &version),
            storage_version_hash: hash.clone(),
            storage: storage.clone(),
            strategy: Strategy::custom(version.status),
            custom: Some(Arc::new(version)),
            since: revision,
        });
        let (is_served, is_storage) = resource
            .custom
            .as_ref()
            .map_or((false, false), |v| (v.served, v.storage));
        if is_storage {
            stored = Some(resource.clone());
        }
        if is_served {
            served.push(resource);
        }
    }
    served.sort_by(|a, b| compare_versions(&b.version, &a.version));
    (served, stored)
}

/// What discovery tells storage versions apart by: the first eight bytes of a SHA-256.
fn storage_version_hash(group: &str, version: &str, kind: &str) -> String {
    let digest = Sha256::digest(format!("{group}/{version}/{kind}"));
    STANDARD.encode(&digest[..8])
}

fn subresources(group: &str, kind: &str, version: &Version) -> Vec<Subresource> {
    let mut found = Vec::new();
    if version.status {
        found.push(Subresource {
            name: "status".to_owned(),
            group: group.to_owned(),
            version: version.name.clone(),
            kind: kind.to_owned(),
            verbs: SUBRESOURCE_VERBS.to_vec(),
        });
    }
    if version.scale.is_some() {
        found.push(Subresource {
            name: "scale".to_owned(),
            group: "autoscaling".to_owned(),
            version: "v1".to_owned(),
            kind: "Scale".to_owned(),
            verbs: SUBRESOURCE_VERBS.to_vec(),
        });
    }
    found
}
