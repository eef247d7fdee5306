//! From the body of a request to an object of the resource's kind.

use serde_json::{Map, Value};

use super::Context;
use super::recognize::{Document, Expected, Fault, complete_native, note_empty, recognize};
use crate::negotiate::{self, Media};
use crate::request::FieldValidation;
use crate::schema::decode::{Node, convert_native, decode_untyped, parse};
use crate::schema::go_format;
use crate::status::ApiError;
use crate::{facts, protobuf, yaml};

/// Decodes the body of a create or update; complaints about its fields become warnings, or an
/// error where the request is strict.
pub(crate) fn decode_body(
    cx: &Context<'_>,
    validation: FieldValidation,
) -> Result<Value, ApiError> {
    let resource = &cx.resource;
    let body = &cx.request.body;
    let expected = Expected::of(cx);
    let media = negotiate::input(cx.request, resource.is_native())?;
    let refused = |fault: &Fault| {
        if native_body(cx) && !resource.is_native() {
            // Upstream stumbles over the Scale of a custom resource while it makes the message.
            let why = "no kind is registered for the type v1.Scale in scheme \"pkg/runtime/scheme.go:111\"";
            return ApiError::bad_request(why);
        }
        fault.error(&expected.kind, body)
    };
    let mut complaints = Vec::new();
    let node = read(cx, body, media, &mut complaints)
        .map_err(|why| refused(&Fault { claim: None, why }))?;
    let text = match media {
        Media::Yaml if validation == FieldValidation::Ignore => {
            go_format::json(&decode_untyped(node.clone()).value)
        }
        _ => String::from_utf8_lossy(body).into_owned(),
    };
    let document = Document {
        node,
        text: &text,
        strict: validation != FieldValidation::Ignore,
        patched: false,
    };
    let decoded = recognize(cx, &expected, document).map_err(|fault| refused(&fault))?;
    if validation == FieldValidation::Strict && !complaints.is_empty() {
        // A refusal shows what the YAML decoder said as a whole.
        complaints = vec![yaml::strict_fault(&complaints)];
    }
    complaints.extend(decoded.complaints);
    report(cx, validation, complaints, |all| {
        let why = format!("strict decoding error: {all}");
        let claim = Some(decoded.claim.clone());
        if native_body(cx) {
            return refused(&Fault { claim, why });
        }
        // A custom object has been decoded by now, and is what it says that it is.
        let (kind, version) = &decoded.claim;
        if version.is_empty() {
            return ApiError::bad_request(
                "Object 'apiVersion' is missing in 'object has no apiVersion field'",
            );
        }
        Fault { claim, why }.error(kind, body)
    })?;
    let given = decoded.claim.1;
    if given != expected.api_version() {
        return Err(ApiError::bad_request(format!(
            "the API version in the data ({given}) does not match the expected API version ({})",
            expected.api_version()
        )));
    }
    Ok(decoded.object)
}

/// Decodes an object as a patch leaves it: with the same faults as a body, given without the
/// sentence around them. `text` is the object as JSON.
pub(crate) fn decode_patched(
    cx: &Context<'_>,
    node: Node,
    text: &str,
    validation: FieldValidation,
) -> Result<(Value, Vec<String>), String> {
    let document = Document {
        node,
        text,
        strict: validation != FieldValidation::Ignore,
        patched: true,
    };
    recognize(cx, &Expected::of(cx), document)
        .map(|decoded| (decoded.object, decoded.complaints))
        .map_err(|fault| fault.why)
}

/// Brings an object into the resource's native kind without writing and reading it again.
pub(crate) fn convert_value(
    cx: &Context<'_>,
    object: Value,
) -> Result<(Value, Vec<String>), String> {
    note_empty(cx, |path| {
        let member = path.iter().fold(&object, |at, name| &at[*name]);
        member.as_object().is_some_and(Map::is_empty)
    });
    let (group, version, kind) = expected_type(cx);
    let decoded = match facts::types(&group, &version, &kind) {
        Some((types, root)) => convert_native(&types, root, object)?,
        None => decode_untyped(Node::from(object)),
    };
    complete_native(&group, &version, &kind, decoded)
}

/// Warns of complaints, or makes an error of them, as the request asks.
pub(crate) fn report(
    cx: &Context<'_>,
    validation: FieldValidation,
    complaints: Vec<String>,
    error: impl FnOnce(String) -> ApiError,
) -> Result<(), ApiError> {
    match validation {
        _ if complaints.is_empty() => Ok(()),
        FieldValidation::Ignore => Ok(()),
        FieldValidation::Warn => {
            complaints
                .into_iter()
                .for_each(|complaint| cx.warn(complaint));
            Ok(())
        }
        FieldValidation::Strict => Err(error(complaints.join(", "))),
    }
}

/// Whether the body is of a native kind, as a Scale is even below a custom resource.
pub(super) fn native_body(cx: &Context<'_>) -> bool {
    cx.resource.is_native()
        || cx
            .subresource
            .as_ref()
            .is_some_and(|sub| sub.name != "status")
}

/// Group, version and kind that the body must have: the subresource's where it has its own.
pub(super) fn expected_type(cx: &Context<'_>) -> (String, String, String) {
    match &cx.subresource {
        Some(sub) => (sub.group.clone(), sub.version.clone(), sub.kind.clone()),
        None => {
            let resource = &cx.resource;
            (
                resource.group.clone(),
                resource.version.clone(),
                resource.kind.clone(),
            )
        }
    }
}

fn read(
    cx: &Context<'_>,
    body: &[u8],
    media: Media,
    complaints: &mut Vec<String>,
) -> Result<Node, String> {
    match media {
        Media::Json => {
            parse(body).map_err(|e| format!("couldn't get version/kind; json parse error: {e}"))
        }
        Media::Yaml => {
            let document = yaml::parse(body)?;
            complaints.extend(document.complaints);
            // YAML becomes JSON first, without repeated keys.
            Ok(Node::from(decode_untyped(document.node).value))
        }
        Media::Protobuf => {
            let (group, version, kind) = expected_type(cx);
            protobuf::to_json(body, (&group, &version, &kind)).map(Node::from)
        }
    }
}
