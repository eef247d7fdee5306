//! What the parser reads in another way than that of cel-go.

use kube_cel::cel::common::ast::{Expr, IdedExpr};

use super::build::Fault;
use super::visit;
use crate::cel::positions::Positions;

/// An even number of negations is none, and reserved words are no names.
pub(super) fn mend(source: &str, tree: &mut IdedExpr) -> Vec<Fault> {
    let mut faults = Vec::new();
    visit(tree, &mut |part| {
        if let Expr::Ident(name) = &part.expr
            && RESERVED.contains(&name.as_str())
        {
            faults.push((part.id, format!("reserved identifier: {name}")));
            part.expr = Expr::Unspecified;
        }
    });
    let compact: String = source.split_whitespace().collect();
    if !compact.contains("!!") && !compact.contains("--") {
        return faults;
    }
    let positions = Positions::of(source);
    visit(tree, &mut |part| {
        if let Expr::Call(call) = &mut part.expr
            && matches!(call.func_name.as_str(), "!_" | "-_")
            && let Some(offset) = positions.offset(part.id)
            && let place = (Place { source, offset })
            && place.negations(&call.func_name[..1]).is_multiple_of(2)
            && let Some(of) = call.args.pop()
        {
            *part = of;
        }
    });
    faults
}

struct Place<'s> {
    source: &'s str,
    offset: usize,
}

impl<'s> Place<'s> {
    /// How many negations there are in a row.
    fn negations(&self, sign: &str) -> usize {
        let mut rest = self.source.get(self.offset..).unwrap_or_default();
        let mut count = 0;
        while let Some(after) = rest.strip_prefix(sign) {
            rest = after.trim_start();
            count += 1;
        }
        count
    }

    /// The name of the function whose parenthesis this is.
    fn function(&self) -> &'s str {
        let before = self.source.get(..self.offset).unwrap_or_default();
        let before = before.trim_end();
        let start = before.rfind(|c: char| c != '_' && !c.is_ascii_alphanumeric());
        &before[start.map_or(0, |at| at + 1)..]
    }
}

/// Whether cel-go does not say this: the parser tells of what a syntax error leaves out.
pub(crate) fn is_of_parser_only(what: &str) -> bool {
    what.starts_with("No `") || what.starts_with("Incomplete ")
}

const NO_NAME: &str = "argument must be a simple name";

/// Whether a macro is wrong.
pub(crate) fn is_of_macro(what: &str) -> bool {
    matches!(what, NO_NAME | "invalid argument to has() macro")
}

/// A name that is not declared is told with the dot that it may begin with.
pub(crate) fn with_leading_dot(source: &str, offset: usize, what: String) -> String {
    let (before, rest) = source.split_at_checked(offset).unwrap_or_default();
    let undeclared = "undeclared reference to '";
    match what.strip_prefix(undeclared) {
        Some(told) if before.trim_end().ends_with('.') => {
            let name = told.split('\'').next().unwrap_or_default();
            match rest.starts_with(name) {
                true => format!("{undeclared}.{told}"),
                false => what,
            }
        }
        _ => what,
    }
}

/// What could come next instead of an operator. Where an expression could go on, cel-go's parser only tells what ends it.
fn expected_end(before: &str, what: &str) -> Option<String> {
    let (found, expected) = what.split_once(" expecting {")?;
    let expected = expected.strip_suffix('}')?;
    if !found.starts_with("Syntax error: mismatched input") || !expected.contains("'=='") {
        return None;
    }
    let end = match innermost_bracket(before) {
        _ if expected.contains("':'") => "':'",
        // The text cannot end here, so a condition lacks its other case.
        None if found.ends_with("'<EOF>'") => "':'",
        None => "<EOF>",
        Some('(') => "')'",
        Some('[') => "']'",
        Some(_) => "'}'",
    };
    Some(format!("{found} expecting {end}"))
}

/// The last bracket that is not closed.
fn innermost_bracket(text: &str) -> Option<char> {
    open_brackets(text).last().map(|(bracket, _)| *bracket)
}

/// The brackets that are not closed, and where they are.
fn open_brackets(text: &str) -> Vec<(char, usize)> {
    let mut open = Vec::new();
    let mut rest = text.char_indices();
    while let Some((at, next)) = rest.next() {
        match next {
            '(' | '[' | '{' => open.push((next, at)),
            ')' | ']' | '}' => {
                open.pop();
            }
            '\'' | '"' => {
                while let Some((_, within)) = rest.next().filter(|(_, within)| *within != next) {
                    if within == '\\' {
                        rest.next();
                    }
                }
            }
            _ => {}
        }
    }
    open
}

/// What the parser says of the macros that it knows, and of syntax, in cel-go's words.
pub(crate) fn told_as_upstream(source: &str, line: usize, column: usize, what: &str) -> String {
    let lines: Vec<&str> = source.split('\n').take(line).collect();
    let (last, before) = lines.split_last().unwrap_or((&"", &[]));
    let up_to: usize = before.iter().map(|line| line.len() + 1).sum();
    let in_line = last.char_indices().nth(column - 1);
    let offset = up_to + in_line.map_or(last.len(), |(at, _)| at);
    let before = source.get(..offset).unwrap_or_default();
    if what != NO_NAME {
        return expected_end(before, what).unwrap_or_else(|| what.to_owned());
    }
    // The place may be in the middle of an argument, that of an operator, and within parentheses of its own.
    let parentheses = open_brackets(before).into_iter().rev();
    let macro_ = parentheses
        .filter(|(bracket, _)| *bracket == '(')
        .map(|(_, offset)| Place { source, offset }.function())
        .find(|name| !name.is_empty());
    told_of_name(macro_.unwrap_or_default()).to_owned()
}

/// What is said of a variable of a macro that is no name.
fn told_of_name(macro_: &str) -> &'static str {
    match macro_ {
        "map" | "filter" => "argument is not an identifier",
        _ => NO_NAME,
    }
}

/// Words that are no names.
const RESERVED: [&str; 17] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];
