//! Random metadata: mostly plain, now and then at a limit or over it.

use serde_json::{Value, json};

use crate::plan::kinds::Kind;
use crate::random::Random;

/// The names that sequences work with: few, so that requests meet the same objects.
pub(crate) const NAMES: [&str; 5] = ["a", "b", "c", "a.b", "z9"];

/// A name: nearly always one of the few.
pub(crate) fn name(random: &mut Random) -> String {
    if random.percent(97) {
        return (*random.pick(&NAMES)).to_owned();
    }
    let long = |count: usize| "n".repeat(count);
    let names = [
        long(253),
        long(254),
        long(63),
        "Upper".to_owned(),
        "with_underscore".to_owned(),
        "-a".to_owned(),
    ];
    random.pick(&names).clone()
}

/// The metadata of an object to create.
pub(crate) fn metadata(random: &mut Random, kind: &Kind, name: &str) -> Value {
    let mut metadata = json!({"name": kind.name(name)});
    if random.percent(75) {
        metadata["labels"] = labels(random);
    } else if !kind.namespaced {
        metadata["labels"] = json!({"seq": "@{ns}"});
    }
    if random.percent(15) {
        metadata["annotations"] = annotations(random);
    }
    if random.percent(8) {
        metadata["finalizers"] = finalizers(random);
    }
    if random.percent(4) {
        noise(random, &mut metadata);
    }
    metadata
}

pub(crate) fn labels(random: &mut Random) -> Value {
    let mut labels = json!({"seq": "@{ns}"});
    if random.percent(70) {
        labels["colour"] = json!(*random.pick(&["red", "green", "blue", ""]));
    }
    if random.percent(30) {
        labels["korm.test/size"] = json!(*random.pick(&["1", "10", "big"]));
    }
    if random.percent(3) {
        let keys = [
            "k".repeat(63),
            "k".repeat(64),
            format!("{}/k", "p".repeat(254)),
            "a b".to_owned(),
            "/x".to_owned(),
            "UPPER/x".to_owned(),
            "a/b/c".to_owned(),
        ];
        labels[random.pick(&keys)] = json!("v");
    }
    if random.percent(3) {
        let values = [
            "v".repeat(63),
            "v".repeat(64),
            "-v".to_owned(),
            "a b".to_owned(),
            "ä".to_owned(),
        ];
        labels["l"] = json!(random.pick(&values));
    }
    labels
}

fn annotations(random: &mut Random) -> Value {
    let mut annotations = json!({"note": *random.pick(&["", "text", "ä€ <&>", "a\nb"])});
    if random.percent(8) {
        annotations["big"] = json!("x".repeat(256 * 1024 - if random.percent(50) { 7 } else { 0 }));
    }
    if random.percent(5) {
        annotations[*random.pick(&["Upper/Case", "a b", "_x", ""])] = json!("v");
    }
    annotations
}

fn finalizers(random: &mut Random) -> Value {
    match random.weighted(&[(70, 0), (15, 1), (5, 2), (5, 3), (5, 4)]) {
        0 => json!(["korm.test/hold"]),
        1 => json!(["korm.test/hold", "korm.test/more"]),
        2 => json!(["noslash"]),
        3 => json!(["a/b/c"]),
        _ => json!([]),
    }
}

/// What a client should not send, or the server overrules.
fn noise(random: &mut Random, metadata: &mut Value) {
    let (name, value) = match random.below(12) {
        0 => ("uid", json!("mine")),
        1 => ("resourceVersion", json!("5")),
        2 => ("generation", json!(7)),
        3 => ("creationTimestamp", json!("2001-02-03T04:05:06Z")),
        4 => ("creationTimestamp", json!("yesterday")),
        5 => ("deletionTimestamp", json!("2001-02-03T04:05:06Z")),
        6 => ("selfLink", json!("/x")),
        7 => ("namespace", json!("elsewhere")),
        8 => ("unknownMeta", json!(1)),
        9 => (
            "ownerReferences",
            json!([{"apiVersion": "v1", "kind": "ConfigMap", "name": ""}]),
        ),
        10 => ("labels", json!("text")),
        _ => ("generateName", json!("base-")),
    };
    metadata[name] = value;
}
