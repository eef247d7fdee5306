//! Which objects belong to which.

use std::collections::HashMap;

use serde_json::Value;

use super::{Link, name, names, namespace, owners, selector, uid};
use crate::{expr::Filter, model::ModelDef};

/// For each of `ours` the indexes of those of `theirs`, objects of the `other` kind, that belong to it, in
/// their order.
pub fn join(link: &Link, ours: &[Value], theirs: &[Value], other: &ModelDef) -> Vec<Vec<usize>> {
    match link {
        Link::Owner => {
            let by_uid = index(theirs, |object| {
                object.get("metadata").and_then(uid).into_iter().collect()
            });
            ours.iter()
                .map(|object| found(&by_uid, owners(object, other).filter_map(uid)))
                .collect()
        }
        Link::Names(path) => {
            let by_place = index(theirs, |object| {
                name(object)
                    .map(|name| (namespace(object), name))
                    .into_iter()
                    .collect()
            });
            let place = |object| {
                if other.is_namespaced() {
                    namespace(object)
                } else {
                    None
                }
            };
            ours.iter()
                .map(|object| {
                    let names = names(path.get(object)).into_iter();
                    found(&by_place, names.map(|name| (place(object), name)))
                })
                .collect()
        }
        Link::OwnedBy => {
            let by_owner = index(theirs, |object| {
                let references = object.pointer("/metadata/ownerReferences");
                let references = references.and_then(Value::as_array).into_iter().flatten();
                references.filter_map(uid).collect()
            });
            ours.iter()
                .map(|object| found(&by_owner, object.get("metadata").and_then(uid).into_iter()))
                .collect()
        }
        Link::NamedBy(path) => {
            let by_named = index(theirs, |object| {
                let space = namespace(object);
                names(path.get(object))
                    .into_iter()
                    .map(|name| (space, name))
                    .collect()
            });
            let anywhere = index(theirs, |object| names(path.get(object)));
            ours.iter()
                .map(|object| match (namespace(object), name(object)) {
                    (_, None) => Vec::new(),
                    (Some(space), Some(name)) => {
                        found(&by_named, [(Some(space), name)].into_iter())
                    }
                    // What lives in the cluster can be named from every namespace.
                    (None, Some(name)) => found(&anywhere, [name].into_iter()),
                })
                .collect()
        }
        Link::Selector(path) | Link::Labels(path) => ours
            .iter()
            .map(|object| match path.get(object) {
                Some(value) if value.is_object() => selected(link, object, value, theirs),
                _ => Vec::new(),
            })
            .collect(),
    }
}

fn index<'o, K: std::hash::Hash + Eq>(
    objects: &'o [Value],
    keys: impl Fn(&'o Value) -> Vec<K>,
) -> HashMap<K, Vec<usize>> {
    let mut index: HashMap<K, Vec<usize>> = HashMap::new();
    for (i, object) in objects.iter().enumerate() {
        for key in keys(object) {
            let places = index.entry(key).or_default();
            if places.last() != Some(&i) {
                places.push(i);
            }
        }
    }
    index
}

fn found<K: std::hash::Hash + Eq>(
    index: &HashMap<K, Vec<usize>>,
    keys: impl Iterator<Item = K>,
) -> Vec<usize> {
    let mut all: Vec<usize> = keys
        .filter_map(|key| index.get(&key))
        .flatten()
        .copied()
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn selected(link: &Link, object: &Value, value: &Value, theirs: &[Value]) -> Vec<usize> {
    // A selector asks only questions about labels, none of which has a regular expression.
    let Ok(filter) = Filter::new(&selector::expr(link, value)) else {
        return Vec::new();
    };
    let space = namespace(object);
    let candidates = theirs.iter().enumerate();
    candidates
        .filter(|(_, other)| {
            space.is_none() || namespace(other) == space || namespace(other).is_none()
        })
        .filter(|(_, other)| filter.matches(other))
        .map(|(i, _)| i)
        .collect()
}
