//! The one query that brings everything on the other side of a link.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Link, name, names, namespace, owners, selector};
use crate::{
    expr::{Expr, Op},
    model::ModelDef,
    path::FieldPath,
};

/// A question about the objects of the `other` kind that is true of every one that belongs to any of
/// `ours`, and is answered by one request. It may be true of more; [`join`](super::join) sorts them out.
/// Never true where none of ours points to anything.
pub fn question(link: &Link, ours: &[Value], other: &ModelDef) -> Expr {
    let pointing: Vec<&Value> = ours
        .iter()
        .filter(|object| points(link, object, other))
        .collect();
    if pointing.is_empty() {
        return Expr::Always(false);
    }
    let mut parts = Vec::new();
    if other.is_namespaced() {
        let namespaces: BTreeSet<Option<&str>> = pointing.iter().map(|o| namespace(o)).collect();
        if let (1, Some(Some(namespace))) = (namespaces.len(), namespaces.first()) {
            parts.push(is(FieldPath::metadata("namespace"), namespace));
        }
    }
    let wanted: BTreeSet<&str> = match link {
        Link::Owner => pointing
            .iter()
            .flat_map(|object| owners(object, other))
            .filter_map(|reference| reference.get("name").and_then(Value::as_str))
            .collect(),
        Link::Names(path) => pointing
            .iter()
            .flat_map(|object| names(path.get(object)))
            .collect(),
        _ => BTreeSet::new(),
    };
    if let (1, Some(name)) = (wanted.len(), wanted.first()) {
        parts.push(is(FieldPath::metadata("name"), name));
    }
    if let [only] = pointing.as_slice() {
        match link {
            Link::NamedBy(path) => {
                // A list of names is not equal to one of them; what the field holds is told by its schema.
                let field = other
                    .field_at(path)
                    .filter(|f| f.schema["type"] == "string");
                parts.extend(field.zip(name(only)).map(|(f, n)| f.ask(Op::Eq(n.into()))));
            }
            Link::Selector(path) | Link::Labels(path) => {
                parts.extend(path.get(only).map(|value| selector::expr(link, value)));
            }
            _ => {}
        }
    }
    match parts.len() {
        0 => Expr::Always(true),
        1 => parts.swap_remove(0),
        _ => Expr::And(parts),
    }
}

fn is(path: FieldPath, value: &str) -> Expr {
    Expr::test(path, Op::Eq(value.into()))
}

/// Whether an object of ours can have anything on the other side.
fn points(link: &Link, object: &Value, other: &ModelDef) -> bool {
    match link {
        Link::Owner => owners(object, other).next().is_some(),
        Link::Names(path) => !names(path.get(object)).is_empty(),
        Link::OwnedBy => object.pointer("/metadata/uid").is_some(),
        Link::NamedBy(_) => name(object).is_some(),
        Link::Selector(path) => path.get(object).is_some_and(Value::is_object),
        Link::Labels(path) => path
            .get(object)
            .and_then(Value::as_object)
            .is_some_and(|labels| !labels.is_empty()),
    }
}
