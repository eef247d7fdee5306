//! Ownership after a write, and the object after an apply: `structured-merge-diff/merge`.

use super::atom::Schema;
use super::compare::{Comparison, compare};
use super::conflict::Conflict;
use super::element::equal;
use super::fault::{self, Fault};
use super::managed::{Managed, ManagerId, Owned};
use super::merge::merge;
use super::reconcile::reconcile;
use super::remove::remove;
use super::set::Set;
use super::to_set::to_set;
use super::validate::validate;
use serde_json::Value;
use std::collections::BTreeMap;

/// What is fixed during one request.
pub(super) struct Updater<'a> {
    pub(super) schema: &'a Schema,
    pub(super) api_version: &'a str,
    /// Another version of the kind.
    pub(super) other_version: &'a dyn Fn(&str) -> OtherVersion,
    /// Fields that the endpoint does not write.
    pub(super) ignored: Set,
    /// The endpoint: empty for the object itself.
    pub(super) subresource: &'a str,
}

/// A version of a kind, other than the one of the request.
pub(crate) enum OtherVersion {
    /// Objects are converted to it, each into a fitting one.
    Converted(Schema),
    /// Conversion changes nothing but the name of the version: an object may not fit.
    Renamed {
        schema: Schema,
        /// It has a status subresource.
        has_status: bool,
    },
    /// There is none any more, which is no mistake.
    Missing,
    /// There is none, and asking for it is a mistake.
    Unknown(String),
}

/// Why an apply fails.
#[derive(Debug)]
pub(super) enum Failure {
    /// Others own fields with other values.
    Conflicts(Vec<Conflict>),
    /// Something does not fit the schema.
    Faults(String),
}

impl Failure {
    fn faults(what: &str, faults: &[Fault]) -> Self {
        Self::Faults(format!("{what}: {}", fault::text(faults)))
    }
}

