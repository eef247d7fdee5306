//! Which part of the old object a part of the new one was.

use serde_json::Value;

use crate::schema::types::{ListType, Shape, TypeId, Types};

/// The old value of the field `key`. Fields that the schema does not know have none.
pub(crate) fn field<'v>(types: &Types, id: TypeId, old: &'v Value, key: &str) -> Option<&'v Value> {
    types.field(id, key)?;
    old.as_object()?.get(key)
}

/// The old item that `item` was: only lists of type map can tell.
pub(crate) fn item<'v>(
    types: &Types,
    id: TypeId,
    old: &'v Value,
    item: &Value,
) -> Option<&'v Value> {
    let Shape::Array {
        items: Some(_),
        list: ListType::Map { keys },
    } = &types.get(id).shape
    else {
        return None;
    };
    let item = item.as_object()?;
    let scalar = |key: &Value| !key.is_null() && !key.is_array() && !key.is_object();
    old.as_array()?.iter().find(|candidate| {
        keys.iter().all(|name| {
            let key = item.get(&**name).filter(|key| scalar(key));
            key.is_some() && candidate.get(&**name) == key
        })
    })
}

/// Whether a value is still the same, items of lists of type map in any order.
pub(crate) fn unchanged(types: &Types, id: TypeId, old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Array(olds), Value::Array(news)) => {
            if olds.len() != news.len() {
                return false;
            }
            match &types.get(id).shape {
                Shape::Array {
                    items: Some(inner),
                    list: ListType::Map { .. },
                } => news.iter().all(|new| {
                    item(types, id, old, new)
                        .is_some_and(|old| unchanged(types, inner.ty, old, new))
                }),
                _ => olds == news,
            }
        }
        (Value::Object(olds), Value::Object(news)) => {
            olds.len() == news.len()
                && news.iter().all(|(key, new)| {
                    let Some(property) = types.field(id, key) else {
                        return false;
                    };
                    olds.get(key)
                        .is_some_and(|old| unchanged(types, property.ty, old, new))
                })
        }
        _ => old == new,
    }
}
