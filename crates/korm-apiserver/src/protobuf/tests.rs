use super::*;
use crate::facts::{self, Message, Scalar, Wire};
use crate::native::{message_name, normalize_message};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use proptest::test_runner::{TestRng, TestRunner};
use serde_json::{Map, Value, json};

/// Objects with the bytes that kube-apiserver v1.37.2 answers for them: JSON, tab, base64.
const RECORDED: &str = include_str!("recorded.txt");

#[test]
fn bytes_are_those_of_the_reference_server() {
    let mut count = 0;
    for line in RECORDED.lines() {
        let (object, bytes) = line.split_once('\t').unwrap();
        let object: Value = object.parse().unwrap();
        let bytes = STANDARD.decode(bytes).unwrap();
        assert_eq!(to_json(&bytes, ("", "", "")).unwrap(), object);
        assert_eq!(
            STANDARD.encode(from_json(&object).unwrap()),
            STANDARD.encode(&bytes),
            "{object}"
        );
        count += 1;
    }
    assert!(count >= 5);
}

#[test]
fn what_is_no_envelope() {
    let none = ("", "v1", "ConfigMap");
    for (bytes, error) in [
        (&b""[..], "empty data"),
        (b"k8s\0", "empty body"),
        (
            b"{}",
            "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]",
        ),
        (b"k8s\0\x0a\x05", "unexpected EOF"),
        (b"k8s\0\x0e", "proto: illegal wireType 6"),
        (b"k8s\0\x12\x04\x0a\x02\x12\x09", "unexpected EOF"),
    ] {
        assert_eq!(to_json(bytes, none), Err(error.to_owned()));
    }
    let crd_object = json!({"apiVersion": "example.com/v1", "kind": "Peach"});
    assert_eq!(from_json(&crd_object), None);
}

#[test]
fn unknown_fields_are_skipped_and_numbers_may_be_packed() {
    // Field 99 as varint, 64 bit, bytes and 32 bit; then supplementalGroups (4) 1 and 300 packed.
    let context =
        b"\x98\x06\x01\x99\x06\0\0\0\0\0\0\0\0\x9a\x06\x01x\x9d\x06\0\0\0\0\x22\x03\x01\xac\x02";
    let message = message_name("", "v1", "PodSecurityContext").unwrap();
    let value = decode::message(&message, context, 9).unwrap();
    assert_eq!(value, json!({"supplementalGroups": [1, 300]}));
}

#[test]
fn nesting_has_a_limit() {
    let message = "k8s.io.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps";
    let deep = (0..300).fold(json!({}), |inner, _| json!({"not": inner}));
    let bytes = encode::message(message, &deep);
    let error = decode::message(message, &bytes, 200).unwrap_err();
    assert_eq!(error, "proto: nested too deeply");
}

#[test]
fn a_watch_event_is_framed_by_its_length() {
    let object = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}});
    let frame = watch_event("ADDED", &object).unwrap();
    let length = u32::from_be_bytes(frame[..4].try_into().unwrap()) as usize;
    assert_eq!(length, frame.len() - 4);
    assert_eq!(&frame[4..11], b"\x0a\x05ADDED");
    let inner = from_json(&object).unwrap();
    assert!(frame.ends_with(&inner));
}

/// Any value of a message, as deep as `depth` lets it.
fn any_message(name: &str, depth: u32, rng: &mut TestRng) -> Value {
    if let Some(value) = any_special(name, depth, rng) {
        return value;
    }
    match facts::message(name).as_deref() {
        Some(Message::Struct { fields, .. }) => {
            let mut object = Map::new();
            for field in fields {
                if let (true, Wire::Message(inner)) = (field.inline, &field.wire) {
                    if let Value::Object(inner) = any_message(inner, depth, rng) {
                        object.extend(inner);
                    }
                } else if depth > 0 && rng.random_bool(0.3) {
                    object.insert(
                        field.json.to_string(),
                        any_value(&field.wire, depth - 1, rng),
                    );
                }
            }
            Value::Object(object)
        }
        Some(Message::Items(item)) => any_value(&Wire::List(Box::new(item.clone())), depth, rng),
        None => Value::Null,
    }
}

