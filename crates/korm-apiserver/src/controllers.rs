//! What controllers do after each write: CustomResourceDefinitions get their names accepted and
//! are established, and [`gc`] makes deletions come true.

use std::sync::Arc;

use serde_json::Value;

use crate::crd;
use crate::gc::{self, Index, Propagation, World};
use crate::handlers::{count_change, delete_object, present, to_storage, track_controller};
use crate::meta;
use crate::request::{DeleteOptions, Preconditions};
use crate::resources::{self, Resource};
use crate::state::State;
use crate::store::{Object, StorageKey};

const DEFINITIONS: &str = "customresourcedefinitions.apiextensions.k8s.io";

impl State {
    /// Does whatever follows from the writes since the last call.
    pub(crate) fn settle(&mut self) {
        loop {
            gc::settle(self);
            if !std::mem::take(&mut self.definitions_changed) {
                return;
            }
            self.settle_definitions();
        }
    }

    /// Accepts the names of all definitions that have not theirs, and establishes them. A name
    /// that one definition frees may be what another one waits for.
    fn settle_definitions(&mut self) {
        let storage: StorageKey = DEFINITIONS.into();
        for object in World::all(self, DEFINITIONS) {
            let mut definition = object.value.clone();
            let others = World::all(self, DEFINITIONS);
            let others = others
                .iter()
                .filter(|o| o.key != object.key)
                .map(|o| &o.value);
            if crd::accept_names(&mut definition, others, &self.now()) {
                self.update(&storage, definition, "status");
            }
            let Some(object) = self.store.get(DEFINITIONS, &object.key) else {
                continue;
            };
            let mut definition = object.value.clone();
            if crd::establish(&mut definition, &self.now()) {
                self.update(&storage, definition, "status");
            }
        }
    }

    fn resource_at(&self, storage: &str) -> Option<Arc<Resource>> {
        resources::by_storage(&self.custom, storage)
    }
}

impl World for State {
    fn index(&mut self) -> &mut Index {
        &mut self.index
    }

    fn now(&self) -> String {
        Self::now(self)
    }

    fn resource_of(&self, api_version: &str, kind: &str) -> Option<(StorageKey, bool)> {
        let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
        resources::all(&self.custom)
            .iter()
            .find(|r| r.group == group && r.version == version && r.kind == kind)
            .map(|r| (r.storage.clone(), r.namespaced))
    }

    fn is_native(&self, resource: &str) -> bool {
        self.resource_at(resource).is_some_and(|r| r.is_native())
    }

    fn get(&self, resource: &str, key: &str) -> Option<Arc<Object>> {
        self.store.get(resource, key)
    }

    fn all(&self, resource: &str) -> Vec<Arc<Object>> {
        let table = self.store.existing_table(resource);
        table
            .into_iter()
            .flat_map(|t| t.objects().cloned())
            .collect()
    }

    fn in_namespace(&self, namespace: &str) -> Vec<(StorageKey, Vec<Arc<Object>>)> {
        let prefix = format!("{namespace}/");
        let mut found = Vec::new();
        for resource in self.store.resources() {
            let objects: Vec<Arc<Object>> = World::all(self, &resource)
                .into_iter()
                .filter(|o| o.key.starts_with(&prefix))
                .collect();
            if !objects.is_empty() {
                found.push((resource, objects));
            }
        }
        found
    }

    fn delete(&mut self, resource: &StorageKey, key: &str, uid: &str, policy: Propagation) {
        let Some(resource) = self.resource_at(resource) else {
            // Its definition is gone, and with it all rules.
            if let Some(last) = self.store.delete(resource, key) {
                self.index.note(resource, Some(&last.value), None);
            }
            return;
        };
        let policy = match policy {
            Propagation::Background => "Background",
            Propagation::Foreground => "Foreground",
            Propagation::Orphan => "Orphan",
        };
        let options = DeleteOptions {
            propagation_policy: Some(policy.to_owned()),
            preconditions: Preconditions {
                uid: Some(uid.to_owned()),
                resource_version: None,
            },
            ..DeleteOptions::default()
        };
        // Gone or another one by now: then there is nothing to do.
        let _ = delete_object(self, &resource, key, options);
    }

    fn update(&mut self, resource: &StorageKey, value: Value, subresource: &str) {
        let Some(resource) = self.resource_at(resource) else {
            return;
        };
        let key = crate::store::object_key(meta::namespace(&value), meta::name(&value));
        let Some(old) = self.store.get(&resource.storage, &key) else {
            return;
        };
        let value = if resource.custom.is_some() {
            as_client(self, &resource, &old, value)
        } else {
            let live = &old.value;
            Some(track_controller(self, &resource, live, value, subresource))
        };
        let Some(value) = value else {
            return;
        };
        if crate::handlers::is_finished(&resource, &value, &old.value) {
            self.remove(&resource, &key);
        } else {
            self.put(&resource, value);
        }
    }
}

/// What an update of a custom object comes to, as it is stored; nothing where it is refused. Controllers are no better
/// than other clients: they write in the preferred version, which may know less than the one that is stored, so that
/// there is more to the change than what they are after, and an object that its definition has made invalid keeps its
/// finalizers and owners until it is valid again.
fn as_client(state: &State, resource: &Resource, old: &Object, value: Value) -> Option<Value> {
    let version = resource.custom.as_ref()?;
    let new = Object {
        key: old.key.clone(),
        value,
        revision: old.revision,
        undecoded: old.undecoded,
    };
    let live = present(resource, old);
    let mut new = present(resource, &new).into_owned();
    version.default(&mut new);
    count_change(resource, &mut new, &live);
    let broken = version.validate_update(&new, &live, Vec::new());
    broken.errors.is_empty().then(|| {
        let new = track_controller(state, resource, &live, new, "");
        to_storage(state, resource, new)
    })
}
