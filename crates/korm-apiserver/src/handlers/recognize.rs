//! From a parsed document to an object of the resource's kind, or to the reason why it is none.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Context;
use super::decode::{expected_type, native_body};
use crate::meta;
use crate::resources::{Resource, group_version};
use crate::schema::decode::{Decoded, Node, decode_native, decode_untyped};
use crate::schema::go_format::quote;
use crate::status::ApiError;
use crate::{crd, facts, native};

/// The type that an object must be of.
pub(super) struct Expected {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) kind: String,
}

impl Expected {
    pub(super) fn of(cx: &Context<'_>) -> Self {
        let (group, version, kind) = expected_type(cx);
        Self {
            group,
            version,
            kind,
        }
    }

    pub(super) fn api_version(&self) -> String {
        group_version(&self.group, &self.version)
    }
}

/// What is to become an object.
pub(super) struct Document<'a> {
    pub(super) node: Node,
    /// How messages show it.
    pub(super) text: &'a str,
    pub(super) strict: bool,
    /// It is what a patch has made.
    pub(super) patched: bool,
}

/// An object with what it said of its type: kind and apiVersion, those expected where it said nothing.
pub(super) struct Recognized {
    pub(super) object: Value,
    pub(super) complaints: Vec<String>,
    pub(super) claim: (String, String),
}

/// Why a document is none of the resource's objects.
pub(super) struct Fault {
    /// Kind and apiVersion that it claims, where decoding came far enough to know.
    pub(super) claim: Option<(String, String)>,
    pub(super) why: String,
}

impl Fault {
    pub(super) fn error(&self, expected: &str, body: &[u8]) -> ApiError {
        let why = &self.why;
        ApiError::bad_request(match &self.claim {
            Some((kind, api_version)) => format!(
                "{kind} in version {} cannot be handled as a {expected}: {why}",
                quote(split_version(api_version).1)
            ),
            None => format!(
                "the object provided is unrecognized (must be of type {expected}): {why} ({})",
                summary(body)
            ),
        })
    }
}

/// Decodes a document of the resource's kind, as the serializers of
/// `k8s.io/apimachinery/pkg/runtime/serializer` do.
pub(super) fn recognize(
    cx: &Context<'_>,
    expected: &Expected,
    document: Document<'_>,
) -> Result<Recognized, Fault> {
    let Document {
        node,
        text,
        strict,
        patched,
    } = document;
    let unclaimed = |why| Fault { claim: None, why };
    check_type_fields(&node)
        .map_err(|e| unclaimed(format!("couldn't get version/kind; json parse error: {e}")))?;
    let (given_kind, given_version) = (text_field(&node, "kind"), text_field(&node, "apiVersion"));
    if given_version != "/" && given_version.matches('/').count() > 1 {
        let why = format!("unexpected GroupVersion string: {given_version}");
        return Err(unclaimed(why));
    }
    let or_expected =
        |given: &str, expected: &str| if given.is_empty() { expected } else { given }.to_owned();
    let claim = (
        or_expected(&given_kind, &expected.kind),
        or_expected(&given_version, &expected.api_version()),
    );
    let claimed = |why| Fault {
        claim: Some(claim.clone()),
        why,
    };
    if !native_body(cx) {
        if given_kind.is_empty() {
            let why = format!("Object 'Kind' is missing in '{text}'");
            // A strict decoder looks into the object only, where no kind is.
            return Err(if strict { unclaimed(why) } else { claimed(why) });
        }
        // What it does not say of its version, nobody adds.
        let (object, complaints) = decode_resource(&cx.resource, node).map_err(|why| Fault {
            claim: Some((given_kind.clone(), given_version.clone())),
            why,
        })?;
        return Ok(Recognized {
            object,
            complaints,
            claim: (given_kind, given_version),
        });
    }
    if patched && given_version.is_empty() && cx.resource.is_native() {
        return Ok(internal(cx, node, claim));
    }
    // What the resource itself expects may be a kind that is not told apart by its group.
    let as_expected = claim.0 == expected.kind && claim.1 == expected.api_version();
    if let Some(why) = unregistered(&claim.0, &claim.1).filter(|_| !as_expected) {
        return Err(claimed(why));
    }
    // A native null is an empty object.
    let node = match node {
        Node::Null => Node::Object(Vec::new()),
        node => node,
    };
    note_empty(cx, |path| is_empty_object(&node, path));
    note_null_bytes(cx, |field| {
        // What is there as text goes before what is there as bytes.
        let mut keys = null_keys(&node, field);
        keys.retain(|key| !has_key(&node, "stringData", key));
        keys
    });
    // What it is can be told by the version that it claims.
    let (group, version) = split_version(&claim.1);
    let decoded = decode_native_object(group, version, &claim.0, node);
    let (object, complaints) = decoded.map_err(claimed)?;
    if let Some(why) = other_kind(cx, &expected.kind, &claim.0, version) {
        return Err(claimed(why));
    }
    Ok(Recognized {
        object,
        complaints,
        claim,
    })
}

