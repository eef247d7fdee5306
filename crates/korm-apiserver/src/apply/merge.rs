//! The live object with the applied configuration on top.

use super::atom::{Kind, List, MapAtom, Ref};
use super::element::PathElement;
use super::fault::{Fault, item_element, scalar_fault};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Merges a configuration into an object: nothing is removed, the configuration's leaves win,
/// lists whose items are told apart are ordered as the configuration orders them.
///
/// # Errors
/// Where one of them does not fit the type.
pub(super) fn merge(ty: Ref<'_>, live: &Value, config: &Value) -> Result<Value, Vec<Fault>> {
    let mut walk = Walk {
        path: Vec::new(),
        faults: Vec::new(),
    };
    let merged = walk.value(ty, Some(live), Some(config));
    if walk.faults.is_empty() {
        Ok(merged.unwrap_or_default())
    } else {
        Err(walk.faults)
    }
}

struct Walk {
    path: Vec<PathElement>,
    faults: Vec<Fault>,
}

impl Walk {
    fn at(
        &mut self,
        element: PathElement,
        ty: Ref<'_>,
        live: Option<&Value>,
        config: Option<&Value>,
    ) -> Option<Value> {
        self.path.push(element);
        let merged = self.value(ty, live, config);
        self.path.pop();
        merged
    }

    fn value(
        &mut self,
        ty: Ref<'_>,
        live: Option<&Value>,
        config: Option<&Value>,
    ) -> Option<Value> {
        let atom = ty.atom();
        let kind = if config.is_none() {
            atom.kind(live)
        } else {
            atom.kind(config)
        };
        match (kind, atom.scalar, atom.map, atom.list) {
            (Some(Kind::Scalar), Some(scalar), ..) => {
                let faults = [scalar_fault(scalar, live), scalar_fault(scalar, config)];
                if let [Some(left), Some(right)] = faults {
                    self.faults
                        .push(Fault::new(&self.path, format!("lhs: {left}")));
                    self.faults
                        .push(Fault::new(&self.path, format!("rhs: {right}")));
                }
                leaf(live, config)
            }
            (Some(Kind::Map), _, Some(map), _) => {
                let (left, right) = (as_map(live), as_map(config));
                let empty = |map: Option<&Map<String, Value>>| map.is_none_or(Map::is_empty);
                if map.atomic || empty(left) && empty(right) {
                    return leaf(live, config);
                }
                self.fields(&map, left, right)
            }
            (Some(Kind::List), _, _, Some(list)) => {
                let (left, right) = (as_list(live), as_list(config));
                if !list.associative || left.is_empty() && right.is_empty() {
                    return leaf(live, config);
                }
                self.items(&list, left, right)
            }
            _ => leaf(live, config),
        }
    }

    fn fields(
        &mut self,
        map: &MapAtom<'_>,
        live: Option<&Map<String, Value>>,
        config: Option<&Map<String, Value>>,
    ) -> Option<Value> {
        let keys: BTreeSet<_> = live
            .into_iter()
            .chain(config)
            .flat_map(|map| map.keys())
            .collect();
        let mut out = Map::new();
        for key in keys {
            let live = live.and_then(|map| map.get(key));
            let config = config.and_then(|map| map.get(key));
            if let Some(value) = self.at(PathElement::field(key), map.field(key), live, config) {
                out.insert(key.clone(), value);
            }
        }
        (!out.is_empty()).then_some(Value::Object(out))
    }

    /// Items of both lists: the configuration's in its order, the live object's others where they
    /// were relative to the shared ones.
    fn items(&mut self, list: &List<'_>, live: &[Value], config: &[Value]) -> Option<Value> {
        let (right, right_by) = self.index(list, config, false)?;
        let (left, left_by) = self.index(list, live, true)?;
        let mut shared: VecDeque<_> = right
            .iter()
            .filter(|element| left_by.contains_key(element))
            .collect();
        let mut next_shared = shared.pop_front();
        let mut merged = BTreeSet::new();
        let mut out = Vec::new();
        let (mut l, mut r) = (0, 0);
        while l < left.len() || r < right.len() {
            if let (Some(element), Some(other)) = (left.get(l), right.get(r)) {
                if element == other {
                    merged.insert(element);
                    let (live, config) = (left_by.get(element), right_by.get(element));
                    out.extend(self.at(
                        element.clone(),
                        list.items,
                        live.copied(),
                        config.copied(),
                    ));
                    l += 1;
                    r += 1;
                    next_shared = shared.pop_front();
                    continue;
                }
                if right_by.contains_key(element) && next_shared.is_some_and(|next| next != element)
                {
                    // Shared, but not the one whose turn it is.
                    l += 1;
                    continue;
                }
            }
            if let Some(element) = left.get(l) {
                if !right_by.contains_key(element) {
                    out.extend(self.at(element.clone(), list.items, live.get(l), None));
                    l += 1;
                    continue;
                }
                if merged.contains(element) {
                    l += 1;
                }
            }
            if let Some(element) = right.get(r) {
                merged.insert(element);
                let (live, config) = (left_by.get(element), right_by.get(element));
                out.extend(self.at(element.clone(), list.items, live.copied(), config.copied()));
                r += 1;
                if next_shared == Some(element) {
                    next_shared = shared.pop_front();
                }
            }
        }
        (!out.is_empty()).then_some(Value::Array(out))
    }

    /// The steps to the items in order, and the items by their step; what is there twice is null.
    /// `None` after a fault.
    fn index<'v>(
        &mut self,
        list: &List<'_>,
        items: &'v [Value],
        allow_duplicates: bool,
    ) -> Option<(Vec<PathElement>, BTreeMap<PathElement, &'v Value>)> {
        const TWICE: &Value = &Value::Null;
        let before = self.faults.len();
        let mut elements = Vec::new();
        let mut by_element = BTreeMap::new();
        for (index, item) in items.iter().enumerate() {
            match item_element(list, item) {
                Err(message) => {
                    let message = format!("element {index}: {message}");
                    self.faults.push(Fault::new(&self.path, message));
                }
                Ok(element) if !by_element.contains_key(&element) => {
                    by_element.insert(element.clone(), item);
                    elements.push(element);
                }
                Ok(element) if allow_duplicates => {
                    by_element.insert(element.clone(), TWICE);
                    elements.push(element);
                }
                Ok(element) => {
                    let message = format!("duplicate entries for key {element}");
                    self.faults.push(Fault::new(&self.path, message));
                }
            }
        }
        (self.faults.len() == before).then_some((elements, by_element))
    }
}

fn leaf(live: Option<&Value>, config: Option<&Value>) -> Option<Value> {
    config.or(live).cloned()
}

fn as_map(value: Option<&Value>) -> Option<&Map<String, Value>> {
    value.and_then(Value::as_object)
}

fn as_list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
