//! How an expression may be shown where others read it.

use serde_json::Value;

use super::tree::{Expr, Op, Predicate};
use crate::model::ModelDef;

impl Expr {
    /// The same expression with what is asked of secret fields left out: for messages, logs and traces. It is to be shown
    /// and not to be evaluated.
    ///
    /// ```
    /// use korm_core::{Expr, FieldPath, Op, native::native};
    ///
    /// let asked = Expr::test(FieldPath::root("data").child("password"), Op::Eq("hunter2".into()));
    /// let shown = asked.without_secrets(&native("v1", "Secret"));
    /// assert_eq!(shown.to_string(), r#"data.password == "(not shown)""#);
    /// ```
    #[must_use]
    pub fn without_secrets(&self, def: &ModelDef) -> Self {
        let parts = |parts: &[Self]| parts.iter().map(|part| part.without_secrets(def)).collect();
        match self {
            Self::Always(always) => Self::Always(*always),
            Self::Test(test) if def.is_secret(&test.path) => Self::Test(Predicate {
                op: hidden(&test.op),
                ..test.clone()
            }),
            Self::Test(test) => Self::Test(test.clone()),
            Self::And(all) => Self::And(parts(all)),
            Self::Or(any) => Self::Or(parts(any)),
            Self::Not(inner) => Self::Not(Box::new(inner.without_secrets(def))),
        }
    }
}

fn hidden(op: &Op) -> Op {
    const HIDDEN: &str = "(not shown)";
    let text = || HIDDEN.to_owned();
    let value = || Value::from(HIDDEN);
    match op {
        Op::Eq(_) => Op::Eq(value()),
        Op::Ne(_) => Op::Ne(value()),
        Op::Lt(_) => Op::Lt(value()),
        Op::Le(_) => Op::Le(value()),
        Op::Gt(_) => Op::Gt(value()),
        Op::Ge(_) => Op::Ge(value()),
        Op::In(_) => Op::In(vec![value()]),
        Op::NotIn(_) => Op::NotIn(vec![value()]),
        Op::Contains(_) => Op::Contains(value()),
        Op::StartsWith(_) => Op::StartsWith(text()),
        Op::EndsWith(_) => Op::EndsWith(text()),
        Op::Matches(_) => Op::Matches(text()),
        Op::Exists => Op::Exists,
        Op::IsNull => Op::IsNull,
    }
}
