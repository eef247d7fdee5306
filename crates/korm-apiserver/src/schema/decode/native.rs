//! Decoding a native kind as Go's `encoding/json` decodes into its struct.

use serde_json::{Map, Value};

use super::{Decoded, Node, Strict};
use crate::native::{canonical_quantity, canonical_time};
use crate::schema::go_base64::{self, Alphabet};
use crate::schema::types::{ListType, ObjectShape, Shape, Type, TypeId, Types};

/// Decodes into the type `root`: unknown fields are dropped, nulls mean absent.
///
/// The error is what Go says, beginning with `json:` unless a type decodes itself.
pub(crate) fn decode_native(types: &Types, root: TypeId, node: Node) -> Result<Decoded, String> {
    let mut decoder = Decoder {
        types,
        strict: Strict::default(),
        context: Vec::new(),
        saved: None,
    };
    let value = decoder.value(root, node)?;
    match decoder.saved {
        Some(error) => Err(error),
        None => Ok(Decoded {
            value: value.unwrap_or(Value::Null),
            strict: decoder.strict.messages,
        }),
    }
}

/// Structs whose `uid` is a plain string, where others have a type for it that their schemas do not know.
const PLAIN_UIDS: [&str; 3] = [
    "CertificateSigningRequestSpec",
    "SubjectAccessReviewSpec",
    "UserInfo",
];

/// Structs that Go embeds in others: their name shows up in the path of an error.
const EMBEDDED: [(&str, &str, &[&str]); 4] = [
    ("Volume", "VolumeSource", &["name"]),
    (
        "Probe",
        "ProbeHandler",
        &[
            "initialDelaySeconds",
            "timeoutSeconds",
            "periodSeconds",
            "successThreshold",
            "failureThreshold",
            "terminationGracePeriodSeconds",
        ],
    ),
    (
        "EphemeralContainer",
        "EphemeralContainerCommon",
        &["targetContainerName"],
    ),
    (
        "PersistentVolumeSpec",
        "PersistentVolumeSource",
        &[
            "capacity",
            "accessModes",
            "claimRef",
            "persistentVolumeReclaimPolicy",
            "storageClassName",
            "mountOptions",
            "volumeMode",
            "nodeAffinity",
            "volumeAttributesClassName",
        ],
    ),
];

struct Decoder<'a> {
    types: &'a Types,
    strict: Strict,
    /// Struct and field of every level, innermost last.
    context: Vec<(String, String)>,
    /// The first wrong type; decoding goes on after it.
    saved: Option<String>,
}

/// The part of a definition's name that is the Go type.
pub(super) fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// How Go prints the type: `v1.PodSpec`, `[]v1.Container`, `map[string]string`.
pub(super) fn go_type(types: &Types, id: TypeId) -> String {
    let ty = types.get(id);
    if let Some(name) = &ty.name {
        let mut parts = name.rsplit('.');
        let last = parts.next().unwrap_or(name);
        return match parts.next() {
            Some(package) => format!("{package}.{last}"),
            None => last.to_owned(),
        };
    }
    match &ty.shape {
        Shape::Any => "interface {}".to_owned(),
        Shape::Boolean => "bool".to_owned(),
        Shape::Integer { format } => format.as_deref().unwrap_or("int64").to_owned(),
        Shape::Number => "float64".to_owned(),
        Shape::String { format } if format.as_deref() == Some("byte") => "[]uint8".to_owned(),
        Shape::String { .. } => "string".to_owned(),
        Shape::Object(object) => match &object.additional {
            Some(value) => format!("map[string]{}", go_type(types, value.ty)),
            None => "map[string]string".to_owned(),
        },
        Shape::Array { items, .. } => match items {
            Some(item) => format!("[]{}", go_type(types, item.ty)),
            None => "[]interface {}".to_owned(),
        },
    }
}

