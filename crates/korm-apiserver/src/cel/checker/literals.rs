//! What is written down in an expression has to fit what it is used as (`cel/validator.go` of cel-go).

use kube_cel::cel::common::ast::{
    CallExpr, EntryExpr, Expr, IdedExpr, ListExpr, LiteralValue, MapExpr,
};

use super::constants::Constants;
use super::formats;
use super::infer::{Checked, Fault};
use super::types::Type;
use crate::cel::regexes;

/// What does not fit.
pub(super) fn faults(tree: &IdedExpr, checked: &Checked) -> Vec<Fault> {
    let mut literals = Literals {
        checked,
        faults: Vec::new(),
    };
    literals.visit(tree, false);
    literals.faults
}

struct Literals<'c> {
    checked: &'c Checked,
    faults: Vec<Fault>,
}

impl Literals<'_> {
    /// `formatted`: the arguments of `format` may be of different types.
    fn visit(&mut self, tree: &IdedExpr, formatted: bool) {
        match &tree.expr {
            Expr::Call(call) => {
                self.call(tree, call);
                let formatted = formatted || call.func_name == "format";
                let target = call.target.as_deref().into_iter();
                target
                    .chain(&call.args)
                    .for_each(|part| self.visit(part, formatted));
            }
            Expr::List(list) => {
                if !formatted {
                    self.list(list);
                }
                let elements = list.elements.iter();
                elements.for_each(|element| self.visit(element, formatted));
            }
            Expr::Map(map) => {
                if !formatted {
                    self.map(map);
                }
                for entry in &map.entries {
                    if let EntryExpr::MapEntry(entry) = &entry.expr {
                        self.visit(&entry.key, formatted);
                        self.visit(&entry.value, formatted);
                    }
                }
            }
            Expr::Select(select) => self.visit(&select.operand, formatted),
            Expr::Struct(message) => {
                for entry in &message.entries {
                    if let EntryExpr::StructField(field) = &entry.expr {
                        self.visit(&field.value, formatted);
                    }
                }
            }
            Expr::Comprehension(fold) => {
                let parts = [
                    &fold.iter_range,
                    &fold.accu_init,
                    &fold.loop_cond,
                    &fold.loop_step,
                    &fold.result,
                ];
                parts
                    .into_iter()
                    .for_each(|part| self.visit(part, formatted));
            }
            Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => {}
        }
    }

    fn call(&mut self, tree: &IdedExpr, call: &CallExpr) {
        let name = call.func_name.as_str();
        if let Some(fault) = formats::fault(tree, call, self.checked) {
            self.faults.push(fault);
        }
        let Some(first) = call.args.first() else {
            return;
        };
        let Expr::Literal(literal) = &first.expr else {
            return;
        };
        let fits = match name {
            "duration" | "timestamp" => {
                !matches!(literal, LiteralValue::Null) && Constants::convert(name, literal).is_ok()
            }
            // The first argument is looked at even if it is not the pattern.
            "matches" => match literal {
                LiteralValue::String(pattern) => regexes::compiled(pattern.inner()).is_some(),
                _ => true,
            },
            _ => true,
        };
        if !fits {
            let what = format!("invalid {name} argument");
            self.faults.push((first.id, what));
        }
    }

    fn list(&mut self, list: &ListExpr) {
        let mut first: Option<&Type> = None;
        for (place, element) in list.elements.iter().enumerate() {
            let ty = self.part(element, list.optional_indices.contains(&place));
            let first = *first.get_or_insert(ty);
            if first != ty {
                self.mismatch(element, first, ty);
                break;
            }
        }
    }

    fn map(&mut self, map: &MapExpr) {
        let mut first: Option<(&Type, &Type)> = None;
        for entry in &map.entries {
            let EntryExpr::MapEntry(entry) = &entry.expr else {
                continue;
            };
            let key = self.part(&entry.key, false);
            let value = self.part(&entry.value, entry.optional);
            let (keys, values) = *first.get_or_insert((key, value));
            if keys != key {
                self.mismatch(&entry.key, keys, key);
            }
            if values != value {
                self.mismatch(&entry.value, values, value);
            }
        }
    }

    fn mismatch(&mut self, at: &IdedExpr, expected: &Type, found: &Type) {
        let what = format!("expected type '{expected}' but found '{found}'");
        self.faults.push((at.id, what));
    }
}

impl<'c> Literals<'c> {
    /// The type of a part, or of what is left of it where it may be absent.
    fn part(&self, part: &IdedExpr, is_optional: bool) -> &'c Type {
        let ty = self.checked.of(part.id);
        match is_optional {
            true => ty.within_optional().unwrap_or(ty),
            false => ty,
        }
    }
}
