//! The key of an object within its kind.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Namespace and name of an object; the namespace is `None` for cluster-scoped kinds.
///
/// Displayed as kubectl does: `default/cake-peach`, or `cake-peach`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ObjectKey {
    /// The namespace, for kinds that live in one.
    pub namespace: Option<String>,
    /// The name; empty while the server has yet to generate one.
    pub name: String,
}

impl ObjectKey {
    /// The key of a namespaced object.
    pub fn namespaced(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            namespace: Some(namespace.into()),
            name: name.into(),
        }
    }

    /// The key of a cluster-scoped object.
    pub fn cluster(name: impl Into<String>) -> Self {
        Self {
            namespace: None,
            name: name.into(),
        }
    }

    /// The key as the object's metadata says; an unreadable name is empty.
    pub fn of(object: &Value) -> Self {
        let metadata = object.get("metadata");
        let text = |key: &str| metadata.and_then(|metadata| metadata.get(key)?.as_str());
        Self {
            namespace: text("namespace")
                .filter(|namespace| !namespace.is_empty())
                .map(str::to_owned),
            name: text("name").unwrap_or_default().to_owned(),
        }
    }
}

/// One stored object, and the version of it that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity<'m> {
    /// The uid, which no other object ever has.
    pub uid: &'m str,
    /// The resourceVersion at which it was read.
    pub resource_version: Option<&'m str>,
}

impl From<(&str, &str)> for ObjectKey {
    /// Namespace and name.
    fn from((namespace, name): (&str, &str)) -> Self {
        Self::namespaced(namespace, name)
    }
}

impl From<&str> for ObjectKey {
    /// The name of a cluster-scoped object.
    fn from(name: &str) -> Self {
        Self::cluster(name)
    }
}

impl From<&Self> for ObjectKey {
    fn from(key: &Self) -> Self {
        key.clone()
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.name.is_empty() {
            "(no name yet)"
        } else {
            &self.name
        };
        match &self.namespace {
            Some(namespace) => write!(f, "{namespace}/{name}"),
            None => f.write_str(name),
        }
    }
}
