//! What expressions mean, and that simplifying keeps it.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::path::FieldPath;

fn holds(op: Op, value: &Value) -> bool {
    let expr = Expr::test(FieldPath::spec("v"), op);
    Filter::new(&expr)
        .unwrap()
        .matches(&json!({"spec": {"v": value}}))
}

fn holds_of_absent(op: Op) -> bool {
    let expr = Expr::test(FieldPath::spec("v"), op);
    Filter::new(&expr).unwrap().matches(&json!({"spec": {}}))
}

#[test]
fn absent_values() {
    for op in [
        Op::Eq(json!("a")),
        Op::Lt(json!(1)),
        Op::Ge(json!(1)),
        Op::In(vec![json!(1)]),
        Op::Contains(json!("")),
        Op::StartsWith(String::new()),
        Op::Matches(String::new()),
        Op::Exists,
    ] {
        assert!(!holds_of_absent(op.clone()), "{op:?}");
        assert!(!holds(op.clone(), &Value::Null), "{op:?}");
    }
    for op in [
        Op::Ne(json!("a")),
        Op::NotIn(vec![json!(1)]),
        Op::IsNull,
        Op::Eq(Value::Null),
        Op::In(vec![json!(1), Value::Null]),
    ] {
        assert!(holds_of_absent(op.clone()), "{op:?}");
        assert!(holds(op.clone(), &Value::Null), "{op:?}");
    }
}

#[test]
fn a_default_stands_for_an_absent_value() {
    let asks = |op| {
        let expr = Expr::Test(Predicate {
            path: FieldPath::spec("v"),
            compare: Compare::Json,
            default: Some(json!(1)),
            op,
        });
        let plain = Filter::new(&expr).unwrap().matches(&json!({}));
        let simple = Filter::new(&expr.simplify()).unwrap().matches(&json!({}));
        assert_eq!(plain, simple);
        plain
    };
    assert!(asks(Op::Eq(json!(1))) && asks(Op::Lt(json!(2))) && asks(Op::Exists));
    assert!(!asks(Op::Ne(json!(1))) && !asks(Op::IsNull));
}

#[test]
fn instants() {
    let test = |op| {
        let expr = Expr::Test(Predicate {
            path: FieldPath::spec("v"),
            compare: Compare::Instant,
            default: None,
            op,
        });
        Filter::new(&expr)
            .unwrap()
            .matches(&json!({"spec": {"v": "2026-05-01T12:00:00Z"}}))
    };
    assert!(test(Op::Eq(json!("2026-05-01T14:00:00+02:00"))));
    assert!(test(Op::Lt(json!("2026-05-01T12:00:00.000001Z"))));
    assert!(test(Op::In(vec![
        json!("x"),
        json!("2026-05-01T12:00:00.0Z")
    ])));
    assert!(!test(Op::Eq(json!("never"))) && test(Op::Ne(json!("never"))));
    assert!(!test(Op::Lt(json!("never"))) && !test(Op::Ge(json!("never"))));
}

#[test]
fn a_malformed_pattern_is_named() {
    let expr = !Expr::test(FieldPath::spec("v"), Op::Matches("a(".into()));
    assert_eq!(
        expr.check().unwrap_err().to_string(),
        "`a(` on spec.v is no regular expression: unclosed group"
    );
}

#[test]
fn simple_forms() {
    let path = || FieldPath::spec("v");
    let eq = |v: i32| Expr::test(path(), Op::Eq(json!(v)));
    let ne = |v: i32| Expr::test(path(), Op::Ne(json!(v)));
    let null = || Expr::test(path(), Op::IsNull);
    let lt = |v: i32| Expr::test(path(), Op::Lt(json!(v)));
    let gt = |v: i32| Expr::test(path(), Op::Gt(json!(v)));
    let ge = |v: i32| Expr::test(path(), Op::Ge(json!(v)));
    let w = |w: i32| Expr::test(FieldPath::spec("w"), Op::Eq(json!(w)));
    let within = |v: &[i32]| {
        let values = v.iter().map(|v| json!(v)).collect();
        Expr::test(path(), Op::In(values))
    };
    for (expr, simple) in [
        (eq(1) & eq(2), "never"),
        (eq(1) & ne(1), "never"),
        (eq(1) & null(), "never"),
        (eq(1) | eq(2) | eq(1), "spec.v in [1, 2]"),
        (!(eq(1) | eq(2)), "spec.v != 1 and spec.v != 2"),
        (!!eq(1), "spec.v == 1"),
        (Expr::And(vec![]), "always"),
        (Expr::Or(vec![]), "never"),
        (
            Expr::And(vec![eq(1), Expr::And(vec![eq(1), Expr::Always(true)])]),
            "spec.v == 1",
        ),
        (Expr::test(path(), Op::In(vec![])), "never"),
        (Expr::test(path(), Op::NotIn(vec![])), "always"),
        (
            Expr::test(path(), Op::In(vec![json!(1), json!(null)])),
            "spec.v is null or spec.v == 1",
        ),
        (Expr::test(path(), Op::Lt(json!(null))), "never"),
        (!Expr::test(path(), Op::Lt(json!(2))), "not spec.v < 2"),
        (!null(), "spec.v exists"),
        (lt(3) & gt(3), "never"),
        (lt(3) & ge(3), "never"),
        (ge(4) & lt(3), "never"),
        (gt(2) & lt(3), "spec.v > 2 and spec.v < 3"),
        (eq(3) & lt(3), "never"),
        (gt(3) & eq(3), "never"),
        (eq(3) & ge(3), "spec.v == 3 and spec.v >= 3"),
        (within(&[1, 2]) & ge(3), "never"),
        (within(&[1, 3]) & ge(3), "spec.v in [1, 3] and spec.v >= 3"),
        (
            gt(3) & w(1) | gt(3) & w(2),
            "spec.v > 3 and spec.w in [1, 2]",
        ),
        (gt(3) & w(1) | gt(3), "spec.v > 3"),
        (
            gt(3) & Expr::test(path(), Op::Lt(json!("a"))),
            "spec.v > 3 and spec.v < \"a\"",
        ),
    ] {
        assert_eq!(expr.simplify().to_string(), simple, "{expr}");
    }
}

