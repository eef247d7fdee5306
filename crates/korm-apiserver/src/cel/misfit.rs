//! Values that are not of their type: 2.0 is a float64 to Kubernetes until it is stored, although its schema takes it for
//! an integer, and an old value may be of another schema. A rule that uses one cannot be evaluated.

use std::sync::Arc;

use kube_cel::cel::common::ast::{CallExpr, Expr, IdedExpr};
use kube_cel::cel::objects::Opaque;
use kube_cel::cel::{Context, ExecutionError, ResolveResult, Value as Cel};

use super::compile::for_children;

/// Holds why.
#[derive(Debug, PartialEq, Eq)]
struct Misfit(String);

impl Opaque for Misfit {
    fn runtime_type_name(&self) -> &str {
        "misfit"
    }
}

/// A value that no operator takes.
pub(super) fn value(why: &str) -> Cel {
    Cel::Opaque(Arc::new(Misfit(why.to_owned())))
}

/// Why it is such a value, if it is one.
pub(super) fn itself(value: &Cel) -> Option<&str> {
    match value {
        Cel::Opaque(value) => value.downcast_ref::<Misfit>().map(|misfit| &*misfit.0),
        _ => None,
    }
}

/// Why the first such value in it is one, if there is any.
pub(super) fn within(value: &Cel) -> Option<&str> {
    match value {
        Cel::List(items) => items.iter().find_map(within),
        Cel::Map(map) => map.map.values().find_map(within),
        _ => itself(value),
    }
}

/// Comparisons and tests that fail on such values. For those of the crate they are different, and there.
const EQUALS: &str = "@equals";
const DIFFERS: &str = "@differs";
const IS_SOUND: &str = "@is_sound";

/// Adds the functions of `strict`.
pub(super) fn add(context: &mut Context<'_>) {
    context.add_function(EQUALS, |left: Cel, right: Cel| {
        compared(&left, &right, true)
    });
    context.add_function(DIFFERS, |left: Cel, right: Cel| {
        compared(&left, &right, false)
    });
    context.add_function(IS_SOUND, |value: Cel| match itself(&value) {
        Some(why) => Err(ExecutionError::function_error("has", why)),
        None => Ok(Cel::Bool(true)),
    });
}

fn compared(left: &Cel, right: &Cel, equal: bool) -> ResolveResult {
    if let Some(why) = within(left).or_else(|| within(right)) {
        return Err(ExecutionError::function_error("==", why));
    }
    Ok(Cel::Bool((left == right) == equal))
}

/// The expression for objects that have such values.
pub(super) fn strict(tree: &IdedExpr) -> IdedExpr {
    let mut strict = tree.clone();
    make_strict(&mut strict);
    strict
}

fn make_strict(tree: &mut IdedExpr) {
    for_children(tree, &mut make_strict);
    match &mut tree.expr {
        Expr::Call(call) => match call.func_name.as_str() {
            "_==_" => call.func_name = EQUALS.to_owned(),
            "_!=_" => call.func_name = DIFFERS.to_owned(),
            _ => {}
        },
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

fn called(function: &str, args: Vec<IdedExpr>) -> Expr {
    Expr::Call(CallExpr {
        func_name: function.to_owned(),
        target: None,
        args,
    })
}