/// Notes what is there without anything in it, of what Go's messages and rules tell from what is not: data that are
/// immutable and are none may not come to be, and labels are shown.
pub(super) fn note_empty(cx: &Context<'_>, is_empty: impl Fn(&[&str]) -> bool) {
    let resource = &cx.resource;
    let path: &[&str] = match (resource.group.as_str(), resource.kind.as_str()) {
        // The defaults of a ConfigMap (`SetDefaults_ConfigMap`) make its absent data empty anyway.
        ("", "ConfigMap") => &["binaryData"],
        ("", "Secret") => &["data"],
        ("apps", "Deployment") => &["spec", "template", "metadata", "labels"],
        _ => return,
    };
    if is_empty(path) {
        cx.note_empty(path);
    }
}

/// Notes the nulls among the bytes of the kinds that have such; `null_keys` gives those below a field.
pub(super) fn note_null_bytes(cx: &Context<'_>, null_keys: impl Fn(&str) -> Vec<String>) {
    let resource = &cx.resource;
    let field = match (resource.group.as_str(), resource.kind.as_str()) {
        ("", "ConfigMap") => "binaryData",
        ("", "Secret") => "data",
        _ => return,
    };
    for key in null_keys(field) {
        cx.note_null_bytes(field, key);
    }
}

/// The keys that have null in a field at last: one may be there more than once.
fn null_keys(node: &Node, field: &str) -> Vec<String> {
    let all = fields(node).iter().filter(|(name, _)| name == field);
    let mut last = BTreeMap::new();
    for (key, value) in all.flat_map(|(_, value)| fields(value)) {
        last.insert(key.as_str(), *value == Node::Null);
    }
    let null = last.into_iter().filter(|(_, null)| *null);
    null.map(|(key, _)| key.to_owned()).collect()
}

fn has_key(node: &Node, field: &str, key: &str) -> bool {
    let mut all = fields(node).iter().filter(|(name, _)| name == field);
    all.any(|(_, value)| fields(value).iter().any(|(name, _)| name == key))
}

fn fields(node: &Node) -> &[(String, Node)] {
    match node {
        Node::Object(fields) => fields,
        _ => &[],
    }
}

fn is_empty_object(node: &Node, path: &[&str]) -> bool {
    let Node::Object(fields) = node else {
        return false;
    };
    match path.split_first() {
        None => fields.is_empty(),
        Some((first, rest)) => fields
            .iter()
            .any(|(name, value)| name == first && is_empty_object(value, rest)),
    }
}

/// What a patched object without an apiVersion decodes to: Kubernetes takes it for one of its
/// internal types, whose fields have other names, so that nothing in it is known.
fn internal(cx: &Context<'_>, node: Node, claim: (String, String)) -> Recognized {
    let fields = match node {
        Node::Object(fields) => fields,
        _ => Vec::new(),
    };
    let complaints = fields
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "kind" | "apiVersion"))
        .map(|(name, _)| format!("unknown field {}", quote(name)))
        .collect();
    let resource = &cx.resource;
    let object = serde_json::json!({"kind": resource.kind, "apiVersion": resource.api_version(),
        "metadata": {}});
    Recognized {
        object,
        complaints,
        claim,
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
                other.go_name()
            )),
        };
    };
    for (name, value) in fields {
        if matches!(name.as_str(), "kind" | "apiVersion")
            && !matches!(value, Node::String(_) | Node::Null)
        {
            let kind = value.go_name();
            return Err(format!(
                "json: cannot unmarshal {kind} into Go struct field .{name} of type string"
            ));
        }
    }
    Ok(())
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
    let decoded = match facts::types(group, version, kind) {
        Some((types, root)) => decode_native(&types, root, node)?,
        None => decode_untyped(node),
    };
    complete_native(group, version, kind, decoded)
}

/// Fills in what decoding a kind fills in, such as defaults.
pub(super) fn complete_native(
    group: &str,
    version: &str,
    kind: &str,
    decoded: Decoded,
) -> Result<(Value, Vec<String>), String> {
    let mut object = native::complete(group, version, kind, &decoded.value);
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
    Ok((object, decoded.strict))
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

/// Why a kind cannot be decoded, if there is none of that name.
fn unregistered(kind: &str, api_version: &str) -> Option<String> {
    let (group, version) = split_version(api_version);
    facts::types(group, version, kind).is_none().then(|| {
        format!(
            "no kind {} is registered for version {} in scheme \"pkg/runtime/scheme.go:111\"",
            quote(kind),
            quote(api_version)
        )
    })
}

/// Why a decoded kind is none of the resource's, if it is another one. Another version of it is told by itself.
fn other_kind(cx: &Context<'_>, expected: &str, kind: &str, version: &str) -> Option<String> {
    (kind != expected).then(|| {
        let package = go_package(&cx.resource.group);
        format!("converting ({version}.{kind}) to ({package}.{expected}): unknown conversion")
    })
}

/// Group and version in an apiVersion.
fn split_version(api_version: &str) -> (&str, &str) {
    api_version.rsplit_once('/').unwrap_or(("", api_version))
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
