//! Server-side apply (KEP-555): the body says what its manager wants, and nothing else.

use serde_json::Value;

use super::decode::convert_value;
use super::{Context, managed};
use crate::meta;
use crate::request::{FieldValidation, WriteOptions};
use crate::schema::decode::{Node, decode_untyped};
use crate::state::State;
use crate::status::ApiError;
use crate::yaml;

/// The object that an applied configuration makes of the present one.
pub(super) fn apply(
    state: &State,
    cx: &Context<'_>,
    live: Option<&Value>,
    options: &WriteOptions,
) -> Result<Value, ApiError> {
    with_configuration(cx, options, |config| {
        managed::apply(
            state,
            cx,
            live,
            config,
            &options.field_manager,
            options.force,
        )
    })
}

/// Decodes what `apply` makes of the configuration in the body, and says what is wrong with the
/// body itself as far as the request wants to know.
pub(super) fn with_configuration(
    cx: &Context<'_>,
    options: &WriteOptions,
    apply: impl FnOnce(&Value) -> Result<Value, ApiError>,
) -> Result<Value, ApiError> {
    let malformed = |why: String| ApiError::bad_request(format!("error decoding patch: {why}"));
    let document = yaml::parse(&cx.request.body)
        .map_err(|e| malformed(format!("error converting YAML to JSON: {e}")))?;
    if !matches!(document.node, Node::Object(_) | Node::Null) {
        return Err(malformed(format!(
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
            document.node.go_name()
        )));
    }
    let configuration = decode_untyped(document.node).value;
    let applied = apply(&configuration)?;
    let object = in_its_kind(cx, &configuration, applied)?;
    match options.field_validation {
        FieldValidation::Strict if !document.complaints.is_empty() => {
            return Err(ApiError::bad_request(format!(
                "error strict decoding patch: error converting YAML to JSON: {}",
                yaml::strict_fault(&document.complaints)
            )));
        }
        FieldValidation::Warn => document
            .complaints
            .into_iter()
            .for_each(|field| cx.warn(field)),
        _ => {}
    }
    Ok(object)
}

/// Brings an applied object into the kind of its resource. The merge has refused unknown fields of native kinds already.
fn in_its_kind(cx: &Context<'_>, configuration: &Value, applied: Value) -> Result<Value, ApiError> {
    if cx.resource.custom.is_some() && matches!(cx.subresource_name(), "" | "status") {
        return Ok(applied);
    }
    let shown = described(cx, configuration);
    let (object, _) = convert_value(cx, applied).map_err(|fault| {
        let (object, kind) = &shown;
        ApiError::unknown(format!(
            "failed to convert new object ({object}; {kind}) to proper version: unable to convert unstructured object to {kind}: {fault}"
        ))
    })?;
    Ok(object)
}

/// An object and its kind as messages of the merge name them.
fn described(cx: &Context<'_>, object: &Value) -> (String, String) {
    let resource = &cx.resource;
    (
        format!("{}/{}", meta::namespace(object), meta::name(object)),
        format!(
            "{}/{}, Kind={}",
            resource.group, resource.version, resource.kind
        ),
    )
}
