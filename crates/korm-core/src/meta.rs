//! The metadata of an object as a model carries it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    error::Fault,
    model::{ModelDef, ObjectKey},
    path::FieldPath,
    snapshot::Snapshot,
    text::{Text, TextMap},
};

/// The metadata of a model's object, and a private note of what was read.
///
/// Name, namespace, labels, annotations, finalizers and owner references are the program's to set;
/// the rest the server sets, and what stands there is never sent. Labels and annotations that have a
/// field of their own in the model are not in the maps here.
///
/// Two are equal when everything but that private note is.
///
/// ```
/// use korm_core::Meta;
///
/// let meta = Meta::named("cake-peach").in_namespace("default").label("orchard", "north");
/// assert_eq!(meta.key().to_string(), "default/cake-peach");
/// assert!(meta.uid.is_none());
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Meta {
    /// The name; empty together with `generate_name` for a name the server makes up.
    pub name: String,
    /// The namespace; `None` for cluster-scoped kinds.
    pub namespace: Option<String>,
    /// The beginning of the name the server makes up.
    pub generate_name: Option<String>,
    /// The labels that are no fields of the model.
    pub labels: TextMap,
    /// The annotations that are no fields of the model.
    pub annotations: TextMap,
    /// What has to happen before the object is really deleted.
    pub finalizers: Vec<String>,
    /// The objects this one depends on.
    pub owner_references: Vec<OwnerReference>,
    /// Set by the server: unique over time.
    pub uid: Option<String>,
    /// Set by the server: opaque version of the object.
    pub resource_version: Option<String>,
    /// Set by the server: counts changes of the desired state.
    pub generation: Option<i64>,
    /// Set by the server: when the object was created.
    pub creation_timestamp: Option<Timestamp>,
    /// Set by the server: when its deletion was asked for, plus the grace period.
    pub deletion_timestamp: Option<Timestamp>,
    snapshot: Option<Snapshot>,
}

/// A reference to an object that this one depends on; it is collected when all its owners are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnerReference {
    /// `apiVersion` of the owner.
    pub api_version: String,
    /// Kind of the owner.
    pub kind: String,
    /// Name of the owner; it is in the same namespace or cluster-scoped.
    pub name: String,
    /// uid of the owner.
    pub uid: String,
    /// Whether this is the one owner that controls the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controller: Option<bool>,
    /// Whether the owner's foreground deletion waits for this object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_owner_deletion: Option<bool>,
}

/// What `kubectl apply` writes down holds the whole object, so of a Secret its contents.
const APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

impl fmt::Debug for Meta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut annotations = self.annotations.clone();
        if annotations.contains_key(APPLIED) {
            annotations.insert(APPLIED, "(not shown)");
        }
        f.debug_struct("Meta")
            .field("name", &self.name)
            .field("namespace", &self.namespace)
            .field("generate_name", &self.generate_name)
            .field("labels", &self.labels)
            .field("annotations", &annotations)
            .field("finalizers", &self.finalizers)
            .field("owner_references", &self.owner_references)
            .field("uid", &self.uid)
            .field("resource_version", &self.resource_version)
            .field("generation", &self.generation)
            .field("creation_timestamp", &self.creation_timestamp)
            .field("deletion_timestamp", &self.deletion_timestamp)
            .finish_non_exhaustive()
    }
}

impl Eq for Meta {}

impl PartialEq for Meta {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.namespace == other.namespace
            && self.generate_name == other.generate_name
            && self.labels == other.labels
            && self.annotations == other.annotations
            && self.finalizers == other.finalizers
            && self.owner_references == other.owner_references
            && self.uid == other.uid
            && self.resource_version == other.resource_version
            && self.generation == other.generation
            && self.creation_timestamp == other.creation_timestamp
            && self.deletion_timestamp == other.deletion_timestamp
    }
}

impl Meta {
    /// Metadata of a new object with this name.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// Metadata of a new object whose name the server makes up, beginning with `prefix`.
    pub fn generated(prefix: impl Into<String>) -> Self {
        Self {
            generate_name: Some(prefix.into()),
            ..Self::default()
        }
    }

    /// In this namespace.
    #[must_use]
    pub fn in_namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// With one more label.
    #[must_use]
    pub fn label(mut self, key: impl Into<Text>, value: impl Into<Text>) -> Self {
        self.labels.insert(key, value);
        self
    }

    /// With one more annotation.
    #[must_use]
    pub fn annotation(mut self, key: impl Into<Text>, value: impl Into<Text>) -> Self {
        self.annotations.insert(key, value);
        self
    }

    /// With one more finalizer.
    #[must_use]
    pub fn finalizer(mut self, name: impl Into<String>) -> Self {
        self.finalizers.push(name.into());
        self
    }

    /// Depending on one more owner.
    #[must_use]
    pub fn owner(mut self, owner: OwnerReference) -> Self {
        self.owner_references.push(owner);
        self
    }

    /// Namespace and name.
    pub fn key(&self) -> ObjectKey {
        ObjectKey {
            namespace: self.namespace.clone(),
            name: self.name.clone(),
        }
    }

