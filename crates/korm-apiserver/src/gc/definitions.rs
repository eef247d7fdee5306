//! Removing the objects of a CRD that is being deleted, and letting it go.

use serde_json::{Value, json};

use super::World;
use super::collect::{policy_of, without_finalizer};
use super::index::is_deleted;
use crate::meta;
use crate::store::StorageKey;

/// The finalizer that every CRD gets.
const FINALIZER: &str = "customresourcecleanup.apiextensions.k8s.io";

/// Deletes the objects of a CRD that is being deleted, and the CRD once none is left.
pub(super) fn clean_up(world: &mut impl World, name: &str) {
    let resource: StorageKey = "customresourcedefinitions.apiextensions.k8s.io".into();
    let Some(definition) = world.get(&resource, name) else {
        return;
    };
    if !is_deleted(&definition.value) || !meta::finalizers(&definition.value).contains(&FINALIZER) {
        return;
    }
    let now = world.now();
    let established = has_condition(&definition.value, "Established");
    let mut value = definition.value.clone();
    let in_progress = "CustomResource deletion is in progress";
    if set_terminating(
        &mut value,
        "True",
        "InstanceDeletionInProgress",
        in_progress,
        &now,
    ) {
        world.update(&resource, value, "status");
    }
    if established {
        let defined: StorageKey = name.into();
        for object in world.all(name) {
            if !is_deleted(&object.value) {
                let uid = meta::text(&object.value, "uid");
                world.delete(&defined, &object.key, uid, policy_of(&object.value));
            }
        }
        if !world.all(name).is_empty() {
            return;
        }
    }
    let Some(definition) = world.get(&resource, name) else {
        return;
    };
    let mut value = definition.value.clone();
    let (reason, message) = if established {
        ("InstanceDeletionCompleted", "removed all instances")
    } else {
        ("NeverEstablished", "resource was never established")
    };
    set_terminating(&mut value, "False", reason, message, &now);
    // The status and the finalizer go in one write, and the object with it.
    world.update(&resource, without_finalizer(&value, FINALIZER), "status");
}

fn has_condition(definition: &Value, kind: &str) -> bool {
    let conditions = definition.pointer("/status/conditions");
    conditions.and_then(Value::as_array).is_some_and(|all| {
        all.iter()
            .any(|c| c["type"] == kind && c["status"] == "True")
    })
}

/// Sets the condition `Terminating`, and says whether anything changed.
fn set_terminating(
    definition: &mut Value,
    status: &str,
    reason: &str,
    message: &str,
    now: &str,
) -> bool {
    let new = json!({"type": "Terminating", "status": status, "reason": reason,
        "message": message, "lastTransitionTime": now});
    let Some(conditions) = definition
        .get_mut("status")
        .and_then(|s| s.get_mut("conditions"))
        .and_then(Value::as_array_mut)
    else {
        return false;
    };
    let Some(old) = conditions.iter_mut().find(|c| c["type"] == "Terminating") else {
        conditions.push(new);
        return true;
    };
    if ["status", "reason", "message"]
        .iter()
        .all(|f| old[f] == new[f])
    {
        return false;
    }
    let since = old["lastTransitionTime"].clone();
    let same_status = old["status"] == status;
    *old = new;
    if same_status {
        old["lastTransitionTime"] = since;
    }
    true
}
