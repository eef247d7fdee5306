//! The patch formats, as Kubernetes applies them: functions from an object and a patch to an
//! object. What is done before and after (admission, validation, storage) is the handlers' part.
//!
//! Upstream patches text, not values, which shows: a JSON Patch `test` compares the text of
//! scalars. [`json`] does the same.

mod json;
mod lists;
mod merge;
mod node;
mod strategic;

pub(crate) use json::json;
pub(crate) use merge::merge;
pub(crate) use strategic::strategic;

use crate::schema::decode;
use crate::status::ApiError;
use serde_json::Value;

/// A patched object.
#[derive(Debug)]
pub(crate) struct Patched {
    /// The object, before anything else is done to it.
    pub(crate) object: Value,
    /// The object as a document in which fields are given twice, where some are.
    pub(crate) unread: Option<decode::Node>,
    /// What strict decoding says of the patch itself; empty unless asked for. They are warnings,
    /// or with `fieldValidation=Strict` join those of decoding the patched object.
    pub(crate) strict_errors: Vec<String>,
}

/// Every field that a text gives twice: `duplicate field "a[0].b"`.
fn duplicate_fields(text: &str) -> Vec<String> {
    // The text has been parsed before.
    decode::parse(text.as_bytes())
        .map(|node| decode::decode_untyped(node).strict)
        .unwrap_or_default()
}

fn invalid_json() -> ApiError {
    ApiError::bad_request("invalid JSON patch")
}

#[cfg(test)]
mod tests;