    /// What was read, when the object came from a cluster.
    pub fn snapshot(&self) -> Option<&Snapshot> {
        self.snapshot.as_ref()
    }

    pub(crate) fn with_snapshot(mut self, snapshot: Snapshot) -> Self {
        self.snapshot = Some(snapshot);
        self
    }

    /// Whether the object came from a cluster.
    pub fn is_stored(&self) -> bool {
        self.snapshot.is_some()
    }

    /// Forgets where the object came from: saving it creates a new one.
    pub fn forget(&mut self) {
        self.snapshot = None;
        self.uid = None;
        self.resource_version = None;
        self.generation = None;
        self.creation_timestamp = None;
        self.deletion_timestamp = None;
    }

    /// Reads the metadata of an object of this model and keeps a snapshot of it.
    ///
    /// # Errors
    ///
    /// Where the metadata is not shaped as the Kubernetes API conventions say.
    pub fn read(def: &ModelDef, object: &Value) -> Result<Self, Fault> {
        let mut meta = Self {
            name: part(object, "name")?.unwrap_or_default(),
            namespace: part::<String>(object, "namespace")?.filter(|ns| !ns.is_empty()),
            generate_name: part(object, "generateName")?,
            labels: part(object, "labels")?.unwrap_or_default(),
            annotations: part(object, "annotations")?.unwrap_or_default(),
            finalizers: part(object, "finalizers")?.unwrap_or_default(),
            owner_references: part(object, "ownerReferences")?.unwrap_or_default(),
            uid: part(object, "uid")?,
            resource_version: part(object, "resourceVersion")?,
            generation: part(object, "generation")?,
            creation_timestamp: part(object, "creationTimestamp")?,
            deletion_timestamp: part(object, "deletionTimestamp")?,
            snapshot: Some(Snapshot::of(def, object)),
        };
        for field in &def.fields {
            if let Some(key) = field.path.label_key() {
                meta.labels.remove(key);
            } else if let Some(key) = field.path.annotation_key() {
                meta.annotations.remove(key);
            }
        }
        Ok(meta)
    }

    /// The object of this model with what a client may set of the metadata, and nothing else yet.
    ///
    /// # Errors
    ///
    /// When a label or annotation is set here that is a field of the model.
    pub fn write(&self, def: &ModelDef) -> Result<Value, Fault> {
        for field in &def.fields {
            let here = field
                .path
                .label_key()
                .is_some_and(|key| self.labels.contains_key(key))
                || field
                    .path
                    .annotation_key()
                    .is_some_and(|key| self.annotations.contains_key(key));
            if here {
                let reason =
                    "is a field of the model; set that instead of the entry in the metadata";
                return Err(Fault::at(&field.path, reason).of_field(&field.name));
            }
        }
        let mut metadata = Map::new();
        if !self.name.is_empty() {
            metadata.insert("name".into(), self.name.as_str().into());
        }
        if let Some(namespace) = &self.namespace {
            metadata.insert("namespace".into(), namespace.as_str().into());
        }
        if let Some(prefix) = self
            .generate_name
            .as_deref()
            .filter(|_| self.name.is_empty())
        {
            metadata.insert("generateName".into(), prefix.into());
        }
        if !self.labels.is_empty() {
            metadata.insert("labels".into(), text_map(&self.labels));
        }
        if !self.annotations.is_empty() {
            metadata.insert("annotations".into(), text_map(&self.annotations));
        }
        if !self.finalizers.is_empty() {
            metadata.insert("finalizers".into(), self.finalizers.clone().into());
        }
        if !self.owner_references.is_empty() {
            let owners = serde_json::to_value(&self.owner_references)
                .map_err(|e| Fault::at(&FieldPath::metadata("ownerReferences"), e.to_string()))?;
            metadata.insert("ownerReferences".into(), owners);
        }
        let mut object = Map::new();
        object.insert("apiVersion".into(), def.api_version().into());
        object.insert("kind".into(), def.kind.as_str().into());
        object.insert("metadata".into(), metadata.into());
        Ok(object.into())
    }
}

fn text_map(map: &TextMap) -> Value {
    map.iter()
        .map(|(key, text)| (key.to_owned(), Value::from(text)))
        .collect()
}

/// One part of the metadata; absent and null are both `None`.
fn part<'v, T: Deserialize<'v>>(object: &'v Value, key: &str) -> Result<Option<T>, Fault> {
    match object
        .get("metadata")
        .and_then(|metadata| metadata.get(key))
    {
        None | Some(Value::Null) => Ok(None),
        Some(value) => T::deserialize(value)
            .map(Some)
            .map_err(|e| Fault::at(&FieldPath::metadata(key), e.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_kubectl_applied_is_not_shown() {
        let meta = Meta::named("s")
            .annotation(APPLIED, "{\"data\":\"hush\"}")
            .annotation("a", "b");
        let text = format!("{meta:?}");
        assert!(
            !text.contains("hush") && text.contains(r#""a": "b""#),
            "{text}"
        );
        assert!(meta.annotations[APPLIED].contains("hush"));
    }
}
