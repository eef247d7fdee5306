//! Objects read straight from their text are those that are read from a tree of values.

use korm::{Meta, Model};
use korm_core::scan::Scan;
use proptest::prelude::*;
use serde_json::{Value, json};

#[derive(Model, Clone, Debug, PartialEq)]
#[korm(group = "example.com", version = "v1", plural = "peaches", namespaced)]
struct Peach {
    meta: Meta,
    #[korm(spec)]
    variety: String,
    #[korm(spec, default = 1)]
    price: i64,
    #[korm(spec)]
    tags: Vec<String>,
    #[korm(label = "orchard")]
    orchard: Option<String>,
    #[korm(annotation = "note")]
    note: Option<String>,
    #[korm(status)]
    ripe: Option<bool>,
}

/// What reading one object from its text gives.
struct ByText {
    peach: Option<Peach>,
    value: Value,
}

/// Reads the objects of a list from its text.
fn list(text: &str) -> Option<Vec<ByText>> {
    let scanner = Peach::scanner().expect("a derived model can be scanned");
    let mut read = Vec::new();
    let listed = Scan::new(scanner).list(text.as_bytes(), |scanned| {
        read.push(ByText {
            peach: Peach::decode_scanned(scanned),
            value: scanned.to_value(),
        });
    })?;
    assert_eq!(listed.objects, read.len());
    Some(read)
}

fn named(object: &Value) -> Value {
    let mut named = object.clone();
    if let Some(named) = named.as_object_mut() {
        named.entry("apiVersion").or_insert("example.com/v1".into());
        named.entry("kind").or_insert("Peach".into());
    }
    named
}

/// Reads objects both ways; `None` for those that do not fit the model.
fn read_all(objects: &[Value]) -> Vec<Option<Peach>> {
    let text = serde_json::to_string_pretty(&json!({"items": objects, "metadata": {}}));
    let by_text = list(&text.expect("a value is JSON")).expect("a list");
    let both = objects.iter().zip(by_text);
    both.map(|(object, by_text)| compare(object, by_text))
        .collect()
}

fn compare(object: &Value, by_text: ByText) -> Option<Peach> {
    let by_value = Peach::decode(named(object)).ok();
    if let Some(by_text) = &by_text.peach {
        assert_eq!(by_value.as_ref(), Some(by_text), "{object}");
        let raw = |peach: &Peach| {
            let snapshot = peach.snapshot().expect("was read");
            let of = snapshot.resource_version().map(str::to_owned);
            (snapshot.raw(), snapshot.uid().map(str::to_owned), of)
        };
        assert_eq!(by_value.as_ref().map(raw), Some(raw(by_text)), "{object}");
    }
    // What the text alone does not tell is read from it by `decode`, with the same result.
    let again = Peach::decode(named(&by_text.value));
    assert_eq!(by_value, again.as_ref().ok().cloned(), "{object}");
    if let (Err(one), Err(other)) = (&again, Peach::decode(named(object))) {
        assert_eq!(one.to_string(), other.to_string());
    }
    by_text.peach.or(by_value)
}

fn read(object: &Value) -> Option<Peach> {
    // After another one, whose shape it may have.
    read_all(&[self::object(), object.clone()]).pop().flatten()
}

fn object() -> Value {
    json!({
        "apiVersion": "example.com/v1", "kind": "Peach",
        "metadata": {
            "name": "a", "namespace": "default", "uid": "u-1", "resourceVersion": "7", "generation": 2,
            "creationTimestamp": "2026-01-02T03:04:05Z",
            "labels": {"orchard": "north", "other": "\u{1F351} \"quoted\""},
            "annotations": {"note": "n"},
            "finalizers": ["example.com/hold"],
            "ownerReferences": [{"apiVersion": "v1", "kind": "Node", "name": "n", "uid": "x"}],
            "managedFields": [{"manager": "m", "fieldsV1": {"f:spec": {}}}]
        },
        "spec": {"variety": "Frost\n", "price": 3, "tags": ["a", "b"], "unknown": {"x": [1]}},
        "status": {"ripe": true, "more": 1}
    })
}

