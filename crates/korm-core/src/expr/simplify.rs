//! The same question, asked more simply.

use std::cmp::Ordering;

use serde_json::Value;

use super::{
    compare::{Comparable, equal},
    filter::test_present,
    tree::{Compare, Expr, Op, Predicate},
};

impl Expr {
    /// An expression that is true of exactly the same objects and easier to plan: negations stand
    /// only where an operator has no complement, nested ands and ors are one level, questions about
    /// the same value are joined, what every alternative demands is demanded once beside them, and what is always true
    /// or never is said so.
    #[must_use]
    pub fn simplify(&self) -> Self {
        simplify(self, false)
    }
}

/// Simplifies an expression, or its negation.
fn simplify(expr: &Expr, negated: bool) -> Expr {
    match (expr, negated) {
        (Expr::Always(answer), _) => Expr::Always(*answer != negated),
        (Expr::Not(inner), _) => simplify(inner, !negated),
        (Expr::Test(test), false) => predicate(test.clone()),
        (Expr::Test(test), true) => negated_predicate(test),
        (Expr::And(parts), false) | (Expr::Or(parts), true) => all(parts, negated),
        (Expr::Or(parts), false) | (Expr::And(parts), true) => any(parts, negated),
    }
}

fn negated_predicate(test: &Predicate) -> Expr {
    let with = |op| predicate(Predicate { op, ..test.clone() });
    match &test.op {
        Op::Eq(value) => with(Op::Ne(value.clone())),
        Op::Ne(value) => with(Op::Eq(value.clone())),
        Op::In(values) => with(Op::NotIn(values.clone())),
        Op::NotIn(values) => with(Op::In(values.clone())),
        Op::Exists => with(Op::IsNull),
        Op::IsNull => with(Op::Exists),
        _ => match predicate(test.clone()) {
            Expr::Always(answer) => Expr::Always(!answer),
            positive => Expr::Not(Box::new(positive)),
        },
    }
}

/// One predicate in its simplest form. A null operand is a question about absence.
fn predicate(test: Predicate) -> Expr {
    let with = |op| Expr::Test(Predicate { op, ..test.clone() });
    match &test.op {
        Op::Exists | Op::IsNull if test.default.as_ref().is_some_and(|d| !d.is_null()) => {
            Expr::Always(test.op == Op::Exists)
        }
        Op::Eq(Value::Null) => predicate(Predicate {
            op: Op::IsNull,
            ..test
        }),
        Op::Ne(Value::Null) => predicate(Predicate {
            op: Op::Exists,
            ..test
        }),
        Op::Eq(value) if !is_comparable(value, test.compare) => Expr::Always(false),
        Op::Ne(value) if !is_comparable(value, test.compare) => Expr::Always(true),
        Op::In(values) => {
            let (rest, null) = distinct(values, test.compare);
            let rest = match rest.as_slice() {
                [] => Expr::Always(false),
                [one] => with(Op::Eq(one.clone())),
                _ => with(Op::In(rest)),
            };
            if null {
                any(&[with(Op::IsNull), rest], false)
            } else {
                rest
            }
        }
        Op::NotIn(values) => {
            let (rest, null) = distinct(values, test.compare);
            let rest = match rest.as_slice() {
                [] => Expr::Always(true),
                [one] => with(Op::Ne(one.clone())),
                _ => with(Op::NotIn(rest)),
            };
            if null {
                all(&[with(Op::Exists), rest], false)
            } else {
                rest
            }
        }
        Op::Lt(value) | Op::Le(value) | Op::Gt(value) | Op::Ge(value) => {
            let own = Comparable::new(value, test.compare);
            // What has no order with itself has none with anything.
            if own.order(&own).is_none() {
                Expr::Always(false)
            } else {
                Expr::Test(test)
            }
        }
        _ => Expr::Test(test),
    }
}

/// Whether a value can be equal to anything under this comparison.
fn is_comparable(value: &Value, compare: Compare) -> bool {
    let value = Comparable::new(value, compare);
    value.equals(&value)
}

