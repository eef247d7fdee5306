//! Who owns whom, and what has to be looked at.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use serde_json::Value;

use super::{FOREGROUND, ORPHAN};
use crate::meta::{self, OwnerReference, owner_references};
use crate::store::{StorageKey, object_key};

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Work {
    /// An object that may have lost its owners, or waits for its dependents.
    Item(String),
    /// An object whose dependents are to be kept.
    Orphan(String),
    /// A namespace that is being deleted.
    Namespace(String),
    /// A CRD that is being deleted.
    Definition(String),
}

/// What the collector knows of one object.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) resource: StorageKey,
    pub(super) key: String,
    namespace: String,
    api_version: String,
    kind: String,
    name: String,
    pub(super) owners: Vec<OwnerReference>,
    /// It has a deletionTimestamp.
    pub(super) deleted: bool,
    /// And it waits until its dependents are gone, or has waited.
    pub(super) deleting_dependents: bool,
}

/// Every object by uid, with its dependents, and the work that is left.
#[derive(Debug, Default)]
pub(crate) struct Index {
    nodes: HashMap<String, Node>,
    /// By the uid of the owner, which need not exist. Sorted, so that runs are alike.
    dependents: HashMap<String, BTreeSet<String>>,
    /// Namespaces that are being deleted, and CRDs by the resource they define.
    ending_namespaces: HashSet<String>,
    ending_definitions: HashSet<String>,
    /// The preferred versions of custom kinds, in which Kubernetes' collector watches them.
    preferred: HashMap<StorageKey, String>,
    /// Objects that refer to owners of a kind that is not served.
    unresolved: BTreeSet<String>,
    queue: VecDeque<Work>,
    queued: HashSet<Work>,
}

const NAMESPACES: &str = "namespaces";
const DEFINITIONS: &str = "customresourcedefinitions.apiextensions.k8s.io";

impl Index {
    /// Takes note of a change: what the object was, and what it is; `None` where there is none.
    pub(crate) fn note(&mut self, resource: &StorageKey, old: Option<&Value>, new: Option<&Value>) {
        // Events are many, and own nothing: Kubernetes ignores them, too.
        if matches!(&**resource, "events" | "events.events.k8s.io") {
            return;
        }
        match (old, new) {
            (_, Some(new)) => self.stored(resource, old, new),
            (Some(old), None) => self.removed(old),
            (None, None) => {}
        }
        if let Some(object) = new.or(old) {
            self.note_endings(resource, object, new.is_none());
        }
    }

    /// Takes note of the version of a kind that clients should use.
    pub(crate) fn prefer(&mut self, resource: StorageKey, api_version: String) {
        self.preferred.insert(resource, api_version);
    }

    /// What to look at next.
    pub(super) fn next(&mut self) -> Option<Work> {
        let work = self.queue.pop_front()?;
        self.queued.remove(&work);
        Some(work)
    }

    pub(super) fn enqueue(&mut self, work: Work) {
        if self.queued.insert(work.clone()) {
            self.queue.push_back(work);
        }
    }

    pub(super) fn node(&self, uid: &str) -> Option<&Node> {
        self.nodes.get(uid)
    }

    /// The uids of those that name this one as an owner.
    pub(super) fn dependents(&self, uid: &str) -> Vec<String> {
        self.dependents
            .get(uid)
            .map(|all| all.iter().cloned().collect())
            .unwrap_or_default()
    }

    /// This one refers to an owner of an unknown kind; it is looked at again when kinds change.
    pub(super) fn postpone(&mut self, uid: &str) {
        self.unresolved.insert(uid.to_owned());
    }

    fn stored(&mut self, resource: &StorageKey, old: Option<&Value>, new: &Value) {
        let uid = meta::text(new, "uid");
        let before = self.nodes.remove(uid);
        let mut node = Node::new(resource, new);
        // What has waited once counts as waiting to the end: nothing takes `deletingDependents` back upstream.
        node.deleting_dependents |= before.as_ref().is_some_and(|n| n.deleting_dependents);
        let owners_before = before.map(|n| n.owners).unwrap_or_default();
        if owners_before != node.owners {
            self.owners_changed(uid, &owners_before, &node);
        }
        let orphans = starts(old, new, ORPHAN);
        let deletes_dependents = starts(old, new, FOREGROUND);
        self.nodes.insert(uid.to_owned(), node);
        if orphans {
            self.enqueue(Work::Orphan(uid.to_owned()));
        } else if deletes_dependents {
            for dependent in self.dependents(uid) {
                self.enqueue(Work::Item(dependent));
            }
            self.enqueue(Work::Item(uid.to_owned()));
        }
    }

