//! Rules in the Common Expression Language: `x-kubernetes-validations` of custom resources.
//!
//! Expressions are parsed by the `cel` crate, which also has the functions with Kubernetes' libraries. When a definition
//! comes, its expressions are checked here ([`compile`]): names and types (`checker`, with the functions of
//! `declarations`), what is written down, and what they may cost (`cost`). They are also evaluated here, since what is an
//! error to Kubernetes, and when, is not so to the crate; what evaluating costs is not counted. What an expression sees
//! and how a broken rule is told is as apiextensions' `schema/cel` does it.

mod access;
mod arithmetic;
mod calls;
mod checker;
mod compile;
mod cost;
mod declarations;
mod declared;
mod equality;
mod escape;
mod evaluate;
mod functions;
mod keyed;
mod macros;
mod misfit;
mod optionals;
mod positions;
mod regexes;
mod run;
mod sorting;
mod stored;
mod texts;
mod times;
mod type_values;
mod values;

#[cfg(test)]
mod tests;

pub(crate) use checker::{Compiled, Purpose, Surroundings, Type, compile};
pub(crate) use compile::Expression;
pub(crate) use declared::{Declared, Shape};
pub(crate) use escape::escape;
pub(crate) use run::{Broken, check, check_default};

use crate::schema::types::Types;

/// Whether any type has a rule.
pub(crate) fn has_rules(types: &Types) -> bool {
    types
        .iter()
        .any(|ty| ty.rules.as_ref().is_some_and(|rules| !rules.cel.is_empty()))
}
