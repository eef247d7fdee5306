//! Where in its source each part of an expression is.

use std::collections::BTreeSet;
use std::sync::Arc;

use kube_cel::cel::common::ast::SourceInfo;
use kube_cel::cel::parser::Parser;

/// The parser of expressions.
pub(super) fn parser() -> Parser {
    Parser::default().enable_optional_syntax(true)
}

/// The places of the parts of an expression, by their ids.
#[derive(Debug)]
pub(super) struct Positions<'s> {
    source: &'s str,
    info: Option<Arc<SourceInfo>>,
    /// Where there are operators.
    operators: BTreeSet<usize>,
}

impl<'s> Positions<'s> {
    /// Those of an expression that can be parsed.
    ///
    /// The parser hands them out with errors only. So it is given the same expression with a character behind it that
    /// no token begins with: this is an error, which changes nothing of the tree.
    pub(super) fn of(source: &'s str) -> Self {
        let errors = parser().parse(&format!("{source}\n#")).err();
        let error = errors.and_then(|errors| errors.errors.into_iter().next());
        let mut positions = Self {
            source,
            info: error.and_then(|error| error.source_info),
            operators: BTreeSet::new(),
        };
        let tokens = (1..).map_while(|id| positions.token(id));
        let minus = tokens.filter(|at| source[*at..].starts_with('-'));
        positions.operators = minus.collect();
        positions
    }

    /// Where, in bytes, the token of a part is.
    fn token(&self, id: u64) -> Option<usize> {
        let (start, _) = self.info.as_ref()?.offset_for(id)?;
        let start = usize::try_from(start).ok()?;
        self.source.is_char_boundary(start).then_some(start)
    }

    /// Where, in bytes, a part begins.
    pub(super) fn offset(&self, id: u64) -> Option<usize> {
        let token = self.token(id)?;
        let (before, rest) = self.source.split_at(token);
        // The sign of a number is part of it, unless it is an operator.
        let sign = before.trim_end().strip_suffix('-').map(str::len);
        let is_number = rest.starts_with(|c: char| c == '.' || c.is_ascii_digit());
        let sign = sign.filter(|at| is_number && !self.operators.contains(at));
        // Of several in a row all are operators.
        let sign = sign.filter(|at| !is_negated(&before[..*at]));
        Some(sign.unwrap_or(token))
    }
}

/// Whether there is a sign of negation at the end: a minus that is not behind what it could be subtracted from.
fn is_negated(before: &str) -> bool {
    let ends_operand = |c: char| c.is_ascii_alphanumeric() || "_)]}'\"`".contains(c);
    let before = before.trim_end().strip_suffix('-').map(str::trim_end);
    before.is_some_and(|before| !before.ends_with(ends_operand))
}

/// The line and the column of a place, from 1.
pub(super) fn line_and_column(source: &str, offset: usize) -> (usize, usize) {
    let before = source.get(..offset).unwrap_or(source);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (line, before[start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found() {
        let source = "'é' +\n self.x";
        let positions = Positions::of(source);
        let places = (1..=4).map(|id| line_and_column(source, positions.offset(id).unwrap()));
        assert_eq!(places.collect::<Vec<_>>(), [(1, 1), (1, 5), (2, 2), (2, 6)]);
        assert_eq!(positions.offset(5), None);
    }
}
