//! The life of objects: created, read, changed, deleted.

mod common;

use common::*;
use serde_json::{Value, json};

#[tokio::test]
async fn a_custom_object_lives_and_dies() {
    let server = orchard().await;
    let created = post(&server, FIGS, fig("a", json!({"variety": "Frost"})))
        .await
        .expect(201);
    assert_eq!(created["spec"], json!({"price": 1, "variety": "Frost"}));
    assert_eq!(created["metadata"]["generation"], 1);
    assert_eq!(created["metadata"]["namespace"], "default");

    let path = format!("{FIGS}/a");
    let changed = merge(&server, &path, json!({"spec": {"price": 3}}))
        .await
        .expect(200);
    assert_eq!(changed["metadata"]["generation"], 2);
    let same = merge(&server, &path, json!({"spec": {"price": 3}}))
        .await
        .expect(200);
    assert_eq!(same, changed);

    let gone = delete(&server, &path).await.expect(200);
    assert_eq!(gone["details"]["uid"], created["metadata"]["uid"]);
    assert_eq!(
        get(&server, &path).await.failure(404),
        "figs.example.com \"a\" not found"
    );
}

#[tokio::test]
async fn a_definition_is_established_after_it_was_created() {
    let server = server();
    let created = post(&server, CRDS, fig_crd()).await.expect(201);
    assert_eq!(created["status"]["conditions"], json!(null));
    let stored = get(&server, &format!("{CRDS}/figs.example.com"))
        .await
        .expect(200);
    let conditions = stored["status"]["conditions"].as_array().unwrap();
    assert_eq!(conditions.len(), 2);
    assert!(conditions.iter().all(|c| c["status"] == "True"));
}

#[tokio::test]
async fn native_objects_are_kept_as_go_writes_them() {
    let server = server();
    let given = json!({"metadata": {"name": "a", "labels": {}}, "data": {"k": "v"}, "foo": 1});
    let answer = post(&server, CONFIG_MAPS, given).await;
    assert_eq!(answer.warnings, ["299 - \"unknown field \\\"foo\\\"\""]);
    let created = answer.expect(201);
    assert_eq!(
        (&created["kind"], &created["apiVersion"]),
        (&json!("ConfigMap"), &json!("v1"))
    );
    assert_eq!(created["data"], json!({"k": "v"}));
    assert!(created["metadata"].get("labels").is_none());
    let list = get(&server, CONFIG_MAPS).await.expect(200);
    assert_eq!(list["kind"], "ConfigMapList");
    assert!(list["items"][0].get("kind").is_none());
}

#[tokio::test]
async fn a_namespace_is_emptied_and_goes() {
    let server = server();
    let namespace = json!({"metadata": {"name": "a"}});
    let created = post(&server, "/api/v1/namespaces", namespace)
        .await
        .expect(201);
    assert_eq!(created["status"]["phase"], "Active");
    assert_eq!(
        created["metadata"]["labels"]["kubernetes.io/metadata.name"],
        "a"
    );
    let maps = "/api/v1/namespaces/a/configmaps";
    let held = json!({"metadata": {"name": "held", "finalizers": ["x/y"]}});
    post(&server, maps, held).await.expect(201);
    post(&server, maps, json!({"metadata": {"name": "free"}}))
        .await
        .expect(201);

    let going = delete(&server, "/api/v1/namespaces/a").await.expect(200);
    assert_eq!(going["status"]["phase"], "Terminating");
    assert_eq!(get(&server, &format!("{maps}/free")).await.status, 404);
    let refused = post(&server, maps, json!({"metadata": {"name": "new"}})).await;
    assert_eq!(
        refused.failure(403),
        "configmaps \"new\" is forbidden: unable to create new content in namespace a because it is being terminated"
    );
    merge(
        &server,
        &format!("{maps}/held"),
        json!({"metadata": {"finalizers": null}}),
    )
    .await
    .expect(200);
    assert_eq!(get(&server, "/api/v1/namespaces/a").await.status, 404);
    assert_eq!(
        delete(&server, "/api/v1/namespaces/default")
            .await
            .failure(403),
        "namespaces \"default\" is forbidden: this namespace may not be deleted"
    );
}

#[tokio::test]
async fn controllers_write_in_the_preferred_version_as_any_client_does() {
    let server = server();
    let mut definition = fig_crd();
    let preferred = &mut definition["spec"]["versions"][0];
    preferred["storage"] = json!(false);
    let mut stored = preferred.clone();
    stored["name"] = json!("v1beta1");
    stored["storage"] = json!(true);
    stored["selectableFields"] = json!([]);
    stored["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]["price"] =
        json!({"type": "integer"});
    definition["spec"]["versions"]
        .as_array_mut()
        .unwrap()
        .push(stored);
    post(&server, CRDS, definition).await.expect(201);
    let path = FIGS.replace("v1", "v1beta1");
    let sent = json!({"apiVersion": "example.com/v1beta1", "kind": "Fig", "spec": {},
        "metadata": {"name": "a", "finalizers": ["example.com/hold", "foregroundDeletion"]}});
    post(&server, &path, sent).await.expect(201);
    let going = delete(&server, &format!("{path}/a")).await.expect(200);
    assert_eq!(going["metadata"]["generation"], 2);
    // The collector has taken its finalizer away, and thereby given the object what is default in its version.
    let left = get(&server, &format!("{path}/a")).await.expect(200);
    assert_eq!(left["metadata"]["finalizers"], json!(["example.com/hold"]));
    assert_eq!(left["metadata"]["generation"], 3);
    assert_eq!(left["spec"], json!({"price": 1}));
    let managed = left["metadata"]["managedFields"].to_string();
    assert!(!managed.contains("foregroundDeletion"), "{managed}");
}

#[tokio::test]
async fn deleting_again_in_a_version_that_knows_less_writes_what_it_knows() {
    let server = server();
    let mut definition = fig_crd();
    let mut less = definition["spec"]["versions"][0].clone();
    less["name"] = json!("v2");
    less["storage"] = json!(false);
    less["selectableFields"] = json!([]);
    less["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"] =
        json!({"price": {"type": "integer"}});
    definition["spec"]["versions"]
        .as_array_mut()
        .unwrap()
        .push(less);
    post(&server, CRDS, definition).await.expect(201);
    let mut sent = fig("a", json!({"variety": "Frost"}));
    sent["metadata"]["finalizers"] = json!(["example.com/hold"]);
    post(&server, FIGS, sent).await.expect(201);
    let version = |object: &Value| object["metadata"]["resourceVersion"].clone();
    let path = format!("{FIGS}/a");
    let first = delete(&server, &path).await.expect(200);
    let same = delete(&server, &path).await.expect(200);
    assert_eq!(version(&same), version(&first));
    let other = delete(&server, &path.replace("v1", "v2")).await.expect(200);
    assert_ne!(version(&other), version(&first));
    let left = get(&server, &path).await.expect(200);
    assert_eq!(left["spec"], json!({"price": 1}));
}
