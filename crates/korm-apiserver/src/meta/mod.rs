//! What all objects share: `metadata`, its rules, and names.

mod access;
pub(crate) mod names;
mod owner;
mod validate;

pub(crate) use access::{
    finalizers, labels, name, namespace, remove, resource_version, set, set_text, text, text_at,
};
pub(crate) use owner::{OwnerReference, dedup_owner_references, owner_references};
pub(crate) use validate::{validate_metadata, validate_metadata_update};
