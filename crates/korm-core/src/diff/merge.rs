//! What to do when somebody else changed the object too.

use std::fmt;

use serde_json::{Map, Value};

use super::{
    list::{distinct, same_keys},
    place::{ListKind, Place, union_keys},
    same::{has, same},
    write::Shown,
};
use crate::{model::ModelDef, path::FieldPath};

/// How our changes stand to somebody else's.
#[derive(Clone, Debug, PartialEq)]
pub enum ThreeWay {
    /// Everything we wanted is already there.
    AlreadyOurs,
    /// They touch different places: this is their object with our changes, as the model writes it.
    Rebase(Value),
    /// Both changed the same places, to different values.
    Conflict(Vec<FieldConflict>),
}

/// One place that both changed. Its `Debug` and `Display` do not show secret values.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct FieldConflict {
    /// The name of the field in the program; `meta.labels` and the like for metadata.
    pub field: String,
    /// Where it is.
    pub path: FieldPath,
    /// What was read; `None` where it was absent.
    pub base: Option<Value>,
    /// What it is now in the cluster.
    pub theirs: Option<Value>,
    /// What we want it to be.
    pub mine: Option<Value>,
    /// Whether the values must not be shown.
    pub secret: bool,
}

impl fmt::Display for FieldConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value| Shown {
            value,
            secret: self.secret,
        };
        write!(
            f,
            "{} (field `{}`): read {}, theirs {}, yours {}",
            self.path,
            self.field,
            shown(self.base.as_ref()),
            shown(self.theirs.as_ref()),
            shown(self.mine.as_ref())
        )
    }
}

impl fmt::Debug for FieldConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FieldConflict({self})")
    }
}

/// Compares three states of one object, all as the model writes them: what was read, what is in the
/// cluster now, and what we want.
///
/// ```
/// use korm_core::{FieldDef, FieldPath, ModelDef, diff::{ThreeWay, three_way}};
/// use serde_json::json;
///
/// let field = |name: &str| FieldDef::new(name, FieldPath::spec(name), json!({"type": "integer"}));
/// let def = ModelDef::new("example.com", "v1", "Peach", "peaches").field(field("a")).field(field("b"));
/// let spec = |a, b| json!({"spec": {"a": a, "b": b}});
///
/// assert_eq!(
///     three_way(&def, &spec(1, 1), &spec(1, 2), &spec(3, 1)),
///     ThreeWay::Rebase(spec(3, 2)),
/// );
/// assert_eq!(three_way(&def, &spec(1, 1), &spec(3, 2), &spec(3, 1)), ThreeWay::AlreadyOurs);
/// let ThreeWay::Conflict(conflicts) = three_way(&def, &spec(1, 1), &spec(2, 1), &spec(3, 1)) else {
///     panic!("both changed a");
/// };
/// assert_eq!(conflicts[0].to_string(), "spec.a (field `a`): read 1, theirs 2, yours 3");
/// ```
pub fn three_way(def: &ModelDef, base: &Value, theirs: &Value, mine: &Value) -> ThreeWay {
    let mut conflicts = Vec::new();
    let root = Place::root(def);
    let merged = merge(&root, Some(base), Some(theirs), Some(mine), &mut conflicts);
    let merged = merged.unwrap_or_default();
    if !conflicts.is_empty() {
        ThreeWay::Conflict(conflicts)
    } else if same(&root, Some(&merged), Some(theirs)) {
        ThreeWay::AlreadyOurs
    } else {
        ThreeWay::Rebase(merged)
    }
}

