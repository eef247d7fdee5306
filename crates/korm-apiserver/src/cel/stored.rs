//! Objects and maps of an object, as expressions see them: like maps that expressions make, but that what expressions
//! do not see counts when they are compared.

use std::collections::HashMap;
use std::sync::Arc;

use kube_cel::cel::Value as Cel;
use kube_cel::cel::objects::{Key, Map, Opaque};
use serde_json::{Map as Fields, Value};

/// An object.
#[derive(Debug, PartialEq)]
pub(super) struct Object {
    /// The fields that expressions see.
    pub(super) seen: Map,
    pub(super) hidden: Hidden,
}

impl Eq for Object {}

impl Opaque for Object {
    fn runtime_type_name(&self) -> &str {
        "object"
    }
}

/// What an object holds beside the fields that expressions see.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Hidden {
    /// How many fields these are.
    pub(super) count: usize,
    /// Those that the schema does not declare.
    pub(super) undeclared: Fields<String, Value>,
    /// Those that are null, by the names that expressions have for them.
    pub(super) nulls: Vec<String>,
}

/// An object of which expressions see these fields.
pub(super) fn object(seen: HashMap<String, Cel>, hidden: Hidden) -> Cel {
    let seen = Map::from(seen);
    Cel::Opaque(Arc::new(Object { seen, hidden }))
}

/// The value as an object.
pub(super) fn itself(value: &Cel) -> Option<&Object> {
    match value {
        Cel::Opaque(value) => value.downcast_ref::<Object>(),
        _ => None,
    }
}

/// The entries of an object or map that expressions see.
pub(super) fn entries(value: &Cel) -> Option<&Map> {
    match value {
        Cel::Map(map) => Some(map),
        _ => itself(value).map(|object| &object.seen),
    }
}

/// The field of an object.
pub(super) fn field<'m>(map: &'m Map, name: &str) -> Option<&'m Cel> {
    map.map.get(&Key::from(name))
}

impl Object {
    /// How many fields there are, those that expressions do not see included.
    pub(super) fn size(&self) -> usize {
        self.seen.map.len() + self.hidden.count
    }
}
