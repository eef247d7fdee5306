//! Checking the versions of a CRD: deprecation, subresources, columns, selectable fields.

use serde_json::Value;

use super::field_path;
use super::go_struct;
use super::json_schema::JsonSchema;
use super::parts::{Parts, VersionParts};
use super::structural;
use crate::schema::field_error::{BadValue, FieldError, FieldPath};

const COLUMN_TYPES: [&str; 5] = ["boolean", "date", "integer", "number", "string"];
const COLUMN_FORMATS: [&str; 8] = [
    "byte",
    "date",
    "date-time",
    "double",
    "float",
    "int32",
    "int64",
    "password",
];
const MAX_SELECTABLE: usize = 8;

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

/// Whether the version has a status subresource.
pub(super) fn has_status(version: &VersionParts<'_>) -> bool {
    version.value["subresources"]["status"].is_object()
}

/// Errors of what belongs to the version alone.
pub(super) fn check(
    _parts: &Parts<'_>,
    version: &VersionParts<'_>,
    path: &FieldPath<'_>,
    errors: &mut Vec<FieldError>,
) {
    let Some(warning) = version.value["deprecationWarning"].as_str() else {
        return;
    };
    let path = path.child("deprecationWarning");
    let mut wrong = |detail: String| errors.push(FieldError::invalid(&path, warning, detail));
    if version.value["deprecated"] != true {
        wrong("can only be set for deprecated versions".to_owned());
        return;
    }
    if warning.len() > 256 {
        wrong("must be <= 256 characters long".to_owned());
    }
    if warning.is_empty() {
        wrong("must not be an empty string".to_owned());
    }
    if let Some((at, _)) = warning.char_indices().find(|(_, c)| c.is_control()) {
        wrong(format!(
            "must only contain printable UTF-8 characters; non-printable character found at index {at}"
        ));
    }
}

/// Errors of what all versions share and the spec therefore holds once.
pub(super) fn shared(parts: &Parts<'_>, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    let Some(first) = parts.versions.first() else {
        return;
    };
    if parts.shared.subresources {
        subresources(first.value, &path.child("subresources"), errors);
    }
    if parts.shared.columns {
        check_columns(first.value, path, errors);
    }
    if parts.shared.selectable && !list(first.value, "selectableFields").is_empty() {
        let fields = path.child("selectableFields");
        match &parts.shared.schema {
            Some(Some(schema)) => selectable(first.value, schema, path, errors),
            _ => {
                let detail = "may only be set when validations.schema is included";
                errors.push(FieldError::invalid(&fields, "", detail));
            }
        }
    }
}

/// Errors of the version's own columns.
pub(super) fn columns(
    parts: &Parts<'_>,
    version: &VersionParts<'_>,
    path: &FieldPath<'_>,
    errors: &mut Vec<FieldError>,
) {
    if !parts.shared.columns {
        check_columns(version.value, path, errors);
    }
}

fn check_columns(version: &Value, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    let path = path.child("additionalPrinterColumns");
    for (i, column) in list(version, "additionalPrinterColumns").iter().enumerate() {
        check_column(column, &path.index(i), errors);
    }
}

fn check_column(column: &Value, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    if text(column, "name").is_empty() {
        errors.push(FieldError::required(&path.child("name"), ""));
    }
    let given = text(column, "type");
    let detail = format!("must be one of {}", COLUMN_TYPES.join(","));
    let type_path = path.child("type");
    if given.is_empty() {
        errors.push(FieldError::required(&type_path, detail));
    } else if !COLUMN_TYPES.contains(&given) {
        errors.push(FieldError::invalid(&type_path, given, detail));
    }
    let format = text(column, "format");
    if !format.is_empty() && !COLUMN_FORMATS.contains(&format) {
        let detail = format!("must be one of {}", COLUMN_FORMATS.join(","));
        errors.push(FieldError::invalid(&path.child("format"), format, detail));
    }
    let json_path = path.child("JSONPath");
    match text(column, "jsonPath") {
        "" => errors.push(FieldError::required(&json_path, "")),
        given => {
            simple_path(given, &json_path, errors);
        }
    }
}

fn simple_path(given: &str, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) -> bool {
    let ok = given.starts_with('.');
    if !ok {
        let detail = "must be a simple json path starting with .";
        errors.push(FieldError::invalid(path, given, detail));
    }
    ok
}

/// Errors of the version's own selectable fields.
pub(super) fn selectable_fields(
    parts: &Parts<'_>,
    version: &VersionParts<'_>,
    path: &FieldPath<'_>,
    errors: &mut Vec<FieldError>,
) {
    if parts.shared.selectable || list(version.value, "selectableFields").is_empty() {
        return;
    }
    // A schema that all versions share is not seen here.
    match (&parts.shared.schema, &version.schema) {
        (None, Some(schema)) => selectable(version.value, schema, path, errors),
        _ => {
            let detail = "may only be set when `version.schema.openAPIV3Schema` is not included";
            let path = path.child("selectableFields");
            errors.push(FieldError::invalid(&path, "", detail));
        }
    }
}

