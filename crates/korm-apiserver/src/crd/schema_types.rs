//! From the schema of a CRD to the types that values are checked against.

use serde_json::Value;

use super::field_path;
use super::json_schema::{JsonSchema, SchemaOrBool, ValidationRule};
use crate::cel;
use crate::schema::formats;
use crate::schema::pattern;
use crate::schema::rules::{Bound, CelRule, Pattern, Rules};
use crate::schema::types::{ListType, ObjectShape, Property, Shape, Type, TypeId, Types};

/// Adds the types of `schema` and gives the root.
pub(super) fn compile(schema: &JsonSchema, types: &mut Types) -> TypeId {
    let items = schema.item().map(|item| use_of(item, types));
    let object = ObjectShape {
        properties: schema
            .properties
            .iter()
            .map(|(name, schema)| (name.as_str().into(), use_of(schema, types)))
            .collect(),
        additional: additional(schema, types),
        atomic: schema.map_type.as_deref() == Some("atomic"),
        required: schema
            .required
            .iter()
            .map(|name| name.as_str().into())
            .collect(),
    };
    let rules = rules(schema, types);
    types.push(Type {
        name: None,
        shape: shape(schema, object, items),
        untyped: schema.schema_type.is_empty(),
        nullable: schema.nullable,
        preserve_unknown: schema.preserves_unknown(),
        embedded_resource: schema.embedded_resource,
        int_or_string: schema.int_or_string,
        rules: Some(Box::new(rules)),
    })
}

fn use_of(schema: &JsonSchema, types: &mut Types) -> Property {
    Property {
        ty: compile(schema, types),
        default: schema.default.clone(),
        patch: None,
    }
}

/// Without a schema of their own, additional properties are kept, but nothing in them.
fn additional(schema: &JsonSchema, types: &mut Types) -> Option<Box<Property>> {
    match schema.additional_properties.as_deref()? {
        SchemaOrBool::Schema(schema) => Some(Box::new(use_of(schema, types))),
        SchemaOrBool::Bool(_) => {
            let anything = Type {
                nullable: true,
                ..Type::of(Shape::Any)
            };
            Some(Box::new(Property::of(types.push(anything))))
        }
    }
}

fn shape(schema: &JsonSchema, object: ObjectShape, items: Option<Property>) -> Shape {
    let format = || (!schema.format.is_empty()).then(|| schema.format.as_str().into());
    match schema.schema_type.as_str() {
        "boolean" => Shape::Boolean,
        "integer" => Shape::Integer { format: format() },
        "number" => Shape::Number,
        "string" => Shape::String { format: format() },
        "object" => Shape::Object(object),
        "array" => array(schema, items),
        _ if items.is_some() => array(schema, items),
        _ if object.properties.is_empty()
            && object.additional.is_none()
            && object.required.is_empty() =>
        {
            Shape::Any
        }
        _ => Shape::Object(object),
    }
}

fn array(schema: &JsonSchema, items: Option<Property>) -> Shape {
    let list = match schema.list_type.as_deref() {
        Some("set") => ListType::Set,
        Some("map") => ListType::Map {
            keys: schema
                .list_map_keys
                .iter()
                .map(|key| key.as_str().into())
                .collect(),
        },
        _ => ListType::Atomic,
    };
    Shape::Array {
        items: items.map(Box::new),
        list,
    }
}

fn rules(schema: &JsonSchema, types: &mut Types) -> Rules {
    // An integer or string has two types, so its format is looked up as if it had none.
    let one_type = if schema.int_or_string {
        ""
    } else {
        &schema.schema_type
    };
    let format = Some(schema.format.as_str())
        .filter(|format| !format.is_empty() && formats::is_supported(one_type, format));
    let all = |schemas: &[JsonSchema], types: &mut Types| -> Vec<TypeId> {
        schemas
            .iter()
            .map(|schema| compile(schema, types))
            .collect()
    };
    Rules {
        format: format.map(Into::into),
        no_additional: matches!(
            schema.additional_properties.as_deref(),
            Some(SchemaOrBool::Bool(false))
        ),
        enumeration: schema.enumeration.clone(),
        minimum: schema.minimum.map(|value| Bound {
            value,
            exclusive: schema.exclusive_minimum,
        }),
        maximum: schema.maximum.map(|value| Bound {
            value,
            exclusive: schema.exclusive_maximum,
        }),
        multiple_of: schema.multiple_of,
        min_length: schema.min_length,
        max_length: schema.max_length,
        pattern: (!schema.pattern.is_empty()).then(|| Pattern {
            source: schema.pattern.as_str().into(),
            regex: pattern::compile(&schema.pattern).ok(),
        }),
        min_items: schema.min_items,
        max_items: schema.max_items,
        min_properties: schema.min_properties,
        max_properties: schema.max_properties,
        all_of: all(&schema.all_of, types),
        any_of: all(&schema.any_of, types),
        one_of: all(&schema.one_of, types),
        not: schema.not.as_deref().map(|schema| compile(schema, types)),
        cel: schema
            .validations
            .iter()
            .map(|rule| cel_rule(rule, schema))
            .collect(),
    }
}

fn cel_rule(rule: &ValidationRule, schema: &JsonSchema) -> CelRule {
    let text = |text: &str| (!text.is_empty()).then(|| text.into());
    let parsed = |text: &str| {
        let text = Some(text).filter(|text| !text.trim().is_empty())?;
        cel::Expression::parse(text).ok()
    };
    let field_path = Some(rule.field_path.as_str())
        .filter(|path| !path.is_empty())
        .and_then(|path| field_path::resolve(path, schema, true).ok())
        .map(|(path, _)| path.into());
    CelRule {
        rule: rule.rule.as_str().into(),
        message: text(&rule.message),
        reason: rule.reason.as_deref().map(Into::into),
        expression: parsed(&rule.rule),
        fault: None,
        message_program: parsed(&rule.message_expression),
        written_field_path: field_path,
        optional_old_self: rule.optional_old_self == Some(true),
    }
}

/// The types of a version without a schema: everything is kept, nothing is checked.
pub(super) fn anything(types: &mut Types) -> TypeId {
    types.push(Type {
        preserve_unknown: true,
        untyped: true,
        nullable: true,
        ..Type::of(Shape::Any)
    })
}

/// The schema at `versions[i].schema.openAPIV3Schema`.
pub(super) fn schema_of(version: &Value) -> Option<JsonSchema> {
    let schema = version.get("schema")?.get("openAPIV3Schema")?;
    JsonSchema::parse(schema).ok()
}
