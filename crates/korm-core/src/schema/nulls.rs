//! Nulls that stand for absence.

use serde_json::Value;

/// Removes the members of objects that are null and whose schema does not allow null: serde writes
/// `None` as null, and to Kubernetes an optional field that is not set is absent. What the schema
/// does not describe is left as it is.
pub fn strip_nulls(value: &mut Value, schema: &Value) {
    match value {
        Value::Object(members) => {
            let properties = schema.get("properties");
            let additional = schema.get("additionalProperties").filter(|s| s.is_object());
            let of = |key: &str| properties.and_then(|p| p.get(key)).or(additional);
            members.retain(|key, member| !member.is_null() || of(key).is_none_or(is_nullable));
            for (key, member) in members {
                if let Some(schema) = of(key) {
                    strip_nulls(member, schema);
                }
            }
        }
        Value::Array(items) => {
            if let Some(schema) = schema.get("items") {
                items.iter_mut().for_each(|item| strip_nulls(item, schema));
            }
        }
        _ => {}
    }
}

fn is_nullable(schema: &Value) -> bool {
    let is_true = |key| schema.get(key).and_then(Value::as_bool) == Some(true);
    let untyped = schema.get("type").is_none() && is_true("x-kubernetes-preserve-unknown-fields");
    is_true("nullable") || untyped
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_nulls_that_mean_absence_go() {
        let schema = json!({"properties": {
            "a": {"type": "string"},
            "b": {"type": "string", "nullable": true},
            "any": {"x-kubernetes-preserve-unknown-fields": true},
            "list": {"items": {"properties": {"a": {"type": "integer"}}}},
            "map": {"additionalProperties": {"type": "string"}},
        }});
        let mut value = json!({
            "a": null, "b": null, "any": null, "unknown": null,
            "list": [{"a": null}, {"a": 1}],
            "map": {"x": null, "y": "1"},
        });
        strip_nulls(&mut value, &schema);
        let want = json!({
            "b": null, "any": null, "unknown": null,
            "list": [{}, {"a": 1}],
            "map": {"y": "1"},
        });
        assert_eq!(value, want);
    }
}
