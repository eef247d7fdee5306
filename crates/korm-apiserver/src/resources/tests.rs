use serde_json::json;

use super::*;

#[test]
fn native_resources_are_found_by_group_version_and_name() {
    let custom = CustomResources::default();
    let found = find(&custom, "apps", "v1", "deployments").unwrap();
    assert_eq!(
        (found.kind.as_str(), found.namespaced),
        ("Deployment", true)
    );
    assert!(found.has_verb("deletecollection") && found.subresource("scale").is_some());
    assert!(find(&custom, "apps", "v2", "deployments").is_none());
    assert!(find(&custom, "", "v1", "configmaps").is_some_and(|r| !r.strategy.status));
}

#[test]
fn unknown_field_labels_are_refused_as_each_kind_words_it() {
    let custom = CustomResources::default();
    let refused = |group, plural, field| {
        canonical_field(&find(&custom, group, "v1", plural).unwrap(), field).unwrap_err()
    };
    assert_eq!(
        refused("", "configmaps", "spec.x"),
        "\"spec.x\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
    );
    assert_eq!(
        refused("", "pods", "spec.x"),
        "field label not supported: spec.x"
    );
    assert_eq!(
        refused("", "nodes", "metadata.namespace"),
        "field label not supported: metadata.namespace"
    );
    assert_eq!(
        refused("batch", "jobs", "x"),
        "field label \"x\" not supported for Job"
    );
}

#[test]
fn field_values_have_the_form_selectors_compare_with() {
    let custom = CustomResources::default();
    let node = find(&custom, "", "v1", "nodes").unwrap();
    assert_eq!(
        field_value(&node, &json!({}), "spec.unschedulable"),
        "false"
    );
    let pod = find(&custom, "", "v1", "pods").unwrap();
    let object = json!({"spec": {"nodeName": "n1"}});
    assert_eq!(field_value(&pod, &object, "spec.nodeName"), "n1");
    assert_eq!(field_value(&pod, &object, "status.phase"), "");
}

#[test]
fn discovery_lists_subresources_with_their_own_kinds() {
    let custom = CustomResources::default();
    let list = api_resource_list(&custom, "apps", "v1").unwrap();
    let scale = list["resources"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["name"] == "deployments/scale")
        .unwrap();
    assert_eq!(
        (&scale["group"], &scale["version"], &scale["kind"]),
        (&json!("autoscaling"), &json!("v1"), &json!("Scale"))
    );
    assert!(api_resource_list(&custom, "nope", "v1").is_none());
    let group = api_group(&custom, "autoscaling").unwrap();
    assert_eq!(group["preferredVersion"]["version"], "v2");
    let apis = aggregated_apis(&custom, "v2");
    assert_eq!(
        apis["items"][0]["metadata"]["name"],
        "apiregistration.k8s.io"
    );
}
