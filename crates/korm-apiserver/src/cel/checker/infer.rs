//! The types of all parts of an expression.

use std::collections::{HashMap, HashSet};

use kube_cel::cel::common::ast::{
    ComprehensionExpr, EntryExpr, Expr, IdedExpr, ListExpr, LiteralValue, MapExpr, SelectExpr,
    StructExpr,
};

use super::Surroundings;
use super::bindings::{Bindings, most_general};
use super::types::{ROOT, Type};
use crate::cel::declarations::{self, Overload};

/// Something wrong with the part of this id.
pub(super) type Fault = (u64, String);

/// What the checker found out.
#[derive(Debug, Default)]
pub(in crate::cel) struct Checked {
    types: HashMap<u64, Type>,
    /// Names that mean types.
    pub(in crate::cel) type_names: HashSet<u64>,
    /// What calls call: a function, in all ways that its arguments fit.
    pub(in crate::cel) called: HashMap<u64, (&'static str, Vec<&'static Overload>)>,
}

impl Checked {
    /// The type of a part.
    pub(in crate::cel) fn of(&self, id: u64) -> &Type {
        self.types.get(&id).unwrap_or(&Type::Dyn)
    }

    /// The type of the whole.
    pub(super) fn result(&self, tree: &IdedExpr) -> &Type {
        self.of(tree.id)
    }
}

/// Finds out the types of all parts, or what is wrong with some.
pub(super) fn check(
    tree: &IdedExpr,
    surroundings: Surroundings<'_>,
) -> Result<Checked, Vec<Fault>> {
    let own = Type::declared(surroundings.own, ROOT);
    let old = match surroundings.optional_old_self {
        true => Type::optional(own.clone()),
        false => own.clone(),
    };
    let mut checker = Checker {
        variables: [("self", own), ("oldSelf", old)],
        scope: Vec::new(),
        bindings: Bindings::default(),
        checked: Checked::default(),
        faults: Vec::new(),
    };
    checker.infer(tree);
    if !checker.faults.is_empty() {
        return Err(checker.faults);
    }
    let bindings = checker.bindings;
    for ty in checker.checked.types.values_mut() {
        *ty = bindings.settle(ty);
    }
    Ok(checker.checked)
}

