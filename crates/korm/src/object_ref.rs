//! The name by which messages and reports call one object.

use std::fmt;

/// Which object is meant: kind, namespace (none for cluster-scoped kinds) and name.
///
/// Displays as `Peach default/cake-peach`, or `Namespace orchard` without a namespace.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectRef {
    /// The kind, for example `Peach`.
    pub kind: String,
    /// The namespace, absent for cluster-scoped kinds.
    pub namespace: Option<String>,
    /// The name. Empty where an object has none yet (see `generateName`).
    pub name: String,
}

impl ObjectRef {
    /// Names an object of `kind`.
    pub fn new(
        kind: impl Into<String>,
        namespace: Option<impl Into<String>>,
        name: impl Into<String>,
    ) -> Self {
        Self {
            kind: kind.into(),
            namespace: namespace.map(Into::into),
            name: name.into(),
        }
    }
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.name.is_empty() {
            "(unnamed)"
        } else {
            &self.name
        };
        match &self.namespace {
            Some(namespace) => write!(f, "{} {namespace}/{name}", self.kind),
            None => write!(f, "{} {name}", self.kind),
        }
    }
}
