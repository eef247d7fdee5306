//! Costs of the operators and functions of the language itself (`functionCost` of cel-go's `checker/cost.go`).

use kube_cel::cel::common::ast::IdedExpr;

use super::bounds::{Bounds, PATTERN};
use super::sizes::Node;
use super::{CallCost, Estimator};
use crate::cel::declarations::{Overload, Sig};

/// A call.
pub(super) struct Called<'c, 'e> {
    pub(super) tree: &'e IdedExpr,
    pub(super) function: &'c str,
    pub(super) overload: &'c Overload,
    pub(super) target: Option<&'c Node<'e>>,
    pub(super) args: &'c [Node<'e>],
    /// What its arguments cost.
    pub(super) of_args: &'c [Bounds],
    /// The same together.
    pub(super) all: Bounds,
}

impl Estimator<'_> {
    /// What a call costs, with its arguments.
    pub(super) fn of_language(&mut self, called: &Called<'_, '_>) -> CallCost {
        let sizes: Vec<Bounds> = called.args.iter().map(Node::size_or_unknown).collect();
        let target = called.target.map(Node::size_or_unknown);
        let first = called.overload.takes.first();
        match (called.function, target, sizes.as_slice()) {
            ("_&&_" | "_||_", None, [_, _]) => {
                let [left, right] = [called.of_args[0], called.of_args[1]];
                return CallCost::of(Bounds::between(left.least, left.plus(right).most));
            }
            ("_?_:_", None, [_, yes, no]) => return self.conditional(called, yes.or(*no)),
            _ => {}
        }
        let mut size = None;
        let own = match (called.function, target, sizes.as_slice()) {
            ("format", Some(text), _) => text.traversed(),
            ("bytes", None, [text]) if matches!(first, Some(Sig::String)) => {
                size = Some(Bounds::between(text.least, text.most.wrapping_mul(4)));
                text.traversed()
            }
            ("string", None, [bytes]) if matches!(first, Some(Sig::Bytes)) => {
                size = Some(Bounds::between(bytes.least / 4, bytes.most));
                bytes.traversed()
            }
            ("strings.quote", None, [text]) => {
                let most = text.most.wrapping_mul(2).wrapping_add(2);
                size = Some(Bounds::between(text.least.wrapping_add(2), most));
                text.traversed()
            }
            ("startsWith" | "endsWith", _, [part]) => part.traversed(),
            ("@in", None, [_, list]) if matches!(called.overload.takes, [_, Sig::List(_)]) => {
                list.by(1.0)
            }
            ("matches", Some(text), [pattern]) => matched(text, *pattern),
            ("matches", None, [text, pattern]) => matched(*text, *pattern),
            ("contains", Some(text), [part]) => text.traversed().times(part.traversed()),
            ("_+_", None, [left, right]) => {
                let sum = left.plus(*right);
                match first {
                    Some(Sig::String | Sig::Bytes) => {
                        self.join_entries(called, 0, 1);
                        size = Some(sum);
                        sum.traversed()
                    }
                    Some(Sig::List(_)) => {
                        self.join_entries(called, 0, 1);
                        size = Some(sum);
                        Bounds::ONE
                    }
                    _ => Bounds::ONE,
                }
            }
            ("_==_" | "_!=_", None, [left, right]) => compared(*left, *right),
            ("_<_" | "_<=_" | "_>_" | "_>=_", None, [left, right])
                if matches!(first, Some(Sig::String | Sig::Bytes)) =>
            {
                compared(*left, *right)
            }
            _ => Bounds::ONE,
        };
        CallCost {
            cost: own.plus(called.all),
            size,
        }
    }

    fn conditional(&mut self, called: &Called<'_, '_>, size: Bounds) -> CallCost {
        self.join_entries(called, 1, 2);
        let [condition, yes, no] = [called.of_args[0], called.of_args[1], called.of_args[2]];
        CallCost::sized(condition.plus(yes.or(no)), size)
    }

    /// The result of a call contains what two of its arguments contain.
    fn join_entries(&mut self, called: &Called<'_, '_>, one: usize, other: usize) {
        let of = |at: usize| self.entries_of(called.args[at].tree);
        if let (Some(one), Some(other)) = (of(one), of(other)) {
            self.entries.insert(called.tree.id, one.or(other));
        }
    }
}

/// A pattern is applied to each character.
fn matched(text: Bounds, pattern: Bounds) -> Bounds {
    let text = text.plus(Bounds::ONE).traversed();
    text.times(pattern.by(PATTERN))
}

/// Two values are compared until one ends.
fn compared(one: Bounds, other: Bounds) -> Bounds {
    let most = one.most.min(other.most);
    Bounds::between(most.min(1), most).traversed()
}
