//! How large the parts of an expression can be.

use kube_cel::cel::common::ast::{Expr, IdedExpr, LiteralValue};

use super::Estimator;
use super::bounds::Bounds;
use crate::cel::checker::{OPTIONAL, Type};
use crate::cel::declared::Shape;

/// Where something is in the values that expressions are for; its first part is the variable.
pub(super) type Path = Vec<String>;

/// The sizes of what a list or map contains.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entries {
    is_list: bool,
    key: Bounds,
    pub(super) value: Bounds,
}

/// A variable of a macro.
#[derive(Clone, Debug)]
pub(super) struct Local {
    pub(super) path: Path,
    size: Option<Bounds>,
    entries: Option<Entries>,
}

/// An argument of a call.
#[derive(Debug)]
pub(super) struct Node<'e> {
    pub(super) tree: &'e IdedExpr,
    pub(super) ty: &'e Type,
    pub(super) path: Path,
    pub(super) size: Option<Bounds>,
}

impl Node<'_> {
    pub(super) fn size_or_unknown(&self) -> Bounds {
        self.size.unwrap_or(Bounds::UNKNOWN)
    }
}

impl Entries {
    pub(super) fn of_list(key: Bounds, value: Bounds) -> Self {
        Self {
            is_list: true,
            key,
            value,
        }
    }

    pub(super) fn of_map(key: Bounds, value: Bounds) -> Self {
        Self {
            is_list: false,
            key,
            value,
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self {
            is_list: self.is_list,
            key: self.key.or(other.key),
            value: self.value.or(other.value),
        }
    }
}

/// Whether this is a path in what a macro gathers.
pub(super) fn is_accumulated(path: &Path) -> bool {
    matches!(
        path.first().map(String::as_str),
        Some("@result" | "__result__")
    )
}

impl<'e> Estimator<'e> {
    pub(super) fn local(&self, name: &str) -> Option<&Local> {
        let mut found = self.locals.iter().rev();
        found
            .find(|(known, _)| *known == name)
            .map(|(_, local)| local)
    }

    fn local_of(&self, tree: &IdedExpr) -> Option<&Local> {
        match &tree.expr {
            Expr::Ident(name) => self.local(name),
            _ => None,
        }
    }

    pub(super) fn path(&self, tree: &IdedExpr) -> Path {
        match self.local_of(tree) {
            Some(local) => local.path.clone(),
            None => self.paths.get(&tree.id).cloned().unwrap_or_default(),
        }
    }

    /// The size of what is declared at a path. Whatever variable it begins with, that is the value itself.
    pub(super) fn declared_size(&self, path: &[String]) -> Option<Bounds> {
        let (_, rest) = path.split_first()?;
        let mut at = self.own;
        for (place, part) in rest.iter().enumerate() {
            at = match (part.as_str(), &at.shape) {
                ("@items" | "@values", _) => at.element()?,
                // A key is a text, of which nothing is declared.
                ("@keys", Shape::Map(_)) if place + 1 == rest.len() => return Some(Bounds::ZERO),
                (name, _) => at.field(name)?,
            };
        }
        Some(Bounds::between(0, at.most))
    }

    pub(super) fn size(&mut self, tree: &IdedExpr) -> Option<Bounds> {
        if let Some(size) = self.sizes.get(&tree.id) {
            return Some(*size);
        }
        if let Some(size) = written_size(&tree.expr) {
            return Some(Bounds::exactly(size));
        }
        if let Some(size) = self.declared_size(&self.path(tree)) {
            self.sizes.insert(tree.id, size);
            return Some(size);
        }
        if is_scalar(self.checked.of(tree.id)) {
            return Some(Bounds::ONE);
        }
        self.local_of(tree)?.size
    }

    pub(super) fn size_or_unknown(&mut self, tree: &IdedExpr) -> Bounds {
        self.size(tree).unwrap_or(Bounds::UNKNOWN)
    }

    pub(super) fn entries_of(&self, tree: &IdedExpr) -> Option<Entries> {
        match self.entries.get(&tree.id) {
            Some(entries) => Some(*entries),
            None => self.local_of(tree)?.entries,
        }
    }

    pub(super) fn copy_sizes(&mut self, to: &IdedExpr, from: &IdedExpr) {
        if let Some(size) = self.size(from) {
            self.sizes.insert(to.id, size);
        }
        if let Some(entries) = self.entries_of(from) {
            self.entries.insert(to.id, entries);
        }
    }

    /// A variable that has this value.
    pub(super) fn bound(&mut self, value: &IdedExpr) -> Local {
        Local {
            path: self.path(value),
            size: self.size(value),
            entries: self.entries_of(value),
        }
    }

    pub(super) fn is_list(&self, range: &IdedExpr) -> bool {
        match self.entries_of(range) {
            Some(entries) => entries.is_list,
            None => matches!(self.checked.of(range.id), Type::List(_)),
        }
    }

    /// The variable of a macro over a range: its keys, or its values.
    pub(super) fn step(&self, range: &IdedExpr, value: bool) -> Local {
        let part = match (self.is_list(range), value) {
            (true, true) => "@items",
            (true, false) => "@indices",
            (false, true) => "@values",
            (false, false) => "@keys",
        };
        let mut path = self.path(range);
        path.push(part.to_owned());
        let entries = self.entries_of(range);
        Local {
            path,
            size: entries.map(|entries| if value { entries.value } else { entries.key }),
            entries: None,
        }
    }
}

fn written_size(expr: &Expr) -> Option<u64> {
    let size = match expr {
        Expr::Literal(LiteralValue::String(text)) => text.inner().chars().count(),
        Expr::Literal(LiteralValue::Bytes(bytes)) => bytes.inner().len(),
        Expr::Literal(_) => 1,
        Expr::List(list) => list.elements.len(),
        Expr::Map(map) => map.entries.len(),
        _ => return None,
    };
    u64::try_from(size).ok()
}

fn is_scalar(ty: &Type) -> bool {
    match ty {
        Type::Bool | Type::Double | Type::Duration | Type::Int | Type::Timestamp | Type::Uint => {
            true
        }
        Type::Opaque(OPTIONAL, parameters) => parameters.first().is_some_and(is_scalar),
        _ => false,
    }
}
