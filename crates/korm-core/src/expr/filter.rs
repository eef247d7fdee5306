//! Evaluating an expression.

use std::cmp::Ordering;

use regex::Regex;
use serde_json::Value;

use super::{
    compare::Comparable,
    tree::{Compare, Expr, Op, Predicate},
};
use crate::path::FieldPath;

/// An expression that cannot be evaluated.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ExprError {
    /// A regular expression is malformed.
    #[error("`{pattern}` on {path} is no regular expression: {reason}")]
    Pattern {
        /// The path that is asked about.
        path: FieldPath,
        /// The regular expression.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// An expression made ready to be asked of many objects.
///
/// ```
/// use korm_core::{Expr, FieldPath, Op, expr::Filter};
/// use serde_json::json;
///
/// let frost = Expr::test(FieldPath::spec("variety"), Op::Matches("^Fr".into()));
/// let filter = Filter::new(&frost).unwrap();
/// assert!(filter.matches(&json!({"spec": {"variety": "Frost"}})));
/// assert!(!filter.matches(&json!({"spec": {}})));
/// ```
#[derive(Clone, Debug)]
pub struct Filter {
    root: Node,
}

#[derive(Clone, Debug)]
enum Node {
    Always(bool),
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Test {
        predicate: Predicate,
        regex: Option<Regex>,
    },
}

impl Filter {
    /// Makes an expression ready.
    ///
    /// # Errors
    ///
    /// When a regular expression in it is malformed.
    pub fn new(expr: &Expr) -> Result<Self, ExprError> {
        Ok(Self {
            root: compile(expr)?,
        })
    }

    /// Whether the expression is true of an object.
    pub fn matches(&self, object: &Value) -> bool {
        self.root.matches(object)
    }
}

impl Expr {
    /// Checks what can be wrong with an expression.
    ///
    /// # Errors
    ///
    /// As [`Filter::new`].
    pub fn check(&self) -> Result<(), ExprError> {
        compile(self).map(drop)
    }
}

fn compile(expr: &Expr) -> Result<Node, ExprError> {
    let all = |parts: &[Expr]| parts.iter().map(compile).collect::<Result<Vec<_>, _>>();
    Ok(match expr {
        Expr::Always(answer) => Node::Always(*answer),
        Expr::And(parts) => Node::And(all(parts)?),
        Expr::Or(parts) => Node::Or(all(parts)?),
        Expr::Not(inner) => Node::Not(Box::new(compile(inner)?)),
        Expr::Test(predicate) => {
            let regex = match &predicate.op {
                Op::Matches(pattern) => Some(regex(predicate, pattern)?),
                _ => None,
            };
            Node::Test {
                predicate: predicate.clone(),
                regex,
            }
        }
    })
}

fn regex(predicate: &Predicate, pattern: &str) -> Result<Regex, ExprError> {
    Regex::new(pattern).map_err(|error| ExprError::Pattern {
        path: predicate.path.clone(),
        pattern: pattern.to_owned(),
        reason: match error {
            regex::Error::Syntax(text) => {
                // The last line of the parser's message says what is wrong; the rest draws it.
                let last = text.lines().last().unwrap_or(&text);
                last.strip_prefix("error: ").unwrap_or(last).to_owned()
            }
            other => other.to_string(),
        },
    })
}

impl Node {
    fn matches(&self, object: &Value) -> bool {
        match self {
            Self::Always(answer) => *answer,
            Self::And(parts) => parts.iter().all(|part| part.matches(object)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(object)),
            Self::Not(inner) => !inner.matches(object),
            Self::Test { predicate, regex } => test(predicate, regex.as_ref(), object),
        }
    }
}

fn test(predicate: &Predicate, regex: Option<&Regex>, object: &Value) -> bool {
    let present = |value: &&Value| !value.is_null();
    let found = predicate
        .path
        .get(object)
        .filter(present)
        .or_else(|| predicate.default.as_ref().filter(present));
    let how = predicate.compare;
    match &predicate.op {
        Op::Exists => found.is_some(),
        Op::IsNull => found.is_none(),
        Op::Eq(operand) => equals(found, operand, how),
        Op::Ne(operand) => !equals(found, operand, how),
        Op::In(operands) => operands.iter().any(|operand| equals(found, operand, how)),
        Op::NotIn(operands) => !operands.iter().any(|operand| equals(found, operand, how)),
        op => found.is_some_and(|value| test_present(op, regex, value, how)),
    }
}

/// Null as an operand stands for absence.
fn equals(found: Option<&Value>, operand: &Value, how: Compare) -> bool {
    match found {
        None => operand.is_null(),
        Some(value) => Comparable::new(value, how).equals(&Comparable::new(operand, how)),
    }
}

/// The operators that are false of an absent value.
pub(super) fn test_present(op: &Op, regex: Option<&Regex>, value: &Value, how: Compare) -> bool {
    let order = |operand| Comparable::new(value, how).order(&Comparable::new(operand, how));
    match op {
        Op::Lt(operand) => order(operand) == Some(Ordering::Less),
        Op::Le(operand) => order(operand).is_some_and(Ordering::is_le),
        Op::Gt(operand) => order(operand) == Some(Ordering::Greater),
        Op::Ge(operand) => order(operand).is_some_and(Ordering::is_ge),
        Op::Contains(part) => contains(value, part, how),
        Op::StartsWith(start) => value.as_str().is_some_and(|text| text.starts_with(start)),
        Op::EndsWith(end) => value.as_str().is_some_and(|text| text.ends_with(end)),
        Op::Matches(_) => value
            .as_str()
            .zip(regex)
            .is_some_and(|(text, regex)| regex.is_match(text)),
        // The others are true or false of absent values too and are answered before.
        _ => false,
    }
}

fn contains(value: &Value, part: &Value, how: Compare) -> bool {
    match value {
        Value::String(text) => part.as_str().is_some_and(|part| text.contains(part)),
        Value::Array(items) => {
            let part = Comparable::new(part, how);
            items
                .iter()
                .any(|item| Comparable::new(item, how).equals(&part))
        }
        Value::Object(members) => part.as_str().is_some_and(|key| members.contains_key(key)),
        _ => false,
    }
}
