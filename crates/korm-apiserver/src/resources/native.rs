//! The native resources, made from the recorded facts when a request first needs one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::strategy::Strategy;
use super::{Resource, Subresource};
use crate::facts;
use crate::store::StorageKey;

/// All served native resources in the order of discovery.
pub(super) fn all() -> &'static [Arc<Resource>] {
    static ALL: OnceLock<Vec<Arc<Resource>>> = OnceLock::new();
    ALL.get_or_init(|| {
        facts::group_versions()
            .flat_map(|gv| gv.resources.iter().map(move |r| known(gv, r)))
            .collect()
    })
}

/// One native resource.
pub(super) fn find(group: &str, version: &str, plural: &str) -> Option<Arc<Resource>> {
    let gv = group_version(group, version)?;
    let found = gv.resources.binary_search_by(|r| r.name.cmp(plural)).ok()?;
    Some(known(gv, &gv.resources[found]))
}

/// Whether a group and version are served natively.
pub(super) fn serves(group: &str, version: &str) -> bool {
    group_version(group, version).is_some()
}

/// Whether some version of a group is served natively.
pub(super) fn serves_group(group: &str) -> bool {
    facts::group_versions().any(|gv| gv.group == group)
}

fn group_version(group: &str, version: &str) -> Option<&'static facts::GroupVersion> {
    facts::group_versions().find(|gv| gv.group == group && gv.version == version)
}

/// The resource made of these facts, which is made once: a server that starts needs one of them.
fn known(gv: &'static facts::GroupVersion, from: &'static facts::Resource) -> Arc<Resource> {
    type Known = HashMap<(&'static str, &'static str, &'static str), Arc<Resource>>;
    static KNOWN: OnceLock<Mutex<Known>> = OnceLock::new();
    // The map is whole even if a thread panicked: an entry is made before it is put in.
    let mut known = KNOWN
        .get_or_init(Mutex::default)
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    known
        .entry((gv.group, gv.version, from.name))
        .or_insert_with(|| Arc::new(resource(gv, from)))
        .clone()
}

fn resource(gv: &facts::GroupVersion, from: &facts::Resource) -> Resource {
    let subresources = from.subresources.iter().map(|s| Subresource {
        name: s.name.to_owned(),
        group: s.group.to_owned(),
        version: s.version.to_owned(),
        kind: s.kind.to_owned(),
        verbs: s.verbs.to_vec(),
    });
    let owned = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect();
    Resource {
        group: gv.group.to_owned(),
        version: gv.version.to_owned(),
        plural: from.name.to_owned(),
        singular: from.singular.to_owned(),
        kind: from.kind.to_owned(),
        list_kind: format!("{}List", from.kind),
        namespaced: from.namespaced,
        short_names: owned(from.short_names),
        categories: owned(from.categories),
        verbs: from.verbs.to_vec(),
        subresources: subresources.collect(),
        storage_version_hash: from.storage_version_hash.to_owned(),
        storage: storage(gv.group, from.name),
        strategy: Strategy::of(gv.group, from),
        custom: None,
        since: 0,
    }
}

/// Events are kept once, and served by two groups.
fn storage(group: &str, plural: &str) -> StorageKey {
    match (group, plural) {
        ("" | "events.k8s.io", "events") => "events".into(),
        ("", plural) => plural.into(),
        (group, plural) => format!("{plural}.{group}").into(),
    }
}
