//! The order of a query's result.

use std::cmp::Ordering;

use korm_core::FieldPath;
use korm_core::expr::{Compare, Field};
use serde_json::Value;

/// Whether small values come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Small first.
    #[default]
    Ascending,
    /// Large first.
    Descending,
}

/// By which value to order, and how. A field becomes one, ascending.
///
/// Absent and null values come last in either direction. Values of different types are ordered by type: booleans,
/// numbers, strings, lists, objects. Objects that are equal keep the order of the server, by namespace and name.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Order {
    /// The value's path.
    pub path: FieldPath,
    /// How its values compare.
    pub compare: Compare,
    /// Which come first.
    pub direction: Direction,
}

impl Order {
    /// Small first.
    pub fn ascending(field: impl Into<Self>) -> Self {
        Self {
            direction: Direction::Ascending,
            ..field.into()
        }
    }

    /// Large first.
    pub fn descending(field: impl Into<Self>) -> Self {
        Self {
            direction: Direction::Descending,
            ..field.into()
        }
    }
}

impl From<FieldPath> for Order {
    fn from(path: FieldPath) -> Self {
        Self {
            path,
            compare: Compare::Json,
            direction: Direction::Ascending,
        }
    }
}

impl<M, T> From<Field<M, T>> for Order {
    fn from(field: Field<M, T>) -> Self {
        Self {
            path: field.path().clone(),
            compare: field.comparison(),
            direction: Direction::Ascending,
        }
    }
}

/// Sorts by what `object` gives of each item.
pub(super) fn sort<T>(items: &mut [T], orders: &[Order], object: fn(&T) -> &Value) {
    items.sort_by(|a, b| {
        orders
            .iter()
            .map(|order| order.compare(object(a), object(b)))
            .find(|o| o.is_ne())
            .unwrap_or(Ordering::Equal)
    });
}

impl Order {
    fn compare(&self, a: &Value, b: &Value) -> Ordering {
        let value = |object| {
            self.path
                .get(object)
                .filter(|value: &&Value| !value.is_null())
        };
        match (value(a), value(b)) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(a), Some(b)) => {
                let ordering = self.instants(a, b).unwrap_or_else(|| values(a, b));
                if self.direction == Direction::Descending {
                    ordering.reverse()
                } else {
                    ordering
                }
            }
        }
    }

    /// Where points in time are compared: what is none comes after them. Nothing if neither is one.
    fn instants(&self, a: &Value, b: &Value) -> Option<Ordering> {
        if self.compare != Compare::Instant {
            return None;
        }
        let instant = |value: &Value| value.as_str()?.parse::<jiff::Timestamp>().ok();
        match (instant(a), instant(b)) {
            (None, None) => None,
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            (a, b) => Some(b.is_some().cmp(&a.is_some())),
        }
    }
}

/// Null after everything else.
pub(super) fn with_null_last(a: &Value, b: &Value) -> Ordering {
    a.is_null().cmp(&b.is_null()).then_with(|| values(a, b))
}

fn values(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Number(a), Value::Number(b)) => numbers(a, b),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Array(a), Value::Array(b)) => {
            let difference = a
                .iter()
                .zip(b)
                .map(|(a, b)| values(a, b))
                .find(|o| o.is_ne());
            difference.unwrap_or_else(|| a.len().cmp(&b.len()))
        }
        (Value::Object(a), Value::Object(b)) => {
            let key =
                |map: &serde_json::Map<String, Value>| map.keys().cloned().collect::<Vec<_>>();
            key(a).cmp(&key(b)).then_with(|| {
                a.values()
                    .zip(b.values())
                    .map(|(a, b)| values(a, b))
                    .find(|o| o.is_ne())
                    .unwrap_or(Ordering::Equal)
            })
        }
        _ => rank(a).cmp(&rank(b)),
    }
}

fn numbers(a: &serde_json::Number, b: &serde_json::Number) -> Ordering {
    let whole = |n: &serde_json::Number| {
        n.as_i64()
            .map(i128::from)
            .or_else(|| n.as_u64().map(i128::from))
    };
    let float = |n: &serde_json::Number| n.as_f64().unwrap_or_default();
    // Large integers are equal as floats and are not.
    let exact = |n: &serde_json::Number| whole(n).unwrap_or(float(n) as i128);
    let floats = float(a).total_cmp(&float(b));
    floats.then_with(|| exact(a).cmp(&exact(b)))
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sorted(values: &[Value], order: Order) -> Vec<Value> {
        let mut items: Vec<_> = values
            .iter()
            .map(|value| json!({"spec": {"x": value}}))
            .collect();
        sort(&mut items, &[order], |item| item);
        items
            .into_iter()
            .map(|item| item["spec"]["x"].clone())
            .collect()
    }

    #[test]
    fn absent_values_are_last_either_way() {
        let values = [
            json!(null),
            json!(2),
            json!("a"),
            json!(10),
            json!(1.5),
            json!(true),
        ];
        let by = || Order::from(FieldPath::spec("x"));
        assert_eq!(
            sorted(&values, by()),
            [
                json!(true),
                json!(1.5),
                json!(2),
                json!(10),
                json!("a"),
                json!(null)
            ]
        );
        assert_eq!(
            sorted(&values, Order::descending(by())),
            [
                json!("a"),
                json!(10),
                json!(2),
                json!(1.5),
                json!(true),
                json!(null)
            ]
        );
    }

    #[test]
    fn times_are_compared_as_times_and_integers_exactly() {
        let mut by = Order::from(FieldPath::spec("x"));
        by.compare = Compare::Instant;
        let times = [
            json!("2026-01-01T02:00:00+02:00"),
            json!("2026-01-01T01:00:00Z"),
        ];
        assert_eq!(sorted(&times, by), times);
        let big = [
            json!(9_007_199_254_740_993_i64),
            json!(9_007_199_254_740_992_i64),
        ];
        assert_eq!(sorted(&big, FieldPath::spec("x").into())[0], big[1]);
    }

    #[test]
    fn values_of_every_type_have_one_order() {
        let values = [
            json!("x"),
            json!("2026-01-01T02:00:00+02:00"),
            json!("2026-01-01T01:00:00Z"),
            json!("2026-01-01"),
            json!(9_007_199_254_740_993_i64),
            json!(9_007_199_254_740_992.0),
            json!(9_007_199_254_740_992_i64),
            json!(null),
        ];
        let mut by = Order::from(FieldPath::spec("x"));
        for compare in [Compare::Instant, Compare::Json] {
            by.compare = compare;
            let object = |value: &Value| json!({"spec": {"x": value}});
            let less = |a: &Value, b: &Value| by.compare(&object(a), &object(b));
            for a in &values {
                for b in &values {
                    assert_eq!(less(a, b), less(b, a).reverse(), "{a} {b}");
                    for c in &values {
                        if less(a, b).is_le() && less(b, c).is_le() {
                            assert!(less(a, c).is_le(), "{a} {b} {c}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn the_second_key_decides_among_equals_and_the_sort_is_stable() {
        let object = |a: i32, b: i32, n: i32| json!({"spec": {"a": a, "b": b}, "n": n});
        let mut items = vec![
            object(1, 2, 0),
            object(1, 1, 1),
            object(0, 9, 2),
            object(1, 1, 3),
        ];
        let by = |key: &str| Order::from(FieldPath::spec(key));
        sort(&mut items, &[by("a"), by("b")], |item| item);
        let order: Vec<_> = items
            .iter()
            .map(|item| item["n"].as_i64().unwrap())
            .collect();
        assert_eq!(order, [2, 1, 3, 0]);
    }
}
