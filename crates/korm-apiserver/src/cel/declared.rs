//! What expressions know of the values of a schema: their types, and how large they can become (`pkg/cel/types.go` of
//! k8s.io/apiserver).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::checker::Type;

/// The values of a schema.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    pub(crate) shape: Shape,
    /// The most characters, items or entries that there can be.
    pub(crate) most: u64,
    /// The fewest bytes that a value takes in JSON.
    pub(crate) least_bytes: u64,
}

/// What the values look like.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    Scalar(Type),
    List(Arc<Declared>),
    /// Its keys are texts.
    Map(Arc<Declared>),
    /// The fields that expressions know, by the names that they have there.
    Object(BTreeMap<String, Arc<Declared>>),
}

impl Declared {
    /// A scalar.
    pub(crate) fn scalar(ty: Type, most: u64, least_bytes: u64) -> Self {
        Self {
            shape: Shape::Scalar(ty),
            most,
            least_bytes,
        }
    }

    /// The values of a field; those of a map are fields too.
    pub(crate) fn field(&self, name: &str) -> Option<&Arc<Self>> {
        match &self.shape {
            Shape::Object(fields) => fields.get(name),
            _ => None,
        }
    }

    /// The items of a list, or the values of a map.
    pub(crate) fn element(&self) -> Option<&Arc<Self>> {
        match &self.shape {
            Shape::List(element) | Shape::Map(element) => Some(element),
            _ => None,
        }
    }
}
