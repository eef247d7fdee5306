//! The objects of one resource and the log of their changes.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use tokio::sync::watch;

use super::Object;

/// One write: what was there before, and what is there after it.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) old: Option<Arc<Object>>,
    /// The new state; for a removal the last state, with the revision of the removal.
    pub(crate) new: Arc<Object>,
    pub(crate) removed: bool,
}

impl Change {
    /// The revision of the write.
    pub(crate) fn revision(&self) -> u64 {
        self.new.revision
    }
}

/// All objects of a resource, ordered by key, with their recent history.
#[derive(Debug)]
pub(crate) struct Table {
    objects: BTreeMap<Box<str>, Arc<Object>>,
    log: VecDeque<Change>,
    forgotten: u64,
    written: watch::Sender<u64>,
}

impl Default for Table {
    fn default() -> Self {
        Self {
            objects: BTreeMap::new(),
            log: VecDeque::new(),
            forgotten: 0,
            written: watch::Sender::new(0),
        }
    }
}

impl Table {
    pub(crate) fn get(&self, key: &str) -> Option<Arc<Object>> {
        self.objects.get(key).cloned()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// All objects in the order of their keys.
    pub(crate) fn objects(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.objects.values()
    }

    /// Objects with keys from `start` on.
    pub(super) fn starting_at(&self, start: &str) -> impl Iterator<Item = (&str, &Arc<Object>)> {
        use std::ops::Bound::{Included, Unbounded};
        let range = self.objects.range::<str, _>((Included(start), Unbounded));
        range.map(|(key, object)| (&**key, object))
    }

    pub(super) fn put(&mut self, object: Arc<Object>, history: usize) {
        let old = self.objects.insert(object.key.clone(), object.clone());
        self.append(
            Change {
                old,
                new: object,
                removed: false,
            },
            history,
        );
    }

    pub(super) fn delete(&mut self, last: Arc<Object>, history: usize) {
        let old = self.objects.remove(&last.key);
        self.append(
            Change {
                old,
                new: last,
                removed: true,
            },
            history,
        );
    }

    fn append(&mut self, change: Change, history: usize) {
        let revision = change.revision();
        self.log.push_back(change);
        while self.log.len() > history {
            self.forget_oldest();
        }
        self.written.send_replace(revision);
    }

    fn forget_oldest(&mut self) {
        if let Some(change) = self.log.pop_front() {
            self.forgotten = change.revision();
        }
    }

    pub(super) fn compact(&mut self, revision: u64) {
        while self
            .log
            .front()
            .is_some_and(|change| change.revision() <= revision)
        {
            self.forget_oldest();
        }
    }

    /// The revision of the latest change that is not in the log any more.
    pub(super) fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Changes after a revision, oldest first. The caller has made sure that none is missing.
    pub(crate) fn changes_after(&self, revision: u64) -> impl DoubleEndedIterator<Item = &Change> {
        let start = self
            .log
            .partition_point(|change| change.revision() <= revision);
        self.log.range(start..)
    }

    /// Wakes those who follow the log, though nothing was written.
    pub(crate) fn touch(&self, revision: u64) {
        self.written.send_replace(revision);
    }

    /// Tells of every write from now on.
    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.written.subscribe()
    }
}
