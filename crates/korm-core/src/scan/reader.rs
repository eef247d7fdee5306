//! Reading the fields of one object that was scanned.

use std::fmt;

use serde::{
    Deserialize,
    de::{
        DeserializeOwned, IntoDeserializer,
        value::{Error as ValueError, StrDeserializer},
    },
};

use super::{Scanned, Texts, plain, tree::place};
use crate::{meta::Meta, model::ModelDef};

/// Reads the fields of one object that was scanned. Every method gives `None` where anything is odd.
pub struct ScanReader<'x> {
    pub(super) def: &'static ModelDef,
    pub(super) scanned: &'x Scanned<'x>,
    pub(super) labels: Texts,
    pub(super) annotations: Texts,
}

impl fmt::Debug for ScanReader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScanReader").finish_non_exhaustive()
    }
}

impl ScanReader<'_> {
    /// The metadata, with the snapshot.
    pub fn meta(&self) -> Option<Meta> {
        let namespace = self.text(place::NAMESPACE)?;
        let mut meta = Meta::default().with_snapshot(self.scanned.snapshot()?);
        meta.name = self.text(place::NAME)?.unwrap_or_default();
        meta.namespace = namespace.filter(|namespace| !namespace.is_empty());
        meta.generate_name = self.text(place::GENERATE_NAME)?;
        meta.labels = self.labels.rest.clone();
        meta.annotations = self.annotations.rest.clone();
        meta.finalizers = self.part(place::FINALIZERS)?.unwrap_or_default();
        meta.owner_references = self.part(place::OWNER_REFERENCES)?.unwrap_or_default();
        meta.uid = self.text(place::UID)?;
        meta.resource_version = self.text(place::RESOURCE_VERSION)?;
        meta.generation = self.part(place::GENERATION)?;
        meta.creation_timestamp = self.part(place::CREATION_TIMESTAMP)?;
        meta.deletion_timestamp = self.part(place::DELETION_TIMESTAMP)?;
        Some(meta)
    }

    /// What stands there; absent and null are both `None`. The outer option is that of scanning.
    fn part<'t, T: Deserialize<'t>>(&'t self, place: usize) -> Option<Option<T>> {
        match self.scanned.place(place) {
            None => Some(None),
            Some(text) => serde_json::from_slice::<Option<T>>(text).ok(),
        }
    }

    /// The same of a string.
    fn text(&self, place: usize) -> Option<Option<String>> {
        match self.scanned.place(place).and_then(plain) {
            Some(text) => Some(Some(text.to_owned())),
            None => self.part(place),
        }
    }

    /// A field that must be there.
    pub fn required<T: DeserializeOwned>(&self, index: usize) -> Option<T> {
        self.found(index)?
    }

    /// A field that may be absent; null is the same as absent.
    pub fn optional<T: DeserializeOwned>(&self, index: usize) -> Option<Option<T>> {
        match self.found(index) {
            None => Some(None),
            Some(found) => found.map(Some),
        }
    }

    /// A field that is empty where it is absent.
    pub fn or_default<T: DeserializeOwned + Default>(&self, index: usize) -> Option<T> {
        Some(self.optional(index)?.unwrap_or_default())
    }

    /// A field for which the model declares a default, taken where it is absent.
    pub fn or_declared<T: DeserializeOwned>(&self, index: usize) -> Option<T> {
        match self.found(index) {
            Some(found) => found,
            None => T::deserialize(self.def.fields.get(index)?.default.as_ref()?).ok(),
        }
    }

    /// `None` where it is absent or null; `Some(None)` where it has another type.
    fn found<T: DeserializeOwned>(&self, index: usize) -> Option<Option<T>> {
        let mut texts = self.labels.fields.iter().chain(&self.annotations.fields);
        if let Some((_, text)) = texts.find(|(field, _)| *field == index) {
            let text: StrDeserializer<'_, ValueError> = text.as_str().into_deserializer();
            return Some(T::deserialize(text).ok());
        }
        let text = self.scanned.place(place::FIELDS + index)?;
        (text != b"null").then(|| serde_json::from_slice(text).ok())
    }
}
