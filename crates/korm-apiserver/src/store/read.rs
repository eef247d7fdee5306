//! Consistent reads: now, or at a revision of the past.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Expired, Object, Store};

/// The state to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadAt {
    /// The latest.
    Now,
    /// As it was right after the write of this revision.
    Revision(u64),
}

/// A range of a resource's objects.
#[derive(Debug)]
pub(crate) struct Page {
    /// In the order of their keys.
    pub(crate) objects: Vec<Arc<Object>>,
    /// The revision of the state that was read.
    pub(crate) revision: u64,
}

impl Store {
    /// Objects whose keys begin with `prefix` and are not before `start`.
    ///
    /// Fails where the revision has been compacted away; a revision of the future is the caller's
    /// to refuse.
    pub(crate) fn read(
        &self,
        resource: &str,
        prefix: &str,
        start: Option<&str>,
        at: ReadAt,
    ) -> Result<Page, Expired> {
        let revision = match at {
            ReadAt::Now => self.revision(),
            ReadAt::Revision(revision) => {
                // etcd refuses a revision below the compacted one, and reads the compacted one itself.
                let oldest = self.oldest(resource);
                if revision < oldest {
                    return Err(Expired { oldest });
                }
                revision
            }
        };
        let Some(table) = self.existing_table(resource) else {
            return Ok(Page {
                objects: Vec::new(),
                revision,
            });
        };
        let start = start.unwrap_or(prefix);
        let in_range = |key: &str| key >= start && key.starts_with(prefix);

        // What the keys changed since then held at that revision.
        let mut then: BTreeMap<&str, Option<&Arc<Object>>> = BTreeMap::new();
        for change in table
            .changes_after(revision)
            .rev()
            .filter(|c| in_range(&c.new.key))
        {
            then.insert(&change.new.key, change.old.as_ref());
        }

        let current = table
            .starting_at(start)
            .take_while(|(key, _)| key.starts_with(prefix));
        let mut objects = Vec::new();
        if then.is_empty() {
            objects.extend(current.map(|(_, object)| object.clone()));
        } else {
            let mut all: BTreeMap<&str, Option<&Arc<Object>>> =
                current.map(|(key, object)| (key, Some(object))).collect();
            all.extend(then);
            objects.extend(all.into_values().flatten().cloned());
        }
        Ok(Page { objects, revision })
    }
}
