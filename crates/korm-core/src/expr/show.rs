//! How an expression reads.

use std::fmt;

use serde_json::Value;

use super::tree::{Expr, Op, Predicate};

/// How tightly a part binds; a looser part inside a tighter one stands in parentheses.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Binding {
    Or,
    And,
    Not,
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(self, Binding::Or, f)
    }
}

fn show(expr: &Expr, around: Binding, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match expr {
        Expr::Always(true) => f.write_str("always"),
        Expr::Always(false) => f.write_str("never"),
        Expr::Test(test) => write!(f, "{test}"),
        Expr::And(parts) => joined(parts, Binding::And, around, f),
        Expr::Or(parts) => joined(parts, Binding::Or, around, f),
        Expr::Not(inner) => {
            f.write_str("not ")?;
            show(inner, Binding::Not, f)
        }
    }
}

fn joined(
    parts: &[Expr],
    binding: Binding,
    around: Binding,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let (word, empty) = match binding {
        Binding::Or => (" or ", "never"),
        _ => (" and ", "always"),
    };
    match parts {
        [] => return f.write_str(empty),
        [one] => return show(one, around, f),
        _ => {}
    }
    let parentheses = around > binding;
    if parentheses {
        f.write_str("(")?;
    }
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            f.write_str(word)?;
        }
        show(part, binding, f)?;
    }
    if parentheses {
        f.write_str(")")?;
    }
    Ok(())
}

impl fmt::Display for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match &self.op {
            Op::Eq(value) => write!(f, "{path} == {value}"),
            Op::Ne(value) => write!(f, "{path} != {value}"),
            Op::Lt(value) => write!(f, "{path} < {value}"),
            Op::Le(value) => write!(f, "{path} <= {value}"),
            Op::Gt(value) => write!(f, "{path} > {value}"),
            Op::Ge(value) => write!(f, "{path} >= {value}"),
            Op::In(values) => write!(f, "{path} in {}", List(values)),
            Op::NotIn(values) => write!(f, "{path} not in {}", List(values)),
            Op::Contains(value) => write!(f, "{path} contains {value}"),
            Op::StartsWith(text) => write!(f, "{path} starts with {text:?}"),
            Op::EndsWith(text) => write!(f, "{path} ends with {text:?}"),
            Op::Matches(text) => write!(f, "{path} matches {text:?}"),
            Op::Exists => write!(f, "{path} exists"),
            Op::IsNull => write!(f, "{path} is null"),
        }
    }
}

struct List<'v>(&'v [Value]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (i, value) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{value}")?;
        }
        f.write_str("]")
    }
}
