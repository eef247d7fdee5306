//! The objects that everything is measured with.

use bytes::Bytes;
use serde_json::{Value, json};

/// Their group.
pub const GROUP: &str = "bench.korm.dev";

/// Their CustomResourceDefinition.
pub fn crd() -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("peaches.{GROUP}")},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {"kind": "Peach", "plural": "peaches", "singular": "peach"},
            "versions": [{
                "name": "v1",
                "served": true,
                "storage": true,
                "subresources": {"status": {}},
                "schema": {"openAPIV3Schema": {
                    "type": "object",
                    "required": ["spec"],
                    "properties": {
                        "spec": {
                            "type": "object",
                            "required": ["variety", "price"],
                            "properties": {
                                "variety": {"type": "string"},
                                "price": {"type": "integer", "format": "int64"},
                            }
                        },
                        "status": {"type": "object", "properties": {"ripe": {"type": "boolean"}}},
                    }
                }},
            }],
        },
    })
}

/// An object as real ones are: some labels, an annotation, and the managedFields that the server makes of them.
pub fn object(number: u32, tool: &str) -> Value {
    let variety = ["Frost", "Redhaven", "Elberta"][number as usize % 3];
    json!({
        "apiVersion": format!("{GROUP}/v1"),
        "kind": "Peach",
        "metadata": {
            "name": name(number),
            "labels": {"orchard": orchard(number), "app.kubernetes.io/managed-by": tool},
            "annotations": {"bench.korm.dev/note": "picked in the morning"}
        },
        "spec": {"variety": variety, "price": number % 100}
    })
}

/// The name of an object.
pub fn name(number: u32) -> String {
    format!("peach-{number:06}")
}

/// The label of an object.
pub fn orchard(number: u32) -> String {
    format!("orchard-{}", number % 10)
}

/// As it is sent.
pub fn text(value: &Value) -> Bytes {
    Bytes::from(value.to_string())
}

/// What to add to the price: something else each time, so that no run saves what is there already.
///
/// # Errors
///
/// When the clock stands before 1970.
pub fn raise() -> anyhow::Result<i64> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    Ok(1 + i64::from(now.subsec_nanos() % 1_000_000))
}
