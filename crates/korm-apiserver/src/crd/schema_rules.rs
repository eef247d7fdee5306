//! What a schema in a CRD may say beside being structural, as apiextensions'
//! `ValidateCustomResourceDefinitionOpenAPISchema` checks it.

use super::json_schema::{JsonSchema, SchemaOrArray, SchemaOrBool};
use super::rule_checks;
use super::rule_costs::{Costs, Count};
use super::rule_types::{Part, RuleTypes};
use crate::schema::field_error::{FieldError, FieldPath};

const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

/// Errors of the schema's form, and of its rules in CEL, which are told after all others.
#[derive(Default)]
pub(super) struct Errors {
    pub(super) form: Vec<FieldError>,
    pub(super) rules: Vec<FieldError>,
    /// What the rules cost.
    pub(super) costs: Costs,
}

/// What holds where in the schema.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    /// Why there may be no default here.
    no_defaults: Option<&'a str>,
    inside_metadata: bool,
    /// The outermost schema whose parts have no certain old value.
    pub(super) uncorrelatable: Option<&'a FieldPath<'a>>,
    root: bool,
    /// Rules are compiled: not below anyOf and the like, and only in structural schemas.
    pub(super) rules: bool,
    /// Which part it is of the schema around it.
    part: Part<'a>,
    /// What rules know of its values; until the schema itself is looked at, of those around.
    pub(super) types: RuleTypes<'a>,
    /// How many such values there can be.
    pub(super) count: Count,
    /// Rules that cost too much are refused; not so where the schema stays as it was.
    pub(super) limits_costs: bool,
}

impl Context<'_> {
    /// At the top of a schema.
    pub(super) fn root(rules: bool, limits_costs: bool) -> Self {
        Self {
            no_defaults: None,
            inside_metadata: false,
            uncorrelatable: None,
            root: true,
            rules,
            part: Part::Other,
            types: RuleTypes::Unneeded,
            count: Count::Most(1),
            limits_costs,
        }
    }
}

/// Checks a schema and all below it.
pub(super) fn check(
    schema: &JsonSchema,
    path: &FieldPath<'_>,
    context: Context<'_>,
    out: &mut Errors,
) {
    let resource = context.root || schema.embedded_resource;
    let types = match context.rules {
        true => context.types.of(context.part, schema, resource),
        false => None,
    };
    let context = Context {
        types: RuleTypes::from(&types),
        ..context
    };
    let mut own = Errors::default();
    standard(schema, path, context, &mut own.form);
    if schema.unique_items {
        let detail =
            "uniqueItems cannot be set to true since the runtime complexity becomes quadratic";
        own.form
            .push(FieldError::forbidden(&path.child("uniqueItems"), detail));
    }
    let below = Context {
        root: false,
        part: Part::Element,
        count: context.count.of_parts(schema),
        ..context
    };
    additional_properties(schema, path, below, &mut own);
    properties(schema, path, context, &mut own);
    junctors(schema, path, below, &mut own);
    items(schema, path, below, &mut own);
    extensions(schema, path, &mut own.form);
    list_map_items(schema, path, &mut own.form);
    rule_checks::form(schema, path, &mut own.form);
    if !schema.validations.is_empty() && own.form.is_empty() && context.rules {
        rule_checks::compile(schema, path, context, &mut own);
    }
    out.form.append(&mut own.form);
    out.rules.append(&mut own.rules);
    out.costs.append(own.costs);
}

fn standard(
    schema: &JsonSchema,
    path: &FieldPath<'_>,
    context: Context<'_>,
    errors: &mut Vec<FieldError>,
) {
    let ty = schema.schema_type.as_str();
    if !ty.is_empty() && !TYPES.contains(&ty) {
        errors.push(FieldError::not_supported(&path.child("type"), ty, &TYPES));
    }
    if let (Some(reason), Some(_)) = (context.no_defaults, &schema.default) {
        let detail = format!("must not be set {reason}");
        errors.push(FieldError::forbidden(&path.child("default"), detail));
    }
    let items_array =
        matches!(schema.items.as_deref(), Some(SchemaOrArray::Array(a)) if !a.is_empty());
    let forbidden = [
        (!schema.id.is_empty(), "id", "id is not supported"),
        (
            schema.additional_items.is_some(),
            "additionalItems",
            "additionalItems is not supported",
        ),
        (
            !schema.pattern_properties.is_empty(),
            "patternProperties",
            "patternProperties is not supported",
        ),
        (
            !schema.definitions.is_empty(),
            "definitions",
            "definitions is not supported",
        ),
        (
            schema.dependencies.is_some(),
            "dependencies",
            "dependencies is not supported",
        ),
        (schema.reference.is_some(), "$ref", "$ref is not supported"),
        (
            ty == "null",
            "type",
            "type cannot be set to null, use nullable as an alternative",
        ),
        (
            items_array,
            "items",
            "items must be a schema object and not an array",
        ),
        (
            context.inside_metadata && schema.embedded_resource,
            "x-kubernetes-embedded-resource",
            "must not be used inside of resource meta",
        ),
    ];
    for (is, name, detail) in forbidden {
        if is {
            errors.push(FieldError::forbidden(&path.child(name), detail));
        }
    }
}

