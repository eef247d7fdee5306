//! Filling in what the server would.

use serde_json::Value;

/// Puts the defaults of a structural schema where values are absent, or null and may not be, to any
/// depth, as the API server does with every custom resource it reads or receives.
pub fn fill_defaults(value: &mut Value, schema: &Value) {
    match value {
        Value::Object(members) => {
            let additional = schema.get("additionalProperties").filter(|s| s.is_object());
            for (name, property) in schema
                .get("properties")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
            {
                let Some(default) = property.get("default") else {
                    continue;
                };
                let nullable = property.get("nullable") == Some(&Value::Bool(true));
                let missing = match members.get(name) {
                    None => true,
                    Some(found) => found.is_null() && !nullable,
                };
                if missing {
                    members.insert(name.clone(), default.clone());
                }
            }
            for (name, member) in members {
                let property = schema
                    .get("properties")
                    .and_then(|p| p.get(name))
                    .or(additional);
                if let Some(property) = property {
                    fill_defaults(member, property);
                }
            }
        }
        Value::Array(items) => {
            if let Some(schema) = schema.get("items") {
                items
                    .iter_mut()
                    .for_each(|item| fill_defaults(item, schema));
            }
        }
        _ => {}
    }
}
