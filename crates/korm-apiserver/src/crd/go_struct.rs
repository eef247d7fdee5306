//! Parts of a CRD as Go prints its internal structs: some errors show them whole.

use serde_json::Value;

use super::json_schema::{JsonSchema, SchemaOrArray, SchemaOrBool};
use super::parts::Parts;
use crate::schema::go_format;

fn text(text: &str) -> String {
    go_format::json(&text.into())
}

fn optional<T>(value: Option<T>, show: impl Fn(T) -> String) -> String {
    value.map_or_else(|| "null".to_owned(), show)
}

fn float(value: Option<f64>) -> String {
    optional(value, |value| go_format::json(&value.into()))
}

fn int(value: Option<i64>) -> String {
    optional(value, |value| value.to_string())
}

/// A list, `null` where it is empty.
fn list<T>(items: &[T], show: impl Fn(&T) -> String) -> String {
    if items.is_empty() {
        return "null".to_owned();
    }
    let items: Vec<String> = items.iter().map(show).collect();
    format!("[{}]", items.join(","))
}

fn schemas<'a>(map: impl ExactSizeIterator<Item = (&'a String, &'a JsonSchema)>) -> String {
    if map.len() == 0 {
        return "null".to_owned();
    }
    let fields: Vec<String> = map
        .map(|(name, value)| format!("{}:{}", text(name), schema(value)))
        .collect();
    format!("{{{}}}", fields.join(","))
}

fn or_bool(value: Option<&SchemaOrBool>) -> String {
    optional(value, |value| match value {
        SchemaOrBool::Bool(allows) => format!("{{\"Allows\":{allows},\"Schema\":null}}"),
        SchemaOrBool::Schema(s) => format!("{{\"Allows\":true,\"Schema\":{}}}", schema(s)),
    })
}

fn items(value: Option<&SchemaOrArray>) -> String {
    optional(value, |value| match value {
        SchemaOrArray::Schema(s) => format!("{{\"Schema\":{},\"JSONSchemas\":null}}", schema(s)),
        SchemaOrArray::Array(all) => {
            format!("{{\"Schema\":null,\"JSONSchemas\":{}}}", list(all, schema))
        }
    })
}

/// `apiextensions.JSONSchemaProps`
pub(super) fn schema(s: &JsonSchema) -> String {
    let docs = optional(s.external_docs.as_ref(), |docs| {
        let part = |name: &str| text(docs[name].as_str().unwrap_or_default());
        format!(
            "{{\"Description\":{},\"URL\":{}}}",
            part("description"),
            part("url")
        )
    });
    let dependencies = optional(s.dependencies.as_ref(), |map| {
        go_format::json(&Value::Object(map.clone().into_iter().collect()))
    });
    let rules = list(&s.validations, |rule| {
        match super::rule_checks::shown(rule) {
            crate::schema::BadValue::Verbatim(text) => text,
            _ => String::new(),
        }
    });
    let fields = [
        ("ID", text(&s.id)),
        ("Schema", text(&s.schema)),
        ("Ref", optional(s.reference.as_deref(), text)),
        ("Description", text(&s.description)),
        ("Type", text(&s.schema_type)),
        ("Nullable", s.nullable.to_string()),
        ("Format", text(&s.format)),
        ("Title", text(&s.title)),
        ("Default", optional(s.default.as_ref(), go_format::json)),
        ("Maximum", float(s.maximum)),
        ("ExclusiveMaximum", s.exclusive_maximum.to_string()),
        ("Minimum", float(s.minimum)),
        ("ExclusiveMinimum", s.exclusive_minimum.to_string()),
        ("MaxLength", int(s.max_length)),
        ("MinLength", int(s.min_length)),
        ("Pattern", text(&s.pattern)),
        ("MaxItems", int(s.max_items)),
        ("MinItems", int(s.min_items)),
        ("UniqueItems", s.unique_items.to_string()),
        ("MultipleOf", float(s.multiple_of)),
        ("Enum", list(&s.enumeration, go_format::json)),
        ("MaxProperties", int(s.max_properties)),
        ("MinProperties", int(s.min_properties)),
        ("Required", list(&s.required, |name| text(name))),
        ("Items", items(s.items.as_deref())),
        ("AllOf", list(&s.all_of, schema)),
        ("OneOf", list(&s.one_of, schema)),
        ("AnyOf", list(&s.any_of, schema)),
        ("Not", optional(s.not.as_deref(), schema)),
        ("Properties", schemas(s.properties.iter())),
        (
            "AdditionalProperties",
            or_bool(s.additional_properties.as_deref()),
        ),
        ("PatternProperties", schemas(s.pattern_properties.iter())),
        ("Dependencies", dependencies),
        ("AdditionalItems", or_bool(s.additional_items.as_deref())),
        ("Definitions", schemas(s.definitions.iter())),
        ("ExternalDocs", docs),
        ("Example", optional(s.example.as_ref(), go_format::json)),
        (
            "XPreserveUnknownFields",
            optional(s.preserve_unknown_fields, |is| is.to_string()),
        ),
        ("XEmbeddedResource", s.embedded_resource.to_string()),
        ("XIntOrString", s.int_or_string.to_string()),
        ("XListMapKeys", list(&s.list_map_keys, |key| text(key))),
        ("XListType", optional(s.list_type.as_deref(), text)),
        ("XMapType", optional(s.map_type.as_deref(), text)),
        ("XValidations", rules),
    ];
    object(&fields)
}

