//! Evaluating expressions as cel-go does (`interpreter` of github.com/google/cel-go): an error is a value that `&&`, `||`
//! and macros may outweigh.

use std::collections::HashMap;

use kube_cel::cel::common::ast::{
    CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, ListExpr, LiteralValue, MapExpr,
};
use kube_cel::cel::objects::Key;
use kube_cel::cel::{Context, ExecutionError, ResolveResult, Value as Cel};

use super::{access, arithmetic, calls, keyed, misfit, optionals, stored, type_values};

/// What the names in an expression mean.
pub(super) struct Scope<'e> {
    /// Functions that this module does not know itself.
    pub(super) functions: &'e Context<'e>,
    /// The last one of a name counts.
    variables: Vec<(&'e str, ResolveResult)>,
}

impl<'e> Scope<'e> {
    pub(super) fn new(functions: &'e Context<'e>) -> Self {
        Self {
            functions,
            variables: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, name: &'e str, value: Cel) {
        self.variables.push((name, Ok(value)));
    }

    pub(super) fn variable(&self, name: &str) -> Option<&ResolveResult> {
        let mut found = self.variables.iter().rev();
        found
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    pub(super) fn evaluate(&mut self, tree: &'e IdedExpr) -> ResolveResult {
        match &tree.expr {
            Expr::Literal(literal) => Ok(written(literal)),
            Expr::Ident(name) => match self.variable(name) {
                Some(value) => value.clone().and_then(misfit::sound),
                None => type_values::named(name).ok_or_else(|| no_such_name(name)),
            },
            Expr::Select(select) => {
                if let Some(ty) = type_values::qualified(select) {
                    return Ok(ty);
                }
                let operand = self.evaluate(&select.operand)?;
                match select.test {
                    true => access::has(&operand, &select.field).map(Cel::Bool),
                    false => access::select(&operand, &select.field),
                }
            }
            Expr::Call(call) => self.call(call),
            Expr::List(list) => self.list(list),
            Expr::Map(map) => self.map(map),
            Expr::Comprehension(macro_) => self.fold(macro_),
            Expr::Struct(_) | Expr::Unspecified => Err(ExecutionError::NoSuchOverload),
        }
    }

    fn call(&mut self, call: &'e CallExpr) -> ResolveResult {
        match (call.func_name.as_str(), call.args.as_slice()) {
            ("_&&_", [left, right]) => self.decide(left, right, false),
            ("_||_", [left, right]) => self.decide(left, right, true),
            ("_?_:_", [condition, yes, no]) => match self.evaluate(condition)? {
                Cel::Bool(true) => self.evaluate(yes),
                Cel::Bool(false) => self.evaluate(no),
                _ => Err(ExecutionError::NoSuchOverload),
            },
            ("@not_strictly_false", [of]) => Ok(Cel::Bool(!matches!(
                self.evaluate(of),
                Ok(Cel::Bool(false))
            ))),
            ("!_", [of]) => match self.evaluate(of)? {
                Cel::Bool(is) => Ok(Cel::Bool(!is)),
                _ => Err(ExecutionError::NoSuchOverload),
            },
            ("-_", [of]) => arithmetic::negate(self.evaluate(of)?),
            ("_[_]", [of, at]) => access::index(&self.evaluate(of)?, &self.evaluate(at)?),
            ("_[?_]" | "_?._", [of, at]) => {
                let (of, at) = (self.evaluate(of)?, self.evaluate(at)?);
                access::index_optionally(&of, &at)
            }
            (name, [left, right]) if arithmetic::is_operator(name) => {
                let (left, right) = (self.evaluate(left)?, self.evaluate(right)?);
                arithmetic::operate(name, left, right)
            }
            _ => match optionals::call(self, call) {
                Some(result) => result,
                None => calls::call(self, call),
            },
        }
    }

    /// `&&` and `||`: one operand that is `deciding` decides, whatever the other one is.
    fn decide(&mut self, left: &'e IdedExpr, right: &'e IdedExpr, deciding: bool) -> ResolveResult {
        let left = self.truth(left);
        if left == Ok(deciding) {
            return Ok(Cel::Bool(deciding));
        }
        let right = self.truth(right);
        if right == Ok(deciding) {
            return Ok(Cel::Bool(deciding));
        }
        left.and(right).map(Cel::Bool)
    }

    fn truth(&mut self, of: &'e IdedExpr) -> Result<bool, ExecutionError> {
        match self.evaluate(of)? {
            Cel::Bool(is) => Ok(is),
            _ => Err(ExecutionError::NoSuchOverload),
        }
    }

    fn list(&mut self, list: &'e ListExpr) -> ResolveResult {
        let mut items = Vec::with_capacity(list.elements.len());
        for (place, element) in list.elements.iter().enumerate() {
            let item = self.evaluate(element)?;
            match list.optional_indices.contains(&place) {
                true => items.extend(optionals::within(&item)?.cloned()),
                false => items.push(item),
            }
        }
        Ok(Cel::List(items.into()))
    }

    fn map(&mut self, map: &'e MapExpr) -> ResolveResult {
        let mut entries: HashMap<Key, Cel> = HashMap::new();
        for entry in &map.entries {
            let EntryExpr::MapEntry(entry) = &entry.expr else {
                return Err(ExecutionError::NoSuchOverload);
            };
            let key = self.evaluate(&entry.key)?;
            let key = access::key(key)?;
            let value = self.evaluate(&entry.value)?;
            let value = match entry.optional {
                true => optionals::within(&value)?.cloned(),
                false => Some(value),
            };
            entries.extend(value.map(|value| (key, value)));
        }
        Ok(entries.into())
    }

    /// What a macro makes. Its accumulator may be an error for a while.
    fn fold(&mut self, of: &'e ComprehensionExpr) -> ResolveResult {
        let range = self.evaluate(&of.iter_range)?;
        let start = self.evaluate(&of.accu_init);
        let outer = self.variables.len();
        self.variables.push((&of.accu_var, start));
        for (first, second) in steps(&range, of.iter_var2.is_some())? {
            if matches!(self.evaluate(&of.loop_cond), Ok(Cel::Bool(false))) {
                break;
            }
            self.add(&of.iter_var, first);
            if let (Some(name), Some(value)) = (&of.iter_var2, second) {
                self.add(name, value);
            }
            let next = self.evaluate(&of.loop_step);
            self.variables.truncate(outer);
            self.variables.push((&of.accu_var, next));
        }
        let result = self.evaluate(&of.result);
        self.variables.truncate(outer);
        result
    }
}

/// What the variables of a macro are in turn: items or keys, and for two variables places and items, or keys and values.
fn steps(range: &Cel, two: bool) -> Result<Vec<(Cel, Option<Cel>)>, ExecutionError> {
    if let Some(items) = keyed::items(range) {
        return Ok(match two {
            false => items.iter().map(|item| (item.clone(), None)).collect(),
            true => (0..)
                .zip(items)
                .map(|(place, item)| (Cel::Int(place), Some(item.clone())))
                .collect(),
        });
    }
    let entries = stored::entries(range).ok_or(ExecutionError::NoSuchOverload)?;
    let mut entries: Vec<(&Key, &Cel)> = entries.map.iter().collect();
    entries.sort_by_key(|(key, _)| *key);
    let step = |(key, value): (&Key, &Cel)| (key.into(), two.then(|| value.clone()));
    Ok(entries.into_iter().map(step).collect())
}

fn no_such_name(name: &str) -> ExecutionError {
    ExecutionError::undeclared_reference(name)
}

pub(super) fn written(literal: &LiteralValue) -> Cel {
    match literal {
        LiteralValue::Boolean(is) => Cel::Bool(*is.inner()),
        LiteralValue::Bytes(bytes) => Cel::Bytes(bytes.inner().to_vec().into()),
        LiteralValue::Double(double) => Cel::Float(*double.inner()),
        LiteralValue::Int(int) => Cel::Int(*int.inner()),
        LiteralValue::String(text) => text.inner().into(),
        LiteralValue::UInt(uint) => Cel::UInt(*uint.inner()),
        LiteralValue::Null => Cel::Null,
    }
}
