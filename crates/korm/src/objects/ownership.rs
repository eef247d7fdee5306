//! Who owns which fields of an object.

use korm_core::ObjectKey;
use serde_json::Value;

use super::Objects;
use crate::Result;
use crate::error::Error;
use crate::transport::Request;

/// The fields that one manager owns by one way of writing: an entry of `metadata.managedFields`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ownership {
    /// The field manager.
    pub manager: String,
    /// `Apply` for server-side apply, `Update` for every other way of writing.
    pub operation: String,
    /// The subresource that was written to; nothing for the object itself.
    pub subresource: Option<String>,
    /// The fields, as `spec.price`, `metadata.labels[orchard]`, `spec.ports[port=80].name` or `spec.tags["a"]`.
    pub fields: Vec<String>,
}

impl Objects {
    /// Who owns which fields of an object, in the order of its `managedFields`.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    #[tracing::instrument(name = "korm.owners", level = "debug", skip_all, fields(verb = "owners", kind = %self.def.kind, object = %key))]
    pub async fn owners(&self, key: &ObjectKey) -> Result<Vec<Ownership>> {
        let object = self
            .whole(key)
            .await?
            .ok_or_else(|| Error::not_found(self.object_ref(key)))?;
        Ok(owners_of(&object))
    }

    /// An object with its `managedFields`, if it is there.
    pub(super) async fn whole(&self, key: &ObjectKey) -> Result<Option<Value>> {
        let subject = self.subject("reading", Some(key));
        let answer = self
            .send(&Request::get(self.object_path(key)?), &subject)
            .await?;
        if !answer.is_success() {
            let error = self.refused(&subject, &answer).await;
            return if error.is_not_found() {
                Ok(None)
            } else {
                Err(error)
            };
        }
        serde_json::from_slice(&answer.body).map_err(|error| {
            let fault = format!(
                "the server's answer is no JSON object ({})",
                super::place(&error)
            );
            Error::undecodable(self.object_ref(key), "", fault)
        })
    }
}

/// Who owns which fields, as the object says.
pub(super) fn owners_of(object: &Value) -> Vec<Ownership> {
    let entries = object["metadata"]["managedFields"].as_array();
    entries.into_iter().flatten().map(ownership).collect()
}

fn ownership(entry: &Value) -> Ownership {
    let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
    let mut fields = Vec::new();
    collect(&entry["fieldsV1"], "", &mut fields);
    Ownership {
        manager: text("manager"),
        operation: text("operation"),
        subresource: Some(text("subresource")).filter(|name| !name.is_empty()),
        fields,
    }
}

/// The leaves of a `FieldsV1` (structured-merge-diff's serialized set): `.` is the value itself, `f:` a member, `k:` an
/// element of a map list by its keys, `v:` one of a set, `i:` one by its index.
fn collect(set: &Value, above: &str, fields: &mut Vec<String>) {
    let Some(members) = set.as_object() else {
        return;
    };
    if members.is_empty() && !above.is_empty() {
        fields.push(above.to_owned());
    }
    for (key, below) in members {
        if key == "." {
            fields.push(above.to_owned());
        } else {
            collect(below, &step(above, key), fields);
        }
    }
}

fn step(above: &str, key: &str) -> String {
    match key.split_once(':') {
        Some(("f", name)) => {
            let plain = name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$'));
            match (
                above,
                plain && !above.ends_with("labels") && !above.ends_with("annotations"),
            ) {
                ("", _) => name.to_owned(),
                (_, true) => format!("{above}.{name}"),
                (_, false) => format!("{above}[{name}]"),
            }
        }
        Some(("k", keys)) => {
            let keys: serde_json::Map<String, Value> =
                serde_json::from_str(keys).unwrap_or_default();
            let keys: Vec<_> = keys
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            format!("{above}[{}]", keys.join(","))
        }
        Some((_, value)) => format!("{above}[{value}]"),
        None => format!("{above}.{key}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_set_of_fields_reads_as_paths() {
        let entry = json!({"manager": "korm", "operation": "Apply", "subresource": "status", "fieldsV1": {
            "f:metadata": {"f:labels": {".": {}, "f:orchard": {}}},
            "f:spec": {"f:price": {}, "f:ports": {"k:{\"port\":80,\"protocol\":\"TCP\"}": {".": {}, "f:name": {}}},
                "f:tags": {"v:\"a\"": {}}}}});
        let ownership = ownership(&entry);
        assert_eq!(
            (ownership.manager.as_str(), ownership.subresource.as_deref()),
            ("korm", Some("status"))
        );
        assert_eq!(
            ownership.fields,
            [
                "metadata.labels",
                "metadata.labels[orchard]",
                "spec.ports[port=80,protocol=\"TCP\"]",
                "spec.ports[port=80,protocol=\"TCP\"].name",
                "spec.price",
                "spec.tags[\"a\"]",
            ]
        );
    }
}
