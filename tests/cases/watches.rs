//! Watches: what happened, in order, from any version on.

use http::StatusCode;
use korm_tests::{Case, Context, Outcome};
use serde_json::{Value, json};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    a_watch_without_a_version_begins_with_what_is_there,
    a_watch_from_a_version_tells_what_came_after,
    a_watch_sees_labels_come_and_go,
    initial_events_end_with_a_bookmark,
    a_deleted_object_comes_with_its_last_state,
    a_watch_of_one_name_sees_only_it,
    a_watch_ends_when_it_was_asked_to,
];

fn path(context: &Context) -> String {
    format!("/api/v1/namespaces/{}/configmaps", context.namespace())
}

fn told(events: &[Value]) -> Vec<String> {
    let text = |event: &Value, pointer: &str| {
        event
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    events
        .iter()
        .map(|event| {
            format!(
                "{} {}",
                text(event, "/type"),
                text(event, "/object/metadata/name")
            )
        })
        .collect()
}

async fn a_watch_without_a_version_begins_with_what_is_there(context: Context) -> Outcome {
    let path = path(&context);
    for name in ["b", "a"] {
        context
            .post(&path, json!({"metadata": {"name": name}}))
            .await?
            .expect(StatusCode::CREATED)?;
    }
    let events = context.events(&format!("{path}?watch=true"), 2).await?;
    assert_eq!(told(&events), ["ADDED a", "ADDED b"]);
    assert_eq!(events[0].pointer("/object/kind"), Some(&json!("ConfigMap")));
    Ok(())
}

async fn a_watch_from_a_version_tells_what_came_after(context: Context) -> Outcome {
    let path = path(&context);
    let one = context
        .post(&path, json!({"metadata": {"name": "a"}}))
        .await?
        .expect(StatusCode::CREATED)?;
    let version = one.text("/metadata/resourceVersion").to_owned();
    let mut changed = one.body.clone();
    changed["data"] = json!({"k": "v"});
    let changed = context
        .put(&format!("{path}/a"), changed)
        .await?
        .expect(StatusCode::OK)?;
    context
        .post(&path, json!({"metadata": {"name": "b"}}))
        .await?
        .expect(StatusCode::CREATED)?;
    context
        .delete(&format!("{path}/a"), json!(null))
        .await?
        .expect(StatusCode::OK)?;
    let events = context
        .events(&format!("{path}?watch=true&resourceVersion={version}"), 3)
        .await?;
    assert_eq!(told(&events), ["MODIFIED a", "ADDED b", "DELETED a"]);
    assert_eq!(events[0]["object"], changed.body);
    Ok(())
}

async fn a_watch_sees_labels_come_and_go(context: Context) -> Outcome {
    let path = path(&context);
    let list = context.get(&path).await?.expect(StatusCode::OK)?;
    let version = list.text("/metadata/resourceVersion").to_owned();
    context
        .post(&path, json!({"metadata": {"name": "a"}}))
        .await?
        .expect(StatusCode::CREATED)?;
    for labels in [
        json!({"ripe": "yes"}),
        json!({"ripe": "yes", "more": "x"}),
        json!({"ripe": null}),
    ] {
        let patch = json!({"metadata": {"labels": labels}});
        context
            .patch("merge", &format!("{path}/a"), patch)
            .await?
            .expect(StatusCode::OK)?;
    }
    let query = format!("{path}?watch=true&resourceVersion={version}&labelSelector=ripe=yes");
    let events = context.events(&query, 3).await?;
    assert_eq!(told(&events), ["ADDED a", "MODIFIED a", "DELETED a"]);
    // The object of such a DELETED is as it was while it matched, with the version of the change.
    assert_eq!(
        events[2].pointer("/object/metadata/labels/ripe"),
        Some(&json!("yes"))
    );
    assert_ne!(
        events[2].pointer("/object/metadata/resourceVersion"),
        events[1].pointer("/object/metadata/resourceVersion")
    );
    Ok(())
}

async fn initial_events_end_with_a_bookmark(context: Context) -> Outcome {
    let path = path(&context);
    for name in ["a", "b"] {
        context
            .post(&path, json!({"metadata": {"name": name}}))
            .await?
            .expect(StatusCode::CREATED)?;
    }
    let query = "watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan";
    let events = context.events(&format!("{path}?{query}"), 3).await?;
    assert_eq!(told(&events), ["ADDED a", "ADDED b", "BOOKMARK "]);
    let mark = events[2].pointer("/object/metadata/annotations");
    assert_eq!(mark, Some(&json!({"k8s.io/initial-events-end": "true"})));
    Ok(())
}

async fn a_deleted_object_comes_with_its_last_state(context: Context) -> Outcome {
    let path = path(&context);
    let sent = json!({"metadata": {"name": "a"}, "data": {"k": "v"}});
    let made = context
        .post(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    let version = made.text("/metadata/resourceVersion").to_owned();
    context
        .delete(&format!("{path}/a"), json!(null))
        .await?
        .expect(StatusCode::OK)?;
    let events = context
        .events(&format!("{path}?watch=true&resourceVersion={version}"), 1)
        .await?;
    assert_eq!(told(&events), ["DELETED a"]);
    assert_eq!(events[0].pointer("/object/data"), Some(&json!({"k": "v"})));
    let deleted = events[0]
        .pointer("/object/metadata/resourceVersion")
        .and_then(Value::as_str)
        .unwrap();
    assert!(
        deleted.parse::<u64>()? > version.parse::<u64>()?,
        "a delete has a version of its own"
    );
    Ok(())
}

async fn a_watch_of_one_name_sees_only_it(context: Context) -> Outcome {
    let path = path(&context);
    for name in ["a", "b", "c"] {
        context
            .post(&path, json!({"metadata": {"name": name}}))
            .await?
            .expect(StatusCode::CREATED)?;
    }
    let query = format!("{path}?watch=true&fieldSelector=metadata.name=b&timeoutSeconds=1");
    let events = context.events(&query, 10).await?;
    assert_eq!(told(&events), ["ADDED b"]);
    Ok(())
}

async fn a_watch_ends_when_it_was_asked_to(context: Context) -> Outcome {
    let begin = std::time::Instant::now();
    let events = context
        .events(
            &format!("{}?watch=true&timeoutSeconds=1", path(&context)),
            1,
        )
        .await?;
    assert!(events.is_empty(), "{events:?}");
    assert!(begin.elapsed().as_millis() >= 900, "{:?}", begin.elapsed());
    Ok(())
}
