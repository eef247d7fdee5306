//! Optional values (`cel.OptionalTypes` of cel-go).

use std::sync::Arc;

use kube_cel::cel::common::ast::{CallExpr, Expr, IdedExpr};
use kube_cel::cel::objects::OptionalValue;
use kube_cel::cel::{ExecutionError, ResolveResult, Value as Cel};

use super::evaluate::Scope;
use super::{keyed, stored};

pub(super) fn none() -> Cel {
    Cel::Opaque(Arc::new(OptionalValue::none()))
}

pub(super) fn of(value: Cel) -> Cel {
    Cel::Opaque(Arc::new(OptionalValue::of(value)))
}

/// What an optional holds, if it is one.
pub(super) fn itself(value: &Cel) -> Option<Option<&Cel>> {
    match value {
        Cel::Opaque(value) => value
            .downcast_ref::<OptionalValue>()
            .map(OptionalValue::value),
        _ => None,
    }
}

/// The same of a value that has to be one.
pub(super) fn within(value: &Cel) -> Result<Option<&Cel>, ExecutionError> {
    itself(value).ok_or(ExecutionError::NoSuchOverload)
}

/// What a function of optionals gives; nothing if it is none.
pub(super) fn call<'e>(scope: &mut Scope<'e>, call: &'e CallExpr) -> Option<ResolveResult> {
    let target = call.target.as_deref()?;
    if matches!(&target.expr, Expr::Ident(name) if name == "optional") {
        return match (call.func_name.as_str(), call.args.as_slice()) {
            ("none", []) => Some(Ok(none())),
            ("of", [value]) => Some(scope.evaluate(value).map(of)),
            ("ofNonZeroValue", [value]) => Some(scope.evaluate(value).map(of_non_zero)),
            ("unwrap", [list]) => Some(scope.evaluate(list).and_then(|list| unwrap(&list))),
            _ => None,
        };
    }
    let function = match (call.func_name.as_str(), call.args.len()) {
        ("unwrapOpt", 0) => {
            return Some(scope.evaluate(target).and_then(|list| unwrap(&list)));
        }
        ("hasValue" | "value", 0) | ("or" | "orValue", 1) => call.func_name.as_str(),
        _ => return None,
    };
    Some(method(scope, function, target, &call.args))
}

fn method<'e>(
    scope: &mut Scope<'e>,
    function: &str,
    target: &'e IdedExpr,
    args: &'e [IdedExpr],
) -> ResolveResult {
    let target = scope.evaluate(target)?;
    let value = within(&target)?.cloned();
    match (function, args, value) {
        ("hasValue", [], value) => Ok(Cel::Bool(value.is_some())),
        ("value", [], Some(value)) => Ok(value),
        ("value", [], None) => {
            let why = "optional.none() dereference";
            Err(ExecutionError::function_error("value", why))
        }
        ("or", [_], Some(_)) => Ok(target),
        ("orValue", [_], Some(value)) => Ok(value),
        ("or", [other], None) => {
            let other = scope.evaluate(other)?;
            within(&other)?;
            Ok(other)
        }
        ("orValue", [other], None) => scope.evaluate(other),
        _ => Err(ExecutionError::NoSuchOverload),
    }
}

/// What those of a list hold that hold something.
fn unwrap(list: &Cel) -> ResolveResult {
    let items = keyed::items(list).ok_or(ExecutionError::NoSuchOverload)?;
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        values.extend(within(item)?.cloned());
    }
    Ok(Cel::List(values.into()))
}

fn of_non_zero(value: Cel) -> Cel {
    let is_zero = match (keyed::items(&value), stored::entries(&value)) {
        (Some(items), _) => items.is_empty(),
        (_, Some(entries)) => entries.map.is_empty(),
        _ => value.is_zero(),
    };
    match is_zero {
        true => none(),
        false => of(value),
    }
}
