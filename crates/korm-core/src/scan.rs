//! Reading the mapped part of an object straight from its text.
//!
//! A list of thousands of objects is read once, and most of them are never changed. So no tree of
//! values is made of them: the text of what a model maps is copied into one buffer, which becomes the
//! [snapshot](crate::snapshot::Snapshot), and fields are read from their places in it.
//!
//! What is odd about an object (a field of another type, `spec` that is no object) makes scanning give
//! up, and the object is read from the same text by [`Model::decode`](crate::Model::decode), which
//! says what is wrong.

use std::{cell::Cell, collections::BTreeMap, fmt, ops::Range};

use serde::{
    Deserialize,
    de::{
        DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, IntoDeserializer, MapAccess,
        SeqAccess, Visitor,
        value::{Error as ValueError, SeqAccessDeserializer, StrDeserializer},
    },
};
use serde_json::{Value, value::RawValue};

use crate::{
    meta::Meta,
    model::{ModelDef, identity_paths},
    path::FieldPath,
    snapshot::Snapshot,
};

/// What a model maps, prepared for scanning.
#[derive(Debug)]
pub struct Scanner {
    root: Vec<Member>,
    /// Identity paths come first, then the fields of the model.
    places: usize,
    /// Text of `apiVersion` and `kind`: items of native lists do not have them.
    kind: [Box<str>; 2],
}

#[derive(Debug)]
struct Member {
    name: Box<str>,
    /// The name as a key of JSON: in quotes, with a colon.
    key: Box<str>,
    node: Node,
}

#[derive(Debug)]
enum Node {
    /// All of it is mapped, in these places.
    Leaf(Vec<usize>),
    Members(Vec<Member>),
}

/// Where the identity paths have their places, in the order of `identity_paths`.
mod place {
    pub(super) const API_VERSION: usize = 0;
    pub(super) const KIND: usize = 1;
    pub(super) const NAME: usize = 2;
    pub(super) const GENERATE_NAME: usize = 3;
    pub(super) const NAMESPACE: usize = 4;
    pub(super) const UID: usize = 5;
    pub(super) const RESOURCE_VERSION: usize = 6;
    pub(super) const GENERATION: usize = 7;
    pub(super) const CREATION_TIMESTAMP: usize = 8;
    pub(super) const DELETION_TIMESTAMP: usize = 9;
    pub(super) const LABELS: usize = 10;
    pub(super) const ANNOTATIONS: usize = 11;
    pub(super) const FINALIZERS: usize = 12;
    pub(super) const OWNER_REFERENCES: usize = 13;
    pub(super) const FIELDS: usize = 14;
}

impl Scanner {
    /// A scanner for this model; `None` for those that cannot be scanned: models of whole objects, and
    /// those that map a value and a part of it.
    pub fn new(def: &ModelDef) -> Option<Self> {
        if def.whole {
            return None;
        }
        let mut root = Vec::new();
        let mut places = 0;
        for path in identity_paths() {
            insert(&mut root, path.segments(), places)?;
            places += 1;
        }
        for field in &def.fields {
            // Labels and annotations are read whole already, as identity.
            if !is_text(&field.path) {
                insert(&mut root, field.path.segments(), places)?;
            }
            places += 1;
        }
        let text = |text: &str| Value::from(text).to_string().into();
        Some(Self {
            root,
            places,
            kind: [text(&def.api_version()), text(&def.kind)],
        })
    }
}

fn is_text(path: &FieldPath) -> bool {
    path.label_key().is_some() || path.annotation_key().is_some()
}

/// Makes a place for a path; nothing where it leads through or above another one.
fn insert(members: &mut Vec<Member>, segments: &[String], place: usize) -> Option<()> {
    let (first, rest) = segments.split_first()?;
    let at = match members.iter().position(|m| *m.name == **first) {
        Some(at) => at,
        None => {
            let node = if rest.is_empty() {
                Node::Leaf(Vec::new())
            } else {
                Node::Members(Vec::new())
            };
            let key = format!("{}:", Value::from(first.as_str()));
            members.push(Member {
                name: first.as_str().into(),
                key: key.into(),
                node,
            });
            members.len() - 1
        }
    };
    match (&mut members[at].node, rest.is_empty()) {
        (Node::Leaf(places), true) => {
            places.push(place);
            Some(())
        }
        (Node::Members(members), false) => insert(members, rest, place),
        _ => None,
    }
}

/// The mapped part of one object, as text.
pub struct Scanned<'s> {
    scanner: &'s Scanner,
    text: Vec<u8>,
    places: Vec<Option<Range<usize>>>,
    odd: bool,
}

