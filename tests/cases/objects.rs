//! Creating, reading and replacing single objects.

use http::StatusCode;
use korm_tests::{Case, Context, Outcome};
use serde_json::json;

pub(crate) const CASES: &[Case] = korm_tests::cases![
    a_created_object_reads_back_as_it_was_answered,
    the_server_fills_in_the_metadata,
    a_generated_name_is_new_each_time,
    a_second_create_of_the_same_name_is_refused,
    a_dry_run_changes_nothing,
    a_self_link_comes_back_from_what_is_not_stored,
    a_replace_with_an_old_version_is_a_conflict,
    a_replace_that_changes_nothing_keeps_the_version,
    a_replace_of_another_object_of_that_name_is_a_conflict,
    immutable_data_stays,
    unknown_fields_are_warned_of_refused_or_ignored,
    yaml_is_taken,
];

fn config_maps(context: &Context) -> String {
    format!("/api/v1/namespaces/{}/configmaps", context.namespace())
}

async fn a_created_object_reads_back_as_it_was_answered(context: Context) -> Outcome {
    let path = config_maps(&context);
    let made = context
        .post(
            &path,
            json!({"metadata": {"name": "a"}, "data": {"k": "v"}}),
        )
        .await?;
    let made = made.expect(StatusCode::CREATED)?;
    let read = context
        .get(&format!("{path}/a"))
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(made.body, read.body);
    assert_eq!(read.text("/kind"), "ConfigMap");
    assert_eq!(read.text("/apiVersion"), "v1");
    assert_eq!(read.at("/data"), &json!({"k": "v"}));
    Ok(())
}

async fn the_server_fills_in_the_metadata(context: Context) -> Outcome {
    let path = config_maps(&context);
    let sent = json!({"metadata": {
        "name": "a", "uid": "mine", "creationTimestamp": "2001-01-01T00:00:00Z",
        "selfLink": "/somewhere", "deletionTimestamp": "2001-01-01T00:00:00Z",
    }, "data": {"k": "v"}});
    let made = context
        .post(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    assert_eq!(made.text("/metadata/namespace"), context.namespace());
    assert_eq!(made.text("/metadata/uid").len(), 36, "{}", made.body);
    assert!(
        made.text("/metadata/creationTimestamp").starts_with("20"),
        "{}",
        made.body
    );
    assert_ne!(
        made.text("/metadata/creationTimestamp"),
        "2001-01-01T00:00:00Z"
    );
    assert!(made.text("/metadata/resourceVersion").parse::<u64>()? > 0);
    assert!(
        made.at("/metadata/deletionTimestamp").is_null(),
        "{}",
        made.body
    );
    assert_eq!(made.text("/metadata/managedFields/0/operation"), "Update");
    Ok(())
}

async fn a_generated_name_is_new_each_time(context: Context) -> Outcome {
    let path = config_maps(&context);
    let sent = json!({"metadata": {"generateName": "some-"}});
    let one = context
        .post(&path, sent.clone())
        .await?
        .expect(StatusCode::CREATED)?;
    let two = context
        .post(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    for made in [&one, &two] {
        let name = made.text("/metadata/name");
        assert!(
            name.starts_with("some-") && name.len() == "some-".len() + 5,
            "{name}"
        );
    }
    assert_ne!(one.text("/metadata/name"), two.text("/metadata/name"));
    Ok(())
}

async fn a_second_create_of_the_same_name_is_refused(context: Context) -> Outcome {
    let path = config_maps(&context);
    context
        .post(&path, json!({"metadata": {"name": "a"}}))
        .await?
        .expect(StatusCode::CREATED)?;
    let refused = context
        .post(&path, json!({"metadata": {"name": "a"}}))
        .await?
        .expect(StatusCode::CONFLICT)?;
    assert_eq!(
        refused.body,
        json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": "configmaps \"a\" already exists", "reason": "AlreadyExists",
            "details": {"name": "a", "kind": "configmaps"}, "code": 409,
        })
    );
    Ok(())
}

async fn a_dry_run_changes_nothing(context: Context) -> Outcome {
    let path = config_maps(&context);
    let dry = context
        .post(
            &format!("{path}?dryRun=All"),
            json!({"metadata": {"name": "a"}}),
        )
        .await?;
    let dry = dry.expect(StatusCode::CREATED)?;
    assert!(
        dry.at("/metadata/resourceVersion").is_null(),
        "{}",
        dry.body
    );
    context
        .get(&format!("{path}/a"))
        .await?
        .expect(StatusCode::NOT_FOUND)?;

    let made = context
        .post(&path, json!({"metadata": {"name": "a"}}))
        .await?
        .expect(StatusCode::CREATED)?;
    context
        .delete(&format!("{path}/a?dryRun=All"), json!(null))
        .await?
        .expect(StatusCode::OK)?;
    let mut changed = made.body.clone();
    changed["data"] = json!({"k": "v"});
    let dry = context
        .put(&format!("{path}/a?dryRun=All"), changed)
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(dry.text("/data/k"), "v");
    let read = context
        .get(&format!("{path}/a"))
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(read.body, made.body);
    Ok(())
}

/// Storage drops it, and only storage: a dry run, and the update that ends a deletion, are answered with what was sent.
async fn a_self_link_comes_back_from_what_is_not_stored(context: Context) -> Outcome {
    let path = config_maps(&context);
    let held = json!({"metadata": {"name": "a", "finalizers": ["korm.test/hold"]}});
    context
        .post(&path, held.clone())
        .await?
        .expect(StatusCode::CREATED)?;
    let mut sent = held;
    sent["metadata"]["selfLink"] = json!("/x");
    let a = format!("{path}/a");
    for (query, link) in [("", json!(null)), ("?dryRun=All", json!("/x"))] {
        let replaced = context.put(&format!("{a}{query}"), sent.clone()).await?;
        let replaced = replaced.expect(StatusCode::OK)?;
        assert_eq!(replaced.at("/metadata/selfLink"), &link, "{query}");
    }
    context
        .delete(&a, json!({}))
        .await?
        .expect(StatusCode::OK)?;
    sent["metadata"]["finalizers"] = json!([]);
    let last = context.put(&a, sent).await?.expect(StatusCode::OK)?;
    assert_eq!(last.text("/metadata/selfLink"), "/x");
    context.gone(&a).await
}

