//! The objects and their history, in memory.
//!
//! There is one revision for everything, as in etcd: every write raises it by one, and the object
//! written carries it as `metadata.resourceVersion`. Each resource keeps a log of its changes with
//! the objects before them. Watches follow the log, and a list at an older revision is read by
//! undoing the log; both say *expired* for what has been compacted away.

mod read;
mod table;

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

pub(crate) use read::ReadAt;
pub(crate) use table::{Change, Table};

use crate::meta;

/// Names a resource whatever its version: `deployments.apps`, `pods`.
pub(crate) type StorageKey = Arc<str>;

/// One stored state of one object.
#[derive(Debug)]
pub(crate) struct Object {
    /// `namespace/name`, or `name` in cluster scope: also the order of lists.
    pub(crate) key: Box<str>,
    /// The object, with the resourceVersion of this state.
    pub(crate) value: Value,
    /// The revision this state was written at.
    pub(crate) revision: u64,
    /// The value is not what decoding it gives: what was applied to a custom object is stored as it was merged. A native
    /// object has nulls where the value has empty bytes.
    pub(crate) undecoded: bool,
}

/// A revision that is not in the history any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Expired {
    /// The oldest revision that can still be read.
    pub(crate) oldest: u64,
}

/// All objects of all resources.
#[derive(Debug)]
pub(crate) struct Store {
    revision: u64,
    compacted: u64,
    history: usize,
    tables: HashMap<StorageKey, Table>,
}

impl Store {
    /// An empty store that remembers up to `history` changes of each resource.
    pub(crate) fn new(history: usize) -> Self {
        // etcd starts at 1, too: 0 means "any" in requests.
        Self {
            revision: 1,
            compacted: 0,
            history: history.max(1),
            tables: HashMap::new(),
        }
    }

    /// The revision of the latest write.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// The current state of an object.
    pub(crate) fn get(&self, resource: &str, key: &str) -> Option<Arc<Object>> {
        self.tables.get(resource)?.get(key)
    }

    /// The table of a resource, made when it is first asked for.
    pub(crate) fn table(&mut self, resource: &StorageKey) -> &mut Table {
        self.tables.entry(resource.clone()).or_default()
    }

    /// The table of a resource if anything was ever asked of it.
    pub(crate) fn existing_table(&self, resource: &str) -> Option<&Table> {
        self.tables.get(resource)
    }

    /// Names of all resources that have objects.
    pub(crate) fn resources(&self) -> Vec<StorageKey> {
        let mut names: Vec<StorageKey> = self
            .tables
            .iter()
            .filter(|(_, t)| !t.is_empty())
            .map(|(k, _)| k.clone())
            .collect();
        names.sort_unstable();
        names
    }

    /// Stores a new state, and gives it with its resourceVersion. `undecoded`: it has to be decoded when it is read.
    pub(crate) fn put(
        &mut self,
        resource: &StorageKey,
        mut value: Value,
        undecoded: bool,
    ) -> Arc<Object> {
        self.revision += 1;
        let revision = self.revision;
        meta::set(&mut value, "resourceVersion", revision.to_string());
        let key = object_key(meta::namespace(&value), meta::name(&value));
        let object = Arc::new(Object {
            key: key.into(),
            value,
            revision,
            undecoded,
        });
        let history = self.history;
        self.table(resource).put(object.clone(), history);
        object
    }

    /// Removes an object; gives its last state with the resourceVersion of the removal.
    pub(crate) fn delete(&mut self, resource: &StorageKey, key: &str) -> Option<Arc<Object>> {
        let old = self.get(resource, key)?;
        self.revision += 1;
        let revision = self.revision;
        let mut value = old.value.clone();
        meta::set(&mut value, "resourceVersion", revision.to_string());
        let last = Arc::new(Object {
            key: key.into(),
            value,
            revision,
            undecoded: old.undecoded,
        });
        let history = self.history;
        self.table(resource).delete(last.clone(), history);
        Some(last)
    }

    /// Forgets all history up to `revision`, as a compaction of etcd does.
    pub(crate) fn compact(&mut self, revision: u64) {
        self.compacted = self.compacted.max(revision.min(self.revision));
        let compacted = self.compacted;
        for table in self.tables.values_mut() {
            table.compact(compacted);
        }
    }

    /// The oldest revision at which a resource can be read or watched from.
    pub(crate) fn oldest(&self, resource: &str) -> u64 {
        self.tables
            .get(resource)
            .map_or(0, Table::forgotten)
            .max(self.compacted)
    }
}

/// Where an object stands among those of its resource.
pub(crate) fn object_key(namespace: &str, name: &str) -> String {
    if namespace.is_empty() {
        name.to_owned()
    } else {
        format!("{namespace}/{name}")
    }
}

#[cfg(test)]
mod tests;
