//! The lists of a strategic merge patch.

use super::strategic::{
    DIRECTIVE, bad_patch_type, go_kind, internal, merge_map, no_merge_key, without_directives,
    wrong_type,
};
use crate::schema::go_format::display;
use crate::schema::{Property, Shape, TypeId, Types};
use crate::status::ApiError;
use serde_json::{Map, Value};

type List = Vec<Value>;

/// A list of the object with the patch's list of the same field.
pub(super) fn merge_field(
    types: &Types,
    property: &Property,
    original: List,
    patch: List,
) -> Result<List, ApiError> {
    if !property
        .patch
        .as_ref()
        .is_some_and(|strategy| strategy.merge)
    {
        return Ok(patch);
    }
    merge(
        types,
        items_of(types, property.ty),
        merge_key(property),
        original,
        patch,
    )
}

/// `$deleteFromPrimitiveList`: the list without these scalars.
pub(super) fn delete(
    types: &Types,
    property: &Property,
    original: List,
    remove: List,
) -> Result<List, ApiError> {
    if original.is_empty() && remove.is_empty() {
        return Ok(original);
    }
    if holds_maps(&original, &remove)? {
        return merge(
            types,
            items_of(types, property.ty),
            merge_key(property),
            original,
            remove,
        );
    }
    Ok(original
        .into_iter()
        .filter(|item| !remove.contains(item))
        .collect())
}

/// `$setElementOrder`: what the list becomes; `None` where neither side has it.
pub(super) fn ordered(
    types: &Types,
    property: &Property,
    original: Option<List>,
    patch: Option<List>,
    order: &[Value],
) -> Result<Option<List>, ApiError> {
    let key = merge_key(property);
    check_order(patch.as_deref().unwrap_or_default(), order, key)?;
    let server_order = original.clone().unwrap_or_default();
    let patch_items = patch.clone().unwrap_or_default();
    let merged = match (original, patch) {
        (None, None) => return Ok(None),
        (Some(original), None) => original,
        (None, Some(patch)) => patch.into_iter().filter_map(without_directives).collect(),
        (Some(original), Some(patch)) => merge_field(types, property, original, patch)?,
    };
    if server_order.is_empty() && patch_items.is_empty() {
        return Err(internal("no elements in any of the given slices"));
    }
    let maps = holds_maps(&server_order, &patch_items)?;
    arrange(merged, order, &server_order, key, maps).map(Some)
}

fn merge(
    types: &Types,
    items: Option<TypeId>,
    key: &str,
    mut original: List,
    mut patch: List,
) -> Result<List, ApiError> {
    if original.is_empty() && patch.is_empty() {
        return Ok(original);
    }
    let maps = holds_maps(&original, &patch)?;
    let merged = if maps {
        if key.is_empty() {
            return Err(internal("cannot merge lists without merge key for struct"));
        }
        (original, patch) = special_items(original, patch, key)?;
        merge_maps(types, items, key, original.clone(), patch.clone())?
    } else {
        without_repeats(original.iter().chain(&patch).cloned().collect())
    };
    arrange(merged, &patch, &original, key, maps)
}

/// Items with a `$patch`: deletions are done, a replacement makes the patch the whole list.
fn special_items(mut original: List, patch: List, key: &str) -> Result<(List, List), ApiError> {
    let mut plain = Vec::new();
    let mut replace = false;
    for item in patch {
        let Value::Object(map) = &item else { continue };
        let Some(directive) = map.get(DIRECTIVE) else {
            plain.push(item);
            continue;
        };
        match directive.as_str() {
            Some("delete") => {
                let value = map.get(key).ok_or_else(|| no_merge_key(map, key))?;
                original.retain(|item| item.get(key) != Some(value));
            }
            Some("replace") => replace = true,
            Some("merge") => {
                return Err(internal(
                    "merging lists cannot yet be specified in the patch",
                ));
            }
            _ => return Err(bad_patch_type(directive, map)),
        }
    }
    Ok(if replace {
        (plain, Vec::new())
    } else {
        (original, plain)
    })
}

fn merge_maps(
    types: &Types,
    items: Option<TypeId>,
    key: &str,
    mut original: List,
    patch: List,
) -> Result<List, ApiError> {
    for item in patch {
        let Value::Object(mut map) = item else {
            continue;
        };
        let value = map.get(key).ok_or_else(|| no_merge_key(&map, key))?;
        match original
            .iter_mut()
            .find(|item| item.get(key) == Some(value))
        {
            Some(found) => {
                let current = found.as_object().cloned().unwrap_or_default();
                *found = Value::Object(merge_map(types, items, current, &mut map)?);
            }
            None => original.push(Value::Object(map)),
        }
    }
    Ok(original)
}

