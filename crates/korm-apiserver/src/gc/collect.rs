//! Objects whose owners are gone or going.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::index::{Work, is_deleted};
use super::{FOREGROUND, ORPHAN, Propagation, World};
use crate::meta::{self, OwnerReference, owner_references};
use crate::store::{Object, StorageKey, object_key};

/// Looks at one object: deletes it if none of its owners is left, drops the owners that are gone
/// if another is left, and ends its waiting for dependents if none is left.
pub(super) fn item(world: &mut impl World, uid: &str) {
    let Some(node) = world.index().node(uid) else {
        return;
    };
    if node.deleted && !node.deleting_dependents {
        return;
    }
    let (resource, key) = (node.resource.clone(), node.key.clone());
    if node.deleting_dependents {
        return wait_for_dependents(world, uid, &resource, &key);
    }
    let Some(object) = world.get(&resource, &key) else {
        return;
    };
    let namespace = meta::namespace(&object.value).to_owned();
    let owners = owner_references(&object.value);
    let Some(state) = classify(world, &namespace, &owners) else {
        return world.index().postpone(uid);
    };
    if owners.is_empty() {
        return;
    }
    if state.solid {
        if !state.gone.is_empty() || !state.waiting.is_empty() {
            let dropped = &state.gone | &state.waiting;
            let kept = without_owners(&object.value, &dropped);
            world.update(&resource, kept, "");
        }
        return;
    }
    if !state.waiting.is_empty() && has_dependents(world, uid) {
        if has_waiting_dependent(world, uid) {
            // Two that wait for each other would wait forever.
            let unblocked = without_blocking(&object.value, world.is_native(&resource));
            if unblocked != object.value {
                // What was to be deleted is the state before: this one is looked at again, once its owners wait no longer.
                world.update(&resource, unblocked, "");
                return look_again(world, uid, &resource, &object);
            }
        }
        return world.delete(&resource, &key, uid, Propagation::Foreground);
    }
    world.delete(&resource, &key, uid, policy_of(&object.value));
}

/// Looks at an object again that was to be changed; later, if the change was refused.
fn look_again(world: &mut impl World, uid: &str, resource: &StorageKey, before: &Object) {
    let now = world.get(resource, &before.key);
    if now.is_none_or(|now| now.revision == before.revision) {
        world.index().postpone(uid);
    } else {
        world.index().enqueue(Work::Item(uid.to_owned()));
    }
}

/// The policy that the object's own finalizers ask for.
pub(super) fn policy_of(object: &Value) -> Propagation {
    let finalizers = meta::finalizers(object);
    if finalizers.contains(&ORPHAN) {
        Propagation::Orphan
    } else if finalizers.contains(&FOREGROUND) {
        Propagation::Foreground
    } else {
        Propagation::Background
    }
}

/// Takes the object out of the owners of its dependents, and lets it go.
pub(super) fn orphan(world: &mut impl World, uid: &str) {
    let owner = BTreeSet::from([uid.to_owned()]);
    for dependent in world.index().dependents(uid) {
        if let Some((resource, key)) = place_of(world, &dependent)
            && let Some(object) = world.get(&resource, &key)
        {
            let orphaned = without_owners(&object.value, &owner);
            world.update(&resource, orphaned, "");
        }
    }
    if let Some((resource, key)) = place_of(world, uid) {
        remove_finalizer(world, &resource, &key, ORPHAN);
    }
}

/// The owners of an object, by what has become of them.
struct Owners {
    /// At least one is there to stay.
    solid: bool,
    /// The uids of those that do not exist.
    gone: BTreeSet<String>,
    /// The uids of those that wait for their dependents to be deleted.
    waiting: BTreeSet<String>,
}

