//! Whether a schema is structural: everything that value validation speaks about is also
//! specified outside of it (KEP "structural schemas", apiextensions' `apiserver/schema`).

use super::json_schema::{JsonSchema, SchemaOrArray, SchemaOrBool};
use crate::schema::field_error::{FieldError, FieldPath};
use crate::schema::pattern;

#[derive(Clone, Copy, PartialEq)]
enum Level {
    Root,
    Item,
    Field,
}

/// Why the schema cannot even be looked at as a structural one; nothing if it can.
pub(super) fn unsupported(schema: &JsonSchema) -> Option<String> {
    let mut found = None;
    schema.walk(&mut |s| {
        let reasons = [
            (!s.id.is_empty(), "'id' is not supported"),
            (!s.schema.is_empty(), "'schema' is not supported"),
            (
                s.reference.as_ref().is_some_and(|r| !r.is_empty()),
                "'$ref' is not supported",
            ),
            (
                !s.pattern_properties.is_empty(),
                "'patternProperties' is not supported",
            ),
            (
                s.dependencies.as_ref().is_some_and(|d| !d.is_empty()),
                "'dependencies' is not supported",
            ),
            (s.additional_items.is_some(), "'additionalItems' is not supported"),
            (!s.definitions.is_empty(), "'definitions' is not supported"),
            (
                matches!(s.items.as_deref(), Some(SchemaOrArray::Array(a)) if !a.is_empty()),
                "'items' must be a schema, but is an array",
            ),
        ];
        if found.is_none() {
            found = reasons
                .iter()
                .find(|(is, _)| *is)
                .map(|(_, reason)| format!("OpenAPIV3Schema {reason}"))
                .or_else(|| {
                    (s.preserve_unknown_fields == Some(false)).then(|| {
                        "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined".to_owned()
                    })
                });
        }
    });
    found
}

/// All violations, sorted by their text.
pub(super) fn check(schema: &JsonSchema, path: &FieldPath<'_>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    invariants(schema, Level::Root, path, &mut errors);
    complete(schema, Some(schema), path, path, &mut errors);
    errors.sort_by_key(ToString::to_string);
    errors
}

fn invariants(
    schema: &JsonSchema,
    level: Level,
    path: &FieldPath<'_>,
    errors: &mut Vec<FieldError>,
) {
    let type_path = path.child("type");
    if schema.schema_type == "array" && schema.items.is_none() {
        errors.push(FieldError::required(
            &path.child("items"),
            "must be specified",
        ));
    }
    if let Some(item) = schema.item() {
        invariants(item, Level::Item, &path.child("items"), errors);
    }
    let properties = path.child("properties");
    for (name, property) in &schema.properties {
        invariants(property, Level::Field, &properties.key(name), errors);
    }
    if schema.additional_properties.is_some() {
        let path = path.child("additionalProperties");
        if level == Level::Root {
            errors.push(FieldError::forbidden(&path, "must not be used at the root"));
        }
        if let Some(additional) = schema.additional() {
            invariants(additional, Level::Field, &path, errors);
        }
    }
    extensions(schema, path, errors);
    value_validation(
        schema,
        is_int_or_string(&schema.any_of),
        schema
            .all_of
            .first()
            .is_some_and(|first| is_int_or_string(&first.any_of)),
        path,
        errors,
    );
    let is_object = schema.schema_type == "object";
    if schema.embedded_resource && !is_object {
        let detail = "must be object if x-kubernetes-embedded-resource is true";
        errors.push(if schema.schema_type.is_empty() {
            FieldError::required(&type_path, detail)
        } else {
            FieldError::invalid(&type_path, schema.schema_type.as_str(), detail)
        });
    } else if schema.schema_type.is_empty() && !schema.int_or_string && !schema.preserves_unknown()
    {
        let detail = match level {
            Level::Root => "must not be empty at the root",
            Level::Item => "must not be empty for specified array items",
            Level::Field => "must not be empty for specified object fields",
        };
        errors.push(FieldError::required(&type_path, detail));
    }
    if schema.embedded_resource && schema.additional_properties.is_some() {
        let detail = "must not be used if x-kubernetes-embedded-resource is set";
        errors.push(FieldError::forbidden(
            &path.child("additionalProperties"),
            detail,
        ));
    }
    if level == Level::Root && !schema.schema_type.is_empty() && !is_object {
        let given = schema.schema_type.as_str();
        errors.push(FieldError::invalid(
            &type_path,
            given,
            "must be object at the root",
        ));
    }
    metadata(schema, level, path, errors);
    if schema.embedded_resource && !schema.preserves_unknown() && schema.properties.is_empty() {
        let detail = "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields";
        errors.push(FieldError::required(&properties, detail));
    }
}

