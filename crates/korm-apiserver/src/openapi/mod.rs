//! The OpenAPI documents of what is served, as `kubectl explain`, `apply` and its validation ask
//! for them: `/openapi/v3`, one document for each group and version, and `/openapi/v2`.
//!
//! Documents carry no texts but those of a CRD's own schema.

mod api;
mod document;
mod operations;
mod published;
mod v2;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Map, Value, json};

pub(crate) use api::Api;
pub(crate) use v2::document as v2_document;

/// The answer to `GET /openapi/v3`: where the document of every group and version is, with a hash
/// that changes with it.
pub(crate) fn v3_index(apis: &[Api]) -> Value {
    let paths: Map<String, Value> = apis
        .iter()
        .map(|api| {
            let path = api.path();
            let url = format!("/openapi/v3/{path}?hash={}", api.hash());
            (path, json!({"serverRelativeURL": url}))
        })
        .collect();
    json!({ "paths": paths })
}

/// The document of one group and version.
pub(crate) fn v3_document(api: &Api) -> Value {
    document::v3(api)
}

/// A hash as it stands in URLs and, quoted, in ETags.
pub(crate) fn hash_of(content: &impl Hash) -> String {
    // Twice with different beginnings, for 128 bits. It only has to tell contents apart.
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        content.hash(&mut hasher);
        hasher.finish()
    };
    format!("{:016X}{:016X}", half(0), half(1))
}

/// Definitions by their names.
type Definitions = BTreeMap<String, Value>;