impl Decoder<'_> {
    /// A value of this type, nothing for null.
    fn value(&mut self, id: TypeId, node: Node) -> Result<Option<Value>, String> {
        let ty = self.types.get(id);
        if node == Node::Null {
            return Ok(None);
        }
        if let Some(name) = ty.name.as_deref()
            && let Some(result) = self_decoding(last_part(name), name, &node)
        {
            return result.map(Some).map_err(|error| self.in_place(&error));
        }
        if ty.int_or_string {
            return int_or_string(&node)
                .map(Some)
                .map_err(|error| self.in_place(&error));
        }
        Ok(match (&ty.shape, node) {
            (Shape::Any, node) => Some(super::untyped(node, &mut self.strict)),
            (Shape::Object(object), node) if is_free(ty, object) => {
                Some(super::untyped(node, &mut self.strict))
            }
            (Shape::Object(object), Node::Object(fields)) => Some(self.object(id, object, fields)?),
            (Shape::Array { items, list }, Node::Array(nodes)) => match items {
                Some(item) => Some(self.array(item.ty, list, nodes)?),
                None => Some(super::untyped(Node::Array(nodes), &mut self.strict)),
            },
            (Shape::Boolean, Node::Bool(value)) => Some(Value::Bool(value)),
            (Shape::String { format }, Node::String(text)) => {
                if format.as_deref() == Some("byte")
                    && let Err(error) = go_base64::decode(&text, Alphabet::Standard)
                {
                    self.save(error);
                }
                Some(Value::String(text))
            }
            (Shape::Integer { format }, Node::Number(number, text)) => {
                let in_range = number.as_i64().is_some_and(|int| {
                    format.as_deref() != Some("int32") || i32::try_from(int).is_ok()
                });
                if !in_range || text.contains(['.', 'e', 'E']) {
                    self.wrong(&format!("number {text}"), id);
                }
                Some(Value::Number(number))
            }
            (Shape::Number, Node::Number(number, _)) => Some(Value::Number(number)),
            (_, node) => {
                self.wrong(node.go_name(), id);
                None
            }
        })
    }

    fn object(
        &mut self,
        id: TypeId,
        object: &ObjectShape,
        fields: Vec<(String, Node)>,
    ) -> Result<Value, String> {
        let ty = self.types.get(id);
        let mut map = Map::new();
        let mut seen: Vec<String> = Vec::new();
        for (key, node) in fields {
            if let Some(property) = object.properties.get(key.as_str()) {
                if seen.contains(&key) {
                    self.strict.duplicate(&key);
                }
                self.context.push(self.place(ty, &key));
                let value = self.below(&key, property.ty, node)?;
                self.context.pop();
                if let Some(value) = value {
                    map.insert(key.clone(), value);
                }
            } else if let Some(additional) = &object.additional {
                if seen.contains(&key) {
                    self.strict.duplicate(&key);
                }
                let value = self.below(&key, additional.ty, node)?;
                let value = value.unwrap_or_else(|| zero(self.types, additional.ty));
                map.insert(key.clone(), value);
            } else {
                self.strict.unknown(&key);
            }
            seen.push(key);
        }
        Ok(Value::Object(map))
    }

    fn array(&mut self, item: TypeId, _list: &ListType, nodes: Vec<Node>) -> Result<Value, String> {
        let mut values = Vec::with_capacity(nodes.len());
        for (i, node) in nodes.into_iter().enumerate() {
            self.strict.path.push(format!("[{i}]"));
            let value = self.value(item, node)?;
            self.strict.path.pop();
            values.push(value.unwrap_or_else(|| zero(self.types, item)));
        }
        Ok(Value::Array(values))
    }

    fn below(&mut self, key: &str, id: TypeId, node: Node) -> Result<Option<Value>, String> {
        let dot = if self.strict.path.is_empty() { "" } else { "." };
        self.strict.path.push(format!("{dot}{key}"));
        let value = self.value(id, node);
        self.strict.path.pop();
        value
    }

    /// Struct and field as Go names them for the field `key` of `ty`.
    fn place(&self, ty: &Type, key: &str) -> (String, String) {
        let name = ty.name.as_deref().map_or("", last_part).to_owned();
        let embedded = EMBEDDED
            .iter()
            .find(|(outer, _, own)| *outer == name && !own.contains(&key));
        match embedded {
            Some((_, inner, _)) => (name, format!("{inner}.{key}")),
            None => (name, key.to_owned()),
        }
    }

    fn wrong(&mut self, actual: &str, id: TypeId) {
        let mut expected = go_type(self.types, id);
        let last = self.context.last();
        let is_uid =
            last.is_some_and(|(of, name)| name == "uid" && !PLAIN_UIDS.contains(&of.as_str()));
        if is_uid && expected == "string" {
            expected = "types.UID".to_owned();
        }
        let place = self.place_of_fault();
        self.save(format!(
            "json: cannot unmarshal {actual} into Go {place} of type {expected}"
        ));
    }

    /// Where the value is that is being decoded.
    fn place_of_fault(&self) -> String {
        match self.context.last() {
            Some((name, _)) => {
                let fields: Vec<&str> = self.context.iter().map(|(_, f)| f.as_str()).collect();
                format!("struct field {name}.{}", fields.join("."))
            }
            None => "value".to_owned(),
        }
    }

    /// What a type that decodes itself says of a wrong type, with the place added, as Go's decoder adds it.
    fn in_place(&self, error: &str) -> String {
        let place = format!("into Go {} of type", self.place_of_fault());
        error.replacen("into Go value of type", &place, 1)
    }

    fn save(&mut self, error: String) {
        self.saved.get_or_insert(error);
    }
}

