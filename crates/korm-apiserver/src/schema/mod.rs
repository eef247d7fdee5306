//! What an object of a kind may look like, and what the server does to it because of that.
//!
//! Custom resource definitions and the recorded native kinds are both brought into one form,
//! [`Types`](types::Types); everything else in this module is a pure function on that form and
//! JSON values.

pub(crate) mod decode;
pub(crate) mod defaults;
pub(crate) mod embedded;
pub(crate) mod field_error;
pub(crate) mod formats;
pub(crate) mod go_base64;
pub(crate) mod go_format;
pub(crate) mod list_types;
pub(crate) mod names;
pub(crate) mod pattern;
pub(crate) mod prune;
pub(crate) mod rules;
pub(crate) mod types;
pub(crate) mod validate;

#[cfg(test)]
mod property_tests;

pub(crate) use defaults::{apply_defaults, prune_nulls};
pub(crate) use field_error::{BadValue, ErrorKind, FieldError, FieldPath};
pub(crate) use list_types::check_lists;
pub(crate) use prune::{prune, prune_all};
pub(crate) use types::{
    ListType, ObjectShape, PatchStrategy, Property, Shape, Type, TypeId, Types,
};
pub(crate) use validate::validate;
