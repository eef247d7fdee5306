//! What holds for every object and configuration.

use super::atom::Schema;
use super::compare::{Comparison, compare};
use super::element::PathElement;
use super::manager::FieldManager;
use super::merge::merge;
use super::remove::remove;
use super::set::Set;
use super::tests::custom_schema;
use super::to_set::to_set;
use super::updater::OtherVersion;
use super::validate::validate;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

static SCHEMA: LazyLock<Schema> = LazyLock::new(custom_schema);

/// A spec of the recorded custom resource: every form of list and map.
fn spec() -> impl Strategy<Value = Value> {
    let key = || "[a-c]";
    let item = (
        key(),
        option::of("[TU]"),
        option::of(0..3),
        option::of(btree_map("[a-b]", "[x-y]", 0..2)),
    );
    let fields = (
        option::of("[a-c]".prop_map(Value::from)),
        option::of((0..3).prop_map(Value::from)),
        option::of(vec(key(), 0..4).prop_map(|mut set| {
            set.sort();
            set.dedup();
            json!(set)
        })),
        option::of(vec(key(), 0..3).prop_map(|list| json!(list))),
        option::of(vec(item, 0..4).prop_map(items)),
        option::of(btree_map(key(), "[x-z]", 0..3).prop_map(|map| json!(map))),
        option::of(
            btree_map(key(), btree_map("[xy]", 0..3, 1..3), 0..3).prop_map(|map| json!(map)),
        ),
        option::of(btree_map("[xy]", 0..3, 0..3).prop_map(|map| json!(map))),
        option::of(free(2)),
    );
    fields.prop_map(|(name, n, set, atomic, list, map, deep, whole, free)| {
        let fields = [
            ("name", name),
            ("n", n),
            ("set", set),
            ("atomic", atomic),
            ("list", list),
            ("map", map),
            ("deep", deep),
            ("whole", whole),
            ("any", free),
        ];
        fields
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?)))
            .collect::<Map<_, _>>()
            .into()
    })
}

type Item = (
    String,
    Option<String>,
    Option<i32>,
    Option<std::collections::BTreeMap<String, String>>,
);

/// Items with different keys.
fn items(items: Vec<Item>) -> Value {
    let mut out: Vec<Value> = Vec::new();
    for (name, proto, v, sub) in items {
        let mut item = json!({"name": name});
        let fields = [
            ("proto", json!(proto)),
            ("v", json!(v)),
            ("sub", json!(sub)),
        ];
        for (key, value) in fields.into_iter().filter(|(_, value)| !value.is_null()) {
            item[key] = value;
        }
        let key = |item: &Value| {
            (
                item["name"].clone(),
                item.get("proto").cloned().unwrap_or_else(|| "TCP".into()),
            )
        };
        if out.iter().all(|other| key(other) != key(&item)) {
            out.push(item);
        }
    }
    out.into()
}

/// Any JSON.
fn free(depth: u32) -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        (0..3).prop_map(Value::from),
        "[x-z]".prop_map(Value::from),
        Just(Value::Null),
    ];
    leaf.prop_recursive(depth, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            btree_map("[a-c]", inner, 0..3).prop_map(|map| json!(map)),
        ]
    })
    .boxed()
}

fn object(spec: Value) -> Value {
    json!({"apiVersion": "facts.korm.dev/v1", "kind": "Thing",
        "metadata": {"name": "a", "uid": "u"}, "spec": spec})
}

fn config(spec: Value) -> Value {
    let mut config = object(spec);
    config["metadata"] = json!({"name": "a"});
    config
}

fn manager<'a>(schema: &'a Schema, other: &'a dyn Fn(&str) -> OtherVersion) -> FieldManager<'a> {
    FieldManager {
        group: "facts.korm.dev",
        version: "v1",
        kind: "Thing",
        subresource: "",
        schema,
        other_version: other,
        default: &|_| {},
        native: false,
        foreign: false,
        has_status: true,
        now: "2026-01-01T00:00:00Z",
    }
}

fn is_there(value: &Value, path: &[PathElement]) -> bool {
    let Some((first, rest)) = path.split_first() else {
        return true;
    };
    let inner = match first {
        PathElement::Field(name) => value.get(&**name),
        PathElement::Key(key) => value.as_array().and_then(|items| {
            items.iter().find(|item| {
                key.iter().all(|(name, value)| {
                    item.get(&**name) == Some(value)
                        || item.get(&**name).is_none() && value == "TCP"
                })
            })
        }),
        PathElement::Value(value_there) => value
            .as_array()
            .and_then(|items| items.iter().find(|item| *item == value_there)),
        PathElement::Index(_) => None,
    };
    inner.is_some_and(|inner| is_there(inner, rest))
}

