//! Questions about who may do what: everybody may do everything here.

use serde_json::{Value, json};

use super::Context;
use super::decode::decode_body;
use super::managed;
use super::write::Writer;
use crate::meta;
use crate::reply::Reply;
use crate::request::WriteOptions;
use crate::status::ApiError;

/// Answers one of the reviews of `authorization.k8s.io` and `authentication.k8s.io`.
pub(crate) fn review(cx: &Context<'_>) -> Result<Reply, ApiError> {
    let options = WriteOptions::read(cx.query(), "CreateOptions", None)?;
    let review = decode_body(cx, options.field_validation)?;
    let state = cx.server.lock();
    let writer = Writer::of(cx, &options);
    let mut review = managed::track(&state, cx, None, review, &writer);
    if cx.resource.group == "authentication.k8s.io" {
        meta::set(&mut review, "creationTimestamp", state.now());
    }
    drop(state);
    review["status"] = match cx.resource.plural.as_str() {
        "selfsubjectreviews" => json!({"userInfo": user()}),
        "tokenreviews" => json!({"user": {}, "error": "tokens are not known here"}),
        "selfsubjectrulesreviews" => rules(),
        _ => json!({"allowed": true}),
    };
    Ok(Reply::object(201, &review, &cx.output))
}

/// Whether a resource is a question rather than something stored.
pub(crate) fn is_review(group: &str) -> bool {
    matches!(group, "authorization.k8s.io" | "authentication.k8s.io")
}

fn user() -> Value {
    json!({"username": "admin", "uid": "admin", "groups": ["system:masters", "system:authenticated"]})
}

fn rules() -> Value {
    json!({"incomplete": false,
        "nonResourceRules": [{"nonResourceURLs": ["*"], "verbs": ["*"]}],
        "resourceRules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]})
}
