//! From the schema of a CRD to what rules know of its values (`pkg/cel/common/schemas.go` of k8s.io/apiserver).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::json_schema::JsonSchema;
use crate::cel::{self, Declared, Shape, Type};

/// The most bytes of a request.
const MOST_REQUEST_BYTES: u64 = 3 * 1024 * 1024;
/// The longest duration or time, and the shortest ones, in JSON.
const LONGEST_TIME: u64 = 32;
const SHORTEST_DURATION: u64 = 3;
const SHORTEST_TIME: u64 = 21;
const DATE: u64 = 12;
/// The longest name of an object.
const LONGEST_NAME: u64 = 253;
/// Bytes of a character at most.
const CHARACTER: u64 = 4;

/// What rules know of the values of a schema; nothing if it gives them no type. `resource`: they are whole objects.
pub(super) fn of(schema: &JsonSchema, resource: bool) -> Option<Declared> {
    if schema.int_or_string {
        let most = schema
            .max_length
            .map_or(MOST_REQUEST_BYTES - 2, |most| positive(most) * CHARACTER);
        return Some(Declared::scalar(Type::Dyn, most, 1));
    }
    let part = |part: &JsonSchema| of(part, part.embedded_resource);
    Some(match schema.schema_type.as_str() {
        "array" => {
            let item = part(schema.item()?)?;
            let fitting = (MOST_REQUEST_BYTES - 2) / (item.least_bytes + 1);
            Declared {
                most: schema.max_items.map_or(fitting, positive),
                shape: Shape::List(Arc::new(item)),
                least_bytes: 2,
            }
        }
        "object" => match schema.additional() {
            Some(additional) => {
                let value = part(additional)?;
                let fitting = (MOST_REQUEST_BYTES - 2) / (value.least_bytes + 6);
                Declared {
                    most: schema.max_properties.map_or(fitting, positive),
                    shape: Shape::Map(Arc::new(value)),
                    least_bytes: 2,
                }
            }
            None => object(schema, resource),
        },
        "string" => string(schema),
        "boolean" => Declared::scalar(Type::Bool, 0, 4),
        "number" => Declared::scalar(Type::Double, 0, 1),
        "integer" => Declared::scalar(Type::Int, 0, 1),
        _ => return None,
    })
}

fn positive(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn object(schema: &JsonSchema, resource: bool) -> Declared {
    let resource = resource && !declares_meta(schema);
    let mut fields = BTreeMap::new();
    let mut least_bytes = 2;
    for (name, property) in &schema.properties {
        if resource && is_meta(name) {
            continue;
        }
        let Some(declared) = of(property, property.embedded_resource) else {
            continue;
        };
        let is_required = schema.required.contains(name) && property.default.is_none();
        if is_required {
            least_bytes += name.len() as u64 + declared.least_bytes + 4;
        }
        if let Some(name) = cel::escape(name) {
            fields.insert(name, Arc::new(declared));
        }
    }
    if resource {
        for (name, declared) in meta(schema) {
            if schema.required.iter().any(|required| required == name) {
                least_bytes += name.len() as u64 + declared.least_bytes + 4;
            }
            fields.insert(name.to_owned(), Arc::new(declared));
        }
    }
    Declared {
        shape: Shape::Object(fields),
        most: 0,
        least_bytes,
    }
}

fn is_meta(name: &str) -> bool {
    matches!(name, "apiVersion" | "kind" | "metadata")
}

/// Whether a schema itself says what is otherwise known of every object.
fn declares_meta(schema: &JsonSchema) -> bool {
    let is = |of: &JsonSchema, name: &str, ty: &str| {
        let property = of.properties.get(name);
        property.is_some_and(|property| property.schema_type == ty)
    };
    let metadata = schema.properties.get("metadata");
    is(schema, "kind", "string")
        && is(schema, "apiVersion", "string")
        && is(schema, "metadata", "object")
        && metadata.is_some_and(|metadata| {
            is(metadata, "name", "string") && is(metadata, "generateName", "string")
        })
}

/// What is known of every object, whatever its schema says.
fn meta(schema: &JsonSchema) -> [(&'static str, Declared); 3] {
    let text = |most| Declared::scalar(Type::String, most, 2);
    let metadata = schema.properties.get("metadata");
    let name = |field: &str, longest: u64| {
        let own = metadata.and_then(|metadata| metadata.properties.get(field)?.max_length);
        text(own.map_or(longest, |own| longest.min(positive(own))) * CHARACTER)
    };
    let fields = [
        // The server adds at least one character to this one.
        ("generateName", name("generateName", LONGEST_NAME - 1)),
        ("name", name("name", LONGEST_NAME)),
    ];
    let fields = fields.map(|(field, declared)| (field.to_owned(), Arc::new(declared)));
    let metadata = Declared {
        shape: Shape::Object(fields.into()),
        most: 0,
        least_bytes: 2,
    };
    [
        ("apiVersion", text(MOST_REQUEST_BYTES - 2)),
        ("kind", text(MOST_REQUEST_BYTES - 2)),
        ("metadata", metadata),
    ]
}

fn string(schema: &JsonSchema) -> Declared {
    match schema.format.as_str() {
        "byte" => {
            let most = schema.max_length.map_or(MOST_REQUEST_BYTES - 2, positive);
            Declared::scalar(Type::Bytes, most, 2)
        }
        "duration" => Declared::scalar(Type::Duration, LONGEST_TIME, SHORTEST_DURATION),
        "date" => Declared::scalar(Type::Timestamp, DATE, DATE),
        "date-time" => Declared::scalar(Type::Timestamp, LONGEST_TIME, SHORTEST_TIME),
        _ => Declared::scalar(Type::String, longest(schema), 2),
    }
}

/// The most characters of a text, or rather the bytes that they can take.
fn longest(schema: &JsonSchema) -> u64 {
    if let Some(most) = schema.max_length {
        return positive(most) * CHARACTER;
    }
    if schema.enumeration.is_empty() {
        return MOST_REQUEST_BYTES - 2;
    }
    let lengths = schema.enumeration.iter().filter_map(|one| one.as_str());
    lengths.map(|text| text.len() as u64).max().unwrap_or(0)
}
