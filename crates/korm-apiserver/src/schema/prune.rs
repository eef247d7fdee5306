//! Removing what a schema does not know, as apiextensions' `schema/pruning` does.

use serde_json::Value;

use super::types::{Shape, TypeId, Types};

/// Removes unknown fields and gives their paths, sorted.
///
/// `resource_root` keeps apiVersion, kind and metadata at the top whatever the schema says.
pub(crate) fn prune(
    types: &Types,
    root: TypeId,
    value: &mut Value,
    resource_root: bool,
) -> Vec<String> {
    let mut pruner = Pruner {
        types,
        path: Vec::new(),
        unknown: Vec::new(),
    };
    pruner.node(Some(root), value, resource_root);
    pruner.unknown.sort();
    pruner.unknown
}

/// Removes all fields but apiVersion, kind and metadata, as pruning by no schema does.
pub(crate) fn prune_all(value: &mut Value) -> Vec<String> {
    let mut pruner = Pruner {
        types: &Types::default(),
        path: Vec::new(),
        unknown: Vec::new(),
    };
    pruner.node(None, value, true);
    pruner.unknown.sort();
    pruner.unknown
}

fn is_meta(key: &str) -> bool {
    matches!(key, "apiVersion" | "kind" | "metadata")
}

struct Pruner<'a> {
    types: &'a Types,
    path: Vec<String>,
    unknown: Vec<String>,
}

impl Pruner<'_> {
    /// A node without a type loses all its fields.
    fn node(&mut self, id: Option<TypeId>, value: &mut Value, resource: bool) {
        let ty = id.map(|id| self.types.get(id));
        if let (Some(id), Some(ty)) = (id, ty)
            && ty.preserve_unknown
        {
            self.preserved(id, value, resource);
            return;
        }
        let embedded = resource || ty.is_some_and(|ty| ty.embedded_resource);
        match value {
            Value::Object(fields) => {
                let mut removed = Vec::new();
                for (key, value) in fields.iter_mut() {
                    if embedded && is_meta(key) {
                        continue;
                    }
                    match id.and_then(|id| self.types.field(id, key)) {
                        Some(property) => self.below_key(Some(property.ty), key, value),
                        None => removed.push(key.clone()),
                    }
                }
                for key in removed {
                    if !is_meta(&key) || !self.path.is_empty() {
                        self.record(&key);
                    }
                    fields.remove(&key);
                }
            }
            Value::Array(items) => {
                let item = match ty.map(|ty| &ty.shape) {
                    Some(Shape::Array { items, .. }) => items.as_ref().map(|p| p.ty),
                    _ => None,
                };
                for (i, value) in items.iter_mut().enumerate() {
                    self.path.push(format!("[{i}]"));
                    self.node(item, value, false);
                    self.path.pop();
                }
            }
            _ => {}
        }
    }

    /// Inside `x-kubernetes-preserve-unknown-fields` only what is specified again is pruned.
    fn preserved(&mut self, id: TypeId, value: &mut Value, resource: bool) {
        let ty = self.types.get(id);
        match value {
            Value::Object(fields) => {
                for (key, value) in fields.iter_mut() {
                    if (resource || ty.embedded_resource) && is_meta(key) {
                        continue;
                    }
                    if let Some(property) = self.types.field(id, key) {
                        self.below_key(Some(property.ty), key, value);
                    }
                }
            }
            Value::Array(items) => {
                let Shape::Array {
                    items: Some(item), ..
                } = &ty.shape
                else {
                    return;
                };
                for (i, value) in items.iter_mut().enumerate() {
                    self.path.push(format!("[{i}]"));
                    self.preserved(item.ty, value, false);
                    self.path.pop();
                }
            }
            _ => {}
        }
    }

    fn below_key(&mut self, id: Option<TypeId>, key: &str, value: &mut Value) {
        let dot = if self.path.is_empty() { "" } else { "." };
        self.path.push(format!("{dot}{key}"));
        self.node(id, value, false);
        self.path.pop();
    }

    fn record(&mut self, key: &str) {
        let dot = if self.path.is_empty() { "" } else { "." };
        self.unknown
            .push(format!("{}{dot}{key}", self.path.concat()));
    }
}
