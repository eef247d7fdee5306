//! What can be evaluated before there are values: conversions and patterns of what is written down. Kubernetes makes
//! programs of rules, and cel-go evaluates this much then (`interpreter/decorators.go`).

use std::collections::HashMap;

use kube_cel::cel::Value as Cel;
use kube_cel::cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue};
use kube_cel::cel::objects::Key;

use super::infer::Checked;
use crate::cel::evaluate::{Scope, written};
use crate::cel::{access, regexes, run};
use crate::schema::pattern;

/// Why no program can be made of an expression.
pub(super) fn instantiate(tree: &IdedExpr, checked: &Checked) -> Result<(), String> {
    Constants { checked }.value(tree).map(|_| ())
}

pub(super) struct Constants<'c> {
    checked: &'c Checked,
}

impl Constants<'_> {
    /// What a conversion makes of something that is written down.
    pub(super) fn convert(function: &str, literal: &LiteralValue) -> Result<(), String> {
        conversion(function, written(literal)).map(|_| ())
    }

    /// The value of a part, if it is constant.
    fn value(&self, tree: &IdedExpr) -> Result<Option<Cel>, String> {
        match &tree.expr {
            Expr::Literal(literal) => Ok(Some(written(literal))),
            Expr::Ident(name)
                if matches!(name.as_str(), "duration" | "timestamp")
                    && self.checked.type_names.contains(&tree.id) =>
            {
                Err(format!("reference to undefined type: {name}"))
            }
            Expr::Ident(_) | Expr::Unspecified => Ok(None),
            Expr::Select(_) if self.checked.type_names.contains(&tree.id) => Ok(None),
            Expr::Select(select) => self.value(&select.operand).map(|_| None),
            Expr::Call(call) => self.call(call),
            Expr::List(list) => {
                let items = self.values(&list.elements)?;
                let is_constant = list.optional_indices.is_empty();
                Ok(items
                    .filter(|_| is_constant)
                    .map(|items| Cel::List(items.into())))
            }
            Expr::Map(map) => {
                let mut entries: Option<HashMap<Key, Cel>> = Some(HashMap::new());
                for entry in &map.entries {
                    let EntryExpr::MapEntry(entry) = &entry.expr else {
                        continue;
                    };
                    let (key, value) = (self.value(&entry.key)?, self.value(&entry.value)?);
                    let key = key.and_then(|key| access::key(key).ok());
                    let constant = key.zip(value).filter(|_| !entry.optional);
                    entries = entries.zip(constant).map(|(mut entries, (key, value))| {
                        entries.insert(key, value);
                        entries
                    });
                }
                Ok(entries.map(Cel::from))
            }
            Expr::Struct(message) => {
                for entry in &message.entries {
                    if let EntryExpr::StructField(field) = &entry.expr {
                        self.value(&field.value)?;
                    }
                }
                Ok(None)
            }
            Expr::Comprehension(fold) => {
                let parts = [
                    &fold.accu_init,
                    &fold.iter_range,
                    &fold.loop_cond,
                    &fold.loop_step,
                    &fold.result,
                ];
                parts
                    .into_iter()
                    .try_for_each(|part| self.value(part).map(|_| ()))?;
                Ok(None)
            }
        }
    }

    /// The values of several parts, if all are constant.
    fn values(&self, parts: &[IdedExpr]) -> Result<Option<Vec<Cel>>, String> {
        let values: Result<Vec<Option<Cel>>, String> =
            parts.iter().map(|part| self.value(part)).collect();
        Ok(values?.into_iter().collect())
    }

    fn call(&self, call: &CallExpr) -> Result<Option<Cel>, String> {
        let target = call.target.as_deref();
        if let Some(target) = target
            && super::calls::qualified_function(target, &call.func_name).is_none()
        {
            self.value(target)?;
        }
        let mut args = Vec::with_capacity(call.args.len());
        for arg in &call.args {
            args.push(self.value(arg)?);
        }
        let name = call.func_name.as_str();
        let patterns = match (name, target) {
            ("find" | "findAll" | "matches", Some(_)) => args.first(),
            ("matches", None) => args.get(1),
            _ => None,
        };
        if let Some(Some(Cel::String(pattern))) = patterns {
            check_pattern(pattern)?;
        }
        match (target, <[Option<Cel>; 1]>::try_from(args)) {
            (None, Ok([Some(value)])) if is_conversion(name) => conversion(name, value),
            _ => Ok(None),
        }
    }
}

fn is_conversion(function: &str) -> bool {
    matches!(
        function,
        "bool"
            | "bytes"
            | "double"
            | "dyn"
            | "duration"
            | "int"
            | "string"
            | "timestamp"
            | "type"
            | "uint"
    )
}

/// What a conversion makes of a value; nothing if it cannot be told before the rule is evaluated.
fn conversion(function: &str, value: Cel) -> Result<Option<Cel>, String> {
    if matches!((function, &value), ("int" | "string", Cel::Null)) {
        return Err(format!("no such overload: {function}(null_type)"));
    }
    let arg = IdedExpr {
        id: 0,
        expr: Expr::Ident("value".to_owned()),
    };
    let call = IdedExpr {
        id: 0,
        expr: Expr::Call(CallExpr {
            func_name: function.to_owned(),
            target: None,
            args: vec![arg],
        }),
    };
    let mut scope = Scope::new(&run::FUNCTIONS);
    scope.add("value", value);
    match scope.evaluate(&call) {
        Ok(value) => Ok(Some(value)),
        Err(error) => run::reason(&error).map_or(Ok(None), Err),
    }
}

fn check_pattern(source: &str) -> Result<(), String> {
    if regexes::compiled(source).is_some() {
        return Ok(());
    }
    match pattern::compile(source) {
        Err(why) => Err(why),
        Ok(_) => Err(format!(
            "error parsing regexp: invalid regular expression: `{source}`"
        )),
    }
}
