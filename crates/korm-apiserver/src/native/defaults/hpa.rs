//! How fast a HorizontalPodAutoscaler scales.

use serde_json::{Map, Value, json};

/// Fills in both directions; what is given takes the place of a default as a whole.
pub(super) fn behavior(behavior: &mut Map<String, Value>) {
    let up = json!({"stabilizationWindowSeconds": 0, "selectPolicy": "Max", "policies": [
        {"type": "Pods", "value": 4, "periodSeconds": 15},
        {"type": "Percent", "value": 100, "periodSeconds": 15}]});
    let down = json!({"selectPolicy": "Max", "policies": [
        {"type": "Percent", "value": 100, "periodSeconds": 15}]});
    for (key, mut rules) in [("scaleUp", up), ("scaleDown", down)] {
        for (field, value) in behavior
            .get(key)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            if !value.is_null() {
                rules[field.as_str()] = value.clone();
            }
        }
        behavior.insert(key.to_owned(), rules);
    }
}
