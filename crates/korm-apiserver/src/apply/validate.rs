//! Whether an object fits its type, as far as merging needs it.

use super::atom::{Kind, Ref};
use super::element::PathElement;
use super::fault::{Fault, item_element, scalar_fault, wrong_kind};
use serde_json::Value;
use std::collections::BTreeSet;

/// Everything that is wrong with a value. Stored objects may have items twice that are told
/// apart; applied ones may not.
pub(super) fn validate(ty: Ref<'_>, value: &Value, allow_duplicates: bool) -> Vec<Fault> {
    let mut walk = Walk {
        allow_duplicates,
        path: Vec::new(),
        faults: Vec::new(),
    };
    walk.value(ty, value);
    walk.faults
}

struct Walk {
    allow_duplicates: bool,
    path: Vec<PathElement>,
    faults: Vec<Fault>,
}

impl Walk {
    fn fault(&mut self, message: impl Into<String>) {
        self.faults.push(Fault::new(&self.path, message));
    }

    fn at(&mut self, element: PathElement, ty: Ref<'_>, value: &Value) {
        self.path.push(element);
        self.value(ty, value);
        self.path.pop();
    }

    fn value(&mut self, ty: Ref<'_>, value: &Value) {
        let atom = ty.atom();
        match (atom.kind(Some(value)), value) {
            (None, _) => self.fault("schema error: invalid atom: inlined"),
            (Some(Kind::Map | Kind::List), Value::Null) => {}
            (Some(Kind::Scalar), value) => {
                if let Some(message) = atom.scalar.and_then(|s| scalar_fault(s, Some(value))) {
                    self.fault(message);
                }
            }
            (Some(Kind::Map), Value::Object(map)) => {
                let Some(fields) = atom.map else { return };
                for (key, value) in map {
                    let ty = fields.field(key);
                    let element = PathElement::field(key);
                    if ty.is_nothing() {
                        self.path.push(element);
                        self.fault("field not declared in schema");
                        self.path.pop();
                        // Upstream stops at the first.
                        return;
                    }
                    self.at(element, ty, value);
                }
            }
            (Some(Kind::Map), other) => self.fault(wrong_kind("map", other)),
            (Some(Kind::List), Value::Array(items)) => self.items(ty, items),
            (Some(Kind::List), other) => self.fault(wrong_kind("list", other)),
        }
    }

    fn items(&mut self, ty: Ref<'_>, items: &[Value]) {
        let Some(list) = ty.atom().list else { return };
        let mut seen = BTreeSet::new();
        for (index, item) in items.iter().enumerate() {
            let element = if list.associative {
                match item_element(&list, item) {
                    Ok(element) => element,
                    Err(message) => return self.fault(format!("element {index}: {message}")),
                }
            } else {
                PathElement::Index(index as i64)
            };
            if list.associative && !seen.insert(element.clone()) && !self.allow_duplicates {
                self.fault(format!("duplicate entries for key {element}"));
            }
            self.at(element, list.items, item);
        }
    }
}
