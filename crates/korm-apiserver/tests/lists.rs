//! Lists: pages, the past, selectors, forms.

#![allow(clippy::unwrap_used)] // in the helpers of tests

mod common;

use common::*;
use serde_json::{Value, json};

fn names(list: &Value) -> Vec<&str> {
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["metadata"]["name"].as_str().unwrap())
        .collect()
}

async fn figs(server: &korm_apiserver::ApiServer, names: &[&str]) {
    for name in names {
        post(server, FIGS, fig(name, json!({"variety": *name})))
            .await
            .expect(201);
    }
}

#[tokio::test]
async fn pages_show_one_state() {
    let server = orchard().await;
    figs(&server, &["a", "b", "c", "d"]).await;
    let first = get(&server, &format!("{FIGS}?limit=2")).await.expect(200);
    assert_eq!(names(&first), ["a", "b"]);
    assert_eq!(first["metadata"]["remainingItemCount"], 2);
    delete(&server, &format!("{FIGS}/c")).await.expect(200);
    figs(&server, &["bb"]).await;
    let token = first["metadata"]["continue"].as_str().unwrap();
    let rest = get(&server, &format!("{FIGS}?limit=5&continue={token}"))
        .await
        .expect(200);
    assert_eq!(names(&rest), ["c", "d"]);
    assert_eq!(
        rest["metadata"]["resourceVersion"],
        first["metadata"]["resourceVersion"]
    );
    assert_eq!(rest["metadata"]["continue"], "");
}

#[tokio::test]
async fn an_expired_page_offers_an_inconsistent_rest() {
    let server = orchard().await;
    figs(&server, &["a", "b", "c"]).await;
    let first = get(&server, &format!("{FIGS}?limit=1")).await.expect(200);
    figs(&server, &["bb"]).await;
    server.compact();
    let token = first["metadata"]["continue"].as_str().unwrap();
    let expired = get(&server, &format!("{FIGS}?limit=1&continue={token}"))
        .await
        .expect(410);
    assert_eq!(expired["reason"], "Expired");
    let token = expired["metadata"]["continue"].as_str().unwrap();
    let rest = get(&server, &format!("{FIGS}?continue={token}"))
        .await
        .expect(200);
    assert_eq!(names(&rest), ["b", "bb", "c"]);
}

#[tokio::test]
async fn the_past_can_be_listed_until_it_is_compacted() {
    let server = orchard().await;
    figs(&server, &["a"]).await;
    let then = server.resource_version();
    figs(&server, &["b"]).await;
    let path = format!("{FIGS}?resourceVersion={then}&resourceVersionMatch=Exact");
    assert_eq!(names(&get(&server, &path).await.expect(200)), ["a"]);
    let path_any = format!("{FIGS}?resourceVersion={then}&resourceVersionMatch=NotOlderThan");
    assert_eq!(
        names(&get(&server, &path_any).await.expect(200)),
        ["a", "b"]
    );
    server.compact();
    assert_eq!(
        get(&server, &path).await.failure(410),
        "The resourceVersion for the provided list is too old."
    );
    let future = get(&server, &format!("{FIGS}?resourceVersion=999999"))
        .await
        .expect(504);
    assert_eq!(
        future["details"]["causes"][0]["reason"],
        "ResourceVersionTooLarge"
    );
}

#[tokio::test]
async fn selectors_narrow_a_list() {
    let server = orchard().await;
    figs(&server, &["a", "b", "bb"]).await;
    merge(
        &server,
        &format!("{FIGS}/b"),
        json!({"metadata": {"labels": {"x": "1"}}}),
    )
    .await
    .expect(200);
    let list = |query: &'static str| {
        let server = server.clone();
        async move {
            get(&server, &format!("/apis/example.com/v1/figs?{query}"))
                .await
                .expect(200)
        }
    };
    assert_eq!(names(&list("labelSelector=x").await), ["b"]);
    assert_eq!(names(&list("fieldSelector=metadata.name=b").await), ["b"]);
    assert_eq!(
        names(&list("fieldSelector=spec.variety!=a").await),
        ["b", "bb"]
    );
    assert_eq!(
        names(&list("fieldSelector=metadata.namespace=other").await),
        Vec::<&str>::new()
    );
    let page = list("labelSelector=!x&limit=1").await;
    assert_eq!(names(&page), ["a"]);
    assert_eq!(page["metadata"].get("remainingItemCount"), None);
    let path = "/apis/example.com/v1/figs?fieldSelector=spec.price=1";
    assert_eq!(
        get(&server, path).await.failure(400),
        "field label not supported: spec.price"
    );
}

#[tokio::test]
async fn lists_come_as_tables_and_metadata() {
    let server = orchard().await;
    figs(&server, &["a"]).await;
    let accept = [(
        "accept",
        "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
    )];
    let list = ask(&server, "GET", FIGS, &accept, "").await.expect(200);
    assert_eq!(list["kind"], "PartialObjectMetadataList");
    assert_eq!(list["items"][0]["kind"], "PartialObjectMetadata");
    assert_eq!(list["items"][0].get("spec"), None);
    let accept = [("accept", "application/json;as=Table;g=meta.k8s.io;v=v1")];
    let table = ask(&server, "GET", FIGS, &accept, "").await.expect(200);
    assert_eq!(table["rows"][0]["cells"], json!(["a", "a"]));
    let accept = [("accept", "application/vnd.kubernetes.protobuf")];
    assert_eq!(ask(&server, "GET", FIGS, &accept, "").await.status, 406);
    let maps = ask(&server, "GET", CONFIG_MAPS, &accept, "").await;
    assert!(maps.status.is_success() && maps.bytes.starts_with(b"k8s\0"));
}

#[tokio::test]
async fn a_collection_is_deleted_by_selector() {
    let server = orchard().await;
    figs(&server, &["a", "b"]).await;
    let gone = delete(&server, &format!("{FIGS}?fieldSelector=metadata.name=a"))
        .await
        .expect(200);
    assert_eq!(names(&gone), ["a"]);
    assert_eq!(names(&get(&server, FIGS).await.expect(200)), ["b"]);
}

#[tokio::test]
async fn fields_are_selected_by_what_the_version_shows() {
    let server = server();
    let mut definition = fig_crd();
    let mut later = definition["spec"]["versions"][0].clone();
    later["name"] = json!("v2");
    later["storage"] = json!(false);
    later["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]["added"] =
        json!({"type": "string"});
    later["selectableFields"] = json!([{"jsonPath": ".spec.added"}]);
    definition["spec"]["versions"]
        .as_array_mut()
        .unwrap()
        .push(later);
    post(&server, CRDS, definition).await.expect(201);
    let path = FIGS.replace("v1", "v2");
    let sent = json!({"apiVersion": "example.com/v2", "kind": "Fig", "metadata": {"name": "a"},
        "spec": {"variety": "Frost", "added": "x"}});
    post(&server, &path, sent).await.expect(201);
    // The stored version has no such field.
    let all = get(&server, &path).await.expect(200);
    assert_eq!(all["items"][0]["spec"]["added"], json!(null));
    let selected = get(&server, &format!("{path}?fieldSelector=spec.added%3Dx")).await;
    assert_eq!(selected.expect(200)["items"], json!([]));
    let others = get(&server, &format!("{path}?fieldSelector=spec.added%3D")).await;
    assert_eq!(
        others.expect(200)["items"][0]["metadata"]["name"],
        json!("a")
    );
}