/// An object of which nothing is known: `type: object` and no more.
pub(super) fn is_free(ty: &Type, object: &ObjectShape) -> bool {
    ty.preserve_unknown || object.properties.is_empty() && object.additional.is_none()
}

/// What stands for null in a list or map.
pub(super) fn zero(types: &Types, id: TypeId) -> Value {
    match &types.get(id).shape {
        Shape::Any | Shape::Array { .. } => Value::Null,
        Shape::Boolean => Value::Bool(false),
        Shape::Integer { .. } | Shape::Number => Value::from(0),
        Shape::String { .. } => Value::from(""),
        Shape::Object(object) if object.additional.is_some() => Value::Null,
        Shape::Object(_) => Value::Object(Map::new()),
    }
}

/// Types that decode themselves; their errors end the decoding.
pub(super) fn self_decoding(short: &str, name: &str, node: &Node) -> Option<Result<Value, String>> {
    if !name.starts_with("io.k8s.apimachinery.") {
        return None;
    }
    match short {
        "Time" | "MicroTime" => Some(match node {
            Node::String(text) => canonical_time(text, short == "MicroTime"),
            other => Err(wrong_value(other, "string")),
        }),
        "Quantity" => Some(match node {
            Node::String(text) => canonical_quantity(text.trim()).map(Value::from),
            Node::Number(_, text) => canonical_quantity(text).map(Value::from),
            _ => canonical_quantity("?").map(Value::from),
        }),
        "IntOrString" => Some(int_or_string(node)),
        _ => None,
    }
}

pub(super) fn int_or_string(node: &Node) -> Result<Value, String> {
    match node {
        Node::String(text) => Ok(Value::from(text.as_str())),
        Node::Number(number, text) => match number.as_i64().map(i32::try_from) {
            Some(Ok(int)) if !text.contains(['.', 'e', 'E']) => Ok(Value::from(int)),
            _ => Err(format!(
                "json: cannot unmarshal number {text} into Go value of type int32"
            )),
        },
        other => Err(wrong_value(other, "int32")),
    }
}

fn wrong_value(node: &Node, expected: &str) -> String {
    let actual = node.go_name();
    format!("json: cannot unmarshal {actual} into Go value of type {expected}")
}
