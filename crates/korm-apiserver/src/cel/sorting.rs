//! Sorting lists by keys: what the macro `sortBy` stands for (`ext/lists.go` of cel-go).

use std::cmp::Ordering;
use std::mem::discriminant;

use kube_cel::cel::{ExecutionError, ResolveResult, Value as Cel};

use super::{arithmetic, keyed};
use crate::cel::macros::SORT_BY_KEYS;

/// The items of a list in the order of their keys.
pub(super) fn by_keys(list: &Cel, keys: &Cel) -> ResolveResult {
    let (Some(items), Some(keys)) = (keyed::items(list), keyed::items(keys)) else {
        return Err(ExecutionError::NoSuchOverload);
    };
    let Some(first) = keys.first() else {
        return Ok(list.clone());
    };
    let fault = |why| Err(ExecutionError::function_error(SORT_BY_KEYS, why));
    if keys
        .iter()
        .any(|key| discriminant(key) != discriminant(first))
    {
        return fault("list elements must have the same type");
    }
    if arithmetic::order(first, first).is_err() {
        return fault("list elements must be comparable");
    }
    let mut sorted: Vec<(&Cel, &Cel)> = keys.iter().zip(items).collect();
    sorted.sort_by(|(one, _), (other, _)| arithmetic::order(one, other).unwrap_or(Ordering::Equal));
    let items: Vec<Cel> = sorted.into_iter().map(|(_, item)| item.clone()).collect();
    Ok(Cel::List(items.into()))
}
