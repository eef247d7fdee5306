//! Functions that the crates know: they get values as the crates know them.

use std::collections::HashMap;

use kube_cel::cel::common::ast::{CallExpr, Expr, IdedExpr};
use kube_cel::cel::objects::Key;
use kube_cel::cel::{ExecutionError, ResolveResult, Value as Cel};

use super::evaluate::Scope;
use super::macros::{INSERT, SORT_BY_KEYS};
use super::{access, declarations, keyed, optionals, sorting, stored, texts, type_values};

/// What the target of a call is bound to.
const TARGET: &str = "@target";

pub(super) fn call<'e>(scope: &mut Scope<'e>, call: &'e CallExpr) -> ResolveResult {
    let name = call.func_name.as_str();
    let target = match call.target.as_deref() {
        Some(target) if !is_qualifier(target, name) => Some(scope.evaluate(target)?),
        _ => None,
    };
    let mut args = Vec::with_capacity(call.args.len());
    for arg in &call.args {
        args.push(scope.evaluate(arg)?);
    }
    match (name, &target, args.as_slice()) {
        ("dyn", None, [value]) => return Ok(value.clone()),
        ("type", None, [value]) => return Ok(type_values::of(value)),
        (INSERT, None, [map, key, value]) => return insert(map, [(key.clone(), value.clone())]),
        (INSERT, None, [map, entries]) => return insert_all(map, entries),
        (SORT_BY_KEYS, Some(list), [keys]) => return sorting::by_keys(list, keys),
        _ => {}
    }
    if let ("string", None, [value]) = (name, &target, args.as_slice())
        && let Some(text) = texts::string(value)
    {
        return text;
    }
    let plain: fn(Cel) -> Cel = match name {
        "flatten" => keyed::plain_throughout,
        "format" => |value| texts::to_format(keyed::plain_throughout(value)),
        _ => keyed::plain,
    };
    let mut inner = scope.functions.new_inner_scope();
    let mut bind = |name: &str, value: Cel| {
        inner.add_variable_from_value(name, plain(value));
        let expr = Expr::Ident(name.to_owned());
        IdedExpr { id: 0, expr }
    };
    let target = match target {
        Some(value) => Some(Box::new(bind(TARGET, value))),
        // What is left is the beginning of the function's name.
        None => call.target.clone(),
    };
    let args = (0..)
        .zip(args)
        .map(|(place, value): (usize, Cel)| bind(&format!("@{place}"), value))
        .collect();
    let expr = Expr::Call(CallExpr {
        func_name: name.to_owned(),
        target,
        args,
    });
    let call = IdedExpr { id: 0, expr };
    let result = Cel::resolve(&call, &inner)?;
    // A format of a name is optional, which the crate does not know.
    Ok(match (name, result) {
        ("named", Cel::Null) => optionals::none(),
        ("named", format) => optionals::of(format),
        (_, result) => result,
    })
}

/// Whether it is the beginning of a function's name, as in `sets.contains`.
fn is_qualifier(target: &IdedExpr, name: &str) -> bool {
    matches!(&target.expr, Expr::Ident(before)
        if declarations::function(&format!("{before}.{name}")).is_some())
}

/// The map with those entries, whose keys must be new.
fn insert(map: &Cel, entries: impl IntoIterator<Item = (Cel, Cel)>) -> ResolveResult {
    let map = stored::entries(map).ok_or(ExecutionError::NoSuchOverload)?;
    let mut all: HashMap<Key, Cel> = (*map.map).clone();
    for (key, value) in entries {
        let shown = access::shown(&key);
        if all.insert(access::key(key)?, value).is_some() {
            let why = format!("insert failed: key {shown} already exists");
            return Err(ExecutionError::function_error(INSERT, why));
        }
    }
    Ok(all.into())
}

fn insert_all(map: &Cel, entries: &Cel) -> ResolveResult {
    let entries = stored::entries(entries).ok_or(ExecutionError::NoSuchOverload)?;
    let each = entries.map.iter();
    insert(map, each.map(|(key, value)| (key.into(), value.clone())))
}
