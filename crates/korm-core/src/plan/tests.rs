//! Requests and residual together are the question, on a server that does as Kubernetes does.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{FieldDef, Op, Predicate, expr::Compare};

fn def() -> ModelDef {
    ModelDef::new("example.com", "v1", "Peach", "peaches")
        .field(
            FieldDef::new(
                "variety",
                FieldPath::spec("variety"),
                json!({"type": "string"}),
            )
            .selectable(),
        )
        .field(
            FieldDef::new(
                "price",
                FieldPath::spec("price"),
                json!({"type": "integer"}),
            )
            .selectable()
            .default_value(json!(1)),
        )
        .field(
            FieldDef::new(
                "ripe",
                FieldPath::status("ripe"),
                json!({"type": "boolean"}),
            )
            .selectable(),
        )
        .field(FieldDef::new(
            "note",
            FieldPath::spec("note"),
            json!({"type": "string"}),
        ))
}

/// The server's side, written from the documentation of selectors and not from the planner.
mod server {
    use super::*;

    /// What `fmt.Sprint` makes of the value at a selectable field, absent being empty.
    fn field_text(object: &Value, path: &str) -> String {
        let pointer = format!("/{}", path.replace('.', "/"));
        match object.pointer(&pointer) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        }
    }

    /// Splits at commas that are not escaped.
    fn terms(selector: &str) -> Vec<String> {
        let mut terms = vec![String::new()];
        let mut chars = selector.chars();
        while let Some(c) = chars.next() {
            let last = terms.last_mut().unwrap();
            match c {
                '\\' => {
                    last.push('\\');
                    last.extend(chars.next());
                }
                ',' => terms.push(String::new()),
                c => last.push(c),
            }
        }
        terms
    }

    fn unescaped(text: &str) -> String {
        let mut out = String::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            out.extend(if c == '\\' { chars.next() } else { Some(c) });
        }
        out
    }

    fn selects_fields(selector: &str, object: &Value) -> bool {
        terms(selector).iter().all(|term| {
            let (path, rest) = term.split_at(term.find(['=', '!']).unwrap());
            match rest.strip_prefix("!=") {
                Some(value) => field_text(object, path) != unescaped(value),
                None => field_text(object, path) == unescaped(&rest[1..]),
            }
        })
    }

    fn selects_labels(selector: &str, object: &Value) -> bool {
        // Commas within parentheses do not separate.
        let mut depth = 0;
        let terms = selector.split(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            c == ',' && depth == 0
        });
        terms.into_iter().all(|term| {
            let label = |key: &str| {
                FieldPath::label(key)
                    .get(object)
                    .map(|v| v.as_str().unwrap().to_owned())
            };
            let set = |text: &str| -> Vec<String> {
                text.trim_matches(['(', ')'])
                    .split(',')
                    .map(str::to_owned)
                    .collect()
            };
            if let Some((key, values)) = term.split_once(" notin ") {
                label(key).is_none_or(|value| !set(values).contains(&value))
            } else if let Some((key, values)) = term.split_once(" in ") {
                label(key).is_some_and(|value| set(values).contains(&value))
            } else if let Some((key, value)) = term.split_once("!=") {
                label(key).is_none_or(|found| found != value)
            } else if let Some((key, value)) = term.split_once('=') {
                label(key).is_some_and(|found| found == value)
            } else if let Some(key) = term.strip_prefix('!') {
                label(key).is_none()
            } else {
                label(term).is_some()
            }
        })
    }

    pub(super) fn lists(request: &ListRequest, object: &Value) -> bool {
        request
            .namespace
            .as_ref()
            .is_none_or(|ns| object["metadata"]["namespace"] == **ns)
            && request
                .label_selector
                .as_ref()
                .is_none_or(|s| selects_labels(s, object))
            && request
                .field_selector
                .as_ref()
                .is_none_or(|s| selects_fields(s, object))
    }
}

fn text() -> impl Strategy<Value = Value> {
    prop::sample::select(vec!["", "a", "b", "a,b=c\\d", "1", "true"]).prop_map(Value::from)
}

fn label_text() -> impl Strategy<Value = Value> {
    prop::sample::select(vec!["", "a", "b", "c"]).prop_map(Value::from)
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => text(),
        2 => (0..3_i32).prop_map(|i| json!(i)),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(json!(1.0)),
        1 => Just(Value::Null),
        1 => Just(json!("not a label!")),
    ]
}

fn name() -> impl Strategy<Value = Value> {
    prop::sample::select(vec!["n1", "n2", "n3"]).prop_map(Value::from)
}

