use super::*;
use serde_json::json;

/// What the reference server answered to a dry-run create, without its own metadata.
#[test]
fn values_not_given_appear_and_empty_ones_disappear() {
    let given = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a",
        "labels": {}, "unknown": 1, "creationTimestamp": null}, "data": null,
        "binaryData": {"x": "AA=\n="}, "immutable": false});
    let expected = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"},
        "binaryData": {"x": "AA=="}, "immutable": false});
    assert_eq!(normalize("", "v1", "ConfigMap", &given), expected);
    let reset = json!({"metadata": {"managedFields": []}});
    assert_eq!(normalize("", "v1", "ConfigMap", &reset), reset);

    let given = json!({"metadata": {"name": "d"}, "spec": {"selector": null, "template": {
        "spec": {"containers": [{"name": "a", "resources": {"limits": {"cpu": 1.5,
            "memory": "1024Ki"}}, "livenessProbe": {"httpGet": {"port": "http"}}}],
            "volumes": [{"name": "v", "emptyDir": {}}]}}}});
    let expected = json!({"metadata": {"name": "d"}, "spec": {"selector": null, "strategy": {},
        "template": {"metadata": {}, "spec": {"containers": [{"name": "a",
            "resources": {"limits": {"cpu": "1500m", "memory": "1Mi"}},
            "livenessProbe": {"httpGet": {"port": "http"}}}],
            "volumes": [{"name": "v", "emptyDir": {}}]}}}, "status": {}});
    assert_eq!(normalize("apps", "v1", "Deployment", &given), expected);
}

#[test]
fn custom_resource_definitions_keep_their_free_forms() {
    let crd = json!({"metadata": {"name": "a"}, "spec": {"group": "g", "scope": "Namespaced",
        "names": {"plural": "as", "kind": "A"}, "versions": [{"name": "v1", "served": true,
            "storage": true, "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                "a": {"default": {"x": null, "n": 1.5}, "additionalProperties": false,
                    "items": {"type": "string", "enum": ["x", 1, null]}, "maximum": 1.0},
                "b": {"additionalProperties": {"type": "string"}, "minimum": 0}}}}}]}});
    let normal = normalize(
        "apiextensions.k8s.io",
        "v1",
        "CustomResourceDefinition",
        &crd,
    );
    let schema = &normal["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"];
    assert_eq!(
        *schema,
        json!({"a": {"default": {"x": null, "n": 1.5}, "additionalProperties": false,
            "items": {"type": "string", "enum": ["x", 1, null]}, "maximum": 1},
            "b": {"additionalProperties": {"type": "string"}, "minimum": 0}})
    );
    assert_eq!(
        normal["status"],
        json!({"conditions": null, "acceptedNames": {"plural": "", "kind": ""},
            "storedVersions": null})
    );
    // They are stored as JSON, which keeps an empty list that is always told.
    let empty = json!({"spec": {"versions": []}, "status": {"conditions": []}});
    let normal = normalize(
        "apiextensions.k8s.io",
        "v1",
        "CustomResourceDefinition",
        &empty,
    );
    assert_eq!(normal["spec"]["versions"], json!([]));
    assert_eq!(normal["status"]["conditions"], json!([]));
}
