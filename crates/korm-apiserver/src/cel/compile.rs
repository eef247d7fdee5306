//! Parsing expressions.

use std::sync::Arc;

use kube_cel::cel::common::ast::{EntryExpr, Expr, IdedExpr};
use kube_cel::cel::parser::{ExpressionReferences, Parser};

/// A parsed expression.
#[derive(Clone, Debug)]
pub(crate) struct Expression {
    parsed: Arc<IdedExpr>,
}

impl Expression {
    /// Parses an expression. The error is told as Kubernetes tells it.
    pub(crate) fn parse(source: &str) -> Result<Self, String> {
        let mut parsed = Parser::default()
            .enable_optional_syntax(true)
            .parse(source)
            .map_err(|errors| {
                let errors: Vec<String> = errors
                    .errors
                    .iter()
                    .map(|error| located(source, error.pos.0, error.pos.1, &error.msg))
                    .collect();
                format!("compilation failed: {}", errors.join("\n"))
            })?;
        rewrite(&mut parsed);
        Ok(Self {
            parsed: Arc::new(parsed),
        })
    }

    /// The syntax tree.
    pub(super) fn tree(&self) -> &IdedExpr {
        &self.parsed
    }

    /// Whether the expression speaks of the old value.
    pub(crate) fn uses_old_self(&self) -> bool {
        let references: ExpressionReferences<'_> = self.parsed.references();
        references.has_variable("oldSelf")
    }
}

/// An error with the line it is in and a mark below its column; both count from 1.
pub(super) fn located(source: &str, line: isize, column: isize, message: &str) -> String {
    let text = usize::try_from(line - 1)
        .ok()
        .and_then(|line| source.lines().nth(line))
        .unwrap_or_default();
    let dots = ".".repeat(usize::try_from(column - 1).unwrap_or(0));
    format!("ERROR: <input>:{line}:{column}: {message}\n | {text}\n | {dots}^")
}

/// The crate fails to select an absent field optionally (`a.?b`) but not to index it (`a[?'b']`),
/// which means the same for maps.
const OPT_SELECT: &str = "_?._";
const OPT_INDEX: &str = "_[?_]";

/// Rewrites what the crate gets wrong.
fn rewrite(tree: &mut IdedExpr) {
    for_children(tree, &mut rewrite);
    let Expr::Call(call) = &mut tree.expr else {
        return;
    };
    if call.func_name == OPT_SELECT {
        call.func_name = OPT_INDEX.to_owned();
    }
}

/// Calls `visit` for every direct child.
pub(super) fn for_children(tree: &mut IdedExpr, visit: &mut impl FnMut(&mut IdedExpr)) {
    match &mut tree.expr {
        Expr::Call(call) => {
            if let Some(target) = &mut call.target {
                visit(target);
            }
            call.args.iter_mut().for_each(visit);
        }
        Expr::Comprehension(comprehension) => {
            visit(&mut comprehension.iter_range);
            visit(&mut comprehension.accu_init);
            visit(&mut comprehension.loop_cond);
            visit(&mut comprehension.loop_step);
            visit(&mut comprehension.result);
        }
        Expr::List(list) => list.elements.iter_mut().for_each(visit),
        Expr::Map(map) => map
            .entries
            .iter_mut()
            .for_each(|entry| match &mut entry.expr {
                EntryExpr::MapEntry(entry) => {
                    visit(&mut entry.key);
                    visit(&mut entry.value);
                }
                EntryExpr::StructField(field) => visit(&mut field.value),
            }),
        Expr::Select(select) => visit(&mut select.operand),
        Expr::Struct(fields) => fields
            .entries
            .iter_mut()
            .for_each(|entry| match &mut entry.expr {
                EntryExpr::MapEntry(entry) => {
                    visit(&mut entry.key);
                    visit(&mut entry.value);
                }
                EntryExpr::StructField(field) => visit(&mut field.value),
            }),
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => {}
    }
}