fn extensions(schema: &JsonSchema, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    let detail = "must be false if x-kubernetes-int-or-string is true";
    if schema.int_or_string && schema.preserves_unknown() {
        let path = path.child("x-kubernetes-preserve-unknown-fields");
        errors.push(FieldError::invalid(&path, true, detail));
    }
    if schema.int_or_string && schema.embedded_resource {
        let path = path.child("x-kubernetes-embedded-resource");
        errors.push(FieldError::invalid(&path, true, detail));
    }
}

/// The schemas of apiVersion, kind and metadata say hardly anything.
fn metadata(schema: &JsonSchema, level: Level, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    let resource = level == Level::Root || schema.embedded_resource;
    let properties = path.child("properties");
    for name in ["kind", "apiVersion"] {
        if let Some(property) = schema.properties.get(name)
            && resource
            && property.schema_type != "string"
        {
            let path = properties.key(name);
            let given = property.schema_type.as_str();
            errors.push(FieldError::invalid(
                &path.child("type"),
                given,
                "must be string",
            ));
        }
    }
    let Some(metadata) = schema.properties.get("metadata") else {
        return;
    };
    let path = properties.key("metadata");
    if resource && metadata.schema_type != "object" {
        let given = metadata.schema_type.as_str();
        errors.push(FieldError::invalid(
            &path.child("type"),
            given,
            "must be object",
        ));
    }
    if level == Level::Root {
        let mut rest = metadata.clone();
        if rest
            .properties
            .keys()
            .all(|name| name == "name" || name == "generateName")
        {
            rest.properties.clear();
        }
        rest.schema_type.clear();
        rest.default = None;
        if rest != JsonSchema::default() {
            let detail = "must not specify anything other than name and generateName, but metadata is implicitly specified";
            errors.push(FieldError::forbidden(&path, detail));
        }
    }
}

/// `anyOf: [{type: integer}, {type: string}]`
fn is_int_or_string(any_of: &[JsonSchema]) -> bool {
    let only = |schema: &JsonSchema, ty: &str| {
        *schema
            == JsonSchema {
                schema_type: ty.to_owned(),
                ..JsonSchema::default()
            }
    };
    matches!(any_of, [first, second] if only(first, "integer") && only(second, "string"))
}

fn value_validation(
    schema: &JsonSchema,
    skip_any_of: bool,
    skip_first_all_of: bool,
    path: &FieldPath<'_>,
    errors: &mut Vec<FieldError>,
) {
    let any_of = path.child("anyOf");
    if !skip_any_of {
        for (i, one) in schema.any_of.iter().enumerate() {
            nested(one, false, &any_of.index(i), errors);
        }
    }
    let all_of = path.child("allOf");
    for (i, one) in schema.all_of.iter().enumerate() {
        nested(one, skip_first_all_of && i == 0, &all_of.index(i), errors);
    }
    let one_of = path.child("oneOf");
    for (i, one) in schema.one_of.iter().enumerate() {
        nested(one, false, &one_of.index(i), errors);
    }
    if let Some(not) = &schema.not {
        nested(not, false, &path.child("not"), errors);
    }
    if !schema.pattern.is_empty()
        && let Err(error) = pattern::compile(&schema.pattern)
    {
        let detail = format!("must be a valid regular expression, but isn't: {error}");
        let path = path.child("pattern");
        errors.push(FieldError::invalid(&path, schema.pattern.as_str(), detail));
    }
}

