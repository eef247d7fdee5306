//! Warnings about the finalizers of custom resources.

use serde_json::Value;

use crate::schema::go_format;

/// Finalizers of Kubernetes itself, which have no domain.
const STANDARD: [&str; 3] = ["orphan", "foregroundDeletion", "kubernetes"];

/// Warnings about the finalizers of `object` that `old` does not have, sorted by finalizer.
pub(crate) fn finalizer_warnings(object: &Value, old: Option<&Value>) -> Vec<String> {
    let of = |object: &Value| -> Vec<String> {
        let all = object["metadata"]["finalizers"].as_array();
        let texts = all.into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    };
    let known = old.map(of).unwrap_or_default();
    let mut added = of(object);
    added.retain(|name| !known.contains(name));
    added.sort();
    added.dedup();
    added.iter().filter_map(|name| warning_of(name)).collect()
}

/// Names that are malformed are refused before; a good name has a domain and a path.
fn warning_of(name: &str) -> Option<String> {
    if name.contains('/') || STANDARD.contains(&name) {
        return None;
    }
    let path = if name.contains('.') {
        " including a path (/)"
    } else {
        ""
    };
    let name = go_format::quote(name);
    Some(format!(
        "metadata.finalizers: {name}: prefer a domain-qualified finalizer name{path} to avoid accidental conflicts with other finalizer writers"
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn new_finalizers_without_a_domain_are_warned_of() {
        let object = json!({"metadata": {"finalizers": ["a.b/c", "noslash", "a.b", "orphan"]}});
        assert_eq!(
            finalizer_warnings(&object, None),
            [
                r#"metadata.finalizers: "a.b": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers"#,
                r#"metadata.finalizers: "noslash": prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers"#,
            ]
        );
        assert!(finalizer_warnings(&object, Some(&object)).is_empty());
    }
}