impl fmt::Debug for Scanned<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Contents may be secret.
        f.debug_struct("Scanned")
            .field("bytes", &self.text.len())
            .finish_non_exhaustive()
    }
}

impl<'de, 's> DeserializeSeed<'de> for &'s Scanner {
    type Value = Scanned<'s>;

    /// Only serde_json's own deserializers can give the text of a value.
    fn deserialize<D: Deserializer<'de>>(self, decoder: D) -> Result<Scanned<'s>, D::Error> {
        let mut scanned = Scanned {
            scanner: self,
            text: Vec::with_capacity(512),
            places: vec![None; self.places],
            odd: false,
        };
        decoder.deserialize_any(Members {
            members: &self.root,
            scanned: &mut scanned,
        })?;
        scanned.name_kind();
        Ok(scanned)
    }
}

/// Copies the wanted members of one object. What is no object is copied as it is, for
/// [`Model::decode`](crate::Model::decode) to complain about.
struct Members<'m, 's, 'x> {
    members: &'m [Member],
    scanned: &'x mut Scanned<'s>,
}

impl<'de> DeserializeSeed<'de> for Members<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, decoder: D) -> Result<(), D::Error> {
        decoder.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Members<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a Kubernetes object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { members, scanned } = self;
        scanned.text.push(b'{');
        let mut first = true;
        while let Some(found) = map.next_key_seed(Wanted(members))? {
            let Some(member) = found else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if !std::mem::take(&mut first) {
                scanned.text.push(b',');
            }
            scanned.text.extend_from_slice(member.key.as_bytes());
            match &member.node {
                Node::Leaf(places) => {
                    let value: &RawValue = map.next_value()?;
                    let start = scanned.text.len();
                    scanned.text.extend_from_slice(value.get().as_bytes());
                    for place in places {
                        scanned.places[*place] = Some(start..scanned.text.len());
                    }
                }
                Node::Members(members) => map.next_value_seed(Members { members, scanned })?,
            }
        }
        scanned.text.push(b'}');
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        let list = Value::deserialize(SeqAccessDeserializer::new(seq))?;
        self.scanned.push_odd(&list);
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.scanned.push_odd(&value.into());
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.scanned.push_odd(&value.into());
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.scanned.push_odd(&value.into());
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.scanned.push_odd(&value.into());
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.scanned.push_odd(&value.into());
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.scanned.push_odd(&Value::Null);
        Ok(())
    }
}

/// Finds the member of a key without making a string of it.
struct Wanted<'m>(&'m [Member]);

impl<'de, 'm> DeserializeSeed<'de> for Wanted<'m> {
    type Value = Option<&'m Member>;

    fn deserialize<D: Deserializer<'de>>(self, decoder: D) -> Result<Self::Value, D::Error> {
        decoder.deserialize_str(self)
    }
}

impl<'m> Visitor<'_> for Wanted<'m> {
    type Value = Option<&'m Member>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().find(|member| *member.name == *key))
    }
}

impl Scanned<'_> {
    /// The mapped part as a value, for [`Model::decode`](crate::Model::decode).
    pub fn to_value(&self) -> Value {
        // It was put together from the texts of values, so it parses.
        serde_json::from_slice(&self.text).unwrap_or_default()
    }

    fn push_odd(&mut self, value: &Value) {
        self.odd = true;
        self.text.extend_from_slice(value.to_string().as_bytes());
    }

    /// Says what the object is, where it does not say so itself.
    fn name_kind(&mut self) {
        let scanner = self.scanner;
        let known = [(place::API_VERSION, "apiVersion"), (place::KIND, "kind")];
        for ((at, name), text) in known.into_iter().zip(&scanner.kind) {
            // An object without any member is none that a server sends: `decode` deals with it.
            if self.places[at].is_none() && self.text.ends_with(b"}") && self.text.len() > 2 {
                self.text.pop();
                self.text
                    .extend_from_slice(format!(",\"{name}\":").as_bytes());
                let start = self.text.len();
                self.text.extend_from_slice(text.as_bytes());
                self.places[at] = Some(start..self.text.len());
                self.text.push(b'}');
            }
        }
    }

    fn text(&self, place: usize) -> Option<&[u8]> {
        self.text.get(self.places.get(place)?.clone()?)
    }

    /// What stands there; absent and null are both `None`. The outer option is that of scanning.
    fn part<'t, T: Deserialize<'t>>(&'t self, place: usize) -> Option<Option<T>> {
        match self.text(place) {
            None => Some(None),
            Some(text) => serde_json::from_slice::<Option<T>>(text).ok(),
        }
    }

    /// Begins to read the fields; `None` where the object is too odd.
    pub fn reader(&self, def: &'static ModelDef) -> Option<ScanReader<'_>> {
        if self.odd {
            return None;
        }
        let mut labels: BTreeMap<String, String> = self.part(place::LABELS)?.unwrap_or_default();
        let mut annotations: BTreeMap<String, String> =
            self.part(place::ANNOTATIONS)?.unwrap_or_default();
        let mut texts = Vec::new();
        for (index, field) in def.fields.iter().enumerate() {
            let found = if let Some(key) = field.path.label_key() {
                labels.remove(key)
            } else if let Some(key) = field.path.annotation_key() {
                annotations.remove(key)
            } else {
                continue;
            };
            texts.push((index, found));
        }
        Some(ScanReader {
            def,
            scanned: self,
            labels: Cell::new(labels),
            annotations: Cell::new(annotations),
            texts,
        })
    }
}

