//! The patch types, on a native kind.

use http::StatusCode;
use http_body_util::BodyExt as _;
use korm_tests::{Answer, Case, Context, Outcome};
use serde_json::{Value, json};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    a_merge_patch_sets_and_removes,
    a_json_patch_does_its_operations_in_order,
    a_json_patch_brings_repeated_fields_into_the_object,
    a_failed_test_is_refused_and_changes_nothing,
    a_patch_without_effect_keeps_the_version,
    null_in_the_place_of_bytes_is_stored_as_such,
    null_in_the_place_of_bytes_is_a_change_of_its_writer,
    a_merge_patch_with_an_old_version_is_a_conflict,
    a_strategic_patch_merges_lists_by_key,
    an_apply_creates_then_owns,
    an_apply_over_anothers_field_conflicts_unless_forced,
    an_apply_needs_a_field_manager,
    a_patch_of_nothing_is_not_found,
    a_patch_of_an_unknown_type_is_refused,
];

async fn config_map(
    context: &Context,
) -> Result<(String, Answer), Box<dyn std::error::Error + Send + Sync>> {
    let path = format!("/api/v1/namespaces/{}/configmaps", context.namespace());
    let sent =
        json!({"metadata": {"name": "a", "labels": {"l": "1"}}, "data": {"k": "v", "m": "w"}});
    let made = context
        .post(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    Ok((format!("{path}/a"), made))
}

async fn a_merge_patch_sets_and_removes(context: Context) -> Outcome {
    let (path, _) = config_map(&context).await?;
    let patch = json!({"data": {"k": null, "n": "x"}, "metadata": {"labels": null}});
    let now = context
        .patch("merge", &path, patch)
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(now.at("/data"), &json!({"m": "w", "n": "x"}));
    assert!(now.at("/metadata/labels").is_null());
    Ok(())
}

async fn a_json_patch_does_its_operations_in_order(context: Context) -> Outcome {
    let (path, made) = config_map(&context).await?;
    let patch = json!([
        {"op": "test", "path": "/metadata/uid", "value": made.at("/metadata/uid")},
        {"op": "test", "path": "/data/k", "value": "v"},
        {"op": "replace", "path": "/data/k", "value": "new"},
        {"op": "copy", "from": "/data/k", "path": "/data/copy"},
        {"op": "move", "from": "/data/m", "path": "/data/moved"},
        {"op": "add", "path": "/metadata/labels/korm.test~1size", "value": "big"},
        {"op": "remove", "path": "/metadata/labels/l"},
    ]);
    let now = context
        .patch("json", &path, patch)
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(
        now.at("/data"),
        &json!({"k": "new", "copy": "new", "moved": "w"})
    );
    assert_eq!(
        now.at("/metadata/labels"),
        &json!({"korm.test/size": "big"})
    );
    Ok(())
}

/// What a patch brings is put into the object as it is written, unless a later operation looks into it.
async fn a_json_patch_brings_repeated_fields_into_the_object(context: Context) -> Outcome {
    let (path, _) = config_map(&context).await?;
    let add = r#"{"op":"add","path":"/data","value":{"x":"1","x":"2"}}"#;
    let into = r#"{"op":"add","path":"/data/y","value":"3"}"#;
    let told_first = r#"299 - "json patch duplicate field \"[0].value.x\"""#;
    let told_then = r#"299 - "duplicate field \"data.x\"""#;
    for (operations, warnings, data) in [
        (
            format!("[{add}]"),
            vec![told_first, told_then],
            json!({"x": "2"}),
        ),
        (
            format!("[{add},{into}]"),
            vec![told_first],
            json!({"x": "2", "y": "3"}),
        ),
    ] {
        let request = http::Request::patch(&path)
            .header(http::header::CONTENT_TYPE, "application/json-patch+json")
            .body(operations.into_bytes().into())?;
        let (head, body) = context.client().send(request).await?.into_parts();
        let told = head.headers.get_all(http::header::WARNING).iter();
        let told: Vec<&str> = told.filter_map(|one| one.to_str().ok()).collect();
        assert_eq!(told, warnings);
        let object: Value = serde_json::from_slice(&body.collect().await?.to_bytes())?;
        assert_eq!(object["data"], data);
    }
    Ok(())
}

async fn a_failed_test_is_refused_and_changes_nothing(context: Context) -> Outcome {
    let (path, made) = config_map(&context).await?;
    let patch = json!([
        {"op": "replace", "path": "/data/k", "value": "new"},
        {"op": "test", "path": "/data/m", "value": "something else"},
    ]);
    let refused = context
        .patch("json", &path, patch)
        .await?
        .expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    assert_eq!(refused.text("/reason"), "Invalid");
    assert_eq!(
        refused.text("/message"),
        "the server rejected our request due to an error in our request"
    );
    let read = context.get(&path).await?.expect(StatusCode::OK)?;
    assert_eq!(read.body, made.body);
    Ok(())
}

async fn a_patch_without_effect_keeps_the_version(context: Context) -> Outcome {
    let (path, made) = config_map(&context).await?;
    let same = context
        .patch("merge", &path, json!({"data": {"k": "v"}}))
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(same.body, made.body);
    Ok(())
}

/// It is read as no bytes, and so is a change each time that it is sent; then no bytes are one, for once.
async fn null_in_the_place_of_bytes_is_stored_as_such(context: Context) -> Outcome {
    let path = format!("/api/v1/namespaces/{}/secrets", context.namespace());
    let sent = json!({"metadata": {"name": "a"}, "data": {"k": ""}});
    let made = context.post(&path, sent).await?;
    let mut before = made.expect(StatusCode::CREATED)?;
    let path = format!("{path}/a");
    let none = json!([]);
    let null = json!([{"op": "add", "path": "/data/k", "value": null}]);
    let steps = [
        (&none, false),
        (&null, true),
        (&null, true),
        (&none, true),
        (&none, false),
    ];
    for (number, (patch, writes)) in steps.into_iter().enumerate() {
        let now = context.patch("json", &path, patch.clone()).await?;
        let now = now.expect(StatusCode::OK)?;
        assert_eq!(now.at("/data"), &json!({"k": ""}));
        let version = |answer: &Answer| answer.text("/metadata/resourceVersion").to_owned();
        assert_eq!(version(&now) != version(&before), writes, "{number}");
        before = now;
    }
    Ok(())
}

/// Even where no bytes were: who writes it owns the key.
async fn null_in_the_place_of_bytes_is_a_change_of_its_writer(context: Context) -> Outcome {
    let path = format!("/api/v1/namespaces/{}/secrets", context.namespace());
    let sent = json!({"metadata": {"name": "a"}, "data": {"k": "", "l": ""}});
    let by_one = format!("{path}?fieldManager=one");
    let made = context.post(&by_one, sent).await?;
    made.expect(StatusCode::CREATED)?;
    for (manager, value, owner) in [("two", json!(""), "one"), ("two", json!(null), "two")] {
        let path = format!("{path}/a?fieldManager={manager}");
        let patch = json!([{"op": "replace", "path": "/data/k", "value": value}]);
        let now = context.patch("json", &path, patch).await?;
        let now = now.expect(StatusCode::OK)?;
        assert_eq!(now.at("/data"), &json!({"k": "", "l": ""}));
        let entries = now.at("/metadata/managedFields").as_array().unwrap();
        let owners: Vec<_> = entries
            .iter()
            .filter(|entry| entry["fieldsV1"]["f:data"].get("f:k").is_some())
            .map(|entry| &entry["manager"])
            .collect();
        assert_eq!(owners, [owner]);
    }
    Ok(())
}

async fn a_merge_patch_with_an_old_version_is_a_conflict(context: Context) -> Outcome {
    let (path, made) = config_map(&context).await?;
    context
        .patch("merge", &path, json!({"data": {"k": "2"}}))
        .await?
        .expect(StatusCode::OK)?;
    let version = made.at("/metadata/resourceVersion");
    let patch = json!({"metadata": {"resourceVersion": version}, "data": {"k": "3"}});
    let refused = context
        .patch("merge", &path, patch)
        .await?
        .expect(StatusCode::CONFLICT)?;
    assert_eq!(refused.text("/reason"), "Conflict");
    Ok(())
}

async fn a_strategic_patch_merges_lists_by_key(context: Context) -> Outcome {
    let path = format!("/api/v1/namespaces/{}/services", context.namespace());
    let sent = json!({"metadata": {"name": "s"}, "spec": {
        "type": "ExternalName", "externalName": "a.example",
        "ports": [{"name": "one", "port": 1, "targetPort": 1, "protocol": "TCP"}],
    }});
    context
        .post(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    let patch = json!({"spec": {"ports": [{"name": "two", "port": 2, "targetPort": 2, "protocol": "TCP"}]}});
    let now = context
        .patch("strategic-merge", &format!("{path}/s"), patch)
        .await?
        .expect(StatusCode::OK)?;
    let ports: Vec<&Value> = now
        .at("/spec/ports")
        .as_array()
        .unwrap()
        .iter()
        .map(|port| &port["port"])
        .collect();
    assert_eq!(ports.len(), 2, "{}", now.body);
    let patch = json!({"spec": {"ports": [{"$patch": "delete", "port": 1}]}});
    let now = context
        .patch("strategic-merge", &format!("{path}/s"), patch)
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(now.at("/spec/ports/0/name"), &json!("two"), "{}", now.body);
    assert!(now.at("/spec/ports/1").is_null(), "{}", now.body);
    Ok(())
}

fn applied(data: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "s"}, "data": data})
}