    fn owners_changed(&mut self, uid: &str, before: &[OwnerReference], node: &Node) {
        for old in before {
            let now = node.owners.iter().find(|new| new.uid == old.uid);
            if now.is_none() {
                self.forget_dependent(&old.uid, uid);
            }
            let blocks = now.is_some_and(|new| new.block_owner_deletion == Some(true));
            if old.block_owner_deletion == Some(true) && !blocks {
                self.enqueue(Work::Item(old.uid.clone()));
            }
        }
        let mut doubtful = false;
        // Of references to one owner only the first can be one that was there before: `referencesDiffs` upstream.
        let mut known: HashSet<&str> = before.iter().map(|old| old.uid.as_str()).collect();
        for new in &node.owners {
            if known.remove(new.uid.as_str()) {
                continue;
            }
            self.dependents
                .entry(new.uid.clone())
                .or_default()
                .insert(uid.to_owned());
            // An owner that waits for its dependents has one more of them.
            doubtful |= self.nodes.get(&new.uid).is_none_or(|owner| {
                let watched = self.preferred.get(&owner.resource);
                let watched = watched.unwrap_or(&owner.api_version);
                owner.deleting_dependents || !owner.is_meant(watched, new, node)
            });
        }
        if doubtful {
            self.enqueue(Work::Item(uid.to_owned()));
        }
    }

    fn removed(&mut self, old: &Value) {
        let uid = meta::text(old, "uid");
        self.unresolved.remove(uid);
        let Some(node) = self.nodes.remove(uid) else {
            return;
        };
        for owner in &node.owners {
            self.forget_dependent(&owner.uid, uid);
            if self
                .nodes
                .get(&owner.uid)
                .is_some_and(|n| n.deleting_dependents)
            {
                self.enqueue(Work::Item(owner.uid.clone()));
            }
        }
        for dependent in self.dependents(uid) {
            self.enqueue(Work::Item(dependent));
        }
    }

    fn forget_dependent(&mut self, owner: &str, dependent: &str) {
        if let Some(all) = self.dependents.get_mut(owner) {
            all.remove(dependent);
            if all.is_empty() {
                self.dependents.remove(owner);
            }
        }
    }

    /// Namespaces and CRDs that are going are looked at on each change within them.
    fn note_endings(&mut self, resource: &StorageKey, object: &Value, gone: bool) {
        let deleted = is_deleted(object);
        let name = meta::name(object);
        match &**resource {
            NAMESPACES => {
                if gone {
                    self.ending_namespaces.remove(name);
                } else if deleted {
                    self.ending_namespaces.insert(name.to_owned());
                    self.enqueue(Work::Namespace(name.to_owned()));
                }
            }
            DEFINITIONS => {
                if gone {
                    self.ending_definitions.remove(name);
                } else if deleted {
                    self.ending_definitions.insert(name.to_owned());
                    self.enqueue(Work::Definition(name.to_owned()));
                }
                for uid in std::mem::take(&mut self.unresolved) {
                    self.enqueue(Work::Item(uid));
                }
            }
            _ => {}
        }
        if self.ending_namespaces.contains(meta::namespace(object)) {
            self.enqueue(Work::Namespace(meta::namespace(object).to_owned()));
        }
        // A CRD has the name of the resource it defines.
        if self.ending_definitions.contains(&**resource) {
            self.enqueue(Work::Definition(resource.to_string()));
        }
    }
}

impl Node {
    fn new(resource: &StorageKey, object: &Value) -> Self {
        let deleted = is_deleted(object);
        let (namespace, name) = (meta::namespace(object), meta::name(object));
        Self {
            resource: resource.clone(),
            key: object_key(namespace, name),
            namespace: namespace.to_owned(),
            api_version: meta::text_at(object, &["apiVersion"]).to_owned(),
            kind: meta::text_at(object, &["kind"]).to_owned(),
            name: name.to_owned(),
            owners: owner_references(object),
            deleted,
            deleting_dependents: deleted && meta::finalizers(object).contains(&FOREGROUND),
        }
    }

    /// Whether a reference of a dependent says what this object, watched in this version, is, besides its uid.
    fn is_meant(&self, watched: &str, reference: &OwnerReference, dependent: &Node) -> bool {
        let in_reach = self.namespace.is_empty() || self.namespace == dependent.namespace;
        in_reach
            && self.name == reference.name
            && self.kind == reference.kind
            && watched == reference.api_version
    }
}

pub(super) fn is_deleted(object: &Value) -> bool {
    !meta::text(object, "deletionTimestamp").is_empty()
}

/// Whether the object is being deleted under this finalizer now, and was not before.
fn starts(old: Option<&Value>, new: &Value, finalizer: &str) -> bool {
    let under =
        |object: &Value| is_deleted(object) && meta::finalizers(object).contains(&finalizer);
    under(new) && !old.is_some_and(under)
}