fn op() -> impl Strategy<Value = Op> {
    let value = || prop_oneof![3 => any_value(), 1 => name()];
    prop_oneof![
        3 => value().prop_map(Op::Eq),
        3 => value().prop_map(Op::Ne),
        1 => value().prop_map(Op::Lt),
        1 => value().prop_map(Op::Ge),
        3 => prop::collection::vec(value(), 0..4).prop_map(Op::In),
        3 => prop::collection::vec(value(), 0..4).prop_map(Op::NotIn),
        1 => value().prop_map(Op::Contains),
        1 => Just(Op::StartsWith("a".into())),
        1 => Just(Op::Matches("^[ab]".into())),
        2 => Just(Op::Exists),
        2 => Just(Op::IsNull),
    ]
}

fn test() -> impl Strategy<Value = Expr> {
    let path = prop::sample::select(vec![
        FieldPath::metadata("name"),
        FieldPath::metadata("namespace"),
        FieldPath::label("x"),
        FieldPath::label("example.com/y"),
        FieldPath::label("no key"),
        FieldPath::spec("variety"),
        FieldPath::spec("price"),
        FieldPath::spec("note"),
        FieldPath::status("ripe"),
    ]);
    (path, op()).prop_map(|(path, op)| match def().field_at(&path) {
        Some(field) => field.ask(op),
        None => Expr::Test(Predicate {
            path,
            compare: Compare::Json,
            default: None,
            op,
        }),
    })
}

fn expr() -> impl Strategy<Value = Expr> {
    let tree = test().prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 0..4).prop_map(Expr::And),
            1 => prop::collection::vec(inner.clone(), 1..4).prop_map(Expr::Or),
            1 => inner.clone().prop_map(|e| Expr::Not(Box::new(e))),
            1 => (inner.clone(), prop::collection::vec(inner, 1..4)).prop_map(|(common, others)| {
                Expr::Or(others.into_iter().map(|e| common.clone().and(e)).collect())
            }),
        ]
    });
    prop::collection::vec(tree, 1..4).prop_map(Expr::And)
}

