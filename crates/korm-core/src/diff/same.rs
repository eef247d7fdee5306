//! Whether two values mean the same.

use serde_json::Value;

use super::place::{ListKind, Place};
use crate::expr::equal;

/// Whether two values at a place mean the same: as JSON, with numbers by their value, and sets
/// whatever their order.
pub(super) fn same(place: &Place<'_>, a: Option<&Value>, b: Option<&Value>) -> bool {
    if place.is_server_set() {
        return true;
    }
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => same_values(place, a, b),
        (Some(one), None) | (None, Some(one)) => place
            .empty()
            .is_some_and(|empty| same_values(place, one, &empty)),
    }
}

fn same_values(place: &Place<'_>, a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => match place.list_kind() {
            ListKind::Set => same_set(a, b),
            _ => {
                a.len() == b.len()
                    && a.iter()
                        .zip(b)
                        .enumerate()
                        .all(|(i, (a, b))| same_values(&place.element(i), a, b))
            }
        },
        (Value::Object(a), Value::Object(b)) => super::place::union_keys(a, b)
            .all(|key| same(&place.member(key), a.get(key), b.get(key))),
        _ => equal(a, b),
    }
}

pub(super) fn has(list: &[Value], value: &Value) -> bool {
    list.iter().any(|other| equal(other, value))
}

fn same_set(a: &[Value], b: &[Value]) -> bool {
    a.len() == b.len() && a.iter().all(|value| has(b, value)) && b.iter().all(|value| has(a, value))
}
