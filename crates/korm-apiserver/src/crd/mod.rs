//! CustomResourceDefinitions: checking, defaulting and compiling them.

mod admit;
mod compiled;
mod conversion;
mod declared_types;
mod defaults_check;
mod field_path;
mod finalizers;
mod go_struct;
mod json_schema;
mod names;
mod objects;
mod parts;
mod rule_checks;
mod rule_costs;
mod rule_faults;
mod rule_types;
mod schema_rules;
mod schema_types;
mod structural;
mod validate;
mod version_order;
mod versions;

#[cfg(test)]
mod answers_tests;
#[cfg(test)]
mod rule_answers_tests;
#[cfg(test)]
mod tests;

pub(crate) use admit::{
    default_crd, forget_empty_webhook, prepare_create, prepare_update, validate_crd, warnings,
};
pub(crate) use compiled::{Column, CompiledCrd, Scale, Version, compile};
pub(crate) use finalizers::finalizer_warnings;
pub(crate) use names::{accept_names, establish, is_true};
pub(crate) use version_order::compare_versions;
