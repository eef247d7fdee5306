//! What tells that controllers have done their part.

use serde_json::{Map, Value};

/// Members that each server chooses for itself.
const OWN: [&str; 7] = [
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "managedFields",
    "lastTransitionTime",
    "continue",
    "time",
];

/// The observation without what differs between servers that agree.
pub(crate) fn outline(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members
                .iter()
                .filter(|(name, _)| !OWN.contains(&name.as_str()))
                .filter(|(name, _)| *name != "ownerReferences" || !is_going(members));
            let kept: Map<String, Value> = kept
                .map(|(name, member)| {
                    let inner = if name == "deletionTimestamp" {
                        Value::Bool(true)
                    } else {
                        outline(member)
                    };
                    (name.clone(), inner)
                })
                .collect();
            Value::Object(kept)
        }
        Value::Array(items) => items.iter().map(outline).collect(),
        _ => value.clone(),
    }
}

/// Whether these are the metadata of an object that is being deleted. Whether the collector has taken owners that are
/// gone out of it before, or finds later that none is left, depends on which of its dependents it looks at first.
pub(crate) fn is_going(metadata: &Map<String, Value>) -> bool {
    metadata.contains_key("deletionTimestamp")
}

/// Whether the garbage collector has still to do something about the object, or about one of the list.
pub(crate) fn awaits_collector(value: &Value) -> bool {
    if let Some(items) = value["items"].as_array() {
        return items.iter().any(awaits_collector);
    }
    let metadata = &value["metadata"];
    let finalizers = metadata["finalizers"].as_array();
    metadata["deletionTimestamp"].is_string()
        && finalizers.is_some_and(|all| {
            all.iter()
                .any(|one| one == "foregroundDeletion" || one == "orphan")
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_servers_choose_is_no_part_of_an_outline() {
        let one =
            json!({"items": [{"metadata": {"uid": "1", "deletionTimestamp": "x", "name": "a"}}]});
        let other =
            json!({"items": [{"metadata": {"uid": "2", "deletionTimestamp": "y", "name": "a"}}]});
        assert_eq!(outline(&one), outline(&other));
        let third = json!({"items": [{"metadata": {"uid": "2", "name": "a"}}]});
        assert_ne!(outline(&one), outline(&third));
        let owned = |deleted: Value| json!({"metadata": {"deletionTimestamp": deleted, "ownerReferences": [{}]}});
        let free = json!({"metadata": {"deletionTimestamp": "z"}});
        assert_eq!(outline(&owned(json!("x"))), outline(&free));
    }

    #[test]
    fn a_deletion_waits_for_the_collector_while_its_finalizer_is_there() {
        let with = |finalizers: Value, deleted: Value| json!({"metadata": {"finalizers": finalizers, "deletionTimestamp": deleted}});
        assert!(awaits_collector(&with(json!(["orphan"]), json!("now"))));
        assert!(!awaits_collector(&with(json!(["orphan"]), Value::Null)));
        assert!(!awaits_collector(&with(json!(["a/b"]), json!("now"))));
        let list = json!({"items": [with(json!(["foregroundDeletion"]), json!("now"))]});
        assert!(awaits_collector(&list));
    }
}
