//! Owner references: reading them, and dropping duplicates as the server does.

use serde_json::Value;

/// One entry of `metadata.ownerReferences`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnerReference {
    pub(crate) api_version: String,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) uid: String,
    pub(crate) controller: Option<bool>,
    pub(crate) block_owner_deletion: Option<bool>,
}

impl OwnerReference {
    /// The entry as the server writes it in messages: fields in the order of the Go type.
    pub(crate) fn go_json(&self) -> String {
        let text = |t: &str| crate::schema::go_format::json(&Value::from(t));
        let mut out = format!(
            "{{\"apiVersion\":{},\"kind\":{},\"name\":{},\"uid\":{}",
            text(&self.api_version),
            text(&self.kind),
            text(&self.name),
            text(&self.uid)
        );
        for (field, flag) in [
            ("controller", self.controller),
            ("blockOwnerDeletion", self.block_owner_deletion),
        ] {
            if let Some(flag) = flag {
                out.push_str(&format!(",\"{field}\":{flag}"));
            }
        }
        out.push('}');
        out
    }
}

/// `metadata.ownerReferences`.
pub(crate) fn owner_references(object: &Value) -> Vec<OwnerReference> {
    let list = object
        .get("metadata")
        .and_then(|m| m.get("ownerReferences"))
        .and_then(Value::as_array);
    list.into_iter().flatten().map(read).collect()
}

fn read(entry: &Value) -> OwnerReference {
    let text = |field: &str| {
        entry
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let flag = |field: &str| entry.get(field).and_then(Value::as_bool);
    OwnerReference {
        api_version: text("apiVersion"),
        kind: text("kind"),
        name: text("name"),
        uid: text("uid"),
        controller: flag("controller"),
        block_owner_deletion: flag("blockOwnerDeletion"),
    }
}

/// Drops entries that repeat an earlier one; gives the warning to send if there were any.
pub(crate) fn dedup_owner_references(object: &mut Value, after_admission: bool) -> Option<String> {
    let list = object
        .get_mut("metadata")?
        .get_mut("ownerReferences")?
        .as_array_mut()?;
    let mut kept: Vec<OwnerReference> = Vec::with_capacity(list.len());
    let mut repeated = Vec::new();
    list.retain(|entry| {
        let reference = read(entry);
        if kept.contains(&reference) {
            repeated.push(reference.uid);
            return false;
        }
        kept.push(reference);
        true
    });
    if repeated.is_empty() {
        return None;
    }
    let when = if after_admission {
        " after mutating admission happens"
    } else {
        ""
    };
    Some(format!(
        ".metadata.ownerReferences contains duplicate entries{when}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: {}",
        repeated.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn repeated_references_are_dropped_with_a_warning() {
        let entry = json!({"apiVersion": "v1", "kind": "Node", "name": "n", "uid": "1"});
        let mut object = json!({"metadata": {"ownerReferences": [entry, entry]}});
        let warning = dedup_owner_references(&mut object, false);
        assert!(warning.is_some_and(|w| w.ends_with("duplicate UID(s) observed: 1")));
        assert_eq!(owner_references(&object).len(), 1);
        assert_eq!(dedup_owner_references(&mut object, false), None);
    }
}
