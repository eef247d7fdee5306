//! What a watch tells when the server misbehaves. Time is tokio's paused clock.

use std::time::Duration;

use futures::StreamExt;
use korm_core::{FieldDef, FieldPath, ModelDef};
use serde_json::{Value, json};

use super::Change;
use crate::transport::scripted::{Reply, Script, cluster, status};
use crate::{Error, Result};

fn peach(name: &str, version: u32) -> Value {
    json!({"apiVersion": "pykorm.infomaniak.com/v1", "kind": "Peach", "metadata": {"name": name,
        "namespace": "default", "uid": format!("uid-{name}"), "resourceVersion": version.to_string()}})
}

fn list(version: u32, items: &[Value]) -> Reply {
    Reply::Json(
        200,
        json!({"items": items, "metadata": {"resourceVersion": version.to_string()}}),
    )
}

fn event(kind: &str, object: &Value) -> String {
    format!("{}\n", json!({"type": kind, "object": object}))
}

/// Chunks that come at once.
fn now(chunks: &[String]) -> Vec<(Duration, String)> {
    chunks
        .iter()
        .map(|chunk| (Duration::ZERO, chunk.clone()))
        .collect()
}

/// The first `count` changes as text, as long as there are some.
async fn watched(count: usize, replies: Vec<Reply>) -> (Vec<String>, Script) {
    let (cluster, script) = cluster(replies);
    let def =
        ModelDef::new("pykorm.infomaniak.com", "v1", "Peach", "peaches").field(FieldDef::new(
            "price",
            FieldPath::spec("price"),
            json!({"type": "integer"}),
        ));
    let changes = cluster.objects(def).query().watch().take(count);
    (changes.map(|change| tell(&change)).collect().await, script)
}