fn any_special(name: &str, depth: u32, rng: &mut TestRng) -> Option<Value> {
    let pick =
        |rng: &mut TestRng, values: &[Value]| values[rng.random_range(0..values.len())].clone();
    Some(match name.rsplit('.').next()? {
        "Time" => pick(
            rng,
            &[json!("2026-11-23T00:27:59Z"), json!("1969-01-01T00:00:01Z")],
        ),
        "MicroTime" => pick(rng, &[json!("2026-11-23T00:27:59.000120Z")]),
        "Duration" if name.contains("meta") => json!("1h30m0s"),
        "Quantity" => pick(
            rng,
            &[json!("0"), json!("100m"), json!("1Gi"), json!("1500m")],
        ),
        "IntOrString" => pick(rng, &[json!(0), json!(-7), json!("http"), json!("")]),
        "RawExtension" | "FieldsV1" | "JSON" => pick(rng, &[json!({"a": [1, null]}), json!({})]),
        "JSONSchemaPropsOrBool" if depth == 0 => json!(false),
        "JSONSchemaPropsOrArray" | "JSONSchemaPropsOrStringArray" if depth == 0 => Value::Null,
        "JSONSchemaPropsOrBool" | "JSONSchemaPropsOrArray" => any_message(
            &name.replace("OrBool", "").replace("OrArray", ""),
            depth - 1,
            rng,
        ),
        "JSONSchemaPropsOrStringArray" => json!(["a", "b"]),
        _ => return None,
    })
}

fn any_value(wire: &Wire, depth: u32, rng: &mut TestRng) -> Value {
    match wire {
        Wire::Scalar(Scalar::String) => ["", "x", "ü<&>\n"][rng.random_range(0..3)].into(),
        Wire::Scalar(Scalar::Bytes) => STANDARD.encode(rng.random::<[u8; 3]>()).into(),
        Wire::Scalar(Scalar::Bool) => rng.random::<bool>().into(),
        Wire::Scalar(Scalar::Int32) => rng.random::<i32>().into(),
        Wire::Scalar(Scalar::Uint32) => rng.random::<u32>().into(),
        Wire::Scalar(Scalar::Int64) => rng.random::<i64>().into(),
        Wire::Scalar(Scalar::Double) => {
            [json!(0), json!(1.5), json!(-3)][rng.random_range(0..3)].clone()
        }
        Wire::Message(name) => any_message(name, depth, rng),
        // Protobuf does not tell an empty list from none.
        Wire::List(item) => (0..rng.random_range(1..3))
            .map(|_| any_value(item, depth, rng))
            .collect(),
        Wire::Map(item) => ["a", "b"]
            .iter()
            .take(rng.random_range(1..3))
            .map(|key| ((*key).to_owned(), any_value(item, depth, rng)))
            .collect(),
    }
}

#[test]
fn any_object_survives_the_way_there_and_back() {
    let mut runner = TestRunner::deterministic();
    let rng = runner.rng();
    let mut kinds = 0;
    for gv in facts::group_versions() {
        for resource in gv.resources.iter().filter(|r| r.verbs.contains(&"list")) {
            kinds += 1;
            let message = message_name(gv.group, gv.version, resource.kind).unwrap();
            for _ in 0..20 {
                let object = normalize_message(&message, &any_message(&message, 6, rng));
                let bytes = encode::message(&message, &object);
                let back = decode::message(&message, &bytes, 99).unwrap();
                assert_eq!(
                    normalize_message(&message, &back),
                    object,
                    "{}",
                    resource.kind
                );
            }
        }
    }
    assert!(kinds > 50);
}

proptest! {
    #[test]
    fn any_bytes_are_an_error_or_an_object(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        let bytes = [b"k8s\0", bytes.as_slice()].concat();
        let _ = to_json(&bytes, ("", "v1", "Pod"));
    }
}
