//! Emptying a namespace that is being deleted, and letting it go.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::index::is_deleted;
use super::{FOREGROUND, ORPHAN, Propagation, World};
use crate::meta;
use crate::store::{Object, StorageKey};

/// The finalizer in `spec.finalizers` of every namespace.
const FINALIZER: &str = "kubernetes";

/// Deletes what is in the namespace, says in its conditions what is left, and lets it go when
/// nothing is.
pub(super) fn empty(world: &mut impl World, name: &str) {
    let resource: StorageKey = "namespaces".into();
    let Some(namespace) = world.get(&resource, name) else {
        return;
    };
    if !is_deleted(&namespace.value) || spec_finalizers(&namespace.value).is_empty() {
        return;
    }
    let left = delete_content(world, name);
    let done = left.is_empty();
    // The deletions may have changed the namespace itself.
    let Some(namespace) = world.get(&resource, name) else {
        return;
    };
    let mut value = namespace.value.clone();
    if update_conditions(&mut value, &left.conditions(), &world.now()) {
        world.update(&resource, value, "status");
    }
    if done && let Some(namespace) = world.get(&resource, name) {
        finalize(world, &resource, &namespace);
    }
}

fn finalize(world: &mut impl World, resource: &StorageKey, namespace: &Arc<Object>) {
    let mut value = namespace.value.clone();
    let left: Vec<String> = spec_finalizers(&value)
        .into_iter()
        .filter(|finalizer| *finalizer != FINALIZER)
        .map(str::to_owned)
        .collect();
    let Some(spec) = value.get_mut("spec").and_then(Value::as_object_mut) else {
        return;
    };
    if left.is_empty() {
        spec.remove("finalizers");
    } else {
        spec.insert("finalizers".to_owned(), json!(left));
    }
    world.update(resource, value, "finalize");
}

