//! What changed from one object to another.

use super::atom::{Kind, List, MapAtom, Ref};
use super::element::{PathElement, equal};
use super::fault::{item_element, scalar_fault};
use super::set::Set;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The fields that differ; no field is in more than one of the sets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Comparison {
    pub(super) removed: Set,
    pub(super) modified: Set,
    pub(super) added: Set,
}

impl Comparison {
    /// The comparison without fields that do not count.
    pub(super) fn without(&self, ignored: &Set) -> Self {
        Self {
            removed: self.removed.recursive_difference(ignored),
            modified: self.modified.recursive_difference(ignored),
            added: self.added.recursive_difference(ignored),
        }
    }
}

/// Compares two objects of one type.
pub(super) fn compare(ty: Ref<'_>, old: &Value, new: &Value) -> Comparison {
    let mut walk = Walk {
        path: Vec::new(),
        out: Comparison::default(),
    };
    walk.value(ty, Some(old), Some(new));
    walk.out
}

struct Walk {
    path: Vec<PathElement>,
    out: Comparison,
}

impl Walk {
    fn at(&mut self, element: PathElement, ty: Ref<'_>, old: Option<&Value>, new: Option<&Value>) {
        self.path.push(element);
        self.value(ty, old, new);
        self.path.pop();
    }

    fn value(&mut self, ty: Ref<'_>, old: Option<&Value>, new: Option<&Value>) {
        let atom = ty.atom();
        let (old_kind, new_kind) = (atom.kind(old), atom.kind(new));
        let kind = if new.is_none() { old_kind } else { new_kind };
        if old.is_some() && new.is_some() && old_kind != new_kind {
            // The value became one of another kind: both are looked at.
            self.handle(ty, old_kind, old, new);
        }
        if !self.handle(ty, kind, old, new) {
            if old.is_none() {
                self.out.added.insert(&self.path);
            } else if new.is_none() {
                self.out.removed.insert(&self.path);
            }
        }
    }

    /// Whether the value was compared as a whole.
    fn handle(
        &mut self,
        ty: Ref<'_>,
        kind: Option<Kind>,
        old: Option<&Value>,
        new: Option<&Value>,
    ) -> bool {
        let atom = ty.atom();
        match (kind, atom.scalar, atom.map, atom.list) {
            (Some(Kind::Scalar), Some(scalar), ..) => {
                let valid =
                    scalar_fault(scalar, old).is_none() || scalar_fault(scalar, new).is_none();
                if valid {
                    self.leaf(old, new);
                }
                valid
            }
            (Some(Kind::Map), _, Some(map), _) => {
                let (old_map, new_map) = (as_map(old), as_map(new));
                if map.atomic || is_empty_map(old_map) && is_empty_map(new_map) {
                    self.leaf(old, new);
                    return true;
                }
                self.fields(&map, old_map, new_map);
                false
            }
            (Some(Kind::List), _, _, Some(list)) => {
                let (old_items, new_items) = (as_list(old), as_list(new));
                if !list.associative || old_items.is_empty() && new_items.is_empty() {
                    self.leaf(old, new);
                    return true;
                }
                self.items(&list, old_items, new_items);
                false
            }
            _ => false,
        }
    }

    fn leaf(&mut self, old: Option<&Value>, new: Option<&Value>) {
        match (old, new) {
            (None, _) => self.out.added.insert(&self.path),
            (_, None) => self.out.removed.insert(&self.path),
            (Some(old), Some(new)) if !equal(old, new) => self.out.modified.insert(&self.path),
            _ => {}
        }
    }

    fn fields(
        &mut self,
        map: &MapAtom<'_>,
        old: Option<&Map<String, Value>>,
        new: Option<&Map<String, Value>>,
    ) {
        let keys: BTreeSet<_> = old
            .into_iter()
            .chain(new)
            .flat_map(|map| map.keys())
            .collect();
        for key in keys {
            let (old, new) = (old.and_then(|m| m.get(key)), new.and_then(|m| m.get(key)));
            self.at(PathElement::field(key), map.field(key), old, new);
        }
    }

    fn items(&mut self, list: &List<'_>, old: &[Value], new: &[Value]) {
        let (old, new) = (by_element(list, old), by_element(list, new));
        let elements: BTreeSet<_> = old.keys().chain(new.keys()).collect();
        for element in elements {
            let none = Vec::new();
            let olds = old.get(element).unwrap_or(&none);
            let news = new.get(element).unwrap_or(&none);
            match (olds.as_slice(), news.as_slice()) {
                ([] | [_], [] | [_]) => {
                    let (old, new) = (olds.first().copied(), news.first().copied());
                    self.at(element.clone(), list.items, old, new);
                }
                ([_, _, ..], [_, _, ..]) => {
                    let same = olds.len() == news.len()
                        && olds.iter().zip(news).all(|(old, new)| equal(old, new));
                    if !same {
                        self.mark(element, |out| &mut out.modified);
                    }
                }
                ([_, _, ..], rest) => {
                    if let [new] = rest {
                        self.at(element.clone(), list.items, None, Some(new));
                    }
                    self.mark(element, |out| &mut out.removed);
                }
                (rest, _) => {
                    if let [old] = rest {
                        self.at(element.clone(), list.items, Some(old), None);
                    }
                    self.mark(element, |out| &mut out.added);
                }
            }
        }
    }

    fn mark(&mut self, element: &PathElement, set: impl Fn(&mut Comparison) -> &mut Set) {
        self.path.push(element.clone());
        set(&mut self.out).insert(&self.path);
        self.path.pop();
    }
}

fn by_element<'v>(list: &List<'_>, items: &'v [Value]) -> BTreeMap<PathElement, Vec<&'v Value>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for item in items {
        // Validation has refused items that cannot be told apart.
        if let Ok(element) = item_element(list, item) {
            found.entry(element).or_default().push(item);
        }
    }
    found
}

fn as_map(value: Option<&Value>) -> Option<&Map<String, Value>> {
    value.and_then(Value::as_object)
}

fn is_empty_map(map: Option<&Map<String, Value>>) -> bool {
    map.is_none_or(Map::is_empty)
}

fn as_list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