/// Each operand once, without null and what equals nothing; and whether null was among them.
fn distinct(values: &[Value], compare: Compare) -> (Vec<Value>, bool) {
    let mut out: Vec<Value> = Vec::new();
    for value in values {
        let same = |other: &Value| {
            Comparable::new(value, compare).equals(&Comparable::new(other, compare))
        };
        if !value.is_null() && is_comparable(value, compare) && !out.iter().any(same) {
            out.push(value.clone());
        }
    }
    (out, values.iter().any(Value::is_null))
}

fn all(parts: &[Expr], negated: bool) -> Expr {
    let mut out: Vec<Expr> = Vec::new();
    for part in parts {
        match simplify(part, negated) {
            Expr::Always(true) => {}
            Expr::Always(false) => return Expr::Always(false),
            Expr::And(inner) => out.extend(inner),
            other => out.push(other),
        }
    }
    match join(out, intersect, |test| {
        matches!(test.op, Op::Eq(_) | Op::In(_))
    }) {
        Some(joined) if contradicts(&joined) => Expr::Always(false),
        Some(joined) => alone(joined, Expr::And, true),
        None => Expr::Always(false),
    }
}

fn any(parts: &[Expr], negated: bool) -> Expr {
    let mut out: Vec<Expr> = Vec::new();
    for part in parts {
        match simplify(part, negated) {
            Expr::Always(false) => {}
            Expr::Always(true) => return Expr::Always(true),
            Expr::Or(inner) => out.extend(inner),
            other => out.push(other),
        }
    }
    match join(out, unite, |test| matches!(test.op, Op::Eq(_) | Op::In(_))) {
        Some(joined) => factored(joined),
        None => Expr::Always(true),
    }
}

/// Alternatives, with what each of them demands taken out of them, where a server may be able to answer it.
fn factored(alternatives: Vec<Expr>) -> Expr {
    let mut common = match alternatives.as_slice() {
        [first, others @ ..] if !others.is_empty() => demands(first).to_vec(),
        _ => Vec::new(),
    };
    common.retain(|one| {
        alternatives
            .iter()
            .all(|other| demands(other).contains(one))
    });
    if common.is_empty() {
        return alone(alternatives, Expr::Or, false);
    }
    let left = |alternative: &Expr| {
        let mut left = demands(alternative).to_vec();
        left.retain(|one| !common.contains(one));
        alone(left, Expr::And, true)
    };
    let left: Vec<Expr> = alternatives.iter().map(left).collect();
    common.push(any(&left, false));
    all(&common, false)
}

/// The parts that all have to be true.
fn demands(expr: &Expr) -> &[Expr] {
    match expr {
        Expr::And(parts) => parts,
        one => std::slice::from_ref(one),
    }
}

fn alone(mut parts: Vec<Expr>, many: fn(Vec<Expr>) -> Expr, empty: bool) -> Expr {
    match parts.len() {
        0 => Expr::Always(empty),
        1 => parts.swap_remove(0),
        _ => many(parts),
    }
}

/// Removes repeated parts and joins those that ask the same value for equality. `None` when that
/// leaves nothing that could be true.
fn join(
    parts: Vec<Expr>,
    combine: fn(Vec<Value>, Vec<Value>, Compare) -> Vec<Value>,
    joins: fn(&Predicate) -> bool,
) -> Option<Vec<Expr>> {
    let mut out: Vec<Expr> = Vec::new();
    for part in parts {
        if out.contains(&part) {
            continue;
        }
        let same_value = |other: &&mut Expr| match (&**other, &part) {
            (Expr::Test(a), Expr::Test(b)) => asks_the_same(a, b) && joins(a) && joins(b),
            _ => false,
        };
        let earlier = out.iter_mut().find(same_value);
        match (earlier, part) {
            (Some(Expr::Test(a)), Expr::Test(b)) => {
                let compare = a.compare;
                let op = std::mem::replace(&mut a.op, Op::IsNull);
                let values = combine(operands(op), operands(b.op), compare);
                a.op = match <[Value; 1]>::try_from(values) {
                    Ok([one]) => Op::Eq(one),
                    Err(values) if values.is_empty() => return None,
                    Err(values) => Op::In(values),
                };
            }
            (_, part) => out.push(part),
        }
    }
    Some(out)
}