fn object() -> impl Strategy<Value = Value> {
    let maybe = |value: BoxedStrategy<Value>| prop::option::of(value);
    (
        name(),
        name(),
        (maybe(label_text().boxed()), maybe(label_text().boxed())),
        (maybe(text().boxed()), maybe(text().boxed())),
        0..3_i32,
        maybe(any::<bool>().prop_map(Value::from).boxed()),
    )
        .prop_map(|(namespace, name, labels, texts, price, ripe)| {
            // The server has filled the default of the price in.
            let mut object = json!({
                "metadata": {"namespace": namespace, "name": name}, "spec": {"price": price}});
            for (path, value) in [
                (FieldPath::label("x"), labels.0),
                (FieldPath::label("example.com/y"), labels.1),
                (FieldPath::spec("variety"), texts.0),
                (FieldPath::spec("note"), texts.1),
                (FieldPath::status("ripe"), ripe),
            ] {
                if let Some(value) = value {
                    path.set(&mut object, value);
                }
            }
            object
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn requests_and_residual_are_the_question(
        expr in expr(),
        objects in prop::collection::vec(object(), 1..12),
        selectable in any::<bool>(),
    ) {
        let server = Capabilities { selectable_fields: selectable };
        let def = def();
        let plan = plan(&def, &expr, &server).unwrap();
        let whole = Filter::new(&expr).unwrap();
        let residual = plan.filter().unwrap();
        for object in &objects {
            let found = plan.requests.iter().filter(|r| server::lists(r, object)).count();
            prop_assert!(found <= 1, "found {found} times: {}", plan.explain(&def, &[]));
            let kept = found == 1 && residual.as_ref().is_none_or(|f| f.matches(object));
            prop_assert_eq!(kept, whole.matches(object), "{} on {}\n{}", expr, object, plan.explain(&def, &[]));
        }
    }
}

fn explain(def: &ModelDef, expr: &Expr) -> String {
    plan(def, expr, &Capabilities::default())
        .unwrap()
        .explain(def, &[])
}

fn ask(field: &str, op: Op) -> Expr {
    def().field_named(field).unwrap().ask(op)
}

fn at(path: FieldPath, op: Op) -> Expr {
    Expr::test(path, op)
}

#[test]
fn explains_what_is_sent() {
    let peaches = "GET /apis/example.com/v1/peaches";
    let namespace = |ns: &str| format!("GET /apis/example.com/v1/namespaces/{ns}/peaches");
    let in_ns = |op| at(FieldPath::metadata("namespace"), op);
    for (expr, want) in [
        (Expr::Always(true), format!("{peaches}\n")),
        (
            Expr::Always(false),
            "nothing is sent: no object can match\n".into(),
        ),
        (
            in_ns(Op::In(vec![json!("a"), json!("b")])),
            format!("{}\n{}\n", namespace("a"), namespace("b")),
        ),
        (
            // What every alternative demands is the server's, wherever it stands.
            in_ns(Op::Eq(json!("a"))) & ask("price", Op::Gt(json!(2)))
                | in_ns(Op::Eq(json!("a"))) & ask("note", Op::Exists),
            format!(
                "{}\nthen keep where spec.price > 2 or spec.note exists\n",
                namespace("a")
            ),
        ),
        (
            at(FieldPath::metadata("name"), Op::Eq(json!("x"))) & in_ns(Op::Eq(json!("a"))),
            format!("{}?fieldSelector=metadata.name%3Dx\n", namespace("a")),
        ),
        (
            ask("variety", Op::Ne(json!("a,b"))),
            format!("{peaches}?fieldSelector=spec.variety%21%3Da%5C%2Cb\n"),
        ),
        (
            ask("variety", Op::Eq(json!(""))),
            format!(
                "{peaches}?fieldSelector=spec.variety%3D\nthen keep where spec.variety == \"\"\n"
            ),
        ),
        (
            ask("variety", Op::Ne(json!(""))),
            format!("{peaches}\nthen keep where spec.variety != \"\"\n"),
        ),
        (
            ask("price", Op::Eq(json!(3))),
            format!("{peaches}?fieldSelector=spec.price%3D3\n"),
        ),
        (
            ask("price", Op::Eq(json!("3"))),
            format!("{peaches}\nthen keep where spec.price == \"3\"\n"),
        ),
        (
            at(FieldPath::label("x"), Op::StartsWith("a".into())),
            format!(
                "{peaches}?labelSelector=x\nthen keep where metadata.labels[x] starts with \"a\"\n"
            ),
        ),
        (
            at(FieldPath::label("x"), Op::IsNull),
            format!("{peaches}?labelSelector=%21x\n"),
        ),
        (
            at(FieldPath::label("x"), Op::Eq(json!("no label!"))),
            "nothing is sent: no object can match\n".into(),
        ),
        (
            ask("note", Op::Eq(json!("n"))) | ask("price", Op::Gt(json!(2))),
            format!("{peaches}\nthen keep where spec.note == \"n\" or spec.price > 2\n"),
        ),
    ] {
        assert_eq!(explain(&def(), &expr), want, "{expr}");
    }
}

#[test]
fn cluster_scoped_objects_have_no_namespace() {
    let def = def().cluster_scoped();
    let in_a = at(FieldPath::metadata("namespace"), Op::Eq(json!("a")));
    assert_eq!(
        explain(&def, &in_a),
        "nothing is sent: no object can match\n"
    );
    assert_eq!(explain(&def, &!in_a), "GET /apis/example.com/v1/peaches\n");
}

#[test]
fn native_kinds_know_their_own_fields() {
    let pod = crate::native::native("v1", "Pod");
    let node = at(FieldPath::spec("nodeName"), Op::Eq(json!("n")));
    assert_eq!(
        explain(&pod, &node),
        "GET /api/v1/pods?fieldSelector=spec.nodeName%3Dn\n"
    );
    let host = |op| at(FieldPath::spec("hostNetwork"), op);
    assert_eq!(
        explain(&pod, &host(Op::Eq(json!(true)))),
        "GET /api/v1/pods?fieldSelector=spec.hostNetwork%3Dtrue\n"
    );
    assert_eq!(
        explain(&pod, &host(Op::Ne(json!(false)))),
        "GET /api/v1/pods\nthen keep where spec.hostNetwork != false\n"
    );
    assert_eq!(
        explain(&pod, &host(Op::Eq(json!("true")))),
        "GET /api/v1/pods\nthen keep where spec.hostNetwork == \"true\"\n"
    );
}

#[test]
fn many_names_are_asked_of_the_results() {
    let names: Vec<Value> = (0..40).map(|i| json!(format!("n{i}"))).collect();
    let expr = at(FieldPath::metadata("name"), Op::In(names));
    let plan = plan(&def(), &expr, &Capabilities::default()).unwrap();
    assert_eq!(plan.requests.len(), 1);
    assert_eq!(plan.residual, Some(expr));
}

#[test]
fn a_long_selector_is_asked_of_the_results() {
    let values: Vec<Value> = (0..400)
        .map(|i| json!(format!("value-number-{i}")))
        .collect();
    let expr = at(FieldPath::label("x"), Op::In(values));
    let plan = plan(&def(), &expr, &Capabilities::default()).unwrap();
    assert_eq!(plan.requests[0].label_selector.as_deref(), Some("x"));
    assert_eq!(plan.residual, Some(expr));
}

#[test]
fn a_malformed_pattern_is_refused_before_anything_is_sent() {
    let expr = ask("note", Op::Matches("(".into()));
    assert!(plan(&def(), &expr, &Capabilities::default()).is_err());
}
