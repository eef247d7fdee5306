//! Relations between kinds: which objects belong together, and how to find them with one list per kind.
//!
//! A [`Link`] says how objects of one kind point to those of another. [`question`] makes of it, and of the
//! objects at hand, the one query that brings every object on the other side; [`join`] finds in memory which
//! belong to which. Both work on plain JSON.
//!
//! ```
//! use korm_core::{FieldPath, ModelDef, relate::{Link, join, question}};
//! use serde_json::json;
//!
//! let secrets = korm_core::native::native("v1", "Secret");
//! let link = Link::Names(FieldPath::spec("secretName"));
//! let at = |name: &str, secret: &str| json!({
//!     "metadata": {"namespace": "default", "name": name}, "spec": {"secretName": secret}});
//! let ours = [at("a", "s1"), at("b", "s2"), at("c", "gone")];
//! assert_eq!(question(&link, &ours, &secrets).to_string(), r#"metadata.namespace == "default""#);
//!
//! let theirs = ["s2", "s1"].map(|name| json!({"metadata": {"namespace": "default", "name": name}}));
//! assert_eq!(join(&link, &ours, &theirs, &secrets), [vec![1], vec![0], vec![]]);
//! ```

mod join;
mod owners;
mod question;
mod related;
mod selector;

pub use join::join;
pub use owners::set_owners;
pub use question::question;
pub use related::{Loaded, Related, RelatedTo, Relation, ToMany, ToOne};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    error::{EncodeError, Fault},
    meta::{Meta, OwnerReference},
    model::{Model, ModelDef},
    path::FieldPath,
};

/// How the objects of this kind and of another belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// The other one is an owner in our `metadata.ownerReferences`.
    Owner,
    /// The other one is named by this field of ours: its name, or a list of names, in our namespace or
    /// in the cluster.
    Names(FieldPath),
    /// We are an owner in the other one's `metadata.ownerReferences`.
    OwnedBy,
    /// We are named by this field of the other one.
    NamedBy(FieldPath),
    /// The label selector in this field of ours, as the API conventions have it (`matchLabels`,
    /// `matchExpressions`), selects the other one. An empty selector selects everything in our namespace,
    /// an absent one nothing.
    Selector(FieldPath),
    /// The labels in this field of ours are among the other one's, as the selector of a Service has
    /// it. No labels select nothing.
    Labels(FieldPath),
}

/// What can be wrong with an owner.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OwnerError {
    /// It was never stored, so it has no uid.
    #[error("{kind} {name} cannot own anything: it is not stored yet; save it first")]
    NotStored {
        /// The kind of the owner.
        kind: String,
        /// Its key.
        name: String,
    },
    /// It lives in another namespace.
    #[error(
        "{kind} {name} cannot own an object in {namespace}: an owner is in the same namespace or cluster-scoped"
    )]
    OtherNamespace {
        /// The kind of the owner.
        kind: String,
        /// Its key.
        name: String,
        /// Where the object lives that was to be owned, in words.
        namespace: String,
    },
}

impl OwnerReference {
    /// A reference to a stored object.
    ///
    /// # Errors
    ///
    /// When it was never stored.
    pub fn to<M: Model>(owner: &M) -> Result<Self, OwnerError> {
        let def = M::definition();
        let Some(identity) = owner.identity() else {
            let (kind, name) = (def.kind.clone(), owner.key().to_string());
            return Err(OwnerError::NotStored { kind, name });
        };
        Ok(Self {
            api_version: def.api_version(),
            kind: def.kind.clone(),
            name: owner.key().name,
            uid: identity.uid.to_owned(),
            controller: None,
            block_owner_deletion: None,
        })
    }

    /// The same, as the one owner that controls the object.
    #[must_use]
    pub fn controlling(mut self) -> Self {
        self.controller = Some(true);
        self
    }

    /// The same, and the owner's foreground deletion waits for the object.
    #[must_use]
    pub fn blocking_deletion(mut self) -> Self {
        self.block_owner_deletion = Some(true);
        self
    }
}

impl Meta {
    /// Makes the object depend on an owner, which is in the same namespace or cluster-scoped. An owner it
    /// has already is left as it is.
    ///
    /// # Errors
    ///
    /// When the owner was never stored, or lives in another namespace.
    pub fn set_owner<M: Model>(&mut self, owner: &M) -> Result<(), OwnerError> {
        let reference = OwnerReference::to(owner)?;
        let key = owner.key();
        if M::definition().is_namespaced() && key.namespace != self.namespace {
            let namespace = match &self.namespace {
                Some(namespace) => format!("namespace {namespace}"),
                None => "the cluster".to_owned(),
            };
            let (kind, name) = (reference.kind, key.to_string());
            return Err(OwnerError::OtherNamespace {
                kind,
                name,
                namespace,
            });
        }
        if !self
            .owner_references
            .iter()
            .any(|known| known.uid == reference.uid)
        {
            self.owner_references.push(reference);
        }
        Ok(())
    }
}

/// The metadata with the owners that are loaded in a relation, for writing.
///
/// # Errors
///
/// As [`Meta::set_owner`].
pub(crate) fn with_owners<R: RelatedTo>(
    def: &ModelDef,
    meta: &Meta,
    relation: &R,
) -> Result<Meta, EncodeError> {
    let mut owned = meta.clone();
    for owner in relation.targets() {
        owned.set_owner(owner).map_err(|error| EncodeError {
            model: def.kind.clone(),
            object: meta.key(),
            fault: Box::new(Fault::at(
                &FieldPath::metadata("ownerReferences"),
                error.to_string(),
            )),
        })?;
    }
    Ok(owned)
}

/// The object of a model as [`question`] and [`join`] want it: with its uid.
///
/// # Errors
///
/// As [`Model::encode`].
pub fn described<M: Model>(model: &M) -> Result<Value, EncodeError> {
    let mut object = model.encode()?;
    if let Some(identity) = model.identity() {
        FieldPath::metadata("uid").set(&mut object, identity.uid.into());
    }
    Ok(object)
}

fn namespace(object: &Value) -> Option<&str> {
    object
        .pointer("/metadata/namespace")
        .and_then(Value::as_str)
}

fn name(object: &Value) -> Option<&str> {
    object.pointer("/metadata/name").and_then(Value::as_str)
}

/// The names in a value: a string, or a list of strings.
fn names(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The owner references of an object to a kind, whatever the version.
fn owners<'o>(object: &'o Value, def: &ModelDef) -> impl Iterator<Item = &'o Value> {
    let references = object
        .pointer("/metadata/ownerReferences")
        .and_then(Value::as_array);
    let (group, kind) = (def.group.clone(), def.kind.clone());
    references.into_iter().flatten().filter(move |reference| {
        let api_version = reference
            .get("apiVersion")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let of_group = api_version.split_once('/').map_or("", |(group, _)| group);
        of_group == group && reference.get("kind").is_some_and(|k| *k == *kind)
    })
}

fn uid(value: &Value) -> Option<&str> {
    value.get("uid").and_then(Value::as_str)
}

#[cfg(test)]
mod tests;
