//! Changes of lists.

use serde_json::Value;

use super::{
    overlay::overlay,
    place::{ListKind, Place},
    same::has,
    write::Writer,
};
use crate::expr::equal;

/// The changes of a list that exists in all three views and differs.
pub(super) fn changes(
    writer: &mut Writer,
    place: &Place<'_>,
    raw: &[Value],
    base: &[Value],
    now: &[Value],
) {
    // Reading keeps the number and order of elements; where it did not, nothing is known of which
    // raw element became which, and the list is replaced as one value.
    let aligned = raw.len() == base.len();
    match place.list_kind() {
        ListKind::Set if aligned => set(writer, place, raw, base, now),
        ListKind::Map(keys) if aligned => match keyed(&keys, raw, base, now) {
            Some(elements) => map(writer, place, &keys, elements, base, now),
            None => whole(writer, place, raw, base, now),
        },
        _ => whole(writer, place, raw, base, now),
    }
}

fn whole(writer: &mut Writer, place: &Place<'_>, raw: &[Value], base: &[Value], now: &[Value]) {
    let (old, base) = (Value::from(raw.to_vec()), Value::from(base.to_vec()));
    let now = Value::from(now.to_vec());
    let merged = overlay(Some(&old), Some(&base), &now);
    let pointer = place.pointer().to_owned();
    writer.patch().test(pointer.clone(), old);
    writer.patch().replace(pointer, merged);
    writer.note(place, Some(&base), Some(&now));
}

/// Elements are removed where they were and added at the end. Adding needs no test: the server takes
/// no element twice, and one that somebody else added meanwhile is there as wanted.
fn set(writer: &mut Writer, place: &Place<'_>, raw: &[Value], base: &[Value], now: &[Value]) {
    let removed = (0..base.len()).rev().filter(|i| !has(now, &base[*i]));
    for index in removed {
        let pointer = place.element(index).pointer().to_owned();
        writer.patch().test(pointer.clone(), raw[index].clone());
        writer.patch().remove(pointer);
    }
    for added in now.iter().filter(|value| !has(base, value)) {
        writer.patch().add(place.end(), added.clone());
    }
    let (base, now) = (Value::from(base.to_vec()), Value::from(now.to_vec()));
    writer.note(place, Some(&base), Some(&now));
}

/// One element of a list of the type map, where it was and what it is now.
struct Element<'v> {
    index: usize,
    raw: &'v Value,
    base: &'v Value,
    now: Option<&'v Value>,
}

/// Pairs the elements by their keys; `None` where that cannot be done or the order changed.
fn keyed<'v>(
    keys: &[String],
    raw: &'v [Value],
    base: &'v [Value],
    now: &'v [Value],
) -> Option<Vec<Element<'v>>> {
    if keys.is_empty() || !distinct(keys, base) || !distinct(keys, now) {
        return None;
    }
    let mut elements = Vec::new();
    let mut last = None;
    for (index, (raw, base)) in raw.iter().zip(base).enumerate() {
        let found = now.iter().position(|value| same_keys(keys, base, value));
        if found.is_some() && found < last {
            return None;
        }
        last = found.or(last);
        elements.push(Element {
            index,
            raw,
            base,
            now: found.map(|i| &now[i]),
        });
    }
    // New elements go to the end; anywhere else is a question of order.
    let first_new = now
        .iter()
        .position(|value| !base.iter().any(|b| same_keys(keys, b, value)));
    if first_new.is_some() && first_new < last {
        return None;
    }
    Some(elements)
}

pub(super) fn same_keys(keys: &[String], a: &Value, b: &Value) -> bool {
    keys.iter().all(|key| match (a.get(key), b.get(key)) {
        (None, None) => true,
        (Some(a), Some(b)) => equal(a, b),
        _ => false,
    })
}

pub(super) fn distinct(keys: &[String], list: &[Value]) -> bool {
    list.iter().enumerate().all(|(i, value)| {
        value.is_object() && !list[..i].iter().any(|other| same_keys(keys, other, value))
    })
}

fn map(
    writer: &mut Writer,
    place: &Place<'_>,
    keys: &[String],
    elements: Vec<Element<'_>>,
    base: &[Value],
    now: &[Value],
) {
    // Members first, by the indexes as they are; then removals from the end, so that they do not
    // shift one another; then additions.
    let mut removed = Vec::new();
    for element in elements {
        let at = place.element(element.index);
        match element.now {
            None => removed.push((at.pointer().to_owned(), element)),
            Some(now) if !equal(element.base, now) => {
                for key in keys {
                    // Pins that this index is still the element that is meant.
                    let pointer = at.member(key).pointer().to_owned();
                    let value = element.raw.get(key).cloned().unwrap_or_default();
                    writer.patch().test(pointer, value);
                }
                writer.member(&at, Some(element.raw), Some(element.base), Some(now));
            }
            Some(_) => {}
        }
    }
    let anything_removed = !removed.is_empty();
    for (pointer, element) in removed.into_iter().rev() {
        writer.patch().test(pointer.clone(), element.raw.clone());
        writer.patch().remove(pointer);
    }
    let added: Vec<&Value> = now
        .iter()
        .filter(|value| !base.iter().any(|b| same_keys(keys, b, value)))
        .collect();
    for value in &added {
        writer.patch().add(place.end(), (*value).clone());
    }
    if anything_removed || !added.is_empty() {
        let (base, now) = (Value::from(base.to_vec()), Value::from(now.to_vec()));
        writer.note(place, Some(&base), Some(&now));
    }
}
