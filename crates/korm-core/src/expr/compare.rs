//! Which JSON values are equal, and which comes first.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::{Number, Value};

use super::{quantity::Quantity, tree::Compare};

/// A value understood as a comparison wants it.
#[derive(Clone, Debug)]
pub(super) enum Comparable<'v> {
    Json(&'v Value),
    Instant(Timestamp),
    Quantity(Quantity),
    /// Not what the comparison compares: equal to nothing, before and after nothing.
    Incomparable,
}

impl<'v> Comparable<'v> {
    pub(super) fn new(value: &'v Value, compare: Compare) -> Self {
        match compare {
            Compare::Json => Self::Json(value),
            Compare::Instant => value
                .as_str()
                .and_then(|text| text.parse().ok())
                .map_or(Self::Incomparable, Self::Instant),
            Compare::Quantity => Quantity::of(value).map_or(Self::Incomparable, Self::Quantity),
        }
    }

    pub(super) fn equals(&self, other: &Comparable<'_>) -> bool {
        match (self, other) {
            (Self::Json(a), Comparable::Json(b)) => equal(a, b),
            (Self::Instant(a), Comparable::Instant(b)) => a == b,
            (Self::Quantity(a), Comparable::Quantity(b)) => a == b,
            _ => false,
        }
    }

    pub(super) fn order(&self, other: &Comparable<'_>) -> Option<Ordering> {
        match (self, other) {
            (Self::Json(a), Comparable::Json(b)) => order(a, b),
            (Self::Instant(a), Comparable::Instant(b)) => Some(a.cmp(b)),
            (Self::Quantity(a), Comparable::Quantity(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }
}

/// Whether two JSON values are the same: numbers by their value, lists element by element, objects
/// member by member.
pub fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => order_numbers(a, b) == Ordering::Equal,
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
        }
        _ => a == b,
    }
}

/// Which of two JSON values comes first: numbers by their value, strings by their code points, `false`
/// before `true`. Values of different types, nulls, lists and objects have no order.
pub fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Some(order_numbers(a, b)),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// By their exact values: no integer is rounded on the way to a float.
fn order_numbers(a: &Number, b: &Number) -> Ordering {
    match (integer(a), integer(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(a), None) => order_with_float(a, float(b)),
        (None, Some(b)) => order_with_float(b, float(a)).reverse(),
        // JSON has neither infinities nor NaN, so floats are always ordered; 0 equals -0.
        (None, None) => float(a).partial_cmp(&float(b)).unwrap_or(Ordering::Equal),
    }
}

fn integer(number: &Number) -> Option<i128> {
    number
        .as_i64()
        .map(i128::from)
        .or_else(|| number.as_u64().map(i128::from))
}

fn float(number: &Number) -> f64 {
    // `None` only with serde_json's arbitrary precision, which is off.
    number.as_f64().unwrap_or_default()
}

fn order_with_float(integer: i128, float: f64) -> Ordering {
    // No 64-bit integer is as large as this power of two, which a float represents exactly.
    const BEYOND: f64 = 36_893_488_147_419_103_232.0; // 2^65
    if float >= BEYOND {
        return Ordering::Less;
    }
    if float <= -BEYOND {
        return Ordering::Greater;
    }
    // Within the bounds the whole part converts without loss.
    #[allow(clippy::cast_possible_truncation)]
    let whole = float.trunc() as i128;
    integer
        .cmp(&whole)
        .then_with(|| 0.0.partial_cmp(&float.fract()).unwrap_or(Ordering::Equal))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_exact() {
        let big = 9_007_199_254_740_993_i64; // 2^53 + 1, which no float represents
        assert!(!equal(&json!(big), &json!(9_007_199_254_740_992.0)));
        assert_eq!(
            order(&json!(big), &json!(9_007_199_254_740_992.0)),
            Some(Ordering::Greater)
        );
        assert_eq!(
            order(&json!(u64::MAX), &json!(i64::MIN)),
            Some(Ordering::Greater)
        );
        assert_eq!(order(&json!(u64::MAX), &json!(1e300)), Some(Ordering::Less));
        assert_eq!(
            order(&json!(i64::MIN), &json!(-1e300)),
            Some(Ordering::Greater)
        );
        assert!(equal(&json!(2), &json!(2.0)) && equal(&json!(0), &json!(-0.0)));
        assert_eq!(order(&json!(-1), &json!(-1.5)), Some(Ordering::Greater));
        assert_eq!(order(&json!(1), &json!(1.5)), Some(Ordering::Less));
        assert!(equal(
            &json!({"a": [1, {"b": 2}]}),
            &json!({"a": [1.0, {"b": 2.0}]})
        ));
    }

    #[test]
    fn different_types_have_no_order() {
        let values = [
            json!(null),
            json!(1),
            json!("1"),
            json!(true),
            json!([1]),
            json!({"a": 1}),
        ];
        for (i, a) in values.iter().enumerate() {
            for (j, b) in values.iter().enumerate() {
                assert_eq!(equal(a, b), i == j);
                assert_eq!(
                    order(a, b).is_some(),
                    i == j && !a.is_null() && i < 4,
                    "{a} {b}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn order_of_integers_and_floats_is_one_order(a in any::<i64>(), b in -1e19..1e19_f64, c in any::<u64>()) {
            let (a, b, c) = (json!(a), json!(b), json!(c));
            let le = |x: &Value, y: &Value| order(x, y).unwrap() != Ordering::Greater;
            for (x, y, z) in [(&a, &b, &c), (&b, &c, &a), (&c, &a, &b), (&b, &a, &c)] {
                prop_assert_eq!(order(x, y).unwrap(), order(y, x).unwrap().reverse());
                prop_assert!(!(le(x, y) && le(y, z)) || le(x, z));
            }
        }
    }
}