pub(super) struct Checker<'e> {
    variables: [(&'static str, Type); 2],
    /// The variables of macros; the last one of a name counts.
    scope: Vec<(&'e str, Type)>,
    pub(super) bindings: Bindings,
    pub(super) checked: Checked,
    pub(super) faults: Vec<Fault>,
}

impl<'e> Checker<'e> {
    pub(super) fn fail(&mut self, at: &IdedExpr, what: String) {
        self.faults.push((at.id, what));
    }

    pub(super) fn undeclared(&mut self, at: &IdedExpr, name: &str) -> Type {
        self.fail(
            at,
            format!("undeclared reference to '{name}' (in container '')"),
        );
        Type::Error
    }

    fn mismatch(&mut self, at: &IdedExpr, expected: &Type, found: &Type) {
        self.fail(
            at,
            format!("expected type '{expected}' but found '{found}'"),
        );
    }

    pub(super) fn infer(&mut self, tree: &'e IdedExpr) -> Type {
        let ty = match &tree.expr {
            Expr::Literal(literal) => written(literal),
            Expr::Ident(name) => self.identifier(tree, name),
            Expr::Select(select) => self.select(tree, select),
            Expr::Call(call) => self.call(tree, call),
            Expr::List(list) => self.list(list),
            Expr::Map(map) => self.map(map),
            Expr::Struct(message) => self.message(tree, message),
            Expr::Comprehension(fold) => self.fold(fold),
            Expr::Unspecified => Type::Dyn,
        };
        self.checked.types.insert(tree.id, ty.clone());
        ty
    }

    fn local(&self, name: &str) -> Option<&Type> {
        let mut found = self.scope.iter().rev();
        found.find(|(known, _)| *known == name).map(|(_, ty)| ty)
    }

    fn identifier(&mut self, tree: &IdedExpr, name: &str) -> Type {
        if let Some(ty) = self.local(name) {
            return ty.clone();
        }
        if let Some((_, ty)) = self.variables.iter().find(|(known, _)| *known == name) {
            return ty.clone();
        }
        match declarations::named_type(name) {
            Some(ty) => {
                self.checked.type_names.insert(tree.id);
                Type::kind(ty)
            }
            None => self.undeclared(tree, name),
        }
    }

    fn select(&mut self, tree: &'e IdedExpr, select: &'e SelectExpr) -> Type {
        if let Some(ty) = self.qualified(tree) {
            self.checked.type_names.insert(tree.id);
            return ty;
        }
        let ty = self.field(tree, &select.operand, &select.field, false);
        match select.test {
            // has() tells whether the field is there, whatever it is.
            true => Type::Bool,
            false => self.bindings.resolve(&ty),
        }
    }

    /// What a name of several parts means, if it is one.
    fn qualified(&self, tree: &IdedExpr) -> Option<Type> {
        let name = qualified_name(tree)?;
        let first = name.split('.').next()?;
        if self.local(first).is_some() {
            return None;
        }
        if name == "google.protobuf.NullValue.NULL_VALUE" {
            return Some(Type::Int);
        }
        declarations::named_type(&name).map(Type::kind)
    }

    /// The type of a field of what `of` is.
    pub(super) fn field(
        &mut self,
        tree: &IdedExpr,
        of: &'e IdedExpr,
        name: &str,
        optional: bool,
    ) -> Type {
        let operand = self.infer(of);
        let operand = self.bindings.resolve(&operand);
        let within = operand.within_optional();
        let is_optional = optional || within.is_some();
        let field = match within.unwrap_or(&operand) {
            Type::Map(entry) => entry.1.clone(),
            Type::Object(object) => match object.field(name) {
                Some(field) => field,
                None => {
                    self.fail(tree, format!("undefined field '{name}'"));
                    Type::Error
                }
            },
            free @ Type::Free(_) => {
                self.bindings.assign(&Type::Dyn, free);
                Type::Dyn
            }
            // To cel-go these are messages, whose fields nobody can tell it.
            Type::Opaque(library, _) if library.starts_with("kubernetes.") => {
                let what = format!("unexpected failed resolution of '{library}'");
                self.fail(tree, what);
                Type::Error
            }
            Type::Dyn | Type::Error => Type::Dyn,
            other => {
                self.fail(
                    tree,
                    format!("type '{other}' does not support field selection"),
                );
                Type::Dyn
            }
        };
        match is_optional {
            true => Type::optional(field),
            false => field,
        }
    }

    fn list(&mut self, list: &'e ListExpr) -> Type {
        let mut joined: Option<Type> = None;
        for (place, element) in list.elements.iter().enumerate() {
            let mut ty = self.infer(element);
            if list.optional_indices.contains(&place) {
                ty = self.optional_part(element, ty);
            }
            joined = Some(self.join(joined, ty));
        }
        Type::list(joined.unwrap_or_else(|| self.bindings.free()))
    }

    fn map(&mut self, map: &'e MapExpr) -> Type {
        let mut joined: Option<(Type, Type)> = None;
        for entry in &map.entries {
            let EntryExpr::MapEntry(entry) = &entry.expr else {
                continue;
            };
            let (keys, values) = joined.unzip();
            let key = self.infer(&entry.key);
            let key = self.join(keys, key);
            let mut value = self.infer(&entry.value);
            if entry.optional {
                value = self.optional_part(&entry.value, value);
            }
            joined = Some((key, self.join(values, value)));
        }
        let (key, value) = match joined {
            Some(joined) => joined,
            None => (self.bindings.free(), self.bindings.free()),
        };
        Type::map(key, value)
    }

    /// What is left of a part that may be absent.
    fn optional_part(&mut self, at: &IdedExpr, ty: Type) -> Type {
        match (ty.within_optional(), &ty) {
            (Some(within), _) => within.clone(),
            (None, Type::Dyn) => ty,
            (None, _) => {
                self.mismatch(at, &Type::optional(ty.clone()), &ty);
                ty
            }
        }
    }

    /// The type of parts of both types.
    fn join(&mut self, before: Option<Type>, ty: Type) -> Type {
        match before {
            None => ty,
            Some(before) if self.bindings.assign(&before, &ty) => {
                most_general(&before, &ty).clone()
            }
            Some(_) => Type::Dyn,
        }
    }

    /// A message of protocol buffers: there are but few that an expression can make.
    fn message(&mut self, tree: &IdedExpr, message: &'e StructExpr) -> Type {
        let name = &message.type_name;
        let ty = declarations::named_type(name.trim_start_matches('.'));
        let Some(ty) = ty else {
            return self.undeclared(tree, name);
        };
        if !name.contains('.') && !matches!(ty, Type::Duration | Type::Timestamp) {
            let ty = ty.runtime_name();
            self.fail(tree, format!("'{ty}' is not a message type"));
            return Type::Error;
        }
        for entry in &message.entries {
            if let EntryExpr::StructField(field) = &entry.expr {
                self.infer(&field.value);
            }
        }
        match ty {
            // What these hold may be null, and is otherwise like what it is.
            Type::Opaque(..) => Type::Dyn,
            ty => ty,
        }
    }

    fn fold(&mut self, fold: &'e ComprehensionExpr) -> Type {
        let range = self.infer(&fold.iter_range);
        let accumulated = self.infer(&fold.accu_init);
        let range = self.bindings.resolve(&range);
        let (first, second) = self.steps(fold, &range);
        let outer = self.scope.len();
        self.scope.push((&fold.accu_var, accumulated.clone()));
        let inner = self.scope.len();
        self.scope.push((&fold.iter_var, first));
        if let Some(name) = &fold.iter_var2 {
            self.scope.push((name, second));
        }
        self.expect(&fold.loop_cond, &Type::Bool);
        self.expect(&fold.loop_step, &accumulated);
        self.scope.truncate(inner);
        let result = self.infer(&fold.result);
        self.scope.truncate(outer);
        self.bindings.resolve(&result)
    }

    /// The types of the variables of a macro; the second one counts only if there are two.
    fn steps(&mut self, fold: &ComprehensionExpr, range: &Type) -> (Type, Type) {
        let two = fold.iter_var2.is_some();
        match range {
            Type::List(item) if two => (Type::Int, (**item).clone()),
            Type::List(item) => ((**item).clone(), Type::Dyn),
            Type::Map(entry) => (**entry).clone(),
            Type::Dyn | Type::Error | Type::Free(_) => {
                self.bindings.assign(&Type::Dyn, range);
                (Type::Dyn, Type::Dyn)
            }
            other => {
                let what = format!(
                    "expression of type '{other}' cannot be range of a comprehension (must be list, map, or dynamic)"
                );
                self.fail(&fold.iter_range, what);
                (Type::Error, Type::Error)
            }
        }
    }

    fn expect(&mut self, tree: &'e IdedExpr, expected: &Type) {
        let found = self.infer(tree);
        if !self.bindings.assign(expected, &found) {
            self.mismatch(tree, expected, &found);
        }
    }

    /// Operands of `&&` and `||` are all told of.
    pub(super) fn expect_bools(&mut self, args: &'e [IdedExpr], types: &[Type]) -> Type {
        let mut result = Type::Bool;
        for (arg, ty) in args.iter().zip(types) {
            if !self.bindings.assign(ty, &Type::Bool) {
                self.mismatch(arg, &Type::Bool, ty);
                result = Type::Error;
            }
        }
        result
    }
}

fn written(literal: &LiteralValue) -> Type {
    match literal {
        LiteralValue::Boolean(_) => Type::Bool,
        LiteralValue::Bytes(_) => Type::Bytes,
        LiteralValue::Double(_) => Type::Double,
        LiteralValue::Int(_) => Type::Int,
        LiteralValue::String(_) => Type::String,
        LiteralValue::UInt(_) => Type::Uint,
        LiteralValue::Null => Type::Null,
    }
}

/// Names with dots between them, as one name.
pub(super) fn qualified_name(tree: &IdedExpr) -> Option<String> {
    match &tree.expr {
        Expr::Ident(name) => Some(name.clone()),
        Expr::Select(select) if !select.test => {
            let before = qualified_name(&select.operand)?;
            Some(format!("{before}.{}", select.field))
        }
        _ => None,
    }
}