fn tell(change: &Result<Change>) -> String {
    let tell = |word: &str, object: &Value| {
        let of = |key: &str| {
            object["metadata"][key]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        format!("{word} {}@{}", of("name"), of("resourceVersion"))
    };
    match change {
        Ok(Change::Added(object)) => tell("+", object),
        Ok(Change::Modified(object)) => tell("~", object),
        Ok(Change::Deleted(object)) => tell("-", object),
        Ok(Change::Synced) => "synced".to_owned(),
        Err(error) => format!("{:?}", Error::kind(error)),
    }
}

/// The resourceVersions that watches were opened from.
fn versions(script: &Script) -> Vec<String> {
    let of = |line: &String| {
        Some(
            line.split_once("resourceVersion=")?
                .1
                .split('&')
                .next()?
                .to_owned(),
        )
    };
    script
        .lines()
        .iter()
        .filter(|line| line.contains("watch=true"))
        .filter_map(of)
        .collect()
}

#[tokio::test(start_paused = true)]
async fn what_is_there_comes_first_and_then_what_happens() {
    let events = [
        event("ADDED", &peach("b", 11)),
        event("MODIFIED", &peach("a", 12)),
        event("DELETED", &peach("b", 13)),
    ];
    let (told, script) = watched(
        5,
        vec![list(10, &[peach("a", 5)]), Reply::OpenStream(now(&events))],
    )
    .await;
    assert_eq!(told, ["+ a@5", "synced", "+ b@11", "~ a@12", "- b@13"]);
    assert_eq!(versions(&script), ["10"]);
    assert!(script.lines()[1].contains("allowWatchBookmarks=true"));
}

#[tokio::test(start_paused = true)]
async fn a_closed_stream_goes_on_where_it_was_bookmarks_included() {
    let bookmark = event("BOOKMARK", &json!({"metadata": {"resourceVersion": "20"}}));
    let replies = vec![
        list(10, &[]),
        Reply::Stream(now(&[event("ADDED", &peach("a", 11)), bookmark])),
        Reply::Stream(now(&[event("MODIFIED", &peach("a", 21))])),
        Reply::OpenStream(now(&[event("DELETED", &peach("a", 22))])),
    ];
    let (told, script) = watched(4, replies).await;
    assert_eq!(told, ["synced", "+ a@11", "~ a@21", "- a@22"]);
    assert_eq!(versions(&script), ["10", "20", "21"]);
}

#[tokio::test(start_paused = true)]
async fn an_expired_version_is_told_as_what_was_missed() {
    let expired_in_stream = event(
        "ERROR",
        &json!({"kind": "Status", "code": 410, "reason": "Expired", "message": "too old"}),
    );
    for expired in [
        status(410, "Expired", "too old"),
        Reply::Stream(now(&[expired_in_stream])),
    ] {
        let replies = vec![
            list(10, &[peach("a", 1), peach("b", 2), peach("c", 3)]),
            expired,
            list(20, &[peach("b", 2), peach("c", 15), peach("d", 16)]),
            Reply::OpenStream(vec![]),
        ];
        let (told, script) = watched(8, replies).await;
        let expected = [
            "+ a@1", "+ b@2", "+ c@3", "synced", "~ c@15", "+ d@16", "- a@1", "synced",
        ];
        assert_eq!(told, expected);
        assert_eq!(
            script.unused(),
            1,
            "the second watch comes after the last change"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn one_deleted_and_created_anew_unseen_is_told_as_both() {
    let mut anew = peach("a", 15);
    anew["metadata"]["uid"] = "another".into();
    let replies = vec![
        list(10, &[peach("a", 1)]),
        status(410, "Gone", ""),
        list(20, &[anew]),
    ];
    assert_eq!(
        watched(5, replies).await.0,
        ["+ a@1", "synced", "- a@1", "+ a@15", "synced"]
    );
}

#[tokio::test(start_paused = true)]
async fn instantly_closed_watches_are_not_opened_in_a_hot_loop() {
    let mut replies = vec![list(10, &[])];
    replies.extend((0..8).map(|_| Reply::Stream(vec![])));
    replies.push(Reply::OpenStream(now(&[event("ADDED", &peach("a", 11))])));
    let started = tokio::time::Instant::now();
    let (told, script) = watched(2, replies).await;
    assert_eq!(told, ["synced", "+ a@11"]);
    assert_eq!(versions(&script).len(), 9);
    // Eight waits that double from 100 ms, each at least half of its step.
    assert!(
        started.elapsed() > Duration::from_secs(12),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn a_stalled_stream_is_given_up_and_opened_again() {
    let replies = vec![
        list(10, &[]),
        Reply::OpenStream(now(&[event("ADDED", &peach("a", 11))])),
        Reply::OpenStream(now(&[event("ADDED", &peach("b", 12))])),
    ];
    let started = tokio::time::Instant::now();
    let (told, script) = watched(3, replies).await;
    assert_eq!(told, ["synced", "+ a@11", "+ b@12"]);
    assert_eq!(versions(&script), ["10", "11"]);
    assert!(started.elapsed() >= Duration::from_secs(150));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_is_asked_again() {
    let replies = vec![
        list(10, &[]),
        Reply::Silence,
        Reply::Lost,
        status(503, "ServiceUnavailable", ""),
        Reply::OpenStream(now(&[event("ADDED", &peach("a", 11))])),
    ];
    assert_eq!(watched(2, replies).await.0, ["synced", "+ a@11"]);
}

#[tokio::test(start_paused = true)]
async fn a_cut_line_is_dropped_and_comes_again() {
    let whole = event("ADDED", &peach("b", 12));
    let replies = vec![
        list(10, &[]),
        Reply::Stream(now(&[
            event("ADDED", &peach("a", 11)),
            whole[..20].to_owned(),
        ])),
        Reply::OpenStream(now(&[whole[..30].to_owned(), whole[30..].to_owned()])),
    ];
    let (told, script) = watched(3, replies).await;
    assert_eq!(told, ["synced", "+ a@11", "+ b@12"]);
    assert_eq!(versions(&script), ["10", "11"]);
}

#[tokio::test(start_paused = true)]
async fn a_malformed_line_is_told_and_everything_read_anew() {
    let replies = vec![
        list(10, &[peach("a", 1)]),
        Reply::Stream(now(&["{\"type\":\"ADDED\",\"object\":!}\n".to_owned()])),
        list(20, &[]),
    ];
    assert_eq!(
        watched(5, replies).await.0,
        ["+ a@1", "synced", "BadAnswer", "- a@1", "synced"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_refusal_for_good_ends_the_watch() {
    let (told, _) = watched(9, vec![list(10, &[]), status(403, "Forbidden", "no")]).await;
    assert_eq!(told, ["synced", "Forbidden"]);
    let (told, _) = watched(9, vec![Reply::Text(404, "404 page not found")]).await;
    assert_eq!(told, ["NotInstalled"]);
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_a_hook_refuses_says_so_and_ends() {
    let (cluster, _) = cluster([list(10, &[])]);
    let cluster = cluster.with_request_hook(|request| match request.uri.query() {
        Some(query) if query.contains("watch=true") => Err(crate::Refusal::new("lists only")),
        _ => Ok(()),
    });
    let def = ModelDef::new("pykorm.infomaniak.com", "v1", "Peach", "peaches");
    let told: Vec<_> = cluster.objects(def).query().watch().collect().await;
    assert_eq!(tell(&told[0]), "synced");
    assert_eq!(
        told[1].as_ref().unwrap_err().to_string(),
        "a request hook refused watching peaches: lists only"
    );
    assert_eq!(told.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_error_event_that_may_pass_does_not_end_it() {
    let error = event(
        "ERROR",
        &json!({"kind": "Status", "code": 500, "message": "etcd is away"}),
    );
    let replies = vec![
        list(10, &[]),
        Reply::Stream(now(&[error])),
        Reply::OpenStream(now(&[event("ADDED", &peach("a", 11))])),
    ];
    let (told, script) = watched(2, replies).await;
    assert_eq!(told, ["synced", "+ a@11"]);
    assert_eq!(versions(&script), ["10", "10"]);
}

#[tokio::test(start_paused = true)]
async fn a_list_in_pages_is_one_state_and_an_expired_page_starts_it_again() {
    let page = |token: &str, item: Value| {
        Reply::Json(
            200,
            json!({"items": [item], "metadata": {"resourceVersion": "10", "continue": token}}),
        )
    };
    let replies = vec![
        page("t", peach("a", 1)),
        status(410, "Expired", ""),
        page("t", peach("a", 1)),
        page("", peach("b", 2)),
        Reply::OpenStream(vec![]),
    ];
    let (told, script) = watched(3, replies).await;
    assert_eq!(told, ["+ a@1", "+ b@2", "synced"]);
    assert!(
        script.lines()[3].ends_with("limit=500&continue=t"),
        "{:?}",
        script.lines()
    );
}
