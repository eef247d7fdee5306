//! Expressions over the metadata every object has.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use jiff::Timestamp;

use super::{field::Field, tree::Compare};
use crate::path::FieldPath;

/// The metadata of the model `M`, to be asked about: `Peach::meta().name().starts_with("cake-")`.
pub struct MetaFields<M> {
    of: PhantomData<fn() -> M>,
}

impl<M> MetaFields<M> {
    /// The metadata of `M`.
    pub fn new() -> Self {
        Self { of: PhantomData }
    }

    /// The name.
    pub fn name(&self) -> Field<M, String> {
        Field::at(FieldPath::metadata("name"), Compare::Json)
    }

    /// The namespace; absent for cluster-scoped kinds.
    pub fn namespace(&self) -> Field<M, Option<String>> {
        Field::at(FieldPath::metadata("namespace"), Compare::Json)
    }

    /// One label.
    pub fn label(&self, key: impl Into<String>) -> Field<M, Option<String>> {
        Field::at(FieldPath::label(key), Compare::Json)
    }

    /// One annotation.
    pub fn annotation(&self, key: impl Into<String>) -> Field<M, Option<String>> {
        Field::at(FieldPath::annotation(key), Compare::Json)
    }

    /// All labels.
    pub fn labels(&self) -> Field<M, BTreeMap<String, String>> {
        Field::at(FieldPath::metadata("labels"), Compare::Json)
    }

    /// All annotations.
    pub fn annotations(&self) -> Field<M, BTreeMap<String, String>> {
        Field::at(FieldPath::metadata("annotations"), Compare::Json)
    }

    /// The finalizers.
    pub fn finalizers(&self) -> Field<M, Vec<String>> {
        Field::at(FieldPath::metadata("finalizers"), Compare::Json)
    }

    /// The uid.
    pub fn uid(&self) -> Field<M, String> {
        Field::at(FieldPath::metadata("uid"), Compare::Json)
    }

    /// The generation.
    pub fn generation(&self) -> Field<M, Option<i64>> {
        Field::at(FieldPath::metadata("generation"), Compare::Json)
    }

    /// When the object was created.
    pub fn creation_timestamp(&self) -> Field<M, Timestamp> {
        Field::at(FieldPath::metadata("creationTimestamp"), Compare::Instant)
    }

    /// When its deletion was asked for, plus the grace period.
    pub fn deletion_timestamp(&self) -> Field<M, Option<Timestamp>> {
        Field::at(FieldPath::metadata("deletionTimestamp"), Compare::Instant)
    }
}

impl<M> Default for MetaFields<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M> fmt::Debug for MetaFields<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MetaFields")
    }
}
