//! What pruning and defaulting do they do once and for all.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::decode::{decode_untyped, parse};
use super::go_format;
use super::{apply_defaults, prune, prune_nulls, validate};
use crate::crd::{CompiledCrd, compile};

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

fn name() -> impl Strategy<Value = String> {
    proptest::sample::select(NAMES.as_slice()).prop_map(str::to_owned)
}

/// Values with few names, so that they meet those of the schema.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3..3_i64).prop_map(Value::from),
        Just(json!(1.5)),
        "[a-c]{0,2}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::btree_map(name(), inner, 0..4)
                .prop_map(|map| map.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

/// Structural schemas whose defaults have the type they are for.
fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(
            |is_nullable| json!({"type": "string", "default": "x", "nullable": is_nullable})
        ),
        any::<bool>().prop_map(|is_nullable| json!({"type": "integer", "nullable": is_nullable})),
        Just(json!({"type": "boolean"})),
        Just(json!({"x-kubernetes-int-or-string": true})),
        Just(json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true})),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            inner
                .clone()
                .prop_map(|items| json!({"type": "array", "items": items})),
            inner
                .clone()
                .prop_map(|more| json!({"type": "object", "additionalProperties": more})),
            (
                proptest::collection::btree_map(name(), inner, 0..4),
                any::<bool>()
            )
                .prop_map(|(properties, has_default)| {
                    let mut schema = json!({"type": "object", "properties": properties});
                    if has_default {
                        schema["default"] = json!({});
                    }
                    schema
                }),
        ]
    })
}

fn crd_of(spec: &Value) -> CompiledCrd {
    compile(
        &json!({"spec": {"group": "example.com", "scope": "Namespaced",
        "names": {"plural": "peaches", "kind": "Peach"},
        "versions": [{"name": "v1", "served": true, "storage": true, "schema":
            {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}}]}}),
    )
}

proptest! {
    #[test]
    fn pruning_twice_is_pruning_once(schema in schema(), spec in value()) {
        let crd = crd_of(&schema);
        let version = &crd.versions[0];
        let mut once = json!({"spec": spec, "other": 1});
        let unknown = prune(&version.types, version.root, &mut once, true);
        prop_assert!(unknown.contains(&"other".to_owned()));
        let mut twice = once.clone();
        prop_assert_eq!(prune(&version.types, version.root, &mut twice, true), Vec::<String>::new());
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn defaulting_twice_is_defaulting_once(schema in schema(), spec in value()) {
        let crd = crd_of(&schema);
        let version = &crd.versions[0];
        let mut once = json!({ "spec": spec });
        prune_nulls(&version.types, version.root, &mut once);
        apply_defaults(&version.types, version.root, &mut once);
        let mut twice = once.clone();
        prune_nulls(&version.types, version.root, &mut twice);
        apply_defaults(&version.types, version.root, &mut twice);
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn defaults_are_known_fields(schema in schema(), spec in value()) {
        let crd = crd_of(&schema);
        let version = &crd.versions[0];
        let mut object = json!({ "spec": spec });
        prune(&version.types, version.root, &mut object, true);
        prune_nulls(&version.types, version.root, &mut object);
        apply_defaults(&version.types, version.root, &mut object);
        prop_assert!(prune(&version.types, version.root, &mut object, true).is_empty());
    }

    #[test]
    fn an_unchanged_object_is_always_forgiven(schema in schema(), spec in value()) {
        let crd = crd_of(&schema);
        let version = &crd.versions[0];
        let mut object = json!({ "spec": spec });
        // What a schema does not know has no old value to compare with.
        prune(&version.types, version.root, &mut object, true);
        let known = |value: &Value| validate(&version.types, version.root, value, Some(value), None);
        let errors = known(&object);
        let preserves = schema.to_string().contains("preserve-unknown");
        prop_assert!(errors.is_empty() || preserves, "{errors:?}");
    }

    #[test]
    fn what_is_written_can_be_read(value in value()) {
        let text = go_format::json(&value);
        let read = decode_untyped(parse(text.as_bytes()).unwrap());
        prop_assert_eq!(read.value, value);
        prop_assert!(read.strict.is_empty());
    }
}
