//! The expression tree.

use std::ops;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::path::FieldPath;

/// How the two sides of a comparison are understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// As the JSON values they are.
    #[default]
    Json,
    /// Strings as the instants they name (RFC 3339); a string that names none is incomparable.
    Instant,
    /// Strings and numbers as Kubernetes quantities, `1500m` equal to `1.5`; others are incomparable.
    Quantity,
}

/// What is asked of the value at a path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Equal to the operand. Equal to null: absent or null.
    Eq(Value),
    /// Not equal: the exact complement of `Eq`, so it holds where the value is absent.
    Ne(Value),
    /// Less than the operand.
    Lt(Value),
    /// Less than or equal.
    Le(Value),
    /// Greater than the operand.
    Gt(Value),
    /// Greater than or equal.
    Ge(Value),
    /// Equal to one of the operands.
    In(Vec<Value>),
    /// Equal to none of them: the exact complement of `In`.
    NotIn(Vec<Value>),
    /// A string contains a substring, a list an element, an object a key.
    Contains(Value),
    /// A string starts with this.
    StartsWith(String),
    /// A string ends with this.
    EndsWith(String),
    /// A string in which this regular expression (syntax of the crate `regex`) finds a match.
    Matches(String),
    /// There is a value, and it is not null.
    Exists,
    /// There is no value, or it is null: the exact complement of `Exists`.
    IsNull,
}

/// One question about the value at one path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Predicate {
    /// Where the value is.
    pub path: FieldPath,
    /// How it compares.
    #[serde(default)]
    pub compare: Compare,
    /// What an absent value counts as: the default the model declares for the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// What is asked.
    pub op: Op,
}

/// A question about an object; always either true or false of it.
///
/// Built from fields of a model, `Peach::variety().eq("Frost")`, or from paths, and combined with
/// [`and`](Self::and), [`or`](Self::or) and `!` (or `&`, `|`).
///
/// ```
/// use korm_core::{Expr, FieldPath, Op};
/// use serde_json::json;
///
/// let cheap = Expr::test(FieldPath::spec("price"), Op::Lt(json!(3)));
/// let frost = Expr::test(FieldPath::spec("variety"), Op::Eq(json!("Frost")));
/// assert_eq!((frost & !cheap).to_string(), r#"spec.variety == "Frost" and not spec.price < 3"#);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expr {
    /// True of every object, or (`false`) of none.
    Always(bool),
    /// A question about one value.
    Test(Predicate),
    /// All of these; true when there are none.
    And(Vec<Expr>),
    /// Any of these; false when there are none.
    Or(Vec<Expr>),
    /// Not this.
    Not(Box<Expr>),
}

impl Expr {
    /// A question about the value at a path, compared as JSON.
    pub fn test(path: FieldPath, op: Op) -> Self {
        Self::Test(Predicate {
            path,
            compare: Compare::Json,
            default: None,
            op,
        })
    }

    /// Both this and `other`.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match self {
            Self::And(mut all) => {
                all.push(other);
                Self::And(all)
            }
            first => Self::And(vec![first, other]),
        }
    }

    /// This or `other` or both.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match self {
            Self::Or(mut any) => {
                any.push(other);
                Self::Or(any)
            }
            first => Self::Or(vec![first, other]),
        }
    }

    /// Every path that is asked about, in the order they stand, each once.
    pub fn paths(&self) -> Vec<&FieldPath> {
        let mut paths = Vec::new();
        self.collect_paths(&mut paths);
        paths
    }

    fn collect_paths<'e>(&'e self, paths: &mut Vec<&'e FieldPath>) {
        match self {
            Self::Always(_) => {}
            Self::Test(test) => {
                if !paths.contains(&&test.path) {
                    paths.push(&test.path);
                }
            }
            Self::And(parts) | Self::Or(parts) => {
                parts.iter().for_each(|part| part.collect_paths(paths));
            }
            Self::Not(inner) => inner.collect_paths(paths),
        }
    }
}

impl From<Predicate> for Expr {
    fn from(test: Predicate) -> Self {
        Self::Test(test)
    }
}

impl ops::Not for Expr {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }
}

impl ops::BitAnd for Expr {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.and(other)
    }
}

impl ops::BitOr for Expr {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.or(other)
    }
}
