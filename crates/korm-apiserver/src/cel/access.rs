//! Fields, items and entries: `a.b`, `has(a.b)`, `a[b]`, `a[?b]` and `a in b`.

use std::sync::Arc;

use kube_cel::cel::objects::Key;
use kube_cel::cel::{ExecutionError, ResolveResult, Value as Cel};

use super::equality::equal;
use super::{keyed, misfit, optionals, stored};

fn no_such_key(key: &str) -> ExecutionError {
    ExecutionError::NoSuchKey(Arc::new(key.to_owned()))
}

/// `of.name`; of an optional an optional.
pub(super) fn select(of: &Cel, name: &str) -> ResolveResult {
    if let Some(optional) = optionals::itself(of) {
        return match optional {
            Some(of) => select_optionally(of, name),
            None => Ok(optionals::none()),
        };
    }
    let field = stored::entries(of).and_then(|of| of.map.get(&Key::from(name)));
    let field = field.cloned().ok_or_else(|| no_such_key(name))?;
    misfit::sound(field)
}

fn select_optionally(of: &Cel, name: &str) -> ResolveResult {
    match has(of, name)? {
        true => select(of, name).map(optionals::of),
        false => Ok(optionals::none()),
    }
}

/// `has(of.name)`. A field that is there is also looked at.
pub(super) fn has(of: &Cel, name: &str) -> Result<bool, ExecutionError> {
    if let Some(optional) = optionals::itself(of) {
        return optional.map_or(Ok(false), |of| has(of, name));
    }
    let of = stored::entries(of).ok_or_else(|| no_such_key(name))?;
    match of.map.get(&Key::from(name)) {
        Some(field) => misfit::sound(field.clone()).map(|_| true),
        None => Ok(false),
    }
}

/// `of[at]`; of an optional an optional.
pub(super) fn index(of: &Cel, at: &Cel) -> ResolveResult {
    if optionals::itself(of).is_some() {
        return index_optionally(of, at);
    }
    if let Some(items) = keyed::items(of) {
        let place = place(at, keyed::itself(of).is_some())?;
        let item = usize::try_from(place).ok().and_then(|at| items.get(at));
        let item = item.ok_or(ExecutionError::IndexOutOfBounds(Cel::Int(place)))?;
        return misfit::sound(item.clone());
    }
    match entry(of, at)? {
        Some(value) => misfit::sound(value.clone()),
        None => Err(no_such_key(&shown(at))),
    }
}

/// `of[?at]`.
pub(super) fn index_optionally(of: &Cel, at: &Cel) -> ResolveResult {
    let of = match optionals::itself(of) {
        Some(Some(of)) => of,
        Some(None) => return Ok(optionals::none()),
        None => of,
    };
    match index(of, at) {
        Ok(value) => Ok(optionals::of(value)),
        Err(ExecutionError::NoSuchKey(_) | ExecutionError::IndexOutOfBounds(_)) => {
            Ok(optionals::none())
        }
        Err(error) => Err(error),
    }
}

/// `item in container`.
pub(super) fn is_in(item: &Cel, container: &Cel) -> Result<bool, ExecutionError> {
    match (container, keyed::items(container)) {
        // A list that the expression makes asks the item whether it is equal, and others their own items.
        (Cel::List(_), Some(items)) => Ok(items
            .iter()
            .any(|other| equal(item, other).is_ok_and(|equal| equal))),
        (_, Some(items)) => is_among(item, items),
        // A value that is there is also looked at.
        (_, None) => match entry(container, item)? {
            Some(value) => misfit::sound(value.clone()).map(|_| true),
            None => Ok(false),
        },
    }
}

/// An item that cannot be compared matters only if no other one is equal.
fn is_among(item: &Cel, items: &[Cel]) -> Result<bool, ExecutionError> {
    let mut fault = None;
    for other in items {
        match equal(other, item) {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(error) => fault = fault.or(Some(error)),
        }
    }
    fault.map_or(Ok(false), Err)
}

/// Which item an index means. `stored`: lists of objects know but ints.
fn place(at: &Cel, stored: bool) -> Result<i64, ExecutionError> {
    let fault = |what: String| Err(ExecutionError::function_error("_[_]", what));
    match (at, whole(at)) {
        (Cel::Int(place), _) => Ok(*place),
        (_, Some(place)) if !stored => Ok(place),
        (_, Some(place)) => fault(format!("unsupported index: {place}")),
        (Cel::Float(at), None) => fault(format!("unsupported index value {at} in list")),
        (Cel::UInt(at), None) => fault(format!("unsupported index value {at} in list")),
        (at, None) => {
            let ty = super::type_values::name(at);
            fault(format!("unsupported index type '{ty}' in list"))
        }
    }
}

/// A number as the int that it equals.
fn whole(number: &Cel) -> Option<i64> {
    match number {
        Cel::Int(int) => Some(*int),
        Cel::UInt(uint) => i64::try_from(*uint).ok(),
        Cel::Float(float) => {
            let int = *float as i64;
            (int as f64 == *float).then_some(int)
        }
        _ => None,
    }
}

/// The value of a key; numbers of different types that are equal are the same key.
fn entry<'m>(of: &'m Cel, key: &Cel) -> Result<Option<&'m Cel>, ExecutionError> {
    let map = &stored::entries(of)
        .ok_or(ExecutionError::NoSuchOverload)?
        .map;
    let is_stored = stored::itself(of).is_some();
    match key {
        Cel::String(name) => Ok(map.get(&Key::String(name.clone()))),
        _ if is_stored => Err(ExecutionError::NoSuchOverload),
        Cel::Bool(is) => Ok(map.get(&Key::Bool(*is))),
        Cel::Int(_) | Cel::UInt(_) | Cel::Float(_) => {
            let int = whole(key).and_then(|int| map.get(&Key::Int(int)));
            let uint = || {
                let uint = match key {
                    Cel::UInt(uint) => *uint,
                    key => u64::try_from(whole(key)?).ok()?,
                };
                map.get(&Key::Uint(uint))
            };
            Ok(int.or_else(uint))
        }
        _ => Err(ExecutionError::NoSuchOverload),
    }
}

/// A value as the key of a map.
pub(super) fn key(of: Cel) -> Result<Key, ExecutionError> {
    let key: Result<Key, _> = of.try_into();
    key.map_err(|_| ExecutionError::NoSuchOverload)
}

/// A key in a message.
pub(super) fn shown(key: &Cel) -> String {
    match key {
        Cel::String(text) => text.to_string(),
        Cel::Int(int) => int.to_string(),
        Cel::UInt(uint) => uint.to_string(),
        Cel::Float(float) => float.to_string(),
        Cel::Bool(is) => is.to_string(),
        _ => String::new(),
    }
}
