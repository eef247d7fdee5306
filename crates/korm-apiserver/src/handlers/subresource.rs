//! Subresources that are neither status nor scale.

use serde_json::{Value, json};

use super::Context;
use super::decode::decode_body;
use super::delete::delete_object;
use super::update::{Change, apply_change};
use crate::meta;
use crate::reply::Reply;
use crate::request::{DeleteOptions, WriteOptions};
use crate::schema::decode::Node;
use crate::status::ApiError;

/// Subresources that are the whole object, of which the server changes a part: handled as the
/// object itself is.
const PLAIN: &[&str] = &[
    "",
    "status",
    "scale",
    "finalize",
    "approval",
    "ephemeralcontainers",
    "resize",
];

/// Whether a request is for one of the subresources of this module.
pub(super) fn is_special(cx: &Context<'_>) -> bool {
    !PLAIN.contains(&cx.subresource_name())
}

/// Answers a request for one of them.
pub(super) fn handle(cx: &Context<'_>, verb: &str) -> Result<Reply, ApiError> {
    match (cx.subresource_name(), verb) {
        ("binding", "create") => bind(cx),
        ("eviction", "create") => evict(cx),
        (name, _) => {
            let state = cx.server.lock();
            if state.store.get(&cx.resource.storage, &cx.key()).is_none() {
                return Err(cx.not_found());
            }
            Err(ApiError::not_implemented(format!(
                "{} of {} are not served by the embedded API server: there is nothing behind the object",
                name, cx.resource.plural
            )))
        }
    }
}

/// `POST` of a Binding: the pod is on a node from then on.
fn bind(cx: &Context<'_>) -> Result<Reply, ApiError> {
    let options = WriteOptions::read(cx.query(), "CreateOptions", None)?;
    let binding = decode_body(cx, options.field_validation)?;
    match_url(cx, &binding, "Binding")?;
    let node = meta::text_at(&binding, &["target", "name"]).to_owned();
    let mut state = cx.server.lock();
    let now = state.now();
    let change = Change {
        options: &options,
        uid: meta::text(&binding, "uid"),
        may_create: false,
    };
    apply_change(&mut state, cx, &change, |_, live| {
        let mut pod = live.cloned().ok_or_else(|| cx.not_found())?;
        let bound = meta::text_at(&pod, &["spec", "nodeName"]);
        if !bound.is_empty() {
            let why = format!("pod {} is already assigned to node \"{bound}\"", cx.name);
            let qualified = crate::status::Qualified {
                group: "",
                resource: "pods/binding",
            };
            return Err(ApiError::conflict(qualified, cx.name, &why));
        }
        pod["spec"]["nodeName"] = json!(node);
        let condition = json!({"type": "PodScheduled", "status": "True",
            "lastProbeTime": null, "lastTransitionTime": now});
        match pod["status"]["conditions"].as_array_mut() {
            Some(conditions) => conditions.push(condition),
            None => pod["status"]["conditions"] = json!([condition]),
        }
        Ok(pod)
    })?;
    state.settle();
    Ok(Reply::object(201, &success(), &cx.output))
}

/// `POST` of an Eviction: the pod is deleted; there are no disruption budgets to ask.
fn evict(cx: &Context<'_>) -> Result<Reply, ApiError> {
    let options = WriteOptions::read(cx.query(), "CreateOptions", None)?;
    let eviction = decode_body(cx, options.field_validation)?;
    match_url(cx, &eviction, "Eviction")?;
    let given = eviction
        .get("deleteOptions")
        .filter(|given| given.is_object())
        .map(|given| Node::from(given.clone()));
    let mut delete_options = DeleteOptions::read(cx.query(), given)?;
    delete_options.dry_run |= options.dry_run;
    let mut state = cx.server.lock();
    delete_object(&mut state, &cx.resource, &cx.key(), delete_options)?;
    state.settle();
    Ok(Reply::object(201, &success(), &cx.output))
}

fn match_url(cx: &Context<'_>, object: &Value, kind: &str) -> Result<(), ApiError> {
    if meta::name(object) == cx.name {
        return Ok(());
    }
    Err(ApiError::bad_request(format!(
        "name in URL does not match name in {kind} object"
    )))
}

fn success() -> Value {
    json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201})
}
