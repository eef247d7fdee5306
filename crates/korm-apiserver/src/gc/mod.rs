//! What Kubernetes' controllers do to make deletions come true: collecting the dependents of
//! deleted owners, emptying deleted namespaces, and removing the objects of deleted CRDs.
//!
//! The rules are those of `pkg/controller/garbagecollector`, `pkg/controller/namespace` and
//! apiextensions' `crd_finalizer`; their delays, queues and informers are not. After each write
//! [`settle`] runs until there is nothing more to do, under the lock of the write, so nobody sees
//! a state between.

mod collect;
mod definitions;
mod index;
mod namespace;
mod policy;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod world;

use std::sync::Arc;

use serde_json::Value;

pub(crate) use index::Index;
pub(crate) use policy::{default_policy, finalizers_on_delete};

use crate::store::{Object, StorageKey};
use index::Work;

/// The manager that controllers' writes are recorded under.
pub(crate) const MANAGER: &str = "kube-controller-manager";

/// The finalizer of an owner that waits for its dependents to be deleted.
pub(crate) const FOREGROUND: &str = "foregroundDeletion";

/// The finalizer of an owner whose dependents are to be kept.
pub(crate) const ORPHAN: &str = "orphan";

/// What happens to the dependents of an object that is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Propagation {
    Background,
    Foreground,
    Orphan,
}

/// The server, as the collector sees it. Its writes take the path that requests take, and note
/// every change in the [`Index`]; they do not call [`settle`] themselves.
pub(crate) trait World {
    fn index(&mut self) -> &mut Index;

    /// The time, as it stands in conditions.
    fn now(&self) -> String;

    /// The resource that serves this kind, and whether it is namespaced.
    fn resource_of(&self, api_version: &str, kind: &str) -> Option<(StorageKey, bool)>;

    /// Whether this is a kind of Kubernetes' own.
    fn is_native(&self, resource: &str) -> bool;

    /// The current state of an object.
    fn get(&self, resource: &str, key: &str) -> Option<Arc<Object>>;

    /// All objects of a resource, in the order of lists.
    fn all(&self, resource: &str) -> Vec<Arc<Object>>;

    /// All objects of a namespace, by resource, without the resources that have none.
    fn in_namespace(&self, namespace: &str) -> Vec<(StorageKey, Vec<Arc<Object>>)>;

    /// Deletes as a request with this policy and no grace period of its own does, if the object
    /// still has this uid.
    fn delete(&mut self, resource: &StorageKey, key: &str, uid: &str, policy: Propagation);

    /// Stores a new state on behalf of [`MANAGER`], through this subresource (empty: the object
    /// itself). An object that is being deleted is removed when this takes its last finalizer.
    fn update(&mut self, resource: &StorageKey, value: Value, subresource: &str);
}

/// Does whatever follows from the changes noted so far, and from what follows, to the end.
pub(crate) fn settle(world: &mut impl World) {
    while let Some(work) = world.index().next() {
        match work {
            Work::Item(uid) => collect::item(world, &uid),
            Work::Orphan(uid) => collect::orphan(world, &uid),
            Work::Namespace(name) => namespace::empty(world, &name),
            Work::Definition(name) => definitions::clean_up(world, &name),
        }
    }
}