#[test]
fn written_and_read_as_json() {
    let expr = !Expr::test(FieldPath::label("a/b"), Op::In(vec![json!("x")]))
        & Expr::test(FieldPath::spec("v"), Op::Exists);
    let text = serde_json::to_value(&expr).unwrap();
    assert_eq!(
        text,
        json!({"and": [
            {"not": {"test": {
                "path": ["metadata", "labels", "a/b"], "compare": "json", "op": {"in": ["x"]}}}},
            {"test": {"path": ["spec", "v"], "compare": "json", "op": "exists"}},
        ]})
    );
    assert_eq!(serde_json::from_value::<Expr>(text).unwrap(), expr);
}

/// Values from a small set, so that equal ones meet.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        (-2..3_i64).prop_map(Value::from),
        Just(json!(1.5)),
        Just(json!(2.0)),
        any::<bool>().prop_map(Value::from),
        prop::sample::select(vec![
            "",
            "a",
            "ab",
            "b",
            "1",
            "500m",
            "2026-05-01T12:00:00Z"
        ])
        .prop_map(Value::from),
        Just(json!(["a", 1])),
        Just(json!({"a": 1})),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    let text = prop::sample::select(vec!["", "a", "b", "5"]).prop_map(str::to_owned);
    prop_oneof![
        value().prop_map(Op::Eq),
        value().prop_map(Op::Ne),
        value().prop_map(Op::Lt),
        value().prop_map(Op::Le),
        value().prop_map(Op::Gt),
        value().prop_map(Op::Ge),
        prop::collection::vec(value(), 0..4).prop_map(Op::In),
        prop::collection::vec(value(), 0..4).prop_map(Op::NotIn),
        value().prop_map(Op::Contains),
        text.clone().prop_map(Op::StartsWith),
        text.clone().prop_map(Op::EndsWith),
        text.prop_map(Op::Matches),
        Just(Op::Exists),
        Just(Op::IsNull),
    ]
}

fn test() -> impl Strategy<Value = Expr> {
    let compare = prop_oneof![4 => Just(Compare::Json), 1 => Just(Compare::Instant), 1 => Just(Compare::Quantity)];
    let default = prop_oneof![3 => Just(None), 1 => value().prop_map(Some)];
    ("[xy]", compare, default, op()).prop_map(|(key, compare, default, op)| {
        Expr::Test(Predicate {
            path: FieldPath::spec(key),
            compare,
            default,
            op,
        })
    })
}

fn expr() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![9 => test(), 1 => any::<bool>().prop_map(Expr::Always)];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Expr::And),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Expr::Or),
            inner.clone().prop_map(|e| Expr::Not(Box::new(e))),
            // Alternatives that have something in common.
            (inner.clone(), prop::collection::vec(inner, 1..4)).prop_map(|(common, others)| {
                Expr::Or(others.into_iter().map(|e| common.clone().and(e)).collect())
            }),
        ]
    })
}

fn object() -> impl Strategy<Value = Value> {
    (prop::option::of(value()), prop::option::of(value())).prop_map(|(x, y)| {
        let mut object = json!({"spec": {}});
        for (key, value) in [("x", x), ("y", y)] {
            if let Some(value) = value {
                object["spec"][key] = value;
            }
        }
        object
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn simplifying_keeps_the_meaning(expr in expr(), objects in prop::collection::vec(object(), 1..8)) {
        let simple = expr.simplify();
        let (full, short) = (Filter::new(&expr).unwrap(), Filter::new(&simple).unwrap());
        for object in &objects {
            prop_assert_eq!(full.matches(object), short.matches(object), "{} / {} on {}", expr, simple, object);
        }
    }

    #[test]
    fn negation_is_the_complement(expr in expr(), object in object()) {
        let yes = Filter::new(&expr).unwrap().matches(&object);
        let no = Filter::new(&!expr).unwrap().matches(&object);
        prop_assert_ne!(yes, no);
    }
}
