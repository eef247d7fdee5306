//! Patching objects.

use serde_json::Value;

use super::decode::{convert_value, decode_patched, expected_type, report};
use super::render::render_object;
use super::update::{Change, apply_change, creates_on_update};
use super::write::Writer;
use super::{Context, managed, scale};
use crate::meta;
use crate::patch::{self, Patched};
use crate::reply::Reply;
use crate::request::{FieldValidation, PatchKind, Request, WriteOptions};
use crate::resources::Resource;
use crate::schema::decode::Node;
use crate::schema::go_format;
use crate::schema::{FieldError, FieldPath};
use crate::status::{ApiError, Qualified};
use crate::{facts, yaml};

const JSON_PATCH: &str = "application/json-patch+json";
const MERGE_PATCH: &str = "application/merge-patch+json";
const STRATEGIC_PATCH: &str = "application/strategic-merge-patch+json";
const APPLY_PATCH: &str = "application/apply-patch+yaml";

/// `PATCH` of an object, its status or its scale.
pub(crate) fn patch(cx: &Context<'_>) -> Result<Reply, ApiError> {
    let kind = patch_kind(cx.request, &cx.resource)?;
    let options = WriteOptions::read(cx.query(), "PatchOptions", Some(kind))?;
    check_syntax(cx, kind)?;
    if cx.subresource_name() == "scale" {
        return scale::patch(cx, kind, &options);
    }
    let mut state = cx.server.lock();
    let writer = Writer::of(cx, &options);
    let change = Change {
        options: &options,
        uid: "",
        may_create: creates_on_update(cx) || (kind == PatchKind::Apply && cx.subresource.is_none()),
    };
    let updated = apply_change(&mut state, cx, &change, |state, live| {
        let mut object = match (kind, live) {
            (PatchKind::Apply, live) => super::apply::apply(state, cx, live, &options)?,
            (_, None) => return Err(cx.not_found()),
            (kind, Some(live)) => {
                let object = patched(cx, kind, live, &options)?;
                let object = decoded(cx, object, &options)?;
                managed::track(state, cx, Some(live), object, &writer)
            }
        };
        if live.is_none() && !meta::text(&object, "uid").is_empty() {
            let why = format!(
                "uid mismatch: the provided object specified uid {}, and no existing object was found",
                meta::text(&object, "uid")
            );
            return Err(ApiError::conflict(cx.resource.qualified(), cx.name, &why));
        }
        cx.match_namespace(&mut object)?;
        cx.match_name(&object)?;
        if let Some(warning) = meta::dedup_owner_references(&mut object, true) {
            cx.warn(warning);
        }
        Ok(object)
    })?;
    state.settle();
    drop(state);
    render_object(cx, if updated.created { 201 } else { 200 }, &updated.object)
}

/// What the patch's media type says it is. Looked at before anything else of the request.
pub(super) fn patch_kind(request: &Request, resource: &Resource) -> Result<PatchKind, ApiError> {
    let given = request.header(http::header::CONTENT_TYPE);
    let given = given.split(';').next().unwrap_or_default();
    let native = resource.is_native();
    match given {
        JSON_PATCH => Ok(PatchKind::Json),
        MERGE_PATCH => Ok(PatchKind::Merge),
        STRATEGIC_PATCH if native => Ok(PatchKind::Strategic),
        APPLY_PATCH => Ok(PatchKind::Apply),
        _ if native => Err(ApiError::unsupported_patch_type()),
        _ => Err(ApiError::unsupported_media_type(&[
            JSON_PATCH,
            MERGE_PATCH,
            APPLY_PATCH,
        ])),
    }
}

fn check_syntax(cx: &Context<'_>, kind: PatchKind) -> Result<(), ApiError> {
    let body = &cx.request.body;
    match kind {
        // What looks like JSON is looked at when it is decoded.
        PatchKind::Apply if body.trim_ascii_start().starts_with(b"{") => Ok(()),
        PatchKind::Apply => yaml::parse(body)
            .map(drop)
            .map_err(|e| ApiError::bad_request(format!("error encoding patch: {e}"))),
        _ => serde_json::from_slice::<serde::de::IgnoredAny>(body)
            .map(drop)
            .map_err(|_| ApiError::bad_request("invalid JSON patch")),
    }
}

/// Applies a patch to the present state.
pub(super) fn patched(
    cx: &Context<'_>,
    kind: PatchKind,
    live: &Value,
    options: &WriteOptions,
) -> Result<PatchedObject, ApiError> {
    let strict = options.field_validation != FieldValidation::Ignore;
    let body = &cx.request.body;
    let untyped = |patched| PatchedObject {
        patched,
        shown: None,
    };
    match kind {
        PatchKind::Json => Ok(untyped(patch::json(live, body, strict)?)),
        PatchKind::Merge => Ok(untyped(patch::merge(live, body, strict)?)),
        PatchKind::Strategic | PatchKind::Apply => {
            let (group, version, kind) = expected_type(cx);
            let Some((types, root)) = facts::types(&group, &version, &kind) else {
                return Err(ApiError::internal(format!(
                    "no schema of {kind} is recorded"
                )));
            };
            let (patched, shown) = patch::strategic(&types, root, live, body, strict)?;
            Ok(PatchedObject {
                patched,
                shown: Some(shown),
            })
        }
    }
}

/// A patched object before it is decoded.
pub(super) struct PatchedObject {
    patched: Patched,
    /// What messages show in place of the object. Set for a patch of the object's type, whose
    /// outcome is converted instead of being written and read again.
    shown: Option<String>,
}

/// Decodes a patched object, with the complaints about patch and object as the request wants them.
pub(super) fn decoded(
    cx: &Context<'_>,
    object: PatchedObject,
    options: &WriteOptions,
) -> Result<Value, ApiError> {
    let PatchedObject { patched, shown } = object;
    let typed = shown.is_some();
    let shown = shown.unwrap_or_else(|| match &patched.unread {
        Some(document) => document.text(),
        None => go_format::patched_json(&patched.object),
    });
    let refused = |why: String| {
        let error = FieldError::invalid(&FieldPath::new("patch"), shown.as_str(), why);
        ApiError::invalid(
            Qualified {
                group: "",
                resource: "",
            },
            "",
            [error],
        )
    };
    let decoded = if typed {
        convert_value(cx, patched.object)
    } else {
        let document = patched.unread;
        let document = document.unwrap_or_else(|| Node::unread(patched.object));
        decode_patched(cx, document, &shown, options.field_validation)
    };
    let (value, complaints) = decoded.map_err(&refused)?;
    let mut all = patched.strict_errors;
    all.extend(complaints);
    report(cx, options.field_validation, all, |all| {
        refused(format!("strict decoding error: {all}"))
    })?;
    Ok(value)
}