async fn an_apply_creates_then_owns(context: Context) -> Outcome {
    let path = format!(
        "/api/v1/namespaces/{}/configmaps/s?fieldManager=one",
        context.namespace()
    );
    let made = context
        .patch("apply", &path, applied(json!({"a": "1", "b": "2"})))
        .await?;
    let made = made.expect(StatusCode::CREATED)?;
    assert_eq!(made.text("/metadata/managedFields/0/operation"), "Apply");
    assert_eq!(made.text("/metadata/managedFields/0/manager"), "one");
    let fields = json!({"f:data": {"f:a": {}, "f:b": {}}});
    assert_eq!(made.at("/metadata/managedFields/0/fieldsV1"), &fields);
    // What is no longer applied, and nobody else's, goes.
    let now = context
        .patch("apply", &path, applied(json!({"a": "1"})))
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(now.at("/data"), &json!({"a": "1"}));
    Ok(())
}

async fn an_apply_over_anothers_field_conflicts_unless_forced(context: Context) -> Outcome {
    let path = format!("/api/v1/namespaces/{}/configmaps/s", context.namespace());
    let one = format!("{path}?fieldManager=one");
    context
        .patch("apply", &one, applied(json!({"a": "1"})))
        .await?
        .expect(StatusCode::CREATED)?;
    let two = format!("{path}?fieldManager=two");
    let refused = context
        .patch("apply", &two, applied(json!({"a": "2"})))
        .await?
        .expect(StatusCode::CONFLICT)?;
    assert_eq!(
        refused.text("/message"),
        "Apply failed with 1 conflict: conflict with \"one\": .data.a"
    );
    assert_eq!(
        refused.at("/details/causes"),
        &json!([{"reason": "FieldManagerConflict", "message": "conflict with \"one\"", "field": ".data.a"}])
    );
    let forced = context
        .patch(
            "apply",
            &format!("{two}&force=true"),
            applied(json!({"a": "2"})),
        )
        .await?;
    let forced = forced.expect(StatusCode::OK)?;
    assert_eq!(forced.text("/data/a"), "2");
    let managers = forced.at("/metadata/managedFields").as_array().unwrap();
    assert_eq!(managers.len(), 1, "{managers:?}");
    assert_eq!(managers[0]["manager"], "two");
    Ok(())
}

