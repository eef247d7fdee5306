//! Checking expressions before they are evaluated, as cel-go's `checker` does and what Kubernetes checks besides: names,
//! the types of operands and arguments, and what is written down.

mod bindings;
mod calls;
mod constants;
mod formats;
mod infer;
mod literals;
mod types;

use std::sync::Arc;

pub(super) use calls::qualified_function;
pub(super) use infer::Checked;
pub(super) use types::OPTIONAL;
pub(crate) use types::Type;

use super::compile::Expression;
use super::cost;
use super::declared::Declared;

/// What an expression is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Purpose {
    /// To tell whether a value is valid.
    Rule,
    /// To tell why it is not.
    Message,
}

/// What an expression is checked against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surroundings<'s> {
    /// The values that it is for.
    pub(crate) own: &'s Arc<Declared>,
    /// The old value may be absent.
    pub(crate) optional_old_self: bool,
    pub(crate) purpose: Purpose,
}

/// An expression that fits its purpose.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) expression: Expression,
    /// The most that evaluating it once may cost.
    pub(crate) cost: u64,
}

/// Why an expression does not fit its purpose.
#[derive(Debug)]
pub(crate) struct Failure {
    /// As Kubernetes tells it.
    pub(crate) why: String,
    /// It speaks of the old value. Not known where names are not.
    pub(crate) uses_old_self: bool,
}

impl From<String> for Failure {
    fn from(why: String) -> Self {
        Self {
            why,
            uses_old_self: false,
        }
    }
}

/// Parses and checks an expression.
pub(crate) fn compile(source: &str, surroundings: Surroundings<'_>) -> Result<Compiled, Failure> {
    let is_message = surroundings.purpose == Purpose::Message;
    let of_message = |fault: String| match is_message {
        true => format!("messageExpression {fault}"),
        false => fault,
    };
    let expression = Expression::parse(source).map_err(of_message)?;
    let checked = infer::check(expression.tree(), surroundings)
        .and_then(|checked| {
            let faults = literals::faults(expression.tree(), &checked);
            match faults.is_empty() {
                true => Ok(checked),
                false => Err(faults),
            }
        })
        .map_err(|faults| of_message(expression.faulty(source, faults)))?;
    match (surroundings.purpose, checked.result(expression.tree())) {
        (Purpose::Rule, Type::Bool) | (Purpose::Message, Type::String) => {}
        (Purpose::Rule, _) => Err("cel expression must evaluate to a bool".to_owned())?,
        (Purpose::Message, _) => Err("messageExpression must evaluate to a string".to_owned())?,
    }
    match constants::instantiate(expression.tree(), &checked) {
        Ok(()) => Ok(Compiled {
            cost: cost::estimate(expression.tree(), &checked, surroundings.own),
            expression,
        }),
        Err(why) => {
            let what = match is_message {
                true => "messageExpression",
                false => "program",
            };
            Err(Failure {
                why: format!("{what} instantiation failed: {why}"),
                uses_old_self: expression.uses_old_self(),
            })
        }
    }
}