/// `None` where an owner cannot be looked up: its kind is not served, or it is in a namespace and
/// the dependent is not. Such an object is left alone.
fn classify(world: &impl World, namespace: &str, references: &[OwnerReference]) -> Option<Owners> {
    let mut owners = Owners {
        solid: false,
        gone: BTreeSet::new(),
        waiting: BTreeSet::new(),
    };
    for reference in references {
        let (resource, namespaced) = world.resource_of(&reference.api_version, &reference.kind)?;
        if namespaced && namespace.is_empty() {
            return None;
        }
        let within = if namespaced { namespace } else { "" };
        let owner = world
            .get(&resource, &object_key(within, &reference.name))
            .filter(|owner| meta::text(&owner.value, "uid") == reference.uid);
        match owner {
            None => {
                owners.gone.insert(reference.uid.clone());
            }
            Some(owner)
                if is_deleted(&owner.value)
                    && meta::finalizers(&owner.value).contains(&FOREGROUND) =>
            {
                owners.waiting.insert(reference.uid.clone());
            }
            Some(_) => owners.solid = true,
        }
    }
    Some(owners)
}

/// An owner may go as soon as no dependent that blocks it is left.
fn wait_for_dependents(world: &mut impl World, uid: &str, resource: &StorageKey, key: &str) {
    let index = world.index();
    let mut blocked = false;
    for dependent in index.dependents(uid) {
        let Some(node) = index.node(&dependent) else {
            continue;
        };
        let blocks =
            |owner: &OwnerReference| owner.uid == uid && owner.block_owner_deletion == Some(true);
        if node.owners.iter().any(blocks) {
            blocked = true;
            if !node.deleted {
                index.enqueue(Work::Item(dependent));
            }
        }
    }
    if !blocked {
        remove_finalizer(world, resource, key, FOREGROUND);
    }
}

fn has_dependents(world: &mut impl World, uid: &str) -> bool {
    !world.index().dependents(uid).is_empty()
}

fn has_waiting_dependent(world: &mut impl World, uid: &str) -> bool {
    let index = world.index();
    index
        .dependents(uid)
        .iter()
        .any(|dependent| index.node(dependent).is_some_and(|n| n.deleting_dependents))
}

fn place_of(world: &mut impl World, uid: &str) -> Option<(StorageKey, String)> {
    let node = world.index().node(uid)?;
    Some((node.resource.clone(), node.key.clone()))
}

fn remove_finalizer(world: &mut impl World, resource: &StorageKey, key: &str, finalizer: &str) {
    if let Some(object) = world.get(resource, key)
        && meta::finalizers(&object.value).contains(&finalizer)
    {
        let value = without_finalizer(&object.value, finalizer);
        world.update(resource, value, "");
    }
}

pub(super) fn without_finalizer(object: &Value, finalizer: &str) -> Value {
    let mut left = meta::finalizers(object);
    left.retain(|f| *f != finalizer);
    let mut value = object.clone();
    if left.is_empty() {
        meta::remove(&mut value, "finalizers");
    } else {
        meta::set(&mut value, "finalizers", json!(left));
    }
    value
}

fn without_owners(object: &Value, uids: &BTreeSet<String>) -> Value {
    let mut value = object.clone();
    let Some(all) = references_mut(&mut value) else {
        return value;
    };
    all.retain(|entry| !entry["uid"].as_str().is_some_and(|uid| uids.contains(uid)));
    if all.is_empty() {
        meta::remove(&mut value, "ownerReferences");
    }
    value
}

/// A strategic patch names the references that block; of a custom object, which takes none, all are written anew.
fn without_blocking(object: &Value, native: bool) -> Value {
    let mut value = object.clone();
    for entry in references_mut(&mut value).into_iter().flatten() {
        if entry["blockOwnerDeletion"] == true || !native {
            entry["blockOwnerDeletion"] = json!(false);
        }
    }
    value
}

fn references_mut(object: &mut Value) -> Option<&mut Vec<Value>> {
    object
        .get_mut("metadata")?
        .get_mut("ownerReferences")?
        .as_array_mut()
}