async fn a_replace_with_an_old_version_is_a_conflict(context: Context) -> Outcome {
    let path = config_maps(&context);
    let made = context
        .post(&path, json!({"metadata": {"name": "a"}}))
        .await?
        .expect(StatusCode::CREATED)?;
    let mut changed = made.body.clone();
    changed["data"] = json!({"k": "v"});
    context
        .put(&format!("{path}/a"), changed.clone())
        .await?
        .expect(StatusCode::OK)?;
    let refused = context
        .put(&format!("{path}/a"), changed)
        .await?
        .expect(StatusCode::CONFLICT)?;
    assert_eq!(refused.text("/reason"), "Conflict");
    assert_eq!(
        refused.text("/message"),
        "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes \
         to the latest version and try again"
    );
    Ok(())
}

async fn a_replace_that_changes_nothing_keeps_the_version(context: Context) -> Outcome {
    let path = config_maps(&context);
    let made = context
        .post(&path, json!({"metadata": {"name": "a"}}))
        .await?
        .expect(StatusCode::CREATED)?;
    let same = context
        .put(&format!("{path}/a"), made.body.clone())
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(same.body, made.body);
    Ok(())
}

async fn a_replace_of_another_object_of_that_name_is_a_conflict(context: Context) -> Outcome {
    let path = config_maps(&context);
    let made = context
        .post(&path, json!({"metadata": {"name": "a"}}))
        .await?
        .expect(StatusCode::CREATED)?;
    context
        .delete(&format!("{path}/a"), json!(null))
        .await?
        .expect(StatusCode::OK)?;
    context
        .post(&path, json!({"metadata": {"name": "a"}}))
        .await?
        .expect(StatusCode::CREATED)?;
    let mut other = made.body.clone();
    other["metadata"]
        .as_object_mut()
        .unwrap()
        .remove("resourceVersion");
    let refused = context
        .put(&format!("{path}/a"), other)
        .await?
        .expect(StatusCode::CONFLICT)?;
    assert!(
        refused
            .text("/message")
            .contains("Precondition failed: UID in precondition"),
        "{}",
        refused.body
    );
    Ok(())
}

async fn immutable_data_stays(context: Context) -> Outcome {
    let path = config_maps(&context);
    let sent = json!({"metadata": {"name": "a"}, "data": {"k": "v"}, "immutable": true});
    let made = context
        .post(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    let mut renamed = made.body.clone();
    renamed["metadata"]["name"] = json!("b");
    let refused = context
        .put(&format!("{path}/a"), renamed)
        .await?
        .expect(StatusCode::BAD_REQUEST)?;
    assert_eq!(
        refused.text("/message"),
        "the name of the object (b) does not match the name on the URL (a)"
    );
    let mut labelled = made.body;
    labelled["metadata"]["labels"] = json!({"still": "allowed"});
    context
        .put(&format!("{path}/a"), labelled)
        .await?
        .expect(StatusCode::OK)?;
    // No data and data without anything in them are not the same, but for those that have a default.
    let without = json!({"metadata": {"name": "none"}, "immutable": true});
    context
        .post(&path, without)
        .await?
        .expect(StatusCode::CREATED)?;
    for kind in ["merge", "strategic-merge"] {
        let empty = context
            .patch(kind, &format!("{path}/none"), json!({"binaryData": {}}))
            .await?
            .expect(StatusCode::UNPROCESSABLE_ENTITY)?;
        assert_eq!(empty.text("/details/causes/0/field"), "binaryData");
        context
            .patch(kind, &format!("{path}/none"), json!({"data": {}}))
            .await?
            .expect(StatusCode::OK)?;
    }
    Ok(())
}

async fn unknown_fields_are_warned_of_refused_or_ignored(context: Context) -> Outcome {
    let path = config_maps(&context);
    let sent = json!({"metadata": {"name": "a"}, "dada": {"k": "v"}});
    let warned = context
        .post(&path, sent.clone())
        .await?
        .expect(StatusCode::CREATED)?;
    assert_eq!(
        warned.headers.get("warning").unwrap(),
        "299 - \"unknown field \\\"dada\\\"\""
    );
    assert!(warned.at("/dada").is_null());
    let refused = context
        .post(&format!("{path}?fieldValidation=Strict"), sent)
        .await?
        .expect(StatusCode::BAD_REQUEST)?;
    assert_eq!(
        refused.text("/message"),
        "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field \"dada\""
    );
    let sent = json!({"metadata": {"name": "b"}, "dada": {"k": "v"}});
    let ignored = context
        .post(&format!("{path}?fieldValidation=Ignore"), sent)
        .await?
        .expect(StatusCode::CREATED)?;
    assert!(ignored.headers.get("warning").is_none());
    Ok(())
}

async fn yaml_is_taken(context: Context) -> Outcome {
    let path = config_maps(&context);
    // A JSON document is a YAML document.
    let body = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "v"}});
    let made = context
        .send(http::Method::POST, &path, Some(("application/yaml", body)))
        .await?;
    let made = made.expect(StatusCode::CREATED)?;
    assert_eq!(
        made.headers.get("content-type").unwrap(),
        "application/json"
    );
    assert_eq!(made.text("/data/k"), "v");
    Ok(())
}