fn additional_properties(
    schema: &JsonSchema,
    path: &FieldPath<'_>,
    context: Context<'_>,
    out: &mut Errors,
) {
    let Some(additional) = schema.additional_properties.as_deref() else {
        return;
    };
    let path = path.child("additionalProperties");
    if !schema.properties.is_empty() && *additional != SchemaOrBool::Bool(true) {
        let detail = "additionalProperties and properties are mutual exclusive";
        out.form.push(FieldError::forbidden(&path, detail));
    }
    if let SchemaOrBool::Schema(additional) = additional {
        let mut context = context;
        if context.inside_metadata {
            context.no_defaults = Some("inside additionalProperties applying to object metadata");
        }
        check(additional, &path, context, out);
    }
}

fn properties(schema: &JsonSchema, path: &FieldPath<'_>, context: Context<'_>, out: &mut Errors) {
    let properties = path.child("properties");
    for (name, property) in &schema.properties {
        let reason = format!("in top-level {name}");
        let mut below = Context {
            root: false,
            part: Part::Field(name),
            count: context.count.of_parts(schema),
            ..context
        };
        let is_meta = matches!(name.as_str(), "metadata" | "kind" | "apiVersion");
        if is_meta && (context.root || schema.embedded_resource) {
            below.inside_metadata = true;
            if context.root {
                below.no_defaults = Some(&reason);
            }
        }
        check(property, &properties.key(name), below, out);
    }
}

fn junctors(schema: &JsonSchema, path: &FieldPath<'_>, context: Context<'_>, out: &mut Errors) {
    let context = Context {
        rules: false,
        ..context
    };
    if let Some(not) = &schema.not {
        check(not, &path.child("not"), context, out);
    }
    let lists = [
        ("allOf", &schema.all_of),
        ("oneOf", &schema.one_of),
        ("anyOf", &schema.any_of),
    ];
    for (name, schemas) in lists {
        let below = path.child(name);
        for (i, one) in schemas.iter().enumerate() {
            check(one, &below.index(i), context, out);
        }
    }
    let definitions = path.child("definitions");
    for (name, one) in &schema.definitions {
        check(one, &definitions.key(name), context, out);
    }
}

fn items(schema: &JsonSchema, path: &FieldPath<'_>, context: Context<'_>, out: &mut Errors) {
    let mut context = context;
    if schema.list_type.as_deref() != Some("map") {
        context.uncorrelatable = context.uncorrelatable.or(Some(path));
    }
    let items = path.child("items");
    match schema.items.as_deref() {
        Some(SchemaOrArray::Schema(item)) => check(item, &items, context, out),
        Some(SchemaOrArray::Array(list)) => {
            for (i, item) in list.iter().enumerate() {
                check(item, &items.index(i), context, out);
            }
        }
        None => {}
    }
}

fn extensions(schema: &JsonSchema, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    if schema.preserve_unknown_fields == Some(false) {
        let path = path.child("x-kubernetes-preserve-unknown-fields");
        errors.push(FieldError::invalid(
            &path,
            false,
            "must be true or undefined",
        ));
    }
    let type_path = path.child("type");
    let mut need_type = |extension: &str, ty: &str| {
        let detail = format!("must be {ty} if {extension} is specified");
        errors.push(if schema.schema_type.is_empty() {
            FieldError::required(&type_path, detail)
        } else {
            FieldError::invalid(&type_path, schema.schema_type.as_str(), detail)
        });
    };
    let map_type = schema.map_type.as_deref();
    if map_type.is_some() && schema.schema_type != "object" {
        need_type("x-kubernetes-map-type", "object");
    }
    let list_type = schema.list_type.as_deref();
    let wrong_list = list_type.is_some() && schema.schema_type != "array";
    if wrong_list {
        need_type("x-kubernetes-list-type", "array");
    }
    if let Some(given) = map_type.filter(|given| !matches!(*given, "atomic" | "granular")) {
        let path = path.child("x-kubernetes-map-type");
        errors.push(FieldError::not_supported(
            &path,
            given,
            &["atomic", "granular"],
        ));
    }
    if !wrong_list && list_type == Some("set") {
        set_items(schema, path, errors);
    }
    let list_path = path.child("x-kubernetes-list-type");
    if let Some(given) = list_type.filter(|given| !matches!(*given, "atomic" | "set" | "map")) {
        let supported = ["atomic", "set", "map"];
        errors.push(FieldError::not_supported(&list_path, given, &supported));
    }
    if !schema.list_map_keys.is_empty() {
        let detail = "must be map if x-kubernetes-list-map-keys is non-empty";
        match list_type {
            None => errors.push(FieldError::required(&list_path, detail)),
            Some("map") => {}
            Some(given) => errors.push(FieldError::invalid(&list_path, given, detail)),
        }
    }
}

