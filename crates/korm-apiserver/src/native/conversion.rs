//! What reading a version of a native kind does beyond decoding it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Counts the changes of a DaemonSet's template.
pub(super) const TEMPLATE_GENERATION: &str = "deprecated.daemonset.template.generation";

/// Brings fields that are only read into the form in which they are kept.
pub(super) fn convert(group: &str, kind: &str, object: &mut Value) {
    match (group, kind) {
        ("", "Secret") => string_data(object),
        ("apps", "StatefulSet") => claim_types(object),
        ("apps", "DaemonSet") => template_generation(object),
        _ => {}
    }
}

/// The form in which workloads are kept has a number of replicas in any case, which is 0 where none was ever set.
pub(super) fn count_replicas(group: &str, kind: &str, object: &mut Value) {
    let counted = matches!(kind, "Deployment" | "ReplicaSet" | "StatefulSet");
    if let ("apps", true, Some(spec)) = (
        group,
        counted,
        object.get_mut("spec").and_then(Value::as_object_mut),
    ) {
        spec.entry("replicas").or_insert_with(|| 0.into());
    }
}

/// Claims in a StatefulSet name their type.
fn claim_types(object: &mut Value) {
    let claims = object
        .pointer_mut("/spec/volumeClaimTemplates")
        .and_then(Value::as_array_mut);
    for claim in claims
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        claim.insert("apiVersion".to_owned(), "v1".into());
        claim.insert("kind".to_owned(), "PersistentVolumeClaim".into());
    }
}

/// A field of old versions of DaemonSet lives on as an annotation.
fn template_generation(object: &mut Value) {
    let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) else {
        return;
    };
    let annotations = metadata.entry("annotations").or_insert_with(|| json!({}));
    if let Some(annotations) = annotations.as_object_mut() {
        annotations
            .entry(TEMPLATE_GENERATION)
            .or_insert_with(|| "0".into());
    }
}

/// `stringData` is another way to write `data`, and wins.
fn string_data(secret: &mut Value) {
    let Some(secret) = secret.as_object_mut() else {
        return;
    };
    let Some(Value::Object(texts)) = secret.remove("stringData") else {
        return;
    };
    let data = secret.entry("data").or_insert_with(|| json!({}));
    for (key, text) in texts {
        if let (Some(data), Some(text)) = (data.as_object_mut(), text.as_str()) {
            data.insert(key, STANDARD.encode(text).into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_of_a_stateful_set_have_their_types() {
        let mut set = json!({"spec": {"volumeClaimTemplates": [{"metadata": {"name": "a"}}]}});
        convert("apps", "StatefulSet", &mut set);
        assert_eq!(
            set["spec"]["volumeClaimTemplates"][0]["kind"],
            "PersistentVolumeClaim"
        );
    }

    #[test]
    fn string_data_goes_into_data() {
        let mut secret = json!({"data": {"a": "QQ==", "b": "Qg=="}, "stringData": {"b": "x"}});
        convert("", "Secret", &mut secret);
        assert_eq!(secret, json!({"data": {"a": "QQ==", "b": "eA=="}}));
    }
}
