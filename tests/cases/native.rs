//! What is particular about native kinds.

use http::StatusCode;
use korm_tests::{Case, Context, Outcome};
use serde_json::{Value, json};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    an_empty_list_is_owned_and_stored_as_none,
    a_new_volume_is_protected,
    deprecated_kinds_are_warned_of,
    a_service_of_another_name_keeps_a_policy_that_is_not_shown,
];

const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1";

/// The managers of an object, with what they own.
fn owned(object: &Value) -> Vec<(&str, &Value)> {
    let entries = object["metadata"]["managedFields"].as_array();
    let entries = entries.into_iter().flatten();
    entries
        .map(|entry| {
            (
                entry["manager"].as_str().unwrap_or_default(),
                &entry["fieldsV1"],
            )
        })
        .collect()
}

async fn an_empty_list_is_owned_and_stored_as_none(context: Context) -> Outcome {
    let roles = format!("{RBAC}/namespaces/{}/roles", context.namespace());
    let rules = json!({"f:rules": {}});
    let make = async |name: &str, mut role: Value| {
        role["metadata"] = json!({"name": name, "labels": {"a": "b"}});
        let path = format!("{roles}?fieldManager=maker");
        context.post(&path, role).await?.expect(StatusCode::CREATED)
    };
    let made = make("empty", json!({"rules": []})).await?;
    assert_eq!(made.at("/rules"), &Value::Null);
    assert_eq!(
        made.at("/metadata/managedFields/0/fieldsV1/f:rules"),
        &json!({})
    );

    let made = make("none", json!({})).await?;
    assert_eq!(
        made.at("/metadata/managedFields/0/fieldsV1/f:rules"),
        &Value::Null
    );
    let emptied = context
        .patch(
            "merge",
            &format!("{roles}/none?fieldManager=other"),
            json!({"rules": []}),
        )
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(emptied.at("/rules"), &Value::Null);
    assert_eq!(owned(&emptied.body).last(), Some(&("other", &rules)));
    Ok(())
}

async fn a_new_volume_is_protected(context: Context) -> Outcome {
    let claims = format!(
        "/api/v1/namespaces/{}/persistentvolumeclaims",
        context.namespace()
    );
    let spec =
        json!({"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}});
    let claim = |finalizers: Value| json!({"metadata": {"name": "c", "finalizers": finalizers}, "spec": spec});
    let protection = "kubernetes.io/pvc-protection";
    for (sent, kept) in [
        (json!([]), json!([protection])),
        (json!(["a.b/c"]), json!(["a.b/c", protection])),
        (json!([protection, "a.b/c"]), json!([protection, "a.b/c"])),
    ] {
        let made = context
            .post(&format!("{claims}?dryRun=All"), claim(sent))
            .await?
            .expect(StatusCode::CREATED)?;
        assert_eq!(made.at("/metadata/finalizers"), &kept);
    }
    // It is held until somebody says that it is no longer in use.
    context
        .post(&claims, claim(json!([])))
        .await?
        .expect(StatusCode::CREATED)?;
    let object = format!("{claims}/c");
    let held = context
        .delete(&object, json!({}))
        .await?
        .expect(StatusCode::OK)?;
    assert!(
        !held.text("/metadata/deletionTimestamp").is_empty(),
        "{}",
        held.body
    );
    let freed = json!({"metadata": {"finalizers": null}});
    context
        .patch("merge", &object, freed)
        .await?
        .expect(StatusCode::OK)?;
    context.gone(&object).await
}

async fn deprecated_kinds_are_warned_of(context: Context) -> Outcome {
    let endpoints = format!("/api/v1/namespaces/{}/endpoints", context.namespace());
    let warning =
        "299 - \"v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\"";
    let made = context
        .post(&endpoints, json!({"metadata": {"name": "e"}}))
        .await?;
    let read = context.get(&format!("{endpoints}/e")).await?;
    let absent = context.get(&format!("{endpoints}/absent")).await?;
    for (answer, status) in [
        (made, StatusCode::CREATED),
        (read, StatusCode::OK),
        (absent, StatusCode::NOT_FOUND),
    ] {
        let answer = answer.expect(status)?;
        let told: Vec<_> = answer.headers.get_all("warning").iter().collect();
        assert_eq!(told, [warning]);
    }
    Ok(())
}

/// What a service had for its address stays in storage when it becomes a name: it is not shown, but the next update tells
/// whose it was that it is gone.
async fn a_service_of_another_name_keeps_a_policy_that_is_not_shown(context: Context) -> Outcome {
    let path = format!("/api/v1/namespaces/{}/services", context.namespace());
    let sent = json!({"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}]}});
    context
        .post(&format!("{path}?fieldManager=one"), sent)
        .await?
        .expect(StatusCode::CREATED)?;
    let path = format!("{path}/s");
    let named = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"},
        "spec": {"type": "ExternalName", "externalName": "a.example"}});
    let applied = format!("{path}?fieldManager=two&force=true");
    let applied = context.patch("apply", &applied, named.clone()).await?;
    let put = format!("{path}?fieldManager=three");
    for (answer, owned) in [(applied, true), (context.put(&put, named).await?, false)] {
        let answer = answer.expect(StatusCode::OK)?;
        assert!(answer.at("/spec/internalTrafficPolicy").is_null());
        let entries = answer.at("/metadata/managedFields").to_string();
        assert_eq!(
            entries.contains("f:internalTrafficPolicy"),
            owned,
            "{entries}"
        );
    }
    let read = context.get(&path).await?.expect(StatusCode::OK)?;
    assert!(read.at("/spec/internalTrafficPolicy").is_null());
    Ok(())
}
