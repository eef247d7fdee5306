//! Server-side apply, and who owns which field.
//!
//! The rules are those of KEP-555 and of `sigs.k8s.io/structured-merge-diff`: every write notes
//! the fields that it changed in `metadata.managedFields`; an apply owns exactly the fields that
//! it lists, conflicts with others who own them with another value, and gives up (and removes)
//! those that it listed before and no longer does.

mod atom;
mod compare;
mod conflict;
mod element;
mod fault;
mod last_applied;
mod managed;
mod manager;
mod merge;
mod reconcile;
mod remove;
mod reset;
mod scale;
mod set;
mod to_set;
mod updater;
mod validate;

pub(crate) use atom::Schema;
pub(crate) use fault::go_type;
pub(crate) use managed::same_but_times;
pub(crate) use manager::{FieldManager, manager_name};
pub(crate) use scale::{ReplicasPath, object_entries, scale_entries};
pub(crate) use updater::OtherVersion;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