/// Null and empty parts are told apart by no owner.
fn without_nothing(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let map = map
                .iter()
                .map(|(key, value)| (key.clone(), without_nothing(value)));
            let map: Map<_, _> = map.filter(|(_, value)| !value.is_null()).collect();
            if map.is_empty() {
                Value::Null
            } else {
                map.into()
            }
        }
        Value::Array(items) if items.is_empty() => Value::Null,
        Value::Array(items) => items.iter().map(without_nothing).collect(),
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn comparing(a in spec(), b in spec()) {
        let schema = &*SCHEMA;
        let root = schema.root();
        let (a, b) = (object(a), object(b));
        prop_assert!(validate(root, &a, false).is_empty());
        prop_assert_eq!(compare(root, &a, &a), Comparison::default());
        let (there, back) = (compare(root, &a, &b), compare(root, &b, &a));
        prop_assert_eq!(&there.added, &back.removed);
        prop_assert_eq!(&there.removed, &back.added);
        prop_assert_eq!(&there.modified, &back.modified);
    }

    #[test]
    fn merging(a in spec(), b in spec()) {
        let schema = &*SCHEMA;
        let root = schema.root();
        let (a, b) = (object(a), object(b));
        prop_assert_eq!(merge(root, &a, &a).unwrap(), a.clone());
        let merged = merge(root, &a, &b).unwrap();
        prop_assert_eq!(merge(root, &merged, &b).unwrap(), merged.clone());
        // The configuration holds in the result: nothing of it is missing or different.
        let difference = compare(root, &b, &merged);
        let set = to_set(root, &b);
        prop_assert!(set.intersection(&difference.removed).is_empty());
        prop_assert!(set.intersection(&difference.modified).is_empty());
        // Removing nothing changes nothing.
        prop_assert_eq!(remove(root, &merged, &Default::default()), merged);
    }

    #[test]
    fn applying(live in spec(), first in spec(), second in spec()) {
        let schema = &*SCHEMA;
        let none = |_: &str| OtherVersion::Missing;
        let manager = manager(schema, &none);
        let live = object(live);
        let apply = |live: &Value, spec: Value| {
            manager.apply(Some(live), &config(spec), "me", true).unwrap()
        };
        let once = apply(&live, first.clone());
        prop_assert_eq!(apply(&once, first.clone()), once.clone(), "the same again changes nothing");
        // An unforced apply of what is there conflicts with nobody.
        prop_assert!(manager.apply(Some(&once), &config(first), "you", false).is_ok());
        let twice = apply(&once, second.clone());
        // What one has applied, and now does not, is gone unless it was there before.
        let direct = apply(&live, second);
        let fields = |object: &Value| match &object["spec"] {
            Value::Null => Set::default(),
            spec => to_set(schema.root(), &json!({"spec": spec})),
        };
        let lost = fields(&without_nothing(&direct)).difference(&fields(&without_nothing(&twice)));
        let before = fields(&without_nothing(&live));
        prop_assert!(lost.difference(&before).is_empty(), "{lost:?}");
        let left = fields(&without_nothing(&twice)).difference(&fields(&without_nothing(&direct)));
        prop_assert!(left.is_empty(), "{left:?}");
    }

    #[test]
    fn updating(live in spec(), new in spec()) {
        let schema = &*SCHEMA;
        let none = |_: &str| OtherVersion::Missing;
        let manager = manager(schema, &none);
        let created = manager.update(None, object(live), "maker");
        let mut next = object(new);
        next["metadata"]["managedFields"] = created["metadata"]["managedFields"].clone();
        let updated = manager.update(Some(&created), next.clone(), "other");
        let again = manager.update(Some(&updated), updated.clone(), "third");
        prop_assert_eq!(&again, &updated, "no change, no owner");
        // Nobody owns what is not there.
        for entry in updated["metadata"]["managedFields"].as_array().into_iter().flatten() {
            for path in Set::from_fields(&entry["fieldsV1"]).unwrap().paths() {
                prop_assert!(is_there(&updated, &path), "{path:?}");
            }
        }
    }
}
