//! What can be wrong with a model's description.

use serde_json::Value;

use super::{def::ModelDef, field::FieldDef};
use crate::path::FieldPath;

/// Every problem of the description, each as one sentence without a full stop.
pub(super) fn problems(def: &ModelDef) -> Vec<String> {
    let mut problems = Vec::new();
    names(def, &mut problems);
    for (i, field) in def.fields.iter().enumerate() {
        one_field(field, &mut problems);
        overlaps(field, &def.fields[..i], &mut problems);
    }
    selectable(def, &mut problems);
    scale(def, &mut problems);
    if def.native && !def.rules.is_empty() {
        problems.push("a native kind has its rules from Kubernetes; remove the CEL rules".into());
    }
    for column in &def.columns {
        if column.json_path.is_none() {
            problems.push(format!(
                "the column `{}` stands on no field and needs a JSON path",
                column.name
            ));
        }
    }
    problems
}

fn names(def: &ModelDef, problems: &mut Vec<String>) {
    if !is_dns_label(&def.plural) {
        problems.push(format!(
            "the plural `{}` must be lower-case letters, digits and `-`, starting with a letter, such as `peaches`",
            def.plural
        ));
    }
    if !is_dns_label(&def.singular) {
        problems.push(format!(
            "the singular `{}` must be lower-case letters, digits and `-`",
            def.singular
        ));
    }
    if !is_dns_label(&def.version) {
        problems.push(format!(
            "the version `{}` must look like `v1` or `v1beta1`",
            def.version
        ));
    }
    let dns_name = def.group.contains('.') && def.group.split('.').all(is_dns_subdomain_part);
    if !def.native && !dns_name {
        problems.push(format!(
            "the group `{}` must be a DNS name with a dot, such as `example.com`",
            def.group
        ));
    }
    if !is_dns_label(&def.kind.to_lowercase()) {
        problems.push(format!(
            "the kind `{}` must be letters and digits, starting with a letter",
            def.kind
        ));
    }
    for name in &def.short_names {
        if !is_dns_label(name) {
            problems.push(format!(
                "the short name `{name}` must be lower-case letters and digits"
            ));
        }
    }
}

/// What `selectableFields` of a CRD takes: at most eight strings, integers and booleans outside of the
/// metadata.
fn selectable(def: &ModelDef, problems: &mut Vec<String>) {
    let fields: Vec<_> = def.fields.iter().filter(|field| field.selectable).collect();
    for field in &fields {
        let type_ = field
            .schema
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or("none");
        if field
            .path
            .segments()
            .first()
            .is_some_and(|root| root == "metadata")
        {
            problems.push(format!(
                "the field `{}` is metadata, which no CRD makes selectable; labels can be selected anyway",
                field.name
            ));
        } else if !def.native && !matches!(type_, "string" | "integer" | "boolean") {
            problems.push(format!(
                "the field `{}` cannot be selectable: the server selects by strings, integers and booleans",
                field.name
            ));
        }
    }
    if !def.native && fields.len() > 8 {
        problems.push(format!(
            "{} fields are selectable; a CRD takes at most 8",
            fields.len()
        ));
    }
}

fn scale(def: &ModelDef, problems: &mut Vec<String>) {
    for field in def.fields.iter().filter(|field| field.scale) {
        let at = format!(".{}", field.path.segments().join("."));
        match &def.scale {
            Some(scale) if scale.spec_replicas == at => {}
            Some(scale) => problems.push(format!(
                "the field `{}` is written through scale, which keeps its number at `{}`, not at `{at}`",
                field.name, scale.spec_replicas
            )),
            None => problems.push(format!(
                "the field `{}` is written through scale, which the model does not have",
                field.name
            )),
        }
    }
}

/// RFC 1035 label, as the API server demands of plurals and versions.
fn is_dns_label(name: &str) -> bool {
    name.len() <= 63
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// One part of an RFC 1123 subdomain.
fn is_dns_subdomain_part(part: &str) -> bool {
    let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    part.starts_with(alphanumeric)
        && part.ends_with(alphanumeric)
        && part.chars().all(|c| alphanumeric(c) || c == '-')
}

fn one_field(field: &FieldDef, problems: &mut Vec<String>) {
    let FieldDef { name, path, .. } = field;
    match path.segments() {
        [] => problems.push(format!("the field `{name}` has no path")),
        [root]
            if matches!(
                &**root,
                "apiVersion" | "kind" | "metadata" | "spec" | "status"
            ) =>
        {
            problems.push(format!(
                "the field `{name}` cannot be all of `{root}`; bind it to one key below"
            ));
        }
        [root, key, ..] if root == "metadata" && is_carried_by_meta(key, path) => {
            problems.push(format!(
                "the field `{name}` is on `{path}`, which every model has in its meta"
            ));
        }
        _ => {}
    }
    if path.label_key().is_some() || path.annotation_key().is_some() {
        if field.schema.get("type").and_then(Value::as_str) != Some("string") {
            problems.push(format!(
                "the field `{name}` is a label or annotation and must be a string"
            ));
        }
        if field.default.is_some() {
            problems.push(format!(
                "the field `{name}` is a label or annotation, where the server fills in no default"
            ));
        }
    }
    if let Some(default) = &field.default
        && let Some(reason) = default_misfit(default, &field.schema)
    {
        problems.push(format!("the default of the field `{name}` {reason}"));
    }
}

/// Metadata that [`Meta`](crate::Meta) carries; single labels and annotations may be fields.
fn is_carried_by_meta(key: &str, path: &FieldPath) -> bool {
    match key {
        "labels" | "annotations" => path.segments().len() != 3,
        "name" | "namespace" | "generateName" | "uid" | "resourceVersion" | "generation"
        | "creationTimestamp" | "deletionTimestamp" | "finalizers" | "ownerReferences" => true,
        _ => false,
    }
}

fn overlaps(field: &FieldDef, before: &[FieldDef], problems: &mut Vec<String>) {
    for other in before {
        if other.name == field.name {
            problems.push(format!("two fields are called `{}`", field.name));
        }
        if other.path == field.path {
            problems.push(format!(
                "the fields `{}` and `{}` are both on `{}`",
                other.name, field.name, field.path
            ));
        } else if field.path.starts_with(&other.path) || other.path.starts_with(&field.path) {
            problems.push(format!(
                "the fields `{}` on `{}` and `{}` on `{}` overlap",
                other.name, other.path, field.name, field.path
            ));
        }
    }
}

/// Why a default does not fit the type and enumeration of its schema.
fn default_misfit(default: &Value, schema: &Value) -> Option<String> {
    let fits = match schema.get("type").and_then(Value::as_str) {
        Some("string") => default.is_string(),
        Some("integer") => default.is_i64() || default.is_u64(),
        Some("number") => default.is_number(),
        Some("boolean") => default.is_boolean(),
        Some("array") => default.is_array(),
        Some("object") => default.is_object(),
        _ => true,
    };
    if !fits {
        let wanted = schema
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        return Some(format!("must be of type {wanted}, not {default}"));
    }
    let allowed = schema.get("enum")?.as_array()?;
    (!allowed.contains(default)).then(|| {
        let allowed: Vec<_> = allowed.iter().map(Value::to_string).collect();
        format!("is {default}, but must be one of {}", allowed.join(", "))
    })
}