fn selectable(
    version: &Value,
    schema: &JsonSchema,
    path: &FieldPath<'_>,
    errors: &mut Vec<FieldError>,
) {
    if let Some(reason) = structural::unsupported(schema) {
        errors.push(FieldError::invalid(
            &path.child("schema.openAPIV3Schema"),
            "",
            reason,
        ));
        return;
    }
    let fields = path.child("selectableFields");
    let mut seen: Vec<String> = Vec::new();
    for (i, field) in list(version, "selectableFields").iter().enumerate() {
        let field_path = fields.index(i);
        let path = field_path.child("jsonPath");
        let given = text(field, "jsonPath");
        if given.is_empty() {
            errors.push(FieldError::required(&path, ""));
            continue;
        }
        let (at, found) = match field_path::resolve(given, schema, false) {
            Ok(found) => found,
            Err(reason) => {
                let detail = format!("is an invalid path: {reason}");
                errors.push(FieldError::invalid(&path, given, detail));
                continue;
            }
        };
        if at.split(['.', '[']).next() == Some("metadata") {
            let detail = "must not point to fields in metadata";
            errors.push(FieldError::invalid(&path, given, detail));
        }
        if !matches!(found.schema_type.as_str(), "string" | "boolean" | "integer") {
            let detail = "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.";
            errors.push(FieldError::invalid(&path, given, detail));
        }
        if seen.contains(&at) {
            errors.push(FieldError::duplicate(&path, given));
        } else {
            seen.push(at);
        }
    }
    if seen.len() > MAX_SELECTABLE {
        errors.push(FieldError::too_many(
            &fields,
            seen.len() as i64,
            MAX_SELECTABLE as i64,
        ));
    }
}

/// Errors of the subresources of a version.
pub(super) fn subresources(version: &Value, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    let scale = &version["subresources"]["scale"];
    if !scale.is_object() {
        return;
    }
    for (name, root) in [
        ("specReplicasPath", "spec"),
        ("statusReplicasPath", "status"),
    ] {
        let field = format!("scale.{name}");
        let path = path.child(&field);
        let given = text(scale, name);
        if given.is_empty() {
            errors.push(FieldError::required(&path, ""));
        } else if simple_path(given, &path, errors) && !given.starts_with(&format!(".{root}.")) {
            let detail = format!("should be a json path under .{root}");
            errors.push(FieldError::invalid(&path, given, detail));
        }
    }
    let given = text(scale, "labelSelectorPath");
    let path = path.child("scale.labelSelectorPath");
    if !given.is_empty()
        && simple_path(given, &path, errors)
        && !given.starts_with(".spec.")
        && !given.starts_with(".status.")
    {
        let detail = "should be a json path under either .spec or .status";
        errors.push(FieldError::invalid(&path, given, detail));
    }
}

const AT_ROOT: &str = "[Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations]";

/// With a status subresource, the schema of status is used alone: nothing at the root may restrict
/// it.
pub(super) fn root_of_status(
    schema: &JsonSchema,
    path: &FieldPath<'_>,
    errors: &mut Vec<FieldError>,
) {
    let early = !schema.id.is_empty() || !schema.schema.is_empty() || schema.reference.is_some();
    let wrong_type = !schema.schema_type.is_empty() && schema.schema_type != "object";
    if !early && wrong_type {
        let path = path.child("openAPIV3Schema.type");
        let detail = "only \"object\" is allowed as the type at the root of the schema if the status subresource is enabled";
        errors.push(FieldError::invalid(
            &path,
            schema.schema_type.as_str(),
            detail,
        ));
        return;
    }
    let forbidden = early
        || schema.nullable
        || schema.default.is_some()
        || !schema.enumeration.is_empty()
        || schema.max_properties.is_some()
        || schema.min_properties.is_some()
        || !schema.all_of.is_empty()
        || !schema.one_of.is_empty()
        || !schema.any_of.is_empty()
        || schema.not.is_some()
        || schema.additional_properties.is_some()
        || !schema.pattern_properties.is_empty()
        || schema.dependencies.is_some()
        || schema.additional_items.is_some()
        || !schema.definitions.is_empty()
        || schema.embedded_resource
        || schema.int_or_string
        || !schema.list_map_keys.is_empty()
        || schema.list_type.is_some()
        || schema.map_type.is_some();
    if forbidden {
        let shown = BadValue::Verbatim(go_struct::schema(schema));
        let detail = format!(
            "only {AT_ROOT} fields are allowed at the root of the schema if the status subresource is enabled"
        );
        errors.push(FieldError::invalid(
            &path.child("openAPIV3Schema"),
            shown,
            detail,
        ));
    }
}
