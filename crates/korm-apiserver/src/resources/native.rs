//! The native resources, made from the recorded facts when a request first needs one.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::strategy::Strategy;
use super::{Resource, Subresource};
use crate::facts;
use crate::store::StorageKey;

/// All served native resources in the order of discovery.
pub(super) fn all() -> &'static [Arc<Resource>] {
    static ALL: OnceLock<Vec<Arc<Resource>>> = OnceLock::new();
    ALL.get_or_init(|| {
        facts::group_versions()
            .flat_map(|gv| gv.resources.iter().map(move |r| Arc::new(resource(gv, r))))
            .collect()
    })
}

/// One native resource.
pub(super) fn find(group: &str, version: &str, plural: &str) -> Option<Arc<Resource>> {
    type Index = HashMap<(&'static str, &'static str, &'static str), &'static Arc<Resource>>;
    static INDEX: OnceLock<Index> = OnceLock::new();
    let index = INDEX.get_or_init(|| {
        all()
            .iter()
            .map(|r| ((&*r.group, &*r.version, &*r.plural), r))
            .collect()
    });
    index.get(&(group, version, plural)).map(|r| Arc::clone(r))
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