fn set_items(schema: &JsonSchema, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    let Some(item) = schema.item() else { return };
    let detail = "must be atomic as item of a list with x-kubernetes-list-type=set";
    let path = path.child("items");
    // Both errors show the list type, even the one about the map type.
    let shown = item.list_type.clone();
    match item.schema_type.as_str() {
        "array" if item.list_type.as_ref().is_some_and(|t| t != "atomic") => {
            let path = path.child("x-kubernetes-list-type");
            errors.push(FieldError::invalid(&path, json_of(shown), detail));
        }
        "object" if item.map_type.as_deref() != Some("atomic") => {
            let path = path.child("x-kubernetes-map-type");
            errors.push(FieldError::invalid(&path, json_of(shown), detail));
        }
        _ => {}
    }
}

fn json_of(text: Option<String>) -> serde_json::Value {
    text.map_or(serde_json::Value::Null, Into::into)
}

fn list_map_items(schema: &JsonSchema, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    let list_type = schema.list_type.as_deref();
    let items_path = path.child("items");
    let keys_path = path.child("x-kubernetes-list-map-keys");
    if list_type == Some("map") {
        if schema.list_map_keys.is_empty() {
            let detail = "must not be empty if x-kubernetes-list-type is map";
            errors.push(FieldError::required(&keys_path, detail));
        }
        if schema.items.is_none() {
            let detail = "must have a schema if x-kubernetes-list-type is map";
            errors.push(FieldError::required(&items_path, detail));
        }
        match schema.item() {
            Some(item) if item.schema_type == "object" => keys(schema, item, path, errors),
            Some(item) => {
                let detail = "must be object if parent array's x-kubernetes-list-type is map";
                let path = items_path.child("type");
                errors.push(FieldError::invalid(
                    &path,
                    item.schema_type.as_str(),
                    detail,
                ));
            }
            None => {}
        }
    }
    let (Some(list_type @ ("set" | "map")), Some(item)) = (list_type, schema.item()) else {
        return;
    };
    if item.nullable {
        let detail = format!("cannot be nullable when x-kubernetes-list-type is {list_type}");
        errors.push(FieldError::forbidden(&items_path.child("nullable"), detail));
    }
    if list_type == "set" {
        return;
    }
    let properties = items_path.child("properties");
    for key in &schema.list_map_keys {
        let Some(property) = item.properties.get(key) else {
            continue;
        };
        let path = properties.key(key);
        if !item.required.contains(key) && property.default.is_none() {
            let detail = "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property";
            errors.push(FieldError::required(&path.child("default"), detail));
        }
        if property.nullable {
            let detail = "this property is in x-kubernetes-list-map-keys, so it cannot be nullable";
            errors.push(FieldError::forbidden(&path.child("nullable"), detail));
        }
    }
}

fn keys(
    schema: &JsonSchema,
    item: &JsonSchema,
    path: &FieldPath<'_>,
    errors: &mut Vec<FieldError>,
) {
    let items = path.child("items");
    let properties = items.child("properties");
    let keys_path = path.child("x-kubernetes-list-map-keys");
    let all: serde_json::Value = schema.list_map_keys.clone().into();
    for (i, key) in schema.list_map_keys.iter().enumerate() {
        match item.properties.get(key) {
            Some(property) if matches!(property.schema_type.as_str(), "array" | "object") => {
                let detail =
                    "must be a scalar type if parent array's x-kubernetes-list-type is map";
                let path = properties.key(key);
                // The type shown is that of the items.
                let shown = item.schema_type.as_str();
                errors.push(FieldError::invalid(&path.child("type"), shown, detail));
            }
            Some(_) => {}
            None => {
                let detail = "entries must all be names of item properties";
                errors.push(FieldError::invalid(&keys_path, all.clone(), detail));
            }
        }
        if schema.list_map_keys[..i].contains(key) {
            let detail = "must not contain duplicate entries";
            errors.push(FieldError::invalid(&keys_path, all.clone(), detail));
        }
    }
}