fn asks_the_same(a: &Predicate, b: &Predicate) -> bool {
    a.path == b.path && a.compare == b.compare && a.default == b.default
}

fn operands(op: Op) -> Vec<Value> {
    match op {
        Op::Eq(value) => vec![value],
        Op::In(values) => values,
        _ => Vec::new(),
    }
}

fn intersect(a: Vec<Value>, b: Vec<Value>, compare: Compare) -> Vec<Value> {
    let has = |value: &Value| {
        let value = Comparable::new(value, compare);
        b.iter()
            .any(|other| Comparable::new(other, compare).equals(&value))
    };
    a.into_iter().filter(has).collect()
}

fn unite(mut a: Vec<Value>, b: Vec<Value>, compare: Compare) -> Vec<Value> {
    for value in b {
        let own = Comparable::new(&value, compare);
        if !a
            .iter()
            .any(|other| Comparable::new(other, compare).equals(&own))
        {
            a.push(value);
        }
    }
    a
}

/// Whether some of these can be seen to exclude each other: a value asked to be absent and something,
/// equal to what it must not be, or above what it must be below.
fn contradicts(parts: &[Expr]) -> bool {
    let tests: Vec<&Predicate> = parts
        .iter()
        .filter_map(|part| {
            if let Expr::Test(test) = part {
                Some(test)
            } else {
                None
            }
        })
        .collect();
    tests.iter().any(|a| {
        tests.iter().any(|b| {
            asks_the_same(a, b)
                && match (&a.op, &b.op) {
                    (Op::IsNull, op) => demands_presence(op),
                    (Op::Eq(a_value), Op::Ne(b_value)) => {
                        a.compare == Compare::Json && equal(a_value, b_value)
                    }
                    (Op::Eq(a_value), Op::NotIn(values)) => {
                        a.compare == Compare::Json && values.iter().any(|v| equal(a_value, v))
                    }
                    (a_op, b_op) => out_of_range(a_op, b_op, a.compare),
                }
        })
    })
}

/// Whether no value is both: equal to one of some values, or above one, and below or above another.
fn out_of_range(a: &Op, b: &Op, compare: Compare) -> bool {
    let order =
        |a: &Value, b: &Value| Comparable::new(a, compare).order(&Comparable::new(b, compare));
    match (a, b) {
        (Op::Eq(value), Op::Lt(_) | Op::Le(_) | Op::Gt(_) | Op::Ge(_)) => {
            !test_present(b, None, value, compare)
        }
        (Op::In(values), Op::Lt(_) | Op::Le(_) | Op::Gt(_) | Op::Ge(_)) => !values
            .iter()
            .any(|value| test_present(b, None, value, compare)),
        (Op::Ge(low), Op::Le(high)) => order(low, high) == Some(Ordering::Greater),
        (Op::Gt(low), Op::Lt(high) | Op::Le(high)) | (Op::Ge(low), Op::Lt(high)) => {
            order(low, high).is_some_and(Ordering::is_ge)
        }
        _ => false,
    }
}

/// Whether an operator, without null as operand, is false of every absent value.
pub(crate) fn demands_presence(op: &Op) -> bool {
    match op {
        Op::Eq(value) => !value.is_null(),
        Op::In(values) => !values.iter().any(Value::is_null),
        Op::Exists
        | Op::Lt(_)
        | Op::Le(_)
        | Op::Gt(_)
        | Op::Ge(_)
        | Op::Contains(_)
        | Op::StartsWith(_)
        | Op::EndsWith(_)
        | Op::Matches(_) => true,
        Op::Ne(_) | Op::NotIn(_) | Op::IsNull => false,
    }
}
