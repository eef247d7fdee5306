//! Watches: events, selectors, bookmarks, and how they end.

mod common;

use common::*;
use serde_json::json;

#[tokio::test(start_paused = true)]
async fn events_come_in_order_with_the_state_first() {
    let server = orchard().await;
    post(&server, FIGS, fig("a", json!({}))).await.expect(201);
    let mut events = Events::of(&server, &format!("{FIGS}?watch=1")).await;
    assert_eq!(events.line().await, "ADDED a");
    post(&server, FIGS, fig("b", json!({}))).await.expect(201);
    merge(&server, &format!("{FIGS}/a"), json!({"spec": {"price": 2}}))
        .await
        .expect(200);
    delete(&server, &format!("{FIGS}/b")).await.expect(200);
    assert_eq!(events.line().await, "ADDED b");
    assert_eq!(events.line().await, "MODIFIED a");
    let gone = events.next().await.unwrap();
    assert_eq!(gone["type"], "DELETED");
    assert_eq!(
        gone["object"]["metadata"]["resourceVersion"],
        server.resource_version().to_string()
    );
}

#[tokio::test(start_paused = true)]
async fn objects_come_into_and_go_out_of_a_selectors_sight() {
    let server = orchard().await;
    let path = format!(
        "{FIGS}?watch=1&labelSelector=ripe&resourceVersion={}",
        server.resource_version()
    );
    let mut events = Events::of(&server, &path).await;
    post(&server, FIGS, fig("a", json!({}))).await.expect(201);
    let label = |value| json!({"metadata": {"labels": {"ripe": value}}});
    merge(&server, &format!("{FIGS}/a"), label(json!("yes")))
        .await
        .expect(200);
    merge(&server, &format!("{FIGS}/a"), label(json!("very")))
        .await
        .expect(200);
    let last = merge(&server, &format!("{FIGS}/a"), label(json!(null)))
        .await
        .expect(200);
    assert_eq!(events.line().await, "ADDED a");
    assert_eq!(events.line().await, "MODIFIED a");
    let gone = events.next().await.unwrap();
    assert_eq!(gone["type"], "DELETED");
    // The state that matched, at the revision that did not any more.
    assert_eq!(gone["object"]["metadata"]["labels"]["ripe"], "very");
    assert_eq!(
        gone["object"]["metadata"]["resourceVersion"],
        last["metadata"]["resourceVersion"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_revision_that_is_compacted_away_is_expired_in_the_stream() {
    let server = orchard().await;
    let before = server.resource_version();
    post(&server, FIGS, fig("a", json!({}))).await.expect(201);
    post(&server, FIGS, fig("b", json!({}))).await.expect(201);
    server.compact();
    let path = format!("{FIGS}?watch=1&resourceVersion={before}");
    let mut events = Events::of(&server, &path).await;
    let event = events.next().await.unwrap();
    assert_eq!(event["type"], "ERROR");
    assert_eq!(
        (&event["object"]["code"], &event["object"]["reason"]),
        (&json!(410), &json!("Expired"))
    );
    assert_eq!(events.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn events_of_a_custom_kind_begin_when_it_is_served() {
    let server = orchard().await;
    let mut events = Events::of(&server, &format!("{FIGS}?watch=1&resourceVersion=1")).await;
    let event = events.next().await.unwrap();
    assert_eq!(event["object"]["reason"], "Expired");
    assert_eq!(events.next().await, None);
    // Native kinds are served from the start.
    let path = "/api/v1/namespaces?watch=1&resourceVersion=1";
    let mut events = Events::of(&server, path).await;
    assert_eq!(events.line().await, "ADDED default");
}

#[tokio::test(start_paused = true)]
async fn initial_events_end_with_a_marked_bookmark() {
    let server = orchard().await;
    post(&server, FIGS, fig("a", json!({}))).await.expect(201);
    let path = format!(
        "{FIGS}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=130"
    );
    let mut events = Events::of(&server, &path).await;
    assert_eq!(events.line().await, "ADDED a");
    let end = events.next().await.unwrap();
    assert_eq!(end["type"], "BOOKMARK");
    assert_eq!(
        end["object"]["metadata"]["annotations"],
        json!({"k8s.io/initial-events-end": "true"})
    );
    assert_eq!(end["object"]["kind"], "Fig");
    // One a minute, one before the end.
    let mut bookmarks = 0;
    while let Some(event) = events.next().await {
        assert_eq!(event["type"], "BOOKMARK");
        assert_eq!(event["object"]["metadata"]["annotations"], json!(null));
        bookmarks += 1;
    }
    assert_eq!(bookmarks, 3);
}

#[tokio::test(start_paused = true)]
async fn watches_end_at_shutdown_and_when_their_definition_goes() {
    let server = orchard().await;
    let mut figs = Events::of(&server, &format!("{FIGS}?watch=1")).await;
    delete(&server, &format!("{CRDS}/figs.example.com"))
        .await
        .expect(200);
    assert_eq!(figs.next().await, None);
    let mut maps = Events::of(&server, &format!("{CONFIG_MAPS}?watch=1")).await;
    server.end_watches();
    assert_eq!(maps.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_watch_ends_when_its_definition_changes_and_not_when_nothing_does() {
    let server = orchard().await;
    let path = format!("{CRDS}/figs.example.com");
    let mut figs = Events::of(&server, &format!("{FIGS}?watch=1")).await;
    let labelled = json!({"metadata": {"labels": {"a": "b"}}});
    merge(&server, &path, labelled).await.expect(200);
    post(&server, FIGS, fig("before", json!({"variety": "Frost"})))
        .await
        .expect(201);
    let named = json!({"spec": {"names": {"categories": ["fruit"]}}});
    merge(&server, &path, named).await.expect(200);
    post(&server, FIGS, fig("after", json!({"variety": "Frost"})))
        .await
        .expect(201);
    let event = figs.next().await.unwrap();
    assert_eq!(event["object"]["metadata"]["name"], "before");
    assert_eq!(figs.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_watch_of_a_table_tells_its_columns_once() {
    let server = orchard().await;
    post(&server, FIGS, fig("a", json!({"variety": "Frost"})))
        .await
        .expect(201);
    let accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    let request = http::Request::get(format!("{FIGS}?watch=1&timeoutSeconds=1"))
        .header("accept", accept)
        .body(http_body_util::Full::default())
        .unwrap();
    post(&server, FIGS, fig("b", json!({}))).await.expect(201);
    let body = http_body_util::BodyExt::collect(send(&server, request).await.into_body()).await;
    let text = String::from_utf8(body.unwrap().to_bytes().to_vec()).unwrap();
    let events: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(events.len(), 2);
    assert_eq!(
        events[0]["object"]["columnDefinitions"][1]["name"],
        "Variety"
    );
    assert_eq!(
        events[0]["object"]["rows"][0]["cells"],
        json!(["a", "Frost"])
    );
    assert_eq!(events[1]["object"]["columnDefinitions"], json!(null));
}
