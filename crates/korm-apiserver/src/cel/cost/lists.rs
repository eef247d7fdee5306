//! Costs of functions of lists and sets (`ext/lists.go` and `ext/sets.go` of cel-go).

use kube_cel::cel::common::ast::{Expr, LiteralValue};

use super::bounds::{Bounds, TRAVERSAL};
use super::sizes::Node;
use super::{CallCost, LIST};
use crate::cel::declarations::{Overload, Sig};
use crate::cel::macros::SORT_BY_KEYS;

/// What a function costs, without its arguments; nothing if it is none of these.
pub(super) fn cost(
    function: &str,
    overload: &Overload,
    target: Option<&Node<'_>>,
    args: &[Node<'_>],
) -> Option<CallCost> {
    Some(match (function, target, args) {
        ("slice", Some(list), [start, end]) => {
            let end = written(end).unwrap_or(list.size_or_unknown().most);
            let length = end.wrapping_sub(written(start).unwrap_or(0));
            making(1.0, Bounds::exactly(length))
        }
        ("lists.range", None, [length]) => {
            let length = written(length).unwrap_or(u64::MAX);
            making(1.0, Bounds::exactly(length))
        }
        ("reverse", Some(list), []) => making(1.0, list.size_or_unknown()),
        ("flatten", Some(list), []) => making(1.0, list.size_or_unknown()),
        ("flatten", Some(list), [depth]) => {
            let depth = written(depth).unwrap_or(u64::MAX);
            making(depth as f64, list.size_or_unknown())
        }
        ("distinct", Some(list), []) => making(2.0, squared(list)),
        ("sort", Some(list), []) => making(comparing(overload), squared(list)),
        (SORT_BY_KEYS, Some(_), [keys]) => making(comparing(overload), squared(keys)),
        ("sets.contains" | "sets.intersects", None, [one, other]) => pairs(one, other, 1.0),
        ("sets.equivalent", None, [one, other]) => pairs(one, other, 2.0),
        _ => return None,
    })
}

/// A number that is written down.
fn written(node: &Node<'_>) -> Option<u64> {
    match &node.tree.expr {
        Expr::Literal(LiteralValue::Int(int)) => Some(u64::try_from(*int.inner()).unwrap_or(0)),
        _ => None,
    }
}

/// Making a list of this size, at a cost for each item.
fn making(each: f64, size: Bounds) -> CallCost {
    CallCost::sized(size.by(each).plus(Bounds::ONE).plus(LIST), size)
}

fn squared(list: &Node<'_>) -> Bounds {
    list.size_or_unknown().times(list.size_or_unknown())
}

/// What comparing two items, or their keys, costs.
fn comparing(overload: &Overload) -> f64 {
    match overload.takes {
        [.., Sig::List(Sig::String | Sig::Bytes)] => 2.0 + TRAVERSAL,
        _ => 2.0,
    }
}

fn pairs(one: &Node<'_>, other: &Node<'_>, each: f64) -> CallCost {
    let pairs = one.size_or_unknown().times(other.size_or_unknown());
    CallCost::of(pairs.by(each).plus(Bounds::ONE))
}