async fn an_apply_needs_a_field_manager(context: Context) -> Outcome {
    let path = format!("/api/v1/namespaces/{}/configmaps/s", context.namespace());
    let refused = context.patch("apply", &path, applied(json!({}))).await?;
    let refused = refused.expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    assert_eq!(
        refused.text("/message"),
        "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch"
    );
    Ok(())
}

async fn a_patch_of_nothing_is_not_found(context: Context) -> Outcome {
    let path = format!("/api/v1/namespaces/{}/configmaps/none", context.namespace());
    let refused = context
        .patch("merge", &path, json!({}))
        .await?
        .expect(StatusCode::NOT_FOUND)?;
    assert_eq!(refused.text("/message"), "configmaps \"none\" not found");
    assert_eq!(
        refused.at("/details"),
        &json!({"name": "none", "kind": "configmaps"})
    );
    Ok(())
}

async fn a_patch_of_an_unknown_type_is_refused(context: Context) -> Outcome {
    let (path, _) = config_map(&context).await?;
    let answer = context
        .send(
            http::Method::PATCH,
            &path,
            Some(("application/json", json!({}))),
        )
        .await?;
    let refused = answer.expect(StatusCode::UNSUPPORTED_MEDIA_TYPE)?;
    assert_eq!(refused.text("/reason"), "UnsupportedMediaType");
    assert_eq!(refused.text("/message"), "415: Unsupported Media Type");
    Ok(())
}