impl Updater<'_> {
    /// Notes that `manager` changed `live` into `new`, which both fit the schema.
    ///
    /// # Errors
    /// Faults, when one of the objects does not fit the schema of another version that somebody wrote in.
    pub(super) fn update(
        &self,
        live: &Value,
        new: &Value,
        managed: &mut Managed,
        manager: &ManagerId,
    ) -> Result<(), Failure> {
        self.reconcile(live, managed)?;
        let compared = self.take_from_others(live, new, managed, manager, true)?;
        let before = managed
            .owned
            .get(manager)
            .map(|owned| owned.set.clone())
            .unwrap_or_default();
        let set = before
            .difference(&compared.removed)
            .union(&compared.modified)
            .union(&compared.added)
            .recursive_difference(&self.ignored);
        managed.owned.remove(manager);
        if !set.is_empty() {
            managed
                .owned
                .insert(manager.clone(), self.owned(set, false));
        }
        Ok(())
    }

    /// The object that applying `config` makes of `live`; `None` where it changes nothing.
    ///
    /// # Errors
    /// Conflicts, unless `force`; faults.
    pub(super) fn apply(
        &self,
        live: &Value,
        config: &Value,
        managed: &mut Managed,
        manager: &ManagerId,
        force: bool,
    ) -> Result<Option<Value>, Failure> {
        self.reconcile(live, managed)?;
        let root = self.schema.root();
        let merged = merge(root, live, config)
            .map_err(|faults| Failure::faults("failed to merge config", &faults))?;
        let set = to_set(root, config).recursive_difference(&self.ignored);
        let last = managed.owned.insert(manager.clone(), self.owned(set, true));
        let new = self.prune(merged, managed, last)?;
        self.take_from_others(live, &new, managed, manager, force)?;
        Ok((!equal(live, &new)).then_some(new))
    }

    fn owned(&self, set: Set, applied: bool) -> Owned {
        Owned {
            set,
            api_version: self.api_version.to_owned(),
            applied,
        }
    }

    /// The schema of another version, into which the objects were converted; nothing for one that is gone. `what`
    /// tells what was to be done, where it fails.
    fn convert(
        &self,
        objects: &[(&str, &Value)],
        api_version: &str,
    ) -> Result<Option<Schema>, Failure> {
        if api_version == self.api_version {
            return Ok(Some(self.schema.clone()));
        }
        match (self.other_version)(api_version) {
            OtherVersion::Missing => Ok(None),
            OtherVersion::Unknown(why) => {
                let what = objects.first().map_or("", |(what, _)| what);
                Err(Failure::Faults(format!("{what}{why}")))
            }
            OtherVersion::Converted(schema) => Ok(Some(schema)),
            OtherVersion::Renamed { schema, .. } => {
                for (what, object) in objects {
                    let faults = validate(schema.root(), object, false);
                    if !faults.is_empty() {
                        return Err(Failure::Faults(format!("{what}{}", fault::text(&faults))));
                    }
                }
                Ok(Some(schema))
            }
        }
    }

    /// Whether the fields that the endpoint does not write count as such in another version. Those of a custom kind do
    /// so for its status, in versions that have one: each version lists its own.
    fn is_ignored_in(&self, api_version: &str) -> bool {
        match (self.other_version)(api_version) {
            OtherVersion::Renamed { has_status, .. } => has_status && self.subresource == "status",
            _ => true,
        }
    }

    /// Drops managers of versions that are gone, and follows changes of the schema.
    fn reconcile(&self, live: &Value, managed: &mut Managed) -> Result<(), Failure> {
        let mut gone = Vec::new();
        for (id, owned) in &mut managed.owned {
            match self.convert(&[("", live)], &owned.api_version)? {
                Some(schema) => owned.set = reconcile(schema.root(), &owned.set),
                None => gone.push(id.clone()),
            }
        }
        managed.owned.retain(|id, _| !gone.contains(id));
        Ok(())
    }

    /// Takes the changed fields away from everybody but `manager`.
    fn take_from_others(
        &self,
        live: &Value,
        new: &Value,
        managed: &mut Managed,
        manager: &ManagerId,
        force: bool,
    ) -> Result<Comparison, Failure> {
        let own = compare(self.schema.root(), live, new).without(&self.ignored);
        let mut compared = BTreeMap::from([(self.api_version.to_owned(), own.clone())]);
        for (_, owned) in managed.owned.iter().filter(|(id, _)| *id != manager) {
            if compared.contains_key(&owned.api_version) {
                continue;
            }
            let objects = [
                ("failed to convert old object: ", live),
                ("failed to convert new object: ", new),
            ];
            if let Some(schema) = self.convert(&objects, &owned.api_version)? {
                let mut changes = compare(schema.root(), live, new);
                if self.is_ignored_in(&owned.api_version) {
                    changes = changes.without(&self.ignored);
                }
                compared.insert(owned.api_version.clone(), changes);
            }
        }
        let mut conflicts = Vec::new();
        let mut after = managed.owned.clone();
        for (id, owned) in managed.owned.iter().filter(|(id, _)| *id != manager) {
            let Some(changes) = compared.get(&owned.api_version) else {
                continue;
            };
            let lost = owned
                .set
                .intersection(&changes.modified.union(&changes.added));
            let paths = lost.paths().into_iter();
            conflicts.extend(paths.map(|path| Conflict {
                manager: id.clone(),
                path,
            }));
            if let Some(owned) = after.get_mut(id) {
                owned.set = owned.set.difference(&lost).difference(&changes.removed);
            }
        }
        if !force && !conflicts.is_empty() {
            return Err(Failure::Conflicts(conflicts));
        }
        after.retain(|_, owned| !owned.set.is_empty());
        managed.owned = after;
        Ok(own)
    }

    /// Removes what the manager applied last time, does not apply now, and nobody else owns.
    fn prune(
        &self,
        merged: Value,
        managed: &Managed,
        last: Option<Owned>,
    ) -> Result<Value, Failure> {
        const FAILED: &str = "failed to prune fields: failed";
        let Some(last) = last.filter(|last| !last.set.is_empty()) else {
            return Ok(merged);
        };
        let what = format!("{FAILED} to convert merged object to last applied version: ");
        let Some(schema) = self.convert(&[(&what, &merged)], &last.api_version)? else {
            return Ok(merged);
        };
        let root = schema.root();
        let last_set = last.set.with_named_fields(root);
        let mut pruned = remove(root, &merged, &last_set);
        for (version, owned) in by_version(managed, &last.api_version) {
            let at = |which: &str| {
                format!(
                    "{FAILED} add back owned items: failed to convert {which} object at version {version}: "
                )
            };
            let objects = [(at("merged"), &merged), (at("pruned"), &pruned)];
            let objects = objects
                .each_ref()
                .map(|(what, object)| (what.as_str(), *object));
            let Some(schema) = self.convert(&objects, &version)? else {
                continue;
            };
            let root = schema.root();
            let kept = to_set(root, &pruned)
                .with_named_fields(root)
                .union(&owned.with_named_fields(root));
            let gone = to_set(root, &merged)
                .with_named_fields(root)
                .difference(&kept);
            pruned = remove(root, &merged, &gone);
        }
        // What was removed along with its parent, but was not the manager's, comes back.
        let kept = to_set(root, &pruned).with_named_fields(root);
        let gone = to_set(root, &merged)
            .with_named_fields(root)
            .difference(&kept);
        Ok(remove(root, &merged, &gone.intersection(&last_set)))
    }
}

/// Everything owned in each version, `first` leading.
fn by_version(managed: &Managed, first: &str) -> Vec<(String, Set)> {
    let mut sets: BTreeMap<&str, Set> = BTreeMap::new();
    for owned in managed.owned.values() {
        let set = sets.entry(&owned.api_version).or_default();
        *set = set.union(&owned.set);
    }
    let mut sets: Vec<_> = sets
        .into_iter()
        .map(|(v, set)| (v.to_owned(), set))
        .collect();
    sets.sort_by_key(|(version, _)| version != first);
    sets
}
