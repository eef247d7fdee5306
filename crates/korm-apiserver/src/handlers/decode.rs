//! From the body of a request to an object of the resource's kind.

use serde_json::Value;

use super::Context;
use crate::meta;
use crate::negotiate::{self, Media};
use crate::request::FieldValidation;
use crate::resources::{Resource, group_version};
use crate::schema::decode::{Node, decode_native, decode_untyped, parse};
use crate::schema::go_format::quote;
use crate::status::ApiError;
use crate::{crd, facts, native, protobuf, yaml};

/// Decodes the body of a create or update; complaints about its fields become warnings, or an
/// error where the request is strict.
pub(crate) fn decode_body(
    cx: &Context<'_>,
    validation: FieldValidation,
) -> Result<Value, ApiError> {
    let resource = &cx.resource;
    let body = &cx.request.body;
    let (group, version, kind) = expected_type(cx);
    let api_version = group_version(&group, &version);
    let media = negotiate::input(cx.request, resource.is_native())?;
    let mut complaints = Vec::new();
    let node = read(cx, body, media, &mut complaints)
        .map_err(|fault| unrecognized(&kind, &fault, body))?;
    // A native null is an empty object.
    let node = match node {
        Node::Null if native_body(cx) => Node::Object(Vec::new()),
        node => node,
    };
    let given_kind = text_field(&node, "kind");
    let given_version = text_field(&node, "apiVersion");

    let native = native_body(cx);
    if !native && given_kind.is_empty() {
        let text = String::from_utf8_lossy(body);
        let fault = format!("Object 'Kind' is missing in '{text}'");
        return Err(unrecognized(&kind, &fault, body));
    }
    let given_kind = if given_kind.is_empty() {
        kind.clone()
    } else {
        given_kind
    };
    let given_version = if native && given_version.is_empty() {
        api_version.clone()
    } else {
        given_version
    };
    if native && let Some(fault) = unknown_kind(cx, &given_kind, &given_version) {
        return Err(cannot_be_handled(
            &given_kind,
            &given_version,
            &kind,
            &fault,
        ));
    }
    if given_version != api_version {
        return Err(ApiError::bad_request(format!(
            "the API version in the data ({given_version}) does not match the expected API version ({api_version})"
        )));
    }
    let (object, strict) = decode_node(cx, node).map_err(|fault| {
        if native && !resource.is_native() {
            // Upstream stumbles over the Scale of a custom resource while it makes the message.
            let why = "no kind is registered for the type v1.Scale in scheme \"pkg/runtime/scheme.go:111\"";
            return ApiError::bad_request(why);
        }
        cannot_be_handled(&given_kind, &given_version, &kind, &fault)
    })?;
    complaints.extend(strict);
    report(cx, validation, complaints, |all| {
        cannot_be_handled(
            &given_kind,
            &given_version,
            &kind,
            &format!("strict decoding error: {all}"),
        )
    })?;
    Ok(object)
}

/// Decodes an object that is JSON already, as a patch leaves it.
pub(crate) fn decode_value(
    cx: &Context<'_>,
    object: Value,
) -> Result<(Value, Vec<String>), String> {
    decode_node(cx, Node::from(object))
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
fn native_body(cx: &Context<'_>) -> bool {
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
        Media::Json => parse(body)
            .and_then(|node| check_type_fields(&node).map(|()| node))
            .map_err(|e| format!("couldn't get version/kind; json parse error: {e}")),
        Media::Yaml => {
            let document = yaml::parse(body)?;
            complaints.extend(document.complaints);
            // YAML becomes JSON first, without repeated keys.
            let node = Node::from(decode_untyped(document.node).value);
            check_type_fields(&node)
                .map_err(|e| format!("couldn't get version/kind; json parse error: {e}"))?;
            Ok(node)
        }
        Media::Protobuf => {
            let (group, version, kind) = expected_type(cx);
            protobuf::to_json(body, (&group, &version, &kind)).map(Node::from)
        }
    }
}

/// Upstream reads kind and apiVersion by themselves first, which makes for faults of their own.
pub(super) fn check_type_fields(node: &Node) -> Result<(), String> {
    const GO_TYPE: &str = "struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }";
    let Node::Object(fields) = node else {
        return match node {
            Node::Null => Ok(()),
            other => Err(format!(
                "json: cannot unmarshal {} into Go value of type {GO_TYPE}",
                go_kind(other)
            )),
        };
    };
    for (name, value) in fields {
        if matches!(name.as_str(), "kind" | "apiVersion")
            && !matches!(value, Node::String(_) | Node::Null)
        {
            let kind = go_kind(value);
            return Err(format!(
                "json: cannot unmarshal {kind} into Go struct field .{name} of type string"
            ));
        }
    }
    Ok(())
}

fn go_kind(node: &Node) -> &'static str {
    match node {
        Node::Null => "null",
        Node::Bool(_) => "bool",
        Node::Number(..) => "number",
        Node::String(_) => "string",
        Node::Array(_) => "array",
        Node::Object(_) => "object",
    }
}