/// Reads the fields of one object that was scanned. Every method gives `None` where anything is odd.
pub struct ScanReader<'x> {
    def: &'static ModelDef,
    scanned: &'x Scanned<'x>,
    /// Without those that are fields.
    labels: Cell<BTreeMap<String, String>>,
    annotations: Cell<BTreeMap<String, String>>,
    /// The labels and annotations that are fields, by the index of the field.
    texts: Vec<(usize, Option<String>)>,
}

impl fmt::Debug for ScanReader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScanReader").finish_non_exhaustive()
    }
}

impl ScanReader<'_> {
    /// The metadata, with the snapshot. To be called once.
    pub fn meta(&self) -> Option<Meta> {
        let scanned = self.scanned;
        let snapshot = Snapshot::scanned(
            &scanned.text,
            scanned.places[place::UID].clone(),
            scanned.places[place::RESOURCE_VERSION].clone(),
        )?;
        let namespace: Option<String> = scanned.part(place::NAMESPACE)?;
        let mut meta = Meta::default().with_snapshot(snapshot);
        meta.name = scanned.part(place::NAME)?.unwrap_or_default();
        meta.namespace = namespace.filter(|namespace| !namespace.is_empty());
        meta.generate_name = scanned.part(place::GENERATE_NAME)?;
        meta.labels = or_unallocated(self.labels.take());
        meta.annotations = or_unallocated(self.annotations.take());
        meta.finalizers = scanned.part(place::FINALIZERS)?.unwrap_or_default();
        meta.owner_references = scanned.part(place::OWNER_REFERENCES)?.unwrap_or_default();
        meta.uid = scanned.part(place::UID)?;
        meta.resource_version = scanned.part(place::RESOURCE_VERSION)?;
        meta.generation = scanned.part(place::GENERATION)?;
        meta.creation_timestamp = scanned.part(place::CREATION_TIMESTAMP)?;
        meta.deletion_timestamp = scanned.part(place::DELETION_TIMESTAMP)?;
        Some(meta)
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
        if let Some((_, text)) = self.texts.iter().find(|(field, _)| *field == index) {
            let text: StrDeserializer<'_, ValueError> = text.as_deref()?.into_deserializer();
            return Some(T::deserialize(text).ok());
        }
        let text = self.scanned.text(place::FIELDS + index)?;
        (text != b"null").then(|| serde_json::from_slice(text).ok())
    }
}

/// A map that lost its last entry keeps its memory; a new one has none.
fn or_unallocated(map: BTreeMap<String, String>) -> BTreeMap<String, String> {
    if map.is_empty() { BTreeMap::new() } else { map }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_has_the_places_it_is_read_from() {
        let paths: Vec<String> = identity_paths().map(|path| path.to_string()).collect();
        assert_eq!(paths.len(), place::FIELDS);
        for (at, path) in [
            (place::API_VERSION, "apiVersion"),
            (place::KIND, "kind"),
            (place::NAME, "metadata.name"),
            (place::GENERATE_NAME, "metadata.generateName"),
            (place::NAMESPACE, "metadata.namespace"),
            (place::UID, "metadata.uid"),
            (place::RESOURCE_VERSION, "metadata.resourceVersion"),
            (place::GENERATION, "metadata.generation"),
            (place::CREATION_TIMESTAMP, "metadata.creationTimestamp"),
            (place::DELETION_TIMESTAMP, "metadata.deletionTimestamp"),
            (place::LABELS, "metadata.labels"),
            (place::ANNOTATIONS, "metadata.annotations"),
            (place::FINALIZERS, "metadata.finalizers"),
            (place::OWNER_REFERENCES, "metadata.ownerReferences"),
        ] {
            assert_eq!(paths[at], path);
        }
    }
}