fn merge(
    place: &Place<'_>,
    base: Option<&Value>,
    theirs: Option<&Value>,
    mine: Option<&Value>,
    conflicts: &mut Vec<FieldConflict>,
) -> Option<Value> {
    if same(place, base, mine) || same(place, theirs, mine) {
        return theirs.cloned();
    }
    if same(place, base, theirs) {
        return mine.cloned();
    }
    let empty = place.empty();
    let or_empty = |value: Option<&Value>| value.or(empty.as_ref()).cloned();
    let (base_or, theirs_or, mine_or) = (or_empty(base), or_empty(theirs), or_empty(mine));
    let (base_or, theirs_or, mine_or) = (base_or.as_ref(), theirs_or.as_ref(), mine_or.as_ref());
    match (base_or, theirs_or, mine_or) {
        (base, Some(Value::Object(theirs)), Some(Value::Object(mine)))
            if !place.is_atomic_map() && base.is_none_or(Value::is_object) =>
        {
            let nothing = Map::new();
            let base = base.and_then(Value::as_object).unwrap_or(&nothing);
            let mut merged = Map::new();
            for key in union_keys(theirs, mine) {
                let member = place.member(key);
                let (base, theirs, mine) = (base.get(key), theirs.get(key), mine.get(key));
                if let Some(value) = merge(&member, base, theirs, mine, conflicts) {
                    merged.insert(key.to_owned(), value);
                }
            }
            Some(merged.into())
        }
        (base, Some(Value::Array(theirs)), Some(Value::Array(mine))) => {
            let base = base
                .and_then(Value::as_array)
                .map_or(&[][..], Vec::as_slice);
            match merge_lists(place, base, theirs, mine, conflicts) {
                Some(list) => Some(list.into()),
                None => conflict(place, base_or, theirs_or, mine_or, conflicts),
            }
        }
        _ => conflict(place, base, theirs, mine, conflicts),
    }
}

fn conflict(
    place: &Place<'_>,
    base: Option<&Value>,
    theirs: Option<&Value>,
    mine: Option<&Value>,
    conflicts: &mut Vec<FieldConflict>,
) -> Option<Value> {
    conflicts.push(FieldConflict {
        field: place.field_name(),
        path: place.path().clone(),
        base: base.cloned(),
        theirs: theirs.cloned(),
        mine: mine.cloned(),
        secret: place.is_secret(),
    });
    theirs.cloned()
}

/// `None` where the list is one value, or its elements cannot be told apart.
fn merge_lists(
    place: &Place<'_>,
    base: &[Value],
    theirs: &[Value],
    mine: &[Value],
    conflicts: &mut Vec<FieldConflict>,
) -> Option<Vec<Value>> {
    match place.list_kind() {
        ListKind::Atomic => None,
        ListKind::Set => {
            let kept = theirs.iter().filter(|v| has(mine, v) || !has(base, v));
            let added = mine.iter().filter(|v| !has(base, v) && !has(theirs, v));
            Some(kept.chain(added).cloned().collect())
        }
        ListKind::Map(keys) => {
            let told_apart = !keys.is_empty()
                && [base, theirs, mine]
                    .into_iter()
                    .all(|list| distinct(&keys, list));
            told_apart.then(|| merge_keyed(place, &keys, [base, theirs, mine], conflicts))
        }
    }
}

fn merge_keyed(
    place: &Place<'_>,
    keys: &[String],
    [base, theirs, mine]: [&[Value]; 3],
    conflicts: &mut Vec<FieldConflict>,
) -> Vec<Value> {
    let find = |list: &'_ [Value], like: &Value| -> Option<Value> {
        list.iter()
            .find(|value| same_keys(keys, value, like))
            .cloned()
    };
    let new = mine.iter().filter(|value| find(theirs, value).is_none());
    let all: Vec<&Value> = theirs.iter().chain(new).collect();
    let mut merged = Vec::new();
    for (index, value) in all.into_iter().enumerate() {
        let (base, theirs, mine) = (find(base, value), find(theirs, value), find(mine, value));
        let at = place.element(index);
        let element = merge(
            &at,
            base.as_ref(),
            theirs.as_ref(),
            mine.as_ref(),
            conflicts,
        );
        merged.extend(element);
    }
    merged
}
