//! The operators of two values: arithmetic, comparisons and membership.

use std::cmp::Ordering;
use std::sync::Arc;

use kube_cel::cel::{ExecutionError, ResolveResult, Value as Cel};

use super::equality::equal;
use super::{access, keyed};

/// Whether [`operate`] knows the function.
pub(super) fn is_operator(function: &str) -> bool {
    matches!(
        function,
        "_==_"
            | "_!=_"
            | "@in"
            | "_<_"
            | "_<=_"
            | "_>_"
            | "_>=_"
            | "_+_"
            | "_-_"
            | "_*_"
            | "_/_"
            | "_%_"
    )
}

/// What an operator makes of two values.
pub(super) fn operate(function: &str, left: Cel, right: Cel) -> ResolveResult {
    let ordered = |fits: fn(Ordering) -> bool| {
        let order = order(&left, &right)?;
        Ok(Cel::Bool(fits(order)))
    };
    match function {
        "_==_" => are_equal(&left, &right).map(Cel::Bool),
        // An error of the comparison is no equality either.
        "_!=_" => Ok(Cel::Bool(!are_equal(&left, &right).unwrap_or(false))),
        "@in" => access::is_in(&left, &right).map(Cel::Bool),
        "_<_" => ordered(Ordering::is_lt),
        "_<=_" => ordered(Ordering::is_le),
        "_>_" => ordered(Ordering::is_gt),
        "_>=_" => ordered(Ordering::is_ge),
        "_+_" => add(left, right),
        "_-_" => within_limits(left - right),
        "_*_" => left * right,
        "_/_" => left / right,
        "_%_" => left % right,
        _ => Err(ExecutionError::NoSuchOverload),
    }
}

pub(super) fn negate(of: Cel) -> ResolveResult {
    match of {
        Cel::Int(int) => int
            .checked_neg()
            .map(Cel::Int)
            .ok_or(ExecutionError::Overflow("negate", of, Cel::Null)),
        Cel::Float(float) => Ok(Cel::Float(-float)),
        _ => Err(ExecutionError::NoSuchOverload),
    }
}

fn are_equal(left: &Cel, right: &Cel) -> Result<bool, ExecutionError> {
    match (left, right) {
        (Cel::Null, other) | (other, Cel::Null) => Ok(matches!(other, Cel::Null)),
        _ => equal(left, right),
    }
}

pub(super) fn order(left: &Cel, right: &Cel) -> Result<Ordering, ExecutionError> {
    let is_nan = |value: &Cel| matches!(value, Cel::Float(float) if float.is_nan());
    match (left, right) {
        (Cel::Bytes(left), Cel::Bytes(right)) => Ok(left.cmp(right)),
        (Cel::Null, Cel::Null) => Err(ExecutionError::NoSuchOverload),
        _ => match left.partial_cmp(right) {
            Some(order) => Ok(order),
            None if is_nan(left) || is_nan(right) => {
                let why = "NaN values cannot be ordered";
                Err(ExecutionError::function_error("<", why))
            }
            None => Err(ExecutionError::NoSuchOverload),
        },
    }
}

fn add(left: Cel, right: Cel) -> ResolveResult {
    if let Some(list) = keyed::itself(&left) {
        let other = keyed::items(&right).ok_or(ExecutionError::NoSuchOverload)?;
        return Ok(Cel::Opaque(Arc::new(list.plus(other)?)));
    }
    match (left, right) {
        (Cel::Bytes(left), Cel::Bytes(right)) => {
            Ok(Cel::Bytes(Arc::new([&left[..], &right[..]].concat())))
        }
        (left, right) => within_limits(left + keyed::plain(right)),
    }
}

/// Times are of the years 1 to 9999, and durations are counted in nanoseconds.
fn within_limits(result: ResolveResult) -> ResolveResult {
    let fits = match &result {
        Ok(Cel::Duration(duration)) => duration.num_nanoseconds().is_some(),
        Ok(Cel::Timestamp(time)) => (1..=9999).contains(&chrono::Datelike::year(&time.to_utc())),
        _ => true,
    };
    match (fits, result) {
        (false, Ok(result)) => Err(ExecutionError::Overflow("add", result, Cel::Null)),
        (_, result) => result,
    }
}