/// A schema under anyOf and the like only restricts values.
fn nested(
    schema: &JsonSchema,
    skip_any_of: bool,
    path: &FieldPath<'_>,
    errors: &mut Vec<FieldError>,
) {
    value_validation(schema, skip_any_of, false, path, errors);
    if let Some(item) = schema.item() {
        nested(item, false, &path.child("items"), errors);
    }
    let properties = path.child("properties");
    for (name, property) in &schema.properties {
        nested(property, false, &properties.key(name), errors);
    }
    let mut forbid = |is: bool, name: &str, detail: &str| {
        if is {
            errors.push(FieldError::forbidden(&path.child(name), detail));
        }
    };
    let empty = "must be empty to be structural";
    let undefined = "must be undefined to be structural";
    let off = "must be false to be structural";
    let additional = !matches!(
        schema.additional_properties.as_deref(),
        None | Some(SchemaOrBool::Bool(false))
    );
    forbid(!schema.schema_type.is_empty(), "type", empty);
    forbid(additional, "additionalProperties", undefined);
    let default = schema
        .default
        .as_ref()
        .is_some_and(|value| !value.is_null());
    forbid(default, "default", undefined);
    forbid(!schema.title.is_empty(), "title", empty);
    forbid(!schema.description.is_empty(), "description", empty);
    forbid(schema.nullable, "nullable", off);
    forbid(
        schema.preserves_unknown(),
        "x-kubernetes-preserve-unknown-fields",
        off,
    );
    forbid(
        schema.embedded_resource,
        "x-kubernetes-embedded-resource",
        off,
    );
    forbid(schema.int_or_string, "x-kubernetes-int-or-string", off);
    forbid(
        !schema.list_map_keys.is_empty(),
        "x-kubernetes-list-map-keys",
        empty,
    );
    forbid(
        schema.list_type.is_some(),
        "x-kubernetes-list-type",
        undefined,
    );
    forbid(
        schema.map_type.is_some(),
        "x-kubernetes-map-type",
        undefined,
    );
    forbid(
        !schema.validations.is_empty(),
        "x-kubernetes-validations",
        empty,
    );
    if schema.properties.contains_key("metadata") {
        let path = properties.key("metadata");
        errors.push(FieldError::forbidden(
            &path,
            "must not be specified in a nested context",
        ));
    }
}

/// Every field that value validation names is specified.
fn complete(
    validation: &JsonSchema,
    structure: Option<&JsonSchema>,
    path: &FieldPath<'_>,
    validation_path: &FieldPath<'_>,
    errors: &mut Vec<FieldError>,
) {
    if let Some(not) = &validation.not {
        complete_nested(not, structure, path, &validation_path.child("not"), errors);
    }
    let lists = [
        ("allOf", &validation.all_of),
        ("anyOf", &validation.any_of),
        ("oneOf", &validation.one_of),
    ];
    for (name, schemas) in lists {
        let below = validation_path.child(name);
        for (i, one) in schemas.iter().enumerate() {
            complete_nested(one, structure, path, &below.index(i), errors);
        }
    }
}

fn complete_nested(
    validation: &JsonSchema,
    structure: Option<&JsonSchema>,
    path: &FieldPath<'_>,
    validation_path: &FieldPath<'_>,
    errors: &mut Vec<FieldError>,
) {
    let Some(structure) = structure else {
        let detail = format!("because it is defined in {validation_path}");
        errors.push(FieldError::required(path, detail));
        return;
    };
    complete(validation, Some(structure), path, validation_path, errors);
    if let Some(item) = validation.item() {
        let below = validation_path.child("items");
        complete_nested(item, structure.item(), &path.child("items"), &below, errors);
    }
    let properties = path.child("properties");
    let validated = validation_path.child("properties");
    for (name, property) in &validation.properties {
        let below = validated.key(name);
        match structure.properties.get(name) {
            Some(known) => {
                complete_nested(property, Some(known), &properties.key(name), &below, errors);
            }
            None => {
                let detail = format!("because it is defined in {below}");
                errors.push(FieldError::required(&properties.key(name), detail));
            }
        }
    }
}
