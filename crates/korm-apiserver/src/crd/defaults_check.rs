//! Defaults in a CRD's schema must be valid and without unknown fields, as apiextensions'
//! `schema/defaulting/validation` checks.

use super::json_schema::JsonSchema;
use super::{rule_faults, schema_types};
use crate::cel;
use crate::schema::decode::coerce_embedded;
use crate::schema::field_error::{FieldError, FieldPath};
use crate::schema::types::Types;
use crate::schema::{embedded, prune, validate};

/// Errors of all defaults at and below this schema.
pub(super) fn check(schema: &JsonSchema, path: &FieldPath<'_>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    node(schema, path, &mut errors);
    errors
}

fn node(schema: &JsonSchema, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    if let Some(default) = schema.default.as_ref().filter(|default| !default.is_null()) {
        one(schema, default, &path.child("default"), errors);
    }
    // There are no defaults under additionalProperties of metadata; elsewhere Kubernetes does not
    // follow them either.
    if let Some(item) = schema.item() {
        node(item, &path.child("items"), errors);
    }
    let properties = path.child("properties");
    for (name, property) in &schema.properties {
        node(property, &properties.key(name), errors);
    }
}

fn one(
    schema: &JsonSchema,
    default: &serde_json::Value,
    path: &FieldPath<'_>,
    errors: &mut Vec<FieldError>,
) {
    let mut types = Types::default();
    let root = schema_types::compile(schema, &mut types);
    let mut pruned = default.clone();
    prune(&types, root, &mut pruned, schema.embedded_resource);
    if pruned != *default {
        let detail = "must not have unknown fields";
        errors.push(FieldError::invalid(path, default.clone(), detail));
    }
    let prefix = path.to_string();
    let below = |mut error: FieldError| {
        error.field = match error.field.as_str() {
            "" | "<nil>" => prefix.clone(),
            field if field.starts_with('[') => format!("{prefix}{field}"),
            field => format!("{prefix}.{field}"),
        };
        error
    };
    let mut coerced = default.clone();
    if let Err(error) = coerce_embedded(&types, root, &mut coerced) {
        errors.push(below(error));
        return;
    }
    let resources = embedded::check(&types, root, default);
    if !resources.is_empty() {
        errors.extend(resources.into_iter().map(below));
        return;
    }
    let invalid = validate(&types, root, default, None, Some(&prefix));
    if !invalid.is_empty() {
        errors.extend(invalid);
        return;
    }
    if cel::has_rules(&types) {
        rule_faults::note(schema, root, &mut types);
        let old = Some(default);
        let mut broken = cel::check_default(&types, root, default, old);
        if broken.is_empty() {
            broken = cel::check_default(&types, root, default, None);
        }
        errors.extend(broken.into_iter().map(below));
    }
}
