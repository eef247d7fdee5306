//! Whether values are equal, as Kubernetes compares those of an object (`pkg/cel/common` of k8s.io/apiserver): the left
//! one says how.

use kube_cel::cel::objects::Map;
use kube_cel::cel::{ExecutionError, Value as Cel};
use serde_json::Value;

use super::stored::{self, Object, field};
use super::{keyed, misfit, optionals};

/// Whether the values are equal. Values that are not of their type are equal to nothing, and on the left an error.
pub(super) fn equal(left: &Cel, right: &Cel) -> Result<bool, ExecutionError> {
    if let Some(why) = misfit::itself(left) {
        return Err(ExecutionError::function_error("==", why));
    }
    if let Some(left) = keyed::itself(left) {
        let right = keyed::items(right).ok_or(ExecutionError::NoSuchOverload)?;
        return left.equals(right);
    }
    if let Some(left) = stored::itself(left) {
        return objects(left, right);
    }
    Ok(match (left, keyed::items(right), stored::entries(right)) {
        (Cel::List(left), Some(right), _) => lists(left, right),
        (Cel::Map(left), _, Some(entries)) => maps(left, entries, right),
        (Cel::Opaque(_), ..) => match (optionals::itself(left), optionals::itself(right)) {
            (Some(Some(left)), Some(Some(right))) => return equal(left, right),
            _ => left == right,
        },
        _ => left == right,
    })
}

/// Lists and maps that an expression makes take an error for no difference.
fn may_be_equal(left: &Cel, right: &Cel) -> bool {
    equal(left, right).unwrap_or(true)
}

fn lists(left: &[Cel], right: &[Cel]) -> bool {
    let mut pairs = left.iter().zip(right);
    left.len() == right.len() && pairs.all(|(left, right)| may_be_equal(left, right))
}

fn maps(left: &Map, entries: &Map, right: &Cel) -> bool {
    let size = stored::itself(right).map_or(entries.map.len(), Object::size);
    let mut own = left.map.iter();
    left.map.len() == size
        && own.all(|(key, value)| {
            let other = entries.get(key);
            other.is_some_and(|other| may_be_equal(value, other))
        })
}

fn objects(left: &Object, right: &Cel) -> Result<bool, ExecutionError> {
    let entries = stored::entries(right).ok_or(ExecutionError::NoSuchOverload)?;
    let other = stored::itself(right);
    if left.size() != other.map_or(entries.map.len(), Object::size) {
        return Ok(false);
    }
    let mut same = hides_the_same(left, entries, other);
    for (key, value) in left.seen.map.iter() {
        same &= match entries.map.get(key) {
            Some(other) => equal(value, other)?,
            None => false,
        };
    }
    Ok(same)
}

/// Fields that only one object has make no difference, so Kubernetes: only the number of all fields does.
fn hides_the_same(left: &Object, entries: &Map, right: Option<&Object>) -> bool {
    let is_other = |(key, value): (&String, &Value)| {
        let other = right.and_then(|right| right.hidden.undeclared.get(key));
        other.is_some_and(|other| other != value)
    };
    let hidden = &left.hidden;
    !hidden.undeclared.iter().any(is_other)
        && !hidden
            .nulls
            .iter()
            .any(|name| field(entries, name).is_some())
}
