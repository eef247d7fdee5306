//! Which functions calls mean.

use kube_cel::cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue};

use super::infer::{Checker, qualified_name};
use super::types::Type;
use crate::cel::declarations::{self, Function};

impl<'e> Checker<'e> {
    pub(super) fn call(&mut self, tree: &'e IdedExpr, call: &'e CallExpr) -> Type {
        let name = call.func_name.as_str();
        if name == "_?._" {
            return self.optional_field(tree, call);
        }
        let mut args: Vec<Type> = call.args.iter().map(|arg| self.infer(arg)).collect();
        let Some(target) = call.target.as_deref() else {
            return match declarations::function(name.trim_start_matches('.')) {
                Some((name @ ("_&&_" | "_||_"), overloads)) => {
                    let called = (name, overloads.iter().collect());
                    self.checked.called.insert(tree.id, called);
                    self.expect_bools(&call.args, &args)
                }
                Some(function) => self.resolve(tree, function, false, &args),
                None => self.undeclared(tree, name),
            };
        };
        if let Some(function) = qualified_function(target, name) {
            return self.resolve(tree, function, false, &args);
        }
        let target = self.infer(target);
        args.insert(0, target);
        match declarations::function(name) {
            Some(function) => self.resolve(tree, function, true, &args),
            None => self.undeclared(tree, name),
        }
    }

    /// `a.?b`
    fn optional_field(&mut self, tree: &'e IdedExpr, call: &'e CallExpr) -> Type {
        let [of, field] = call.args.as_slice() else {
            return Type::Dyn;
        };
        let Expr::Literal(LiteralValue::String(name)) = &field.expr else {
            return Type::Dyn;
        };
        let ty = self.field(tree, of, name.inner(), true);
        self.bindings.resolve(&ty)
    }

    /// What a function gives for arguments of these types: the results of all overloads that take them.
    fn resolve(
        &mut self,
        tree: &IdedExpr,
        (name, overloads): Function,
        is_method: bool,
        args: &[Type],
    ) -> Type {
        let mut result: Option<Type> = None;
        let mut called = Vec::new();
        for overload in overloads {
            if overload.is_method != is_method {
                continue;
            }
            let bindings = &mut self.bindings;
            let (takes, gives) = overload.instance(&mut || bindings.free());
            if !bindings.assign_all(args, &takes) {
                continue;
            }
            called.push(overload);
            let gives = bindings.resolve(&gives);
            result = Some(match result {
                None => gives,
                Some(Type::Dyn) => Type::Dyn,
                Some(before) if before == gives => before,
                Some(_) => Type::Dyn,
            });
        }
        if let Some(result) = result {
            self.checked.called.insert(tree.id, (name, called));
            return result;
        }
        let args: Vec<String> = args
            .iter()
            .map(|arg| self.bindings.settle(arg).to_string())
            .collect();
        let applied = match (is_method, args.split_first()) {
            (true, Some((target, args))) => format!("{target}.({})", args.join(", ")),
            _ => format!("({})", args.join(", ")),
        };
        let what = format!("found no matching overload for '{name}' applied to '{applied}'");
        self.fail(tree, what);
        Type::Error
    }
}

/// The function that a name of several parts means, as in `sets.contains(a, b)`.
pub(in crate::cel) fn qualified_function(target: &IdedExpr, name: &str) -> Option<Function> {
    let before = qualified_name(target)?;
    declarations::function(&format!("{before}.{name}"))
}
