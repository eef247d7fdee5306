//! Sets of fields, and how `fieldsV1` writes them.

use super::atom::Ref;
use super::element::PathElement;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A set of paths. A path in the set says nothing of those above or below it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Set {
    /// Paths of one step.
    pub(super) members: BTreeSet<PathElement>,
    /// Longer paths by their first step; no set in here is empty.
    pub(super) children: BTreeMap<PathElement, Set>,
}

impl Set {
    /// A set of field paths, each as names.
    pub(super) fn of(paths: &[&[&str]]) -> Self {
        let mut set = Self::default();
        for path in paths {
            set.insert(
                &path
                    .iter()
                    .map(|name| PathElement::field(name))
                    .collect::<Vec<_>>(),
            );
        }
        set
    }

    /// Adds a path; the empty one, the whole object, is owned by nobody.
    pub(super) fn insert(&mut self, path: &[PathElement]) {
        match path {
            [] => {}
            [last] => {
                self.members.insert(last.clone());
            }
            [first, rest @ ..] => self.children.entry(first.clone()).or_default().insert(rest),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty() && self.children.values().all(Self::is_empty)
    }

    pub(super) fn has(&self, path: &[PathElement]) -> bool {
        match path {
            [] => false,
            [last] => self.members.contains(last),
            [first, rest @ ..] => self
                .children
                .get(first)
                .is_some_and(|child| child.has(rest)),
        }
    }

    /// The paths that begin with a step, without it.
    pub(super) fn below(&self, element: &PathElement) -> Option<&Self> {
        self.children.get(element).filter(|child| !child.is_empty())
    }

    pub(super) fn union(&self, other: &Self) -> Self {
        let mut out = self.clone();
        out.members.extend(other.members.iter().cloned());
        for (element, child) in &other.children {
            let merged = match out.children.get(element) {
                Some(own) => own.union(child),
                None => child.clone(),
            };
            out.children.insert(element.clone(), merged);
        }
        out
    }

    pub(super) fn intersection(&self, other: &Self) -> Self {
        let children = self.children.iter().filter_map(|(element, child)| {
            let both = child.intersection(other.children.get(element)?);
            (!both.is_empty()).then(|| (element.clone(), both))
        });
        Self {
            members: self.members.intersection(&other.members).cloned().collect(),
            children: children.collect(),
        }
    }

    /// The paths that are not in the other set.
    pub(super) fn difference(&self, other: &Self) -> Self {
        let children = self.children.iter().filter_map(|(element, child)| {
            let rest = match other.children.get(element) {
                Some(other) => child.difference(other),
                None => child.clone(),
            };
            (!rest.is_empty()).then(|| (element.clone(), rest))
        });
        Self {
            members: self.members.difference(&other.members).cloned().collect(),
            children: children.collect(),
        }
    }

    /// The paths that are not in the other set, nor below one that is.
    pub(super) fn recursive_difference(&self, other: &Self) -> Self {
        let children = self.children.iter().filter_map(|(element, child)| {
            if other.members.contains(element) {
                return None;
            }
            let rest = match other.children.get(element) {
                Some(other) => child.recursive_difference(other),
                None => child.clone(),
            };
            (!rest.is_empty()).then(|| (element.clone(), rest))
        });
        Self {
            members: self.members.difference(&other.members).cloned().collect(),
            children: children.collect(),
        }
    }

    /// The set, with every declared field on the way to a member being a member too.
    pub(super) fn with_named_fields(&self, ty: Ref<'_>) -> Self {
        let atom = ty.atom();
        let mut members = self.members.clone();
        let mut children = BTreeMap::new();
        for (element, child) in &self.children {
            let inner = match (element, &atom.map, &atom.list) {
                (PathElement::Field(name), Some(map), _) => {
                    if map.declared(name).is_some() {
                        members.insert(element.clone());
                    }
                    map.field(name)
                }
                (PathElement::Key(_), _, Some(list)) => list.items,
                _ => Ref::Nothing,
            };
            children.insert(element.clone(), child.with_named_fields(inner));
        }
        Self { members, children }
    }

    /// Every path: first those that end here, then deeper ones.
    pub(super) fn paths(&self) -> Vec<Vec<PathElement>> {
        let mut out: Vec<_> = self
            .members
            .iter()
            .map(|element| vec![element.clone()])
            .collect();
        for (element, child) in &self.children {
            for mut path in child.paths() {
                path.insert(0, element.clone());
                out.push(path);
            }
        }
        out
    }

    /// The value of `fieldsV1`.
    pub(super) fn to_fields(&self) -> Value {
        Value::Object(self.fields(false))
    }

    fn fields(&self, member: bool) -> Map<String, Value> {
        let mut out = Map::new();
        if member && !(self.members.is_empty() && self.children.is_empty()) {
            out.insert(".".to_owned(), Value::Object(Map::new()));
        }
        for element in &self.members {
            if !self.children.contains_key(element) {
                out.insert(element.serialize(), Value::Object(Map::new()));
            }
        }
        for (element, child) in &self.children {
            let fields = child.fields(self.members.contains(element));
            out.insert(element.serialize(), Value::Object(fields));
        }
        out
    }

    /// Reads the value of `fieldsV1`.
    ///
    /// # Errors
    /// A key that is no path element.
    pub(super) fn from_fields(fields: &Value) -> Result<Self, String> {
        Ok(Self::read(fields)?.0.unwrap_or_default())
    }

    /// The paths below, and whether the node itself is a member of its parent.
    fn read(fields: &Value) -> Result<(Option<Self>, bool), String> {
        let mut children: Option<Self> = None;
        let mut member = false;
        for (key, value) in fields.as_object().into_iter().flatten() {
            if key == "." {
                member = true;
                continue;
            }
            let Some(element) = PathElement::parse(key)? else {
                continue;
            };
            let (below, is_member) = Self::read(value)?;
            let set = children.get_or_insert_with(Self::default);
            if let Some(below) = below {
                set.children.insert(element.clone(), below);
            }
            if is_member {
                set.members.insert(element);
            }
        }
        let member = member || children.is_none();
        Ok((children, member))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn fields_are_written_with_a_dot_for_the_node_itself() {
        let set = Set::of(&[&["a"], &["a", "b"], &["c", "d", "e"], &["f"]]);
        let fields = json!({"f:a": {".": {}, "f:b": {}}, "f:c": {"f:d": {"f:e": {}}}, "f:f": {}});
        assert_eq!(set.to_fields(), fields);
        assert_eq!(Set::from_fields(&fields), Ok(set));
        assert!(Set::from_fields(&json!({"x": {}})).is_err());
        assert_eq!(
            Set::from_fields(&json!({"z:later": {}, "f:a": {}})),
            Ok(Set::of(&[&["a"]]))
        );
    }

    #[test]
    fn differences() {
        let set = Set::of(&[&["a"], &["a", "b"], &["a", "b", "c"]]);
        let parent = Set::of(&[&["a", "b"]]);
        assert_eq!(
            set.difference(&parent),
            Set::of(&[&["a"], &["a", "b", "c"]])
        );
        assert_eq!(set.recursive_difference(&parent), Set::of(&[&["a"]]));
    }

    fn any_set() -> impl Strategy<Value = Set> {
        let path = proptest::collection::vec(0..3u8, 1..4);
        proptest::collection::vec(path, 0..12).prop_map(|paths| {
            let mut set = Set::default();
            for path in paths {
                let path: Vec<_> = path
                    .iter()
                    .map(|n| PathElement::field(&n.to_string()))
                    .collect();
                set.insert(&path);
            }
            set
        })
    }

    proptest! {
        #[test]
        fn sets_obey_the_laws_of_sets(a in any_set(), b in any_set()) {
            prop_assert_eq!(Set::from_fields(&a.to_fields()).unwrap(), a.clone());
            prop_assert_eq!(a.union(&b), b.union(&a));
            prop_assert_eq!(a.difference(&b).union(&a.intersection(&b)), a.clone());
            prop_assert!(a.difference(&b).intersection(&b).is_empty());
            for path in a.paths() {
                prop_assert!(a.has(&path));
                prop_assert!(a.union(&b).has(&path));
                prop_assert_eq!(a.intersection(&b).has(&path), b.has(&path));
                prop_assert_eq!(a.difference(&b).has(&path), !b.has(&path));
                let covered = (1..=path.len()).any(|end| b.has(&path[..end]));
                prop_assert_eq!(a.recursive_difference(&b).has(&path), !covered);
            }
        }
    }
}
