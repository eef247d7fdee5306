//! Parsing expressions.

use std::sync::Arc;

use kube_cel::cel::common::ast::IdedExpr;
use kube_cel::cel::parser::{ExpressionReferences, ParseError};

use super::macros::{self, Disguised};
use super::positions::{self, Positions, line_and_column};

/// A parsed expression.
#[derive(Clone, Debug)]
pub(crate) struct Expression {
    parsed: Arc<IdedExpr>,
    /// Which part each of those was made for that the source does not have: the first one has the id behind it.
    made_for: Arc<(u64, Vec<u64>)>,
}

/// Something wrong at a place of an expression.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fault {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) what: String,
}

impl Expression {
    /// Parses an expression. The error is told as Kubernetes tells it.
    pub(crate) fn parse(source: &str) -> Result<Self, String> {
        let disguised = Disguised::new(source);
        let parsed = positions::parser().parse(&disguised.source);
        let mut parsed = parsed
            .or_else(|_| positions::parser().parse(source))
            .map_err(|errors| {
                let faults = errors.errors.iter().map(|error| fault(source, error));
                let (own, upstream): (Vec<_>, Vec<_>) =
                    faults.partition(|fault| macros::is_of_parser_only(&fault.what));
                told(source, if upstream.is_empty() { own } else { upstream })
            })?;
        let made = macros::expand(&disguised, &mut parsed);
        let expression = Self {
            parsed: Arc::new(parsed),
            made_for: Arc::new((made.first, made.made_for)),
        };
        if made.faults.is_empty() {
            return Ok(expression);
        }
        Err(expression.faulty(source, made.faults))
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

    /// What is wrong with some of its parts, given by their ids.
    pub(super) fn faulty(&self, source: &str, faults: Vec<(u64, String)>) -> String {
        let disguised = Disguised::new(source);
        let positions = Positions::of(&disguised.source);
        let located = |(id, what): (u64, String)| {
            let offset = positions.offset(self.origin(id)).unwrap_or(0);
            let (line, column) = line_and_column(source, offset);
            let what = macros::with_leading_dot(source, offset, what);
            Fault { line, column, what }
        };
        told(source, faults.into_iter().map(located).collect())
    }

    /// The part of the source that a part is of.
    fn origin(&self, id: u64) -> u64 {
        let (first, made_for) = &*self.made_for;
        let made = id
            .checked_sub(*first)
            .and_then(|at| made_for.get(usize::try_from(at).ok()?));
        match made {
            // It was made for one that was there before, so this ends.
            Some(origin) => self.origin(*origin),
            None => id,
        }
    }
}

fn fault(source: &str, error: &ParseError) -> Fault {
    let from_one = |number: isize| usize::try_from(number).unwrap_or(1).max(1);
    let (line, mut column) = (from_one(error.pos.0), from_one(error.pos.1));
    // Where a macro is wrong is told in bytes.
    let text = source.split('\n').nth(line - 1).unwrap_or_default();
    if macros::is_of_macro(&error.msg)
        && let Some(before) = text.get(..column - 1)
    {
        column = before.chars().count() + 1;
    }
    Fault {
        line,
        column,
        what: macros::told_as_upstream(source, line, column, &error.msg),
    }
}

/// Faults in the order of their places, each with the line it is in and a mark below its column.
fn told(source: &str, mut faults: Vec<Fault>) -> String {
    faults.sort_by_key(|fault| (fault.line, fault.column));
    let all: Vec<String> = faults.iter().map(|fault| shown(source, fault)).collect();
    format!("compilation failed: {}", all.join("\n"))
}

fn shown(source: &str, fault: &Fault) -> String {
    let Fault { line, column, what } = fault;
    let text = source.split('\n').nth(line - 1).unwrap_or_default();
    let text = text.replace('\t', " ");
    let mut characters = text.chars();
    // What is wider than ASCII is taken to be twice as wide.
    let before = characters.by_ref().take(column - 1);
    let dots: String = before
        .map(|character| if character.is_ascii() { '.' } else { '．' })
        .collect();
    let mark = match characters.next() {
        Some(character) if !character.is_ascii() => '＾',
        _ => '^',
    };
    format!("ERROR: <input>:{line}:{column}: {what}\n | {text}\n | {dots}{mark}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_told_with_their_lines() {
        let error = Expression::parse("'é' ==\n\t!(1 + )").unwrap_err();
        let (first, rest) = error.split_once('\n').unwrap();
        assert!(first.starts_with("compilation failed: ERROR: <input>:2:8: Syntax error: "));
        assert_eq!(rest, " |  !(1 + )\n | .......^");
    }

    #[test]
    fn wide_characters_have_wide_dots() {
        let fault = Fault {
            line: 1,
            column: 5,
            what: "no".to_owned(),
        };
        let told = shown("'é' + 1", &fault);
        assert_eq!(told, "ERROR: <input>:1:5: no\n | 'é' + 1\n | .．..^");
    }
}
