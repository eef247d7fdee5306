//! Parsing expressions.

use std::sync::Arc;

use kube_cel::cel::common::ast::IdedExpr;
use kube_cel::cel::parser::{ExpressionReferences, Parser};

use super::macros;

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
        macros::expand(&mut parsed);
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
