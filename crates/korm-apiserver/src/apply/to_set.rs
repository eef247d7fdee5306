//! The fields that an object mentions.

use super::atom::{Kind, Ref};
use super::element::PathElement;
use super::fault::item_element;
use super::set::Set;
use serde_json::Value;
use std::collections::BTreeSet;

/// Every leaf, every item of a list whose items are told apart, every entry of a map.
pub(super) fn to_set(ty: Ref<'_>, value: &Value) -> Set {
    let mut set = Set::default();
    visit(ty, value, &mut Vec::new(), &mut set);
    set
}

fn visit(ty: Ref<'_>, value: &Value, path: &mut Vec<PathElement>, set: &mut Set) {
    let atom = ty.atom();
    match atom.kind(Some(value)) {
        Some(Kind::Scalar) => set.insert(path),
        Some(Kind::Map) => {
            let Some(map) = atom.map else { return };
            if map.atomic {
                return set.insert(path);
            }
            for (key, value) in value.as_object().into_iter().flatten() {
                path.push(PathElement::field(key));
                visit(map.field(key), value, path, set);
                let empty = value.is_null() || value.as_object().is_some_and(|map| map.is_empty());
                if empty || map.declared(key).is_none() {
                    set.insert(path);
                }
                path.pop();
            }
        }
        Some(Kind::List) => {
            let Some(list) = atom.list else { return };
            if !list.associative {
                return set.insert(path);
            }
            let items: Vec<_> = value
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|item| Some((item_element(&list, item).ok()?, item)))
                .collect();
            let mut seen = BTreeSet::new();
            let duplicates: BTreeSet<_> = items
                .iter()
                .map(|(element, _)| element)
                .filter(|e| !seen.insert(*e))
                .collect();
            for (element, item) in &items {
                path.push(element.clone());
                // Of items that are there twice nothing more is known.
                if !duplicates.contains(element) {
                    visit(list.items, item, path, set);
                }
                set.insert(path);
                path.pop();
            }
        }
        None => {}
    }
}