fn spec_finalizers(namespace: &Value) -> Vec<&str> {
    let list = namespace.pointer("/spec/finalizers");
    let list = list.and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// What is left of a namespace after everything in it was deleted.
#[derive(Debug, Default)]
struct Left {
    by_resource: BTreeMap<String, usize>,
    by_finalizer: BTreeMap<String, usize>,
    failures: Vec<String>,
    /// Pods are, so nothing else was touched: they may need it to shut down.
    pods: bool,
}

/// Deletes all objects of a namespace: pods first, and the rest only once they are gone.
fn delete_content(world: &mut impl World, namespace: &str) -> Left {
    let mut left = Left::default();
    let pods_first = |resource: &StorageKey| &**resource != "pods";
    let mut content = world.in_namespace(namespace);
    content.sort_by(|(a, _), (b, _)| (pods_first(a), a).cmp(&(pods_first(b), b)));
    for (resource, objects) in content {
        for object in objects {
            let uid = meta::text(&object.value, "uid");
            // Deleted again is what waits for the collector: nobody in here has to be waited for.
            // Other finalizers a second delete would not change.
            let finalizers = meta::finalizers(&object.value);
            let waits = finalizers.contains(&FOREGROUND) || finalizers.contains(&ORPHAN);
            if waits || !is_deleted(&object.value) {
                world.delete(&resource, &object.key, uid, Propagation::Background);
            }
            if let Some(still) = world.get(&resource, &object.key) {
                left.count(&resource, &still.value);
            }
        }
        left.note_failure(namespace, &resource);
        if &*resource == "pods" && !left.by_resource.is_empty() {
            left.pods = true;
            break;
        }
    }
    left
}

impl Left {
    fn is_empty(&self) -> bool {
        self.by_resource.is_empty()
    }

    fn count(&mut self, resource: &str, object: &Value) {
        *self.by_resource.entry(full_name(resource)).or_default() += 1;
        for finalizer in meta::finalizers(object) {
            *self.by_finalizer.entry(finalizer.to_owned()).or_default() += 1;
        }
    }

    /// What stays without a finalizer should not: except pods, which have a grace period.
    fn note_failure(&mut self, namespace: &str, resource: &str) {
        let stays = self.by_resource.contains_key(&full_name(resource));
        if stays && self.by_finalizer.is_empty() && resource != "pods" {
            self.failures.push(format!(
                "unexpected items still remain in namespace: {namespace} for gvr: {resource}"
            ));
        }
    }

    /// The conditions that say so, of those that there are in [`FINE`].
    fn conditions(&self) -> Vec<[String; 3]> {
        let list = |counts: &BTreeMap<String, usize>, verb: &str| {
            let mut lines: Vec<String> = counts
                .iter()
                .map(|(what, number)| format!("{what} {verb} {number} resource instances"))
                .collect();
            lines.sort();
            lines.join(", ")
        };
        let mut conditions = Vec::new();
        if !self.failures.is_empty() {
            conditions.push([
                "NamespaceDeletionContentFailure".to_owned(),
                "ContentDeletionFailed".to_owned(),
                format!(
                    "Failed to delete all resource types, {} remaining: {}",
                    self.failures.len(),
                    self.failures.join(", ")
                ),
            ]);
        }
        // While pods remain, Kubernetes has not counted yet.
        if self.pods {
            return conditions;
        }
        if !self.by_resource.is_empty() {
            conditions.push([
                "NamespaceContentRemaining".to_owned(),
                "SomeResourcesRemain".to_owned(),
                format!(
                    "Some resources are remaining: {}",
                    list(&self.by_resource, "has")
                ),
            ]);
        }
        if !self.by_finalizer.is_empty() {
            conditions.push([
                "NamespaceFinalizersRemaining".to_owned(),
                "SomeFinalizersRemain".to_owned(),
                format!(
                    "Some content in the namespace has finalizers remaining: {}",
                    list(&self.by_finalizer, "in")
                ),
            ]);
        }
        conditions
    }
}

/// `deployments.apps`, and `pods.` with the dot of the empty group.
fn full_name(resource: &str) -> String {
    if resource.contains('.') {
        resource.to_owned()
    } else {
        format!("{resource}.")
    }
}

/// Type, reason and message of the conditions of a namespace that is going well.
const FINE: [[&str; 3]; 5] = [
    [
        "NamespaceDeletionDiscoveryFailure",
        "ResourcesDiscovered",
        "All resources successfully discovered",
    ],
    [
        "NamespaceDeletionGroupVersionParsingFailure",
        "ParsedGroupVersions",
        "All legacy kube types successfully parsed",
    ],
    [
        "NamespaceDeletionContentFailure",
        "ContentDeleted",
        "All content successfully deleted, may be waiting on finalization",
    ],
    [
        "NamespaceContentRemaining",
        "ContentRemoved",
        "All content successfully removed",
    ],
    [
        "NamespaceFinalizersRemaining",
        "ContentHasNoFinalizers",
        "All content-preserving finalizers finished",
    ],
];

/// Brings the conditions up to date, and says whether anything changed.
fn update_conditions(namespace: &mut Value, bad: &[[String; 3]], now: &str) -> bool {
    if !namespace["status"].is_object() {
        namespace["status"] = json!({});
    }
    let conditions = &mut namespace["status"]["conditions"];
    if !conditions.is_array() {
        *conditions = json!([]);
    }
    let Value::Array(conditions) = conditions else {
        return false;
    };
    let mut changed = false;
    for fine in FINE {
        let found = bad.iter().find(|[kind, ..]| kind == fine[0]);
        let (status, [kind, reason, message]) = match found {
            Some([kind, reason, message]) => ("True", [&**kind, &**reason, &**message]),
            None => ("False", fine),
        };
        let new = json!({"type": kind, "status": status, "lastTransitionTime": now,
            "reason": reason, "message": message});
        match conditions.iter_mut().find(|c| c["type"] == kind) {
            None => {
                conditions.push(new);
                changed = true;
            }
            Some(old) => {
                let same = ["status", "reason", "message"]
                    .iter()
                    .all(|f| old[f] == new[f]);
                if !same {
                    let since = if old["status"] == status {
                        old["lastTransitionTime"].clone()
                    } else {
                        new["lastTransitionTime"].clone()
                    };
                    *old = new;
                    old["lastTransitionTime"] = since;
                    changed = true;
                }
            }
        }
    }
    changed
}