#[test]
fn a_whole_object() {
    let peach = read(&object()).expect("fits");
    let text = format!(r#"{{"items":[{}]}}"#, object());
    let by_text = list(&text).expect("a list").remove(0);
    assert!(by_text.peach.is_some());
    assert_eq!(peach.variety, "Frost\n");
    assert_eq!(peach.orchard.as_deref(), Some("north"));
    assert_eq!(peach.meta.labels.len(), 1);
    assert_eq!(peach.meta.annotations.len(), 0);
    assert_eq!(peach.snapshot().and_then(|s| s.uid()), Some("u-1"));
    let raw = peach.snapshot().expect("was read").raw();
    assert_eq!(raw["spec"].get("unknown"), None);
    assert_eq!(raw["metadata"].get("managedFields"), None);
}

#[test]
fn parts_that_are_missing_null_or_of_another_type() {
    let pointers = [
        "/apiVersion",
        "/kind",
        "/metadata",
        "/metadata/name",
        "/metadata/namespace",
        "/metadata/uid",
        "/metadata/resourceVersion",
        "/metadata/generation",
        "/metadata/creationTimestamp",
        "/metadata/labels",
        "/metadata/labels/orchard",
        "/metadata/annotations",
        "/metadata/finalizers",
        "/metadata/ownerReferences",
        "/spec",
        "/spec/variety",
        "/spec/price",
        "/spec/tags",
        "/status",
        "/status/ripe",
    ];
    let odd = [
        json!(null),
        json!(7),
        json!("text"),
        json!([1, {"x": 2}]),
        json!({}),
        json!(1.5),
        json!(true),
    ];
    for pointer in pointers {
        for value in &odd {
            let mut object = object();
            *object.pointer_mut(pointer).expect("is there") = value.clone();
            read(&object);
        }
        let (parent, key) = pointer.rsplit_once('/').expect("has a slash");
        let mut object = object();
        object
            .pointer_mut(parent)
            .and_then(Value::as_object_mut)
            .expect("is there")
            .remove(key);
        read(&object);
    }
    for whole in odd {
        read(&whole);
    }
}

#[test]
fn items_of_native_lists_do_not_say_what_they_are() {
    let mut object = object();
    object
        .as_object_mut()
        .expect("is one")
        .retain(|key, _| key != "apiVersion" && key != "kind");
    let raw = read(&object)
        .expect("fits")
        .snapshot()
        .expect("was read")
        .raw();
    assert_eq!(
        (&raw["apiVersion"], &raw["kind"]),
        (&json!("example.com/v1"), &json!("Peach"))
    );
}

#[test]
fn objects_of_one_list_keep_what_is_their_own() {
    let mut objects = Vec::new();
    for number in 0..40 {
        let mut object = object();
        object["metadata"]["name"] = format!("peach-{number}").into();
        object["metadata"]["uid"] = format!("u-{}", number * 7).into();
        object["metadata"]["resourceVersion"] = (number * 1000).to_string().into();
        object["metadata"]["labels"]["orchard"] = format!("orchard-{}", number % 3).into();
        object["metadata"]["labels"]["own"] = number.to_string().into();
        match number % 5 {
            0 => object["status"] = json!({}),
            1 => drop(
                object["metadata"]
                    .as_object_mut()
                    .map(|m| m.remove("annotations")),
            ),
            2 => drop(object.as_object_mut().map(|o| o.remove("status"))),
            3 => object["metadata"]["annotations"]["long"] = "x".repeat(number * 600).into(),
            _ => {}
        }
        objects.push(object);
    }
    let read = read_all(&objects);
    for (number, peach) in read.into_iter().enumerate() {
        let mut peach = peach.expect("fits");
        assert_eq!(peach.orchard, Some(format!("orchard-{}", number % 3)));
        assert_eq!(peach.meta.labels["own"], number.to_string());
        // What one is given is not the others'.
        peach.meta.labels.insert("own", "changed");
        assert_eq!(
            peach.snapshot().expect("was read").raw()["metadata"]["labels"]["own"],
            number.to_string()
        );
    }
}

#[test]
fn absorbed_from_text_as_from_a_value() {
    let scanner = Peach::scanner().expect("a derived model can be scanned");
    let mut newer = object();
    newer["spec"]["price"] = 9.into();
    newer["metadata"]["labels"]["other"] = "new".into();
    let old = Peach::decode(object()).expect("fits");
    let (mut by_text, mut by_value) = (old.clone(), old.clone());
    let absorb = |peach: &mut Peach, object: &Value| {
        let text = object.to_string();
        Scan::once(scanner).object(text.as_bytes(), |scanned| peach.absorb_scanned(scanned))
    };
    assert_eq!(absorb(&mut by_text, &newer), Some(Some(())));
    by_value.absorb(newer.clone()).expect("fits");
    assert_eq!(by_text, by_value);
    assert_eq!(
        by_text.snapshot().map(|s| s.raw()),
        by_value.snapshot().map(|s| s.raw())
    );
    // What does not fit leaves it as it was.
    newer["spec"]["price"] = "many".into();
    let mut kept = old.clone();
    assert_eq!(absorb(&mut kept, &newer), Some(None));
    assert_eq!(kept, old);
}

#[test]
fn text_that_is_no_list() {
    for text in [
        "",
        "[]",
        "{",
        r#"{"items":[{}"#,
        r#"{"items":[{}]} x"#,
        r#"{"items":7}"#,
        r#"{"items":{}}"#,
        r#"{"items":[{}],}"#,
        r#"{"items":[{"metadata":}]}"#,
        r#"{"items":[{"metadata" {}}]}"#,
        r#"{items:[]}"#,
    ] {
        assert!(list(text).is_none(), "{text}");
    }
    assert!(list(r#"{"items":null}"#).is_some_and(|objects| objects.is_empty()));
    assert!(list(" { } ").is_some_and(|objects| objects.is_empty()));
    assert_eq!(
        list(r#"{"items":[7,{}]}"#).map(|objects| objects.len()),
        Some(2)
    );
}

fn odd_text() -> impl Strategy<Value = Value> {
    prop_oneof![any::<String>(), "[a\"\\\\/\u{1}]{0,5}"].prop_map(Value::from)
}

proptest! {
    #[test]
    fn any_texts(texts in prop::collection::vec(odd_text(), 16)) {
        let mut text = texts.into_iter();
        let mut objects = Vec::new();
        for _ in 0..2 {
            let mut object = object();
            for pointer in ["/metadata/name", "/metadata/uid", "/metadata/labels/orchard", "/metadata/labels/other",
                "/metadata/annotations/note", "/metadata/finalizers/0", "/spec/variety", "/spec/tags/1"] {
                *object.pointer_mut(pointer).expect("is there") = text.next().expect("enough");
            }
            objects.push(object);
        }
        prop_assert!(read_all(&objects).iter().all(Option::is_some));
    }
}