fn decode_node(cx: &Context<'_>, node: Node) -> Result<(Value, Vec<String>), String> {
    match &cx.subresource {
        Some(sub) if sub.name != "status" => {
            decode_native_object(&sub.group, &sub.version, &sub.kind, node)
        }
        _ => decode_resource(&cx.resource, node),
    }
}

fn decode_resource(resource: &Resource, node: Node) -> Result<(Value, Vec<String>), String> {
    let Some(version) = &resource.custom else {
        return decode_native_object(&resource.group, &resource.version, &resource.kind, node);
    };
    let decoded = decode_untyped(node);
    let (mut object, mut strict) = (decoded.value, decoded.strict);
    strict.extend(version.decode(&mut object)?);
    // Go leaves out what is empty.
    for field in ["labels", "annotations", "finalizers", "ownerReferences"] {
        let empty = match &object["metadata"][field] {
            Value::Array(items) => items.is_empty(),
            Value::Object(entries) => entries.is_empty(),
            _ => false,
        };
        if empty {
            meta::remove(&mut object, field);
        }
    }
    Ok((object, strict))
}

fn decode_native_object(
    group: &str,
    version: &str,
    kind: &str,
    node: Node,
) -> Result<(Value, Vec<String>), String> {
    let (value, strict) = match facts::types(group, version, kind) {
        Some((types, root)) => {
            let decoded = decode_native(&types, root, node)?;
            (decoded.value, decoded.strict)
        }
        None => {
            let decoded = decode_untyped(node);
            (decoded.value, decoded.strict)
        }
    };
    let mut object = native::complete(group, version, kind, &value);
    if let Some(fields) = object.as_object_mut() {
        fields.insert("kind".to_owned(), kind.into());
        fields.insert(
            "apiVersion".to_owned(),
            group_version(group, version).into(),
        );
    }
    if (group, kind) == ("", "Namespace") {
        label_namespace(&mut object);
    }
    if kind == "CustomResourceDefinition" {
        crd::default_crd(&mut object)?;
    }
    Ok((object, strict))
}

/// A namespace is labeled with its name.
pub(super) fn label_namespace(namespace: &mut Value) {
    let name = meta::name(namespace).to_owned();
    if name.is_empty() {
        return;
    }
    let mut labels = meta::labels(namespace).cloned().unwrap_or_default();
    labels.insert("kubernetes.io/metadata.name".to_owned(), name.into());
    meta::set(namespace, "labels", labels);
}

fn text_field(node: &Node, name: &str) -> String {
    let Node::Object(fields) = node else {
        return String::new();
    };
    fields
        .iter()
        .rev()
        .find_map(|(key, value)| match value {
            Node::String(text) if key == name => Some(text.clone()),
            _ => None,
        })
        .unwrap_or_default()
}

fn unrecognized(kind: &str, fault: &str, body: &[u8]) -> ApiError {
    ApiError::bad_request(format!(
        "the object provided is unrecognized (must be of type {kind}): {fault} ({})",
        summary(body)
    ))
}

fn cannot_be_handled(given: &str, api_version: &str, kind: &str, fault: &str) -> ApiError {
    let version = api_version.rsplit('/').next().unwrap_or_default();
    ApiError::bad_request(format!(
        "{given} in version {} cannot be handled as a {kind}: {fault}",
        quote(version)
    ))
}

/// Why a kind is none of the resource's, if it is not: another one, or none at all.
fn unknown_kind(cx: &Context<'_>, kind: &str, api_version: &str) -> Option<String> {
    let (expected_group, expected_version, expected) = expected_type(cx);
    let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
    if (group, version, kind) == (&expected_group, &expected_version, &expected) {
        return None;
    }
    if facts::types(group, version, kind).is_none() {
        return Some(format!(
            "no kind {} is registered for version {} in scheme \"pkg/runtime/scheme.go:111\"",
            quote(kind),
            quote(api_version)
        ));
    }
    if kind == expected {
        return None; // the version is told by itself
    }
    let package = go_package(&cx.resource.group);
    Some(format!(
        "converting ({version}.{kind}) to ({package}.{expected}): unknown conversion"
    ))
}

/// The Go package of a group's internal types.
pub(super) fn go_package(group: &str) -> &str {
    match group.split('.').next() {
        None | Some("") => "core",
        Some(first) => first,
    }
}

/// The beginning of a body, for messages: text where it looks like JSON, else in hexadecimal.
fn summary(body: &[u8]) -> String {
    const LIMIT: usize = 30;
    if body.is_empty() {
        return "<empty>".to_owned();
    }
    let head = &body[..body.len().min(LIMIT)];
    let mut text = if body[0] == b'{' {
        String::from_utf8_lossy(head).into_owned()
    } else {
        head.iter().map(|b| format!("{b:02x}")).collect()
    };
    if body.len() > LIMIT {
        text.push_str(" ...");
    }
    text
}
