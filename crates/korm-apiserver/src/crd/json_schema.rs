//! `JSONSchemaProps`: the schemas that CRDs are written in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A schema node. What a CRD does not say has the zero value of its type, as in Go.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct JsonSchema {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) id: String,
    #[serde(rename = "$schema", skip_serializing_if = "String::is_empty")]
    pub(crate) schema: String,
    #[serde(rename = "$ref", skip_serializing_if = "Option::is_none")]
    pub(crate) reference: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) description: String,
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub(crate) schema_type: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) format: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "number")]
    pub(crate) maximum: Option<f64>,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) exclusive_maximum: bool,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "number")]
    pub(crate) minimum: Option<f64>,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) exclusive_minimum: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_length: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_length: Option<i64>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) pattern: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_items: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_items: Option<i64>,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) unique_items: bool,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "number")]
    pub(crate) multiple_of: Option<f64>,
    #[serde(rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub(crate) enumeration: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_properties: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_properties: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) required: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) items: Option<Box<SchemaOrArray>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) all_of: Vec<JsonSchema>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) one_of: Vec<JsonSchema>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) any_of: Vec<JsonSchema>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) not: Option<Box<JsonSchema>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) properties: BTreeMap<String, JsonSchema>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) additional_properties: Option<Box<SchemaOrBool>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) pattern_properties: BTreeMap<String, JsonSchema>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dependencies: Option<BTreeMap<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) additional_items: Option<Box<SchemaOrBool>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) definitions: BTreeMap<String, JsonSchema>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) external_docs: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) example: Option<Value>,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) nullable: bool,
    #[serde(
        rename = "x-kubernetes-preserve-unknown-fields",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) preserve_unknown_fields: Option<bool>,
    #[serde(
        rename = "x-kubernetes-embedded-resource",
        skip_serializing_if = "is_false"
    )]
    pub(crate) embedded_resource: bool,
    #[serde(
        rename = "x-kubernetes-int-or-string",
        skip_serializing_if = "is_false"
    )]
    pub(crate) int_or_string: bool,
    #[serde(
        rename = "x-kubernetes-list-map-keys",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub(crate) list_map_keys: Vec<String>,
    #[serde(
        rename = "x-kubernetes-list-type",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) list_type: Option<String>,
    #[serde(
        rename = "x-kubernetes-map-type",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) map_type: Option<String>,
    #[serde(
        rename = "x-kubernetes-validations",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub(crate) validations: Vec<ValidationRule>,
}

/// One of `x-kubernetes-validations`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ValidationRule {
    pub(crate) rule: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) message: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) message_expression: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) field_path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) optional_old_self: Option<bool>,
}

/// `items`: a schema, or a list of them, which is not supported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum SchemaOrArray {
    /// One schema for all items.
    Schema(Box<JsonSchema>),
    /// One for each.
    Array(Vec<JsonSchema>),
}

/// `additionalProperties`: a schema, or whether there may be any.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum SchemaOrBool {
    /// Whether there may be any.
    Bool(bool),
    /// What they are.
    Schema(Box<JsonSchema>),
}

#[allow(clippy::trivially_copy_pass_by_ref)] // the signature serde asks for
fn is_false(value: &bool) -> bool {
    !value
}

/// Whole numbers are written without a fraction.
fn number<S: serde::Serializer>(value: &Option<f64>, out: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(float) if float.fract() == 0.0 && float.abs() < 9e15 => {
            out.serialize_i64(*float as i64)
        }
        Some(float) => out.serialize_f64(*float),
        None => out.serialize_none(),
    }
}

impl JsonSchema {
    /// The schema as the server gives it back: only what it knows, nothing that says nothing.
    pub(crate) fn to_value(&self) -> Result<Value, String> {
        serde_json::to_value(self).map_err(|error| error.to_string())
    }

    /// Reads a schema. Unknown fields and nulls are ignored.
    pub(crate) fn parse(value: &Value) -> Result<Self, String> {
        serde_json::from_value(without_nulls(value)).map_err(|error| error.to_string())
    }

    /// The schema of all items.
    pub(crate) fn item(&self) -> Option<&JsonSchema> {
        match self.items.as_deref() {
            Some(SchemaOrArray::Schema(schema)) => Some(schema),
            _ => None,
        }
    }

    /// The schema of additional properties.
    pub(crate) fn additional(&self) -> Option<&JsonSchema> {
        match self.additional_properties.as_deref() {
            Some(SchemaOrBool::Schema(schema)) => Some(schema),
            _ => None,
        }
    }

    /// Whether unknown fields are kept.
    pub(crate) fn preserves_unknown(&self) -> bool {
        self.preserve_unknown_fields == Some(true)
    }

    /// Calls `visit` for this node and every node below it.
    pub(crate) fn walk(&self, visit: &mut impl FnMut(&JsonSchema)) {
        visit(self);
        let items: &[JsonSchema] = match self.items.as_deref() {
            Some(SchemaOrArray::Schema(schema)) => std::slice::from_ref(schema),
            Some(SchemaOrArray::Array(schemas)) => schemas,
            None => &[],
        };
        let lists = [items, &self.all_of, &self.any_of, &self.one_of];
        for schema in lists.into_iter().flatten() {
            schema.walk(visit);
        }
        if let Some(not) = &self.not {
            not.walk(visit);
        }
        for schema in self.properties.values() {
            schema.walk(visit);
        }
        if let Some(additional) = self.additional() {
            additional.walk(visit);
        }
        for schema in self
            .pattern_properties
            .values()
            .chain(self.definitions.values())
        {
            schema.walk(visit);
        }
    }

    /// Whether `check` holds for this node or one below it.
    pub(crate) fn any(&self, check: impl Fn(&JsonSchema) -> bool) -> bool {
        let mut found = false;
        self.walk(&mut |schema| found |= check(schema));
        found
    }
}

/// Null means absent everywhere but inside values: default, example and enum.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| {
                    let verbatim = matches!(key.as_str(), "default" | "example" | "enum");
                    let value = if verbatim {
                        value.clone()
                    } else {
                        without_nulls(value)
                    };
                    (key.clone(), value)
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(without_nulls).collect()),
        other => other.clone(),
    }
}
