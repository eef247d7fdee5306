//! Admitting a CRD: defaults, the parts of the status that belong to the server, errors and
//! warnings.

use serde_json::{Value, json};

use super::json_schema::JsonSchema;
use super::parts::Parts;
use super::validate;
use crate::schema::field_error::{FieldError, FieldPath};
use crate::schema::formats;
use crate::schema::go_format;

/// Sets defaults and brings every schema into the form the server gives back. The error is a
/// message for a bad request.
pub(crate) fn default_crd(crd: &mut Value) -> Result<(), String> {
    let Some(spec) = crd.get_mut("spec").and_then(Value::as_object_mut) else {
        return Ok(());
    };
    if let Some(names) = spec.get_mut("names").and_then(Value::as_object_mut) {
        let kind = names
            .get("kind")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let empty = |names: &serde_json::Map<String, Value>, name: &str| {
            names
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .is_empty()
        };
        if empty(names, "singular") && !kind.is_empty() {
            names.insert("singular".to_owned(), kind.to_lowercase().into());
        }
        if empty(names, "listKind") && !kind.is_empty() {
            names.insert("listKind".to_owned(), format!("{kind}List").into());
        }
    }
    if !spec.get("conversion").is_some_and(Value::is_object) {
        spec.insert("conversion".to_owned(), json!({"strategy": "None"}));
    }
    let conversion = &mut spec["conversion"];
    if conversion["webhook"]["conversionReviewVersions"].is_null() {
        forget_unconfigured_webhook(conversion);
    }
    let storage = spec.get("versions").and_then(storage_version);
    for version in spec
        .get_mut("versions")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Some(schema) = version
            .get_mut("schema")
            .and_then(|s| s.get_mut("openAPIV3Schema"))
        {
            *schema = JsonSchema::parse(schema)?.to_value()?;
        }
    }
    let stored = &mut crd["status"]["storedVersions"];
    if let (Some(storage), true) = (storage, stored.as_array().is_none_or(Vec::is_empty)) {
        *stored = json!([storage]);
    }
    Ok(())
}

/// A webhook without anything in it is none when it is stored, although the fields of it have their owner.
pub(crate) fn forget_empty_webhook(crd: &mut Value) {
    let conversion = crd.pointer_mut("/spec/conversion");
    let empty = |conversion: &Value| conversion["webhook"]["conversionReviewVersions"] == json!([]);
    if let Some(conversion) = conversion.filter(|conversion| empty(conversion)) {
        forget_unconfigured_webhook(conversion);
    }
}

/// Takes the webhook away, unless it says where to call.
fn forget_unconfigured_webhook(conversion: &mut Value) {
    if conversion["webhook"]["clientConfig"].is_null()
        && let Some(conversion) = conversion.as_object_mut()
    {
        conversion.remove("webhook");
    }
}

/// Sets the status of a new CRD: only the storage version is known.
pub(crate) fn prepare_create(crd: &mut Value) {
    crd["status"] = json!({
        "conditions": null,
        "acceptedNames": {"plural": "", "kind": ""},
        "storedVersions": null,
    });
    add_stored_version(crd);
}

/// Keeps the status of `old`, with a new storage version added.
pub(crate) fn prepare_update(crd: &mut Value, old: &Value) {
    crd["status"] = old["status"].clone();
    add_stored_version(crd);
}

/// The name of the version that objects are stored in.
fn storage_version(versions: &Value) -> Option<Value> {
    let versions = versions.as_array()?;
    let storage = versions.iter().find(|version| version["storage"] == true)?;
    Some(storage["name"].clone())
}

fn add_stored_version(crd: &mut Value) {
    let Some(name) = storage_version(&crd["spec"]["versions"]) else {
        return;
    };
    let stored = &mut crd["status"]["storedVersions"];
    if !stored.is_array() {
        *stored = json!([]);
    }
    if let Some(stored) = stored.as_array_mut()
        && !stored.contains(&name)
    {
        stored.push(name);
    }
}

/// All errors of a CRD, those of its metadata coming first; `old` is what it was before an update.
pub(crate) fn validate_crd(
    crd: &Value,
    old: Option<&Value>,
    metadata: Vec<FieldError>,
) -> Vec<FieldError> {
    let mut errors = metadata;
    if old.is_none() {
        errors.extend(check_name(crd));
    }
    errors.extend(validate::check(crd, old));
    errors
}

fn check_name(crd: &Value) -> Option<FieldError> {
    let name = crd["metadata"]["name"].as_str().unwrap_or_default();
    let part = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let group = part(&crd["spec"]["group"]);
    let required = format!("{}.{group}", part(&crd["spec"]["names"]["plural"]));
    let metadata = FieldPath::new("metadata");
    (name != required && !name.is_empty()).then(|| {
        let detail = "must be spec.names.plural+\".\"+spec.group";
        FieldError::invalid(&metadata.child("name"), name, detail)
    })
}

/// Warnings of creating or updating a CRD, where what it was before is not warned of again.
pub(crate) fn warnings(crd: &Value, old: Option<&Value>) -> Vec<String> {
    let known = old.map(all_warnings).unwrap_or_default();
    all_warnings(crd)
        .into_iter()
        .filter(|warning| !known.contains(warning))
        .collect()
}

fn all_warnings(crd: &Value) -> Vec<String> {
    let parts = Parts::of(crd);
    let mut warnings = Vec::new();
    let mut sets = Vec::new();
    let shared = parts.shared.schema.is_some();
    for schema in parts.schemas().take(if shared { 1 } else { usize::MAX }) {
        schema.walk(&mut |schema| {
            if !schema.format.is_empty()
                && !formats::is_supported(&schema.schema_type, &schema.format)
            {
                let format = go_format::quote(&schema.format);
                warnings.push(format!("unrecognized format {format}"));
            }
            if let (Some("set"), Some(item)) = (schema.list_type.as_deref(), schema.item())
                && matches!(item.schema_type.as_str(), "object" | "array")
            {
                sets.push(format!(
                    "x-kubernetes-list-type: set for items of type \"{}\" is not supported by server-side apply or CEL validation rules",
                    item.schema_type
                ));
            }
        });
    }
    sets.sort();
    sets.dedup();
    warnings.extend(sets);
    warnings
}
