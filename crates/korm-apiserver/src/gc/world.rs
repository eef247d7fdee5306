//! A small server for the tests of the collector: the store, and deletions as the registry does
//! them, without grace periods.

use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::meta;
use crate::store::{Store, object_key};

pub(super) struct Small {
    pub(super) store: Store,
    index: Index,
    kinds: Vec<(&'static str, &'static str, &'static str, bool)>,
    /// What was written, in order: `DELETED pods/default/a`.
    pub(super) events: Vec<String>,
    uids: u32,
}

impl Small {
    pub(super) fn new() -> Self {
        Self {
            store: Store::new(1000),
            index: Index::default(),
            kinds: vec![
                ("v1", "Namespace", "namespaces", false),
                ("v1", "Node", "nodes", false),
                ("v1", "Pod", "pods", true),
                ("v1", "ConfigMap", "configmaps", true),
                ("apps/v1", "Deployment", "deployments.apps", true),
                (
                    "apiextensions.k8s.io/v1",
                    "CustomResourceDefinition",
                    "customresourcedefinitions.apiextensions.k8s.io",
                    false,
                ),
            ],
            events: Vec::new(),
            uids: 0,
        }
    }

    pub(super) fn serve(&mut self, kind: (&'static str, &'static str, &'static str, bool)) {
        self.kinds.push(kind);
    }

    /// Creates `Kind` `namespace/name` (or `name`) with these owners, and gives its uid.
    pub(super) fn create(&mut self, kind: &str, key: &str, extra: Value) -> String {
        let (api_version, _, resource, _) =
            *self.kinds.iter().find(|(_, k, ..)| *k == kind).unwrap();
        let (namespace, name) = key.split_once('/').unwrap_or(("", key));
        self.uids += 1;
        let uid = format!("uid-{}", self.uids);
        let mut value = json!({"apiVersion": api_version, "kind": kind,
            "metadata": {"name": name, "uid": uid}});
        meta::set_text(&mut value, "namespace", namespace);
        json_patch::merge(&mut value, &extra);
        self.put(&resource.into(), value);
        settle(self);
        uid
    }

    /// A reference to an object that was created.
    pub(super) fn owner(&self, kind: &str, key: &str, blocks: bool) -> Value {
        let (api_version, _, resource, _) =
            *self.kinds.iter().find(|(_, k, ..)| *k == kind).unwrap();
        let owner = self.store.get(resource, key).unwrap();
        json!({"apiVersion": api_version, "kind": kind, "name": meta::name(&owner.value),
            "uid": meta::text(&owner.value, "uid"), "blockOwnerDeletion": blocks})
    }

    pub(super) fn request_delete(&mut self, resource: &str, key: &str, policy: Option<&str>) {
        self.delete_as(&resource.into(), key, policy);
        settle(self);
    }

    pub(super) fn request_patch(&mut self, resource: &str, key: &str, patch: Value) {
        let mut value = self.store.get(resource, key).unwrap().value.clone();
        json_patch::merge(&mut value, &patch);
        self.update(&resource.into(), value, "");
        settle(self);
    }

    /// All that exists: `pods/default/a`, with `*` where it is being deleted.
    pub(super) fn left(&self) -> Vec<String> {
        let mut left = Vec::new();
        for resource in self.store.resources() {
            for object in self.all(&resource) {
                let deleted = !meta::text(&object.value, "deletionTimestamp").is_empty();
                left.push(format!(
                    "{resource}/{}{}",
                    object.key,
                    if deleted { "*" } else { "" }
                ));
            }
        }
        left
    }

    fn put(&mut self, resource: &StorageKey, value: Value) {
        let key = object_key(meta::namespace(&value), meta::name(&value));
        let old = self.store.get(resource, &key);
        self.index
            .note(resource, old.as_ref().map(|o| &o.value), Some(&value));
        let verb = if old.is_some() { "MODIFIED" } else { "ADDED" };
        self.events.push(format!("{verb} {resource}/{key}"));
        self.store.put(resource, value, false);
    }

    fn remove(&mut self, resource: &StorageKey, key: &str) {
        if let Some(old) = self.store.delete(resource, key) {
            self.index.note(resource, Some(&old.value), None);
            self.events.push(format!("DELETED {resource}/{key}"));
        }
    }

    fn delete_as(&mut self, resource: &StorageKey, key: &str, policy: Option<&str>) {
        let Some(object) = self.store.get(resource, key) else {
            return;
        };
        let mut value = object.value.clone();
        if let Some(finalizers) =
            finalizers_on_delete(&value, None, policy, policy::DefaultPolicy::Background)
        {
            meta::set(&mut value, "finalizers", json!(finalizers));
        }
        if meta::text(&value, "deletionTimestamp").is_empty() {
            meta::set(&mut value, "deletionTimestamp", "2026-01-01T00:00:00Z");
        }
        if value != object.value {
            self.update(resource, value, "");
        }
    }
}

impl World for Small {
    fn index(&mut self) -> &mut Index {
        &mut self.index
    }

    fn now(&self) -> String {
        "2026-01-01T00:00:00Z".to_owned()
    }

    fn resource_of(&self, api_version: &str, kind: &str) -> Option<(StorageKey, bool)> {
        let found = self
            .kinds
            .iter()
            .find(|(a, k, ..)| *a == api_version && *k == kind)?;
        Some((found.2.into(), found.3))
    }

    fn is_native(&self, _: &str) -> bool {
        true
    }

    fn get(&self, resource: &str, key: &str) -> Option<Arc<Object>> {
        self.store.get(resource, key)
    }

    fn all(&self, resource: &str) -> Vec<Arc<Object>> {
        let table = self.store.existing_table(resource);
        table
            .map(|t| t.objects().cloned().collect())
            .unwrap_or_default()
    }

    fn in_namespace(&self, namespace: &str) -> Vec<(StorageKey, Vec<Arc<Object>>)> {
        let within = |resource: StorageKey| {
            let mut objects = self.all(&resource);
            objects.retain(|object| meta::namespace(&object.value) == namespace);
            (!objects.is_empty()).then_some((resource, objects))
        };
        self.store
            .resources()
            .into_iter()
            .filter_map(within)
            .collect()
    }

    fn delete(&mut self, resource: &StorageKey, key: &str, uid: &str, policy: Propagation) {
        let object = self
            .store
            .get(resource, key)
            .expect("only what exists is deleted");
        assert_eq!(meta::text(&object.value, "uid"), uid);
        self.delete_as(resource, key, Some(&format!("{policy:?}")));
    }

    fn update(&mut self, resource: &StorageKey, value: Value, _subresource: &str) {
        let key = object_key(meta::namespace(&value), meta::name(&value));
        let held = value.pointer("/spec/finalizers").is_some();
        let deleted = !meta::text(&value, "deletionTimestamp").is_empty();
        if deleted && !held && meta::finalizers(&value).is_empty() {
            self.remove(resource, &key);
        } else {
            self.put(resource, value);
        }
    }
}
