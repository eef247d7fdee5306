//! Everything a server knows, behind one lock.

use std::sync::Arc;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;

use crate::clock::Clock;
use crate::gc::Index;
use crate::meta;
use crate::resources::{self, CustomResources, Resource};
use crate::store::{Object, StorageKey, Store, object_key};

/// Letters and digits of generated names: none that make words or look alike.
const NAME_LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
const GENERATED_LENGTH: usize = 5;
const NAME_LIMIT: usize = 63;

/// Objects, custom resources, and the sources of time and chance.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) store: Store,
    pub(crate) custom: CustomResources,
    /// What belongs to what, for the collector.
    pub(crate) index: Index,
    /// A definition was written since the controllers looked.
    pub(crate) definitions_changed: bool,
    clock: Clock,
    random: StdRng,
}

impl State {
    pub(crate) fn new(history: usize, clock: Clock, seed: Option<u64>) -> Self {
        let random = match seed {
            Some(seed) => StdRng::seed_from_u64(seed),
            None => StdRng::from_os_rng(),
        };
        Self {
            store: Store::new(history),
            custom: CustomResources::default(),
            index: Index::default(),
            definitions_changed: false,
            clock,
            random,
        }
    }

    /// The time, in the whole seconds of `metav1.Time`.
    pub(crate) fn now(&self) -> String {
        self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// The time so many seconds from now.
    pub(crate) fn seconds_from_now(&self, seconds: i64) -> String {
        let now = self.clock.now();
        let later = now
            .saturating_add(jiff::SignedDuration::from_secs(seconds))
            .unwrap_or(now);
        later.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// A random UUID (RFC 9562, version 4).
    pub(crate) fn new_uid(&mut self) -> String {
        let mut bytes = [0u8; 16];
        self.random.fill(&mut bytes);
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
        format!(
            "{}-{}-{}-{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..]
        )
    }

    /// A name for `generateName`: its first 58 bytes and five random letters.
    pub(crate) fn generate_name(&mut self, base: &str) -> String {
        let mut end = base.len().min(NAME_LIMIT - GENERATED_LENGTH);
        while !base.is_char_boundary(end) {
            end -= 1;
        }
        let mut name = base[..end].to_owned();
        for _ in 0..GENERATED_LENGTH {
            let index = self.random.random_range(0..NAME_LETTERS.len());
            name.push(char::from(NAME_LETTERS[index]));
        }
        name
    }

    /// Finds a served resource.
    pub(crate) fn resource(
        &self,
        group: &str,
        version: &str,
        plural: &str,
    ) -> Option<Arc<Resource>> {
        resources::find(&self.custom, group, version, plural)
    }

    /// Stores a new state of an object.
    pub(crate) fn put(&mut self, resource: &Resource, value: Value) -> Arc<Object> {
        self.put_as(resource, value, false)
    }

    /// Stores a new state of an object that may have to be decoded when it is read.
    pub(crate) fn put_as(
        &mut self,
        resource: &Resource,
        value: Value,
        undecoded: bool,
    ) -> Arc<Object> {
        let key = object_key(meta::namespace(&value), meta::name(&value));
        let old = self.store.get(&resource.storage, &key);
        let object = self.store.put(&resource.storage, value, undecoded);
        let old = old.as_ref().map(|old| &old.value);
        self.index.note(&resource.storage, old, Some(&object.value));
        if resource.is_crd() {
            if let Some(storage) = self.custom.update(&object.value, object.revision) {
                // Watches of its objects end.
                self.store.table(&storage).touch(object.revision);
                if let Some(preferred) = resources::by_storage(&self.custom, &storage) {
                    self.index.prefer(storage, preferred.api_version());
                }
            }
            self.definitions_changed = true;
        }
        object
    }

    /// Removes an object, and gives its last state.
    pub(crate) fn remove(&mut self, resource: &Resource, key: &str) -> Option<Arc<Object>> {
        let last = self.store.delete(&resource.storage, key)?;
        self.index.note(&resource.storage, Some(&last.value), None);
        if resource.is_crd() {
            if let Some(storage) = self.custom.storage_of(key) {
                // Watches of its objects end.
                self.store.table(&storage).touch(last.revision);
            }
            self.custom.remove(key);
            self.definitions_changed = true;
        }
        Some(last)
    }

    /// The current state of an object of the core group.
    pub(crate) fn core(&self, plural: &str, key: &str) -> Option<Arc<Object>> {
        let storage: StorageKey = plural.into();
        self.store.get(&storage, key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_and_names_have_their_form_and_follow_the_seed() {
        let mut state = State::new(10, Clock::default(), Some(1));
        let uid = state.new_uid();
        assert_eq!(uid.len(), 36);
        assert_eq!(&uid[14..15], "4");
        let name = state.generate_name(&"x".repeat(70));
        assert_eq!(name.len(), 63);
        assert_eq!(State::new(10, Clock::default(), Some(1)).new_uid(), uid);
    }
}
