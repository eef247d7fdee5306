//! Expressions for objects with values that the crate does not know: lists of type set and map, objects with fields that
//! no expression sees, and values that are not of their type. The operators become functions that do.

use std::sync::Arc;

use kube_cel::cel::common::ast::{CallExpr, Expr, IdedExpr};
use kube_cel::cel::objects::Key;
use kube_cel::cel::{Context, ExecutionError, ResolveResult, Value as Cel};

use super::compile::for_children;
use super::equality::equal;
use super::operators::IDENTIFIERS;
use super::{keyed, misfit};

/// Comparisons and tests that fail on values that are not of their type; to the crate these would be different, and
/// there.
const EQUALS: &str = "@equals";
const DIFFERS: &str = "@differs";
const IS_SOUND: &str = "@is_sound";
/// The operators that take lists of every type.
const PLUS: &str = "@plus";
const IS_IN: &str = "@is_in";
/// Of a list that the expression writes down, which asks the item whether it is equal and not its own.
const IS_ONE_OF: &str = "@is_one_of";
/// Gives what takes only lists of the crate such a list.
const PLAIN: &str = "@plain";
/// The same for what looks at the lists within a list.
const PLAIN_THROUGHOUT: &str = "@plain_throughout";

/// What an accumulator of a macro is called.
const ACCUMULATOR: &str = "@result";

/// Functions that hand on what they get.
const HANDS_ON: &[&str] = &["dyn", "hasValue", "of", "or", "orValue", "type", "value"];

/// Adds the functions of rewritten expressions.
pub(super) fn add(context: &mut Context<'_>) {
    context.add_function(EQUALS, |left: Cel, right: Cel| {
        compared(&left, &right, true)
    });
    context.add_function(DIFFERS, |left: Cel, right: Cel| {
        compared(&left, &right, false)
    });
    context.add_function(IS_SOUND, |value: Cel| match misfit::itself(&value) {
        Some(why) => Err(ExecutionError::function_error("has", why)),
        None => Ok(Cel::Bool(true)),
    });
    context.add_function(PLUS, plus);
    context.add_function(IS_IN, |item: Cel, container: Cel| is_in(&item, &container));
    context.add_function(
        IS_ONE_OF,
        |item: Cel, items: Arc<Vec<Cel>>| -> ResolveResult {
            let is_equal = |other: &Cel| equal(&item, other).is_ok_and(|equal| equal);
            Ok(Cel::Bool(items.iter().any(is_equal)))
        },
    );
    context.add_function(PLAIN, |value: Cel| -> ResolveResult {
        Ok(keyed::plain(value))
    });
    context.add_function(PLAIN_THROUGHOUT, |value: Cel| -> ResolveResult {
        Ok(keyed::plain_throughout(value))
    });
}

/// Whether any part of the value is one that the crate does not know.
pub(super) fn is_needed(value: &Cel) -> bool {
    match value {
        Cel::List(items) => items.iter().any(is_needed),
        Cel::Map(map) => map.map.values().any(is_needed),
        Cel::Opaque(_) => true,
        _ => false,
    }
}

fn compared(left: &Cel, right: &Cel, equally: bool) -> ResolveResult {
    if let Some(why) = misfit::within(left).or_else(|| misfit::within(right)) {
        return Err(ExecutionError::function_error("==", why));
    }
    let is_null = |value: &Cel| matches!(value, Cel::Null);
    let same = match (is_null(left), is_null(right)) {
        (false, false) => equal(left, right)?,
        (left, right) => left == right,
    };
    Ok(Cel::Bool(same == equally))
}

fn plus(left: Cel, right: Cel) -> ResolveResult {
    if let Some(list) = keyed::itself(&left) {
        let other = keyed::items(&right).ok_or(ExecutionError::NoSuchOverload)?;
        return Ok(Cel::Opaque(Arc::new(list.plus(other)?)));
    }
    match (left, right) {
        (Cel::Bytes(left), Cel::Bytes(right)) => {
            Ok(Cel::Bytes(Arc::new([&left[..], &right[..]].concat())))
        }
        (left, right) => left + keyed::plain(right),
    }
}

fn is_in(item: &Cel, container: &Cel) -> ResolveResult {
    if let Some(items) = keyed::items(container) {
        return is_among(item, items).map(Cel::Bool);
    }
    let Cel::Map(map) = container else {
        return Err(ExecutionError::NoSuchOverload);
    };
    let key: Result<Key, _> = item.clone().try_into();
    let key = key.map_err(|_| ExecutionError::NoSuchOverload)?;
    Ok(Cel::Bool(map.map.contains_key(&key)))
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

/// The expression for objects that have such values.
pub(super) fn rewritten(tree: &IdedExpr) -> IdedExpr {
    let mut tree = tree.clone();
    rewrite(&mut tree);
    tree
}

fn rewrite(tree: &mut IdedExpr) {
    for_children(tree, &mut rewrite);
    match &mut tree.expr {
        Expr::Call(call) => rewrite_call(call),
        Expr::Comprehension(comprehension) => make_plain(&mut comprehension.iter_range),
        // A field that is there is also looked at.
        Expr::Select(select) if select.test => {
            let mut field = select.clone();
            field.test = false;
            let (id, test) = (tree.id, tree.clone());
            let field = IdedExpr {
                id,
                expr: Expr::Select(field),
            };
            let sound = IdedExpr {
                id,
                expr: called(IS_SOUND, vec![field]),
            };
            tree.expr = called("_&&_", vec![test, sound]);
        }
        _ => {}
    }
}

fn rewrite_call(call: &mut CallExpr) {
    let function = match call.func_name.as_str() {
        "_==_" => EQUALS,
        "_!=_" => DIFFERS,
        // What macros gather is a list of the crate.
        "_+_" if !call.args.first().is_some_and(is_accumulator) => PLUS,
        "@in" if call.args.get(1).is_some_and(is_written_down) => IS_ONE_OF,
        "@in" => IS_IN,
        "_[_]" | "_[?_]" => {
            call.args.iter_mut().take(1).for_each(make_plain);
            return;
        }
        name if HANDS_ON.contains(&name) || !name.starts_with(char::is_alphabetic) => return,
        name => {
            let plain = match name {
                "flatten" => PLAIN_THROUGHOUT,
                _ => PLAIN,
            };
            let target = call.target.as_deref_mut();
            let values = target.filter(|of| !is_qualifier(of)).into_iter();
            values
                .chain(&mut call.args)
                .for_each(|value| wrap(plain, value));
            return;
        }
    };
    call.func_name = function.to_owned();
}

fn is_written_down(tree: &IdedExpr) -> bool {
    matches!(tree.expr, Expr::List(_))
}

fn is_accumulator(tree: &IdedExpr) -> bool {
    matches!(&tree.expr, Expr::Ident(name) if name == ACCUMULATOR)
}

/// Whether it is the beginning of a function's name, as in `sets.contains`.
fn is_qualifier(tree: &IdedExpr) -> bool {
    matches!(&tree.expr, Expr::Ident(name) if IDENTIFIERS.contains(&name.as_str()))
}

fn make_plain(tree: &mut IdedExpr) {
    wrap(PLAIN, tree);
}

fn wrap(function: &str, tree: &mut IdedExpr) {
    let of = std::mem::take(tree);
    tree.id = of.id;
    tree.expr = called(function, vec![of]);
}

fn called(function: &str, args: Vec<IdedExpr>) -> Expr {
    Expr::Call(CallExpr {
        func_name: function.to_owned(),
        target: None,
        args,
    })
}