fn object(fields: &[(&str, String)]) -> String {
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("\"{name}\":{value}"))
        .collect();
    format!("{{{}}}", fields.join(","))
}

/// `[]apiextensions.CustomResourceDefinitionVersion`, without what all versions have in common.
pub(super) fn versions(parts: &Parts<'_>) -> String {
    if parts.versions.is_empty() {
        let given = parts.spec["versions"].is_array();
        return if given { "[]" } else { "null" }.to_owned();
    }
    list(&parts.versions, |version| {
        let flag = |name: &str| (version.value[name] == true).to_string();
        let validation = (parts.shared.schema.is_none() && version.value.get("schema").is_some())
            .then(|| {
                let inner = version.schema.as_ref().map_or("null".to_owned(), schema);
                format!("{{\"OpenAPIV3Schema\":{inner}}}")
            });
        let columns = version.value["additionalPrinterColumns"].as_array();
        let fields = version.value["selectableFields"].as_array();
        let own =
            |shared: bool, all: Option<&Vec<Value>>, show: &dyn Fn(&Value) -> String| match all {
                Some(all) if !shared => list(all, show),
                _ => "null".to_owned(),
            };
        let warning = version.value["deprecationWarning"].as_str();
        object(&[
            ("Name", text(&version.name)),
            ("Served", flag("served")),
            ("Storage", flag("storage")),
            ("Deprecated", flag("deprecated")),
            ("DeprecationWarning", optional(warning, text)),
            ("Schema", optional(validation, |text| text)),
            (
                "Subresources",
                optional(
                    version
                        .value
                        .get("subresources")
                        .filter(|_| !parts.shared.subresources),
                    subresources,
                ),
            ),
            (
                "AdditionalPrinterColumns",
                own(parts.shared.columns, columns, &column),
            ),
            (
                "SelectableFields",
                own(parts.shared.selectable, fields, &|field| {
                    object(&[(
                        "JSONPath",
                        text(field["jsonPath"].as_str().unwrap_or_default()),
                    )])
                }),
            ),
        ])
    })
}

fn subresources(value: &Value) -> String {
    let scale = value.get("scale").map(|scale| {
        let path = |name: &str| text(scale[name].as_str().unwrap_or_default());
        object(&[
            ("SpecReplicasPath", path("specReplicasPath")),
            ("StatusReplicasPath", path("statusReplicasPath")),
            (
                "LabelSelectorPath",
                optional(scale["labelSelectorPath"].as_str(), text),
            ),
        ])
    });
    let status = value.get("status").map(|_| "{}".to_owned());
    object(&[
        ("Status", optional(status, |text| text)),
        ("Scale", optional(scale, |text| text)),
    ])
}

fn column(value: &Value) -> String {
    let part = |name: &str| text(value[name].as_str().unwrap_or_default());
    object(&[
        ("Name", part("name")),
        ("Type", part("type")),
        ("Format", part("format")),
        ("Description", part("description")),
        (
            "Priority",
            value["priority"].as_i64().unwrap_or(0).to_string(),
        ),
        ("JSONPath", part("jsonPath")),
    ])
}
