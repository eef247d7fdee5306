//! Lists of an object, as expressions see them: those of type set and map are equal in any order, and `+` unites or merges them
//! (KEP-2876, "List type set and map"; `pkg/cel/common` of k8s.io/apiserver).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kube_cel::cel::objects::Opaque;
use kube_cel::cel::{ExecutionError, Value as Cel};

use super::equality::equal;
use super::escape::escape;
use super::misfit;
use super::stored::{self, field};
use crate::schema::types::ListType;

/// A list of an object. Lists that expressions make are those of the crate.
#[derive(Debug)]
pub(super) struct Keyed {
    key: Key,
    items: Arc<Vec<Cel>>,
}

#[derive(Clone, Debug)]
enum Key {
    /// The item's place.
    Place,
    /// The item itself.
    Item,
    /// Fields of the item.
    Fields { names: Arc<[Name]>, merged: bool },
}

/// The name of a field that is a key.
#[derive(Debug)]
struct Name {
    /// As expressions write it.
    escaped: String,
    /// Whether the field itself is called so. Kubernetes looks in the object for the escaped name, and so finds no key
    /// in the fields of other names, except in lists that `+` made.
    itself: bool,
}

impl Opaque for Keyed {
    fn runtime_type_name(&self) -> &str {
        "keyed_list"
    }
}

impl PartialEq for Keyed {
    fn eq(&self, other: &Self) -> bool {
        self.equals(&other.items).is_ok_and(|equal| equal)
    }
}

impl Eq for Keyed {}

/// A list of this type.
pub(super) fn list(of: &ListType, items: Vec<Cel>) -> Cel {
    let items = Arc::new(items);
    let key = match of {
        ListType::Atomic => Key::Place,
        ListType::Set => Key::Item,
        ListType::Map { keys } => Key::Fields {
            names: keys.iter().map(|name| Name::new(name)).collect(),
            merged: false,
        },
    };
    Cel::Opaque(Arc::new(Keyed { key, items }))
}

/// The value as a list of an object.
pub(super) fn itself(value: &Cel) -> Option<&Keyed> {
    match value {
        Cel::Opaque(value) => value.downcast_ref::<Keyed>(),
        _ => None,
    }
}

/// The items of a list of any type.
pub(super) fn items(value: &Cel) -> Option<&[Cel]> {
    match value {
        Cel::List(items) => Some(items),
        _ => itself(value).map(|list| &**list.items),
    }
}

/// The value as the crates know it: lists without their keys, objects without what expressions do not see.
pub(super) fn plain(value: Cel) -> Cel {
    match (itself(&value), stored::itself(&value)) {
        (Some(list), _) => Cel::List(list.items.clone()),
        (_, Some(object)) => Cel::Map(object.seen.clone()),
        _ => value,
    }
}

/// The same for a list and those within it.
pub(super) fn plain_throughout(value: Cel) -> Cel {
    match plain(value) {
        Cel::List(items) => {
            let items = items.iter().cloned().map(plain_throughout).collect();
            Cel::List(Arc::new(items))
        }
        value => value,
    }
}

impl Name {
    fn new(name: &str) -> Self {
        let escaped = escape(name).unwrap_or_else(|| name.to_owned());
        Self {
            itself: escaped == name,
            escaped,
        }
    }
}

impl Keyed {
    /// Whether the lists have the same items. The last of those with the same key counts.
    pub(super) fn equals(&self, other: &[Cel]) -> Result<bool, ExecutionError> {
        if self.items.len() != other.len() {
            return Ok(false);
        }
        if matches!(self.key, Key::Place) {
            for (own, other) in self.items.iter().zip(other) {
                if !equal(own, other)? {
                    return Ok(false);
                }
            }
            return Ok(true);
        }
        let mut own: HashMap<String, &Cel> = HashMap::new();
        for item in self.items.iter() {
            own.insert(self.key.of(item)?, item);
        }
        let mut met = HashSet::new();
        for item in other {
            if self.key.is_alone(item) {
                return Ok(false);
            }
            let key = self.key.of(item)?;
            let Some(same) = own.get(&key) else {
                return Ok(false);
            };
            if matches!(self.key, Key::Fields { .. }) && !equal(same, item)? {
                return Ok(false);
            }
            met.insert(key);
        }
        Ok(met.len() == own.len())
    }

    /// This list, with those items of the other one in their places that have the same key, and the rest after it.
    pub(super) fn plus(&self, other: &[Cel]) -> Result<Self, ExecutionError> {
        let key = self.key.of_merged();
        let mut items = self.items.to_vec();
        if matches!(key, Key::Place) {
            items.extend_from_slice(other);
            let items = Arc::new(items);
            return Ok(Self { key, items });
        }
        let mut places = HashMap::new();
        for (place, item) in items.iter().enumerate() {
            places.insert(key.of(item)?, place);
        }
        for item in other {
            if key.is_alone(item) {
                items.push(item.clone());
                continue;
            }
            match (places.get(&key.of(item)?), &key) {
                (Some(_), Key::Place | Key::Item) => {}
                (Some(&place), Key::Fields { .. }) => items[place] = item.clone(),
                (None, Key::Place | Key::Item) => {
                    places.insert(key.of(item)?, items.len());
                    items.push(item.clone());
                }
                // Two of the other list that have the same key stay two.
                (None, Key::Fields { .. }) => items.push(item.clone()),
            }
        }
        let items = Arc::new(items);
        Ok(Self { key, items })
    }
}

impl Key {
    /// Whether it is an item that is no other one, not even itself: one of a set that is not of its type.
    fn is_alone(&self, item: &Cel) -> bool {
        matches!(self, Self::Item) && misfit::itself(item).is_some()
    }

    /// The item's key as a text. Of times also the zone is compared.
    fn of(&self, item: &Cel) -> Result<String, ExecutionError> {
        match self {
            Self::Place => Ok(String::new()),
            Self::Item if items(item).is_some() || stored::entries(item).is_some() => {
                let why = "listSet operations are only supported on lists of scalar values";
                Err(ExecutionError::function_error("==", why))
            }
            Self::Item => Ok(format!("{item:?}")),
            Self::Fields { names, merged } => {
                let Some(map) = stored::entries(item) else {
                    return Ok(String::new());
                };
                let value = |name: &Name| {
                    let name = (name.itself || *merged).then_some(&*name.escaped)?;
                    field(map, name)
                };
                let values: Vec<Option<&Cel>> = names.iter().map(value).collect();
                Ok(format!("{values:?}"))
            }
        }
    }

    /// The key in a list that `+` made.
    fn of_merged(&self) -> Self {
        match self {
            Self::Place | Self::Item => self.clone(),
            Self::Fields { names, .. } => Self::Fields {
                names: names.clone(),
                merged: true,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_of_a_set_that_is_not_of_its_type_equals_nothing() {
        let set = |items: [Cel; 2]| list(&ListType::Set, items.to_vec());
        let sound = || set([Cel::Int(1), Cel::Int(2)]);
        let unsound = || set([Cel::Int(1), misfit::value("no number")]);
        assert!(equal(&sound(), &sound()).unwrap());
        assert!(!equal(&unsound(), &unsound()).unwrap());
        assert!(!equal(&sound(), &unsound()).unwrap());
        let sum = itself(&unsound()).unwrap().plus(items(&unsound()).unwrap());
        assert_eq!(sum.unwrap().items.len(), 3);
    }
}