/// Puts the merged items in order: the patch's own as `order` says, the others as they were,
/// inserted where the server's order has them.
fn arrange(
    merged: List,
    order: &[Value],
    server_order: &[Value],
    key: &str,
    maps: bool,
) -> Result<List, ApiError> {
    let mut from_patch = Vec::new();
    let mut server_only = Vec::new();
    for item in merged {
        let known = if key.is_empty() {
            order.contains(&item)
        } else {
            let map = as_map(&item)?;
            let value = map.get(key).ok_or_else(|| no_merge_key(map, key))?;
            if let Some(at) = order.iter().position(|item| !item.is_object()) {
                let before = order[..at].iter().any(|item| item.get(key) == Some(value));
                if !before {
                    return Err(internal(format!("value for key {at} is not a map")));
                }
            }
            order.iter().any(|item| item.get(key) == Some(value))
        };
        if known {
            from_patch.push(item)
        } else {
            server_only.push(item)
        }
    }
    let from_patch = sort(from_patch, order, key, maps)?;
    let server_only = sort(server_only, server_order, key, maps)?;
    Ok(interleave(server_only, from_patch, server_order, key, maps))
}

fn sort(items: List, order: &[Value], key: &str, maps: bool) -> Result<List, ApiError> {
    if maps {
        for item in items.iter().chain(order) {
            let map = as_map(item)?;
            if !map.contains_key(key) {
                return Err(no_merge_key(map, key));
            }
        }
    }
    let is_delete = |item: &Value| maps && item.get(DIRECTIVE).is_some_and(|d| d == "delete");
    let (deletions, mut items): (List, List) = items.into_iter().partition(is_delete);
    // Every item is in the order: the patch's by how they were chosen, the server's by origin.
    items.sort_by_key(|item| position(order, item, key, maps).unwrap_or(usize::MAX));
    items.extend(deletions);
    Ok(items)
}

fn interleave(left: List, right: List, order: &[Value], key: &str, maps: bool) -> List {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let mut left = left.into_iter().peekable();
    let mut right = right.into_iter().peekable();
    loop {
        let take_left = match (left.peek(), right.peek()) {
            (None, None) => return merged,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (Some(l), Some(r)) => {
                let at = |item| position(order, item, key, maps);
                matches!((at(l), at(r)), (Some(l), Some(r)) if l < r)
            }
        };
        merged.extend(if take_left { left.next() } else { right.next() });
    }
}

fn position(list: &[Value], item: &Value, key: &str, maps: bool) -> Option<usize> {
    if maps {
        list.iter()
            .position(|other| other.get(key) == item.get(key))
    } else {
        list.iter().position(|other| other == item)
    }
}

/// The patch's items must be in the order list, in the same relative order.
fn check_order(patch: &[Value], order: &[Value], key: &str) -> Result<(), ApiError> {
    if patch.is_empty() || order.is_empty() {
        return Ok(());
    }
    let mut wanted = Vec::new();
    for item in patch {
        if key.is_empty() || !as_map(item)?.contains_key(DIRECTIVE) {
            wanted.push(item);
        }
    }
    let mut wanted = wanted.into_iter().peekable();
    for place in order {
        let Some(item) = wanted.peek() else { break };
        let same = if key.is_empty() {
            *item == place
        } else {
            let (left, right) = (as_map(item)?, as_map(place)?);
            left.get(key).ok_or_else(|| no_merge_key(left, key))?
                == right.get(key).ok_or_else(|| no_merge_key(right, key))?
        };
        if same {
            wanted.next();
        }
    }
    if wanted.peek().is_none() {
        return Ok(());
    }
    Err(internal(format!(
        "The order in patch list:\n{}\n doesn't match $setElementOrder list:\n{}\n",
        display(&Value::Array(patch.to_vec())),
        display(&Value::Array(order.to_vec()))
    )))
}

/// Whether the items are objects; all items of both lists must be of one type.
fn holds_maps(original: &[Value], patch: &[Value]) -> Result<bool, ApiError> {
    let mut items = original.iter().chain(patch);
    let Some(first) = items.next() else {
        return Ok(false);
    };
    if first.is_array() {
        return Err(ApiError::patch_rejected());
    }
    let kind = go_kind(first).reflect;
    if items.any(|item| go_kind(item).reflect != kind) {
        let list = |items: &[Value]| display(&Value::Array(items.to_vec()));
        return Err(internal(format!(
            "list element types are not identical: [{} {}]",
            list(original),
            list(patch)
        )));
    }
    Ok(first.is_object())
}

/// Each scalar once. A repeated one is replaced by the last item, which is how upstream does it
/// and decides the order.
fn without_repeats(mut items: List) -> List {
    let mut i = 0;
    while i + 1 < items.len() {
        let mut j = i + 1;
        while j < items.len() {
            if items[i] == items[j] {
                items.swap_remove(j);
            } else {
                j += 1;
            }
        }
        i += 1;
    }
    items
}

fn as_map(item: &Value) -> Result<&Map<String, Value>, ApiError> {
    item.as_object()
        .ok_or_else(|| wrong_type("map[string]interface {}", item))
}

fn items_of(types: &Types, list: TypeId) -> Option<TypeId> {
    match &types.get(list).shape {
        Shape::Array { items, .. } => items.as_ref().map(|items| items.ty),
        _ => None,
    }
}

fn merge_key(property: &Property) -> &str {
    property
        .patch
        .as_ref()
        .and_then(|p| p.merge_key.as_deref())
        .unwrap_or_default()
}
