//! Whether values are equal, as Kubernetes compares those of an object (`pkg/cel/common` of k8s.io/apiserver): the left
//! one says how.

use std::collections::HashMap;
use std::sync::Arc;

use kube_cel::cel::objects::{Key, Map, Opaque, OptionalValue};
use kube_cel::cel::{ExecutionError, Value as Cel};
use serde_json::{Map as Fields, Value};

use super::{keyed, misfit};

/// Where an object keeps what it hides. Expressions cannot write such a name.
const HIDDEN: &str = "@hidden";

/// What an object holds beside the fields that expressions see. It counts when objects are compared.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Hidden {
    /// How many fields the object has, these included.
    all: usize,
    /// Those that the schema does not declare.
    pub(super) undeclared: Fields<String, Value>,
    /// Those that are null, by the names that expressions have for them.
    pub(super) nulls: Vec<String>,
}

impl Opaque for Hidden {
    fn runtime_type_name(&self) -> &str {
        "hidden"
    }
}

impl Hidden {
    /// The object of `all` fields with those that expressions see.
    pub(super) fn within(mut self, all: usize, mut seen: HashMap<String, Cel>) -> Cel {
        self.all = all;
        if all > seen.len() {
            seen.insert(HIDDEN.to_owned(), Cel::Opaque(Arc::new(self)));
        }
        seen.into()
    }
}

/// Whether the values are equal. Values that are not of their type are equal to nothing, and on the left an error.
pub(super) fn equal(left: &Cel, right: &Cel) -> Result<bool, ExecutionError> {
    if let Some(why) = misfit::itself(left) {
        return Err(ExecutionError::function_error("==", why));
    }
    if let Some(left) = keyed::itself(left) {
        let right = keyed::items(right).ok_or(ExecutionError::NoSuchOverload)?;
        return left.equals(right);
    }
    match (left, right) {
        (Cel::List(left), _) => match keyed::items(right) {
            Some(right) => lists(left, right),
            None => Err(ExecutionError::NoSuchOverload),
        },
        (Cel::Map(left), Cel::Map(right)) => maps(left, right),
        (Cel::Map(_), _) => Err(ExecutionError::NoSuchOverload),
        (Cel::Opaque(_), Cel::Opaque(_)) => match (optional(left), optional(right)) {
            (Some(Some(left)), Some(Some(right))) => equal(left, right),
            _ => Ok(left == right),
        },
        _ => Ok(left == right),
    }
}

fn optional(value: &Cel) -> Option<Option<&Cel>> {
    match value {
        Cel::Opaque(value) => value
            .downcast_ref::<OptionalValue>()
            .map(OptionalValue::value),
        _ => None,
    }
}

fn lists(left: &[Cel], right: &[Cel]) -> Result<bool, ExecutionError> {
    if left.len() != right.len() {
        return Ok(false);
    }
    for (left, right) in left.iter().zip(right) {
        if !equal(left, right)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn maps(left: &Map, right: &Map) -> Result<bool, ExecutionError> {
    if size(left) != size(right) {
        return Ok(false);
    }
    let mut same = true;
    for (key, value) in left.map.iter() {
        same &= match (hidden(value), right.map.get(key)) {
            (Some(hidden), _) => hides_the_same(hidden, right),
            (None, Some(other)) => equal(value, other)?,
            (None, None) => false,
        };
    }
    Ok(same)
}

/// The field of an object.
pub(super) fn field<'m>(map: &'m Map, name: &str) -> Option<&'m Cel> {
    map.map.get(&Key::from(name))
}

fn size(map: &Map) -> usize {
    let hidden = field(map, HIDDEN).and_then(hidden);
    hidden.map_or(map.map.len(), |hidden| hidden.all)
}

fn hidden(value: &Cel) -> Option<&Hidden> {
    match value {
        Cel::Opaque(value) => value.downcast_ref::<Hidden>(),
        _ => None,
    }
}

/// Fields that only one object has make no difference, so Kubernetes: only the number of all fields does.
fn hides_the_same(left: &Hidden, right: &Map) -> bool {
    let others = field(right, HIDDEN).and_then(hidden);
    let is_other = |(key, value): (&String, &Value)| {
        let other = others.and_then(|others| others.undeclared.get(key));
        other.is_some_and(|other| other != value)
    };
    !left.undeclared.iter().any(is_other)
        && !left.nulls.iter().any(|name| field(right, name).is_some())
}
