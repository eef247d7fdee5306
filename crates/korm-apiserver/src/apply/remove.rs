//! An object without some of its fields.

use super::atom::{Kind, Ref};
use super::element::PathElement;
use super::fault::item_element;
use super::set::Set;
use serde_json::{Map, Value};

/// Takes fields and items out of an object; what has nothing left becomes null.
pub(super) fn remove(ty: Ref<'_>, value: &Value, fields: &Set) -> Value {
    let atom = ty.atom();
    match (atom.kind(Some(value)), value) {
        (Some(Kind::Scalar), value) => value.clone(),
        (Some(Kind::Map), Value::Object(map)) => {
            let Some(types) = atom.map.filter(|types| !types.atomic) else {
                return Value::Null;
            };
            let mut out = Map::new();
            for (key, value) in map {
                let element = PathElement::field(key);
                if fields.members.contains(&element) {
                    continue;
                }
                let kept = match fields.below(&element) {
                    Some(below) => remove(types.field(key), value, below),
                    None => value.clone(),
                };
                out.insert(key.clone(), kept);
            }
            if out.is_empty() {
                Value::Null
            } else {
                Value::Object(out)
            }
        }
        (Some(Kind::List), Value::Array(items)) => {
            let Some(list) = atom.list.filter(|list| list.associative) else {
                return Value::Null;
            };
            let mut out = Vec::new();
            for item in items {
                let Ok(element) = item_element(&list, item) else {
                    out.push(item.clone());
                    continue;
                };
                if fields.members.contains(&element) {
                    continue;
                }
                out.push(match fields.below(&element) {
                    Some(below) => remove(list.items, item, below),
                    None => item.clone(),
                });
            }
            if out.is_empty() {
                Value::Null
            } else {
                Value::Array(out)
            }
        }
        _ => Value::Null,
    }
}
