//! Numbers that their schema takes for integers and Kubernetes does not: 2.0 is a float64 to it until it is stored, and
//! a rule that uses it cannot be evaluated.

use std::sync::Arc;

use kube_cel::cel::common::ast::{Expr, IdedExpr};
use kube_cel::cel::objects::Opaque;
use kube_cel::cel::{Context, ExecutionError, ResolveResult, Value as Cel};

use super::compile::for_children;

/// Why nothing can be done with such a value.
pub(super) const WHY: &str = "invalid data, expected int, got float64";

#[derive(Debug, PartialEq, Eq)]
struct Misfit;

impl Opaque for Misfit {
    fn runtime_type_name(&self) -> &str {
        "misfit"
    }
}

/// A value that no operator takes.
pub(super) fn value() -> Cel {
    Cel::Opaque(Arc::new(Misfit))
}

/// Whether it is such a value.
pub(super) fn is_misfit(value: &Cel) -> bool {
    matches!(value, Cel::Opaque(value) if value.downcast_ref::<Misfit>().is_some())
}

/// Whether there is such a value in it.
pub(super) fn is_within(value: &Cel) -> bool {
    match value {
        Cel::List(items) => items.iter().any(is_within),
        Cel::Map(map) => map.map.values().any(is_within),
        _ => is_misfit(value),
    }
}

/// Comparisons that fail on such values. Those of the crate find them different, and a value equal to itself.
const EQUALS: &str = "@equals";
const DIFFERS: &str = "@differs";

/// Adds the comparisons of `strict`.
pub(super) fn add(context: &mut Context<'_>) {
    context.add_function(EQUALS, |left: Cel, right: Cel| {
        compared(&left, &right, true)
    });
    context.add_function(DIFFERS, |left: Cel, right: Cel| {
        compared(&left, &right, false)
    });
}

fn compared(left: &Cel, right: &Cel, equal: bool) -> ResolveResult {
    if is_within(left) || is_within(right) {
        return Err(ExecutionError::function_error("==", WHY));
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
    let Expr::Call(call) = &mut tree.expr else {
        return;
    };
    match call.func_name.as_str() {
        "_==_" => call.func_name = EQUALS.to_owned(),
        "_!=_" => call.func_name = DIFFERS.to_owned(),
        _ => {}
    }
}
