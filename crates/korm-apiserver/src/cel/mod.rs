//! Rules in the Common Expression Language: `x-kubernetes-validations` of custom resources.
//!
//! Expressions are parsed and evaluated by the `cel` crate with Kubernetes' libraries; what an
//! expression sees and how a broken rule is told is here, as apiextensions' `schema/cel` does it.
//! Costs are neither estimated nor limited.

mod careful;
mod checker;
mod compile;
mod equality;
mod escape;
mod functions;
mod keyed;
mod misfit;
mod operators;
mod run;
mod type_values;
mod values;

#[cfg(test)]
mod tests;

pub(crate) use checker::check_expression;
pub(crate) use compile::Expression;
pub(crate) use run::{Broken, check};

use crate::schema::types::Types;

/// Whether any type has a rule.
pub(crate) fn has_rules(types: &Types) -> bool {
    types
        .iter()
        .any(|ty| ty.rules.as_ref().is_some_and(|rules| !rules.cel.is_empty()))
}
