//! Objects read straight from their text are those that are read from a tree of values.

use korm::{Meta, Model};
use korm_core::scan::Scanned;
use serde::de::DeserializeSeed;
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

fn scan(text: &str) -> Scanned<'static> {
    let scanner = Peach::scanner().expect("a derived model can be scanned");
    scanner
        .deserialize(&mut serde_json::Deserializer::from_str(text))
        .expect("text that is JSON")
}

/// Reads the object both ways; `None` where it does not fit the model.
fn read(object: &Value) -> Option<Peach> {
    let scanned = scan(&serde_json::to_string_pretty(object).expect("a value is JSON"));
    let mut named = object.clone();
    if let Some(named) = named.as_object_mut().filter(|o| !o.is_empty()) {
        named.entry("apiVersion").or_insert("example.com/v1".into());
        named.entry("kind").or_insert("Peach".into());
    }
    let by_value = Peach::decode(named.clone()).ok();
    let by_text = Peach::decode_scanned(&scanned);
    if let Some(by_text) = &by_text {
        assert_eq!(by_value.as_ref(), Some(by_text), "{object}");
        let raw = |peach: &Peach| {
            let snapshot = peach.snapshot().expect("was read");
            let of = snapshot.resource_version().map(str::to_owned);
            (snapshot.raw(), snapshot.uid().map(str::to_owned), of)
        };
        assert_eq!(by_value.as_ref().map(raw), Some(raw(by_text)), "{object}");
    }
    // What the text alone does not tell is read from it by `decode`, with the same result.
    let again = Peach::decode(scanned.to_value());
    assert_eq!(by_value, again.as_ref().ok().cloned(), "{object}");
    if let (Err(one), Err(other)) = (&again, Peach::decode(named)) {
        assert_eq!(one.to_string(), other.to_string());
    }
    by_text.or(by_value)
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
    assert!(Peach::decode_scanned(&scan(&object().to_string())).is_some());
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
