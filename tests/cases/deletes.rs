//! Deletes: options, finalizers, collections, owners, namespaces.

use std::time::Duration;

use http::StatusCode;
use korm_tests::{Case, Context, Outcome};
use serde_json::{Value, json};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    a_delete_answers_with_a_status,
    a_wrong_precondition_is_a_conflict,
    options_of_a_wrong_type_are_a_bad_request,
    a_finalizer_holds_the_object,
    a_dry_run_that_frees_the_object_shows_an_empty_one,
    a_finalizer_cannot_be_added_to_a_dying_object,
    a_collection_goes_by_selector,
    dependents_go_with_their_owner,
    dependents_stay_as_orphans,
    a_foreground_delete_waits_for_blocking_dependents,
    a_namespace_takes_its_content_along,
    nothing_is_created_in_a_namespace_that_goes,
];

fn path(context: &Context) -> String {
    format!("/api/v1/namespaces/{}/configmaps", context.namespace())
}

async fn a_delete_answers_with_a_status(context: Context) -> Outcome {
    let path = path(&context);
    let made = context
        .post(&path, json!({"metadata": {"name": "a"}}))
        .await?
        .expect(StatusCode::CREATED)?;
    let deleted = context
        .delete(&format!("{path}/a"), json!(null))
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(
        deleted.body,
        json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
            "details": {"name": "a", "kind": "configmaps", "uid": made.at("/metadata/uid")},
        })
    );
    let again = context
        .delete(&format!("{path}/a"), json!(null))
        .await?
        .expect(StatusCode::NOT_FOUND)?;
    assert_eq!(again.text("/message"), "configmaps \"a\" not found");
    Ok(())
}

async fn a_wrong_precondition_is_a_conflict(context: Context) -> Outcome {
    let path = path(&context);
    let made = context
        .post(&path, json!({"metadata": {"name": "a"}}))
        .await?
        .expect(StatusCode::CREATED)?;
    let options = json!({"preconditions": {"uid": "another"}});
    let refused = context
        .delete(&format!("{path}/a"), options)
        .await?
        .expect(StatusCode::CONFLICT)?;
    let uid = made.text("/metadata/uid");
    assert_eq!(
        refused.text("/message"),
        format!(
            "Operation cannot be fulfilled on ConfigMap \"a\": the UID in the precondition (another) does not match \
             the UID in record ({uid}). The object might have been deleted and then recreated"
        )
    );
    let options = json!({"preconditions": {"uid": uid, "resourceVersion": "1"}});
    context
        .delete(&format!("{path}/a"), options)
        .await?
        .expect(StatusCode::CONFLICT)?;
    // Preconditions may as well be parameters; those of a version as a read has them, too.
    for parameters in ["uid=another", "resourceVersion=0"] {
        context
            .delete(&format!("{path}/a?{parameters}"), json!(null))
            .await?
            .expect(StatusCode::CONFLICT)?;
    }
    let options = json!({"preconditions": {
        "uid": uid, "resourceVersion": made.at("/metadata/resourceVersion"),
    }});
    context
        .delete(&format!("{path}/a"), options)
        .await?
        .expect(StatusCode::OK)?;
    Ok(())
}

async fn options_of_a_wrong_type_are_a_bad_request(context: Context) -> Outcome {
    for (options, why) in [
        (
            json!({"preconditions": {"uid": 1}}),
            "number into Go struct field Preconditions.preconditions.uid of type types.UID",
        ),
        (
            json!({"propagationPolicy": 1}),
            "number into Go struct field DeleteOptions.propagationPolicy of type v1.DeletionPropagation",
        ),
        (
            json!({"gracePeriodSeconds": 1.5}),
            "number 1.5 into Go struct field DeleteOptions.gracePeriodSeconds of type int64",
        ),
    ] {
        let answer = context
            .delete(&format!("{}/a", path(&context)), options)
            .await?;
        let refused = answer.expect(StatusCode::BAD_REQUEST)?;
        assert_eq!(
            refused.text("/message"),
            format!("json: cannot unmarshal {why}")
        );
    }
    Ok(())
}

async fn a_finalizer_holds_the_object(context: Context) -> Outcome {
    let path = path(&context);
    let sent = json!({"metadata": {"name": "a", "finalizers": ["korm.test/hold"]}});
    context
        .post(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    let dying = context
        .delete(&format!("{path}/a"), json!(null))
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(dying.text("/kind"), "ConfigMap");
    assert!(
        !dying.text("/metadata/deletionTimestamp").is_empty(),
        "{}",
        dying.body
    );
    assert_eq!(dying.at("/metadata/deletionGracePeriodSeconds"), &json!(0));
    let patch = json!({"metadata": {"finalizers": null}});
    context
        .patch("merge", &format!("{path}/a"), patch)
        .await?
        .expect(StatusCode::OK)?;
    context
        .get(&format!("{path}/a"))
        .await?
        .expect(StatusCode::NOT_FOUND)?;
    Ok(())
}

async fn a_dry_run_that_frees_the_object_shows_an_empty_one(context: Context) -> Outcome {
    let workload = || {
        json!({
            "metadata": {"name": "a", "finalizers": ["orphan"]},
            "spec": {
                "selector": {"matchLabels": {"a": "b"}},
                "template": {
                    "metadata": {"labels": {"a": "b"}},
                    "spec": {"containers": [{"name": "c", "image": "i"}]},
                },
            },
        })
    };
    let held = json!({"metadata": {"name": "a", "finalizers": ["orphan"]}});
    let template = json!({"metadata": {}, "spec": {"containers": null}});
    let cases = [
        (
            "apis/coordination.k8s.io/v1",
            "leases",
            held,
            json!({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {}, "spec": {}}),
        ),
        (
            "apis/apps/v1",
            "deployments",
            workload(),
            json!({
                "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {}, "status": {},
                "spec": {"replicas": 0, "selector": null, "strategy": {}, "template": template},
            }),
        ),
        (
            "apis/apps/v1",
            "daemonsets",
            workload(),
            json!({
                "apiVersion": "apps/v1", "kind": "DaemonSet",
                "metadata": {"annotations": {"deprecated.daemonset.template.generation": "0"}},
                "spec": {"selector": null, "template": template, "updateStrategy": {}},
                "status": {
                    "currentNumberScheduled": 0, "desiredNumberScheduled": 0, "numberMisscheduled": 0,
                    "numberReady": 0,
                },
            }),
        ),
    ];
    for (group, plural, held, empty) in cases {
        let path = format!("/{group}/namespaces/{}/{plural}", context.namespace());
        context
            .post(&path, held)
            .await?
            .expect(StatusCode::CREATED)?;
        let options = json!({"dryRun": ["All"], "propagationPolicy": "Background"});
        let deleted = context
            .delete(&format!("{path}/a"), options)
            .await?
            .expect(StatusCode::OK)?;
        assert_eq!(deleted.body, empty, "{plural}");
    }
    Ok(())
}

async fn a_finalizer_cannot_be_added_to_a_dying_object(context: Context) -> Outcome {
    let path = path(&context);
    let sent = json!({"metadata": {"name": "a", "finalizers": ["korm.test/hold"]}});
    context
        .post(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    context
        .delete(&format!("{path}/a"), json!(null))
        .await?
        .expect(StatusCode::OK)?;
    let patch = json!({"metadata": {"finalizers": ["korm.test/hold", "korm.test/more"]}});
    let refused = context.patch("merge", &format!("{path}/a"), patch).await?;
    let refused = refused.expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    assert_eq!(
        refused.text("/details/causes/0/message"),
        "Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers \
         []string{\"korm.test/more\"}"
    );
    let patch = json!({"metadata": {"finalizers": null}});
    context
        .patch("merge", &format!("{path}/a"), patch)
        .await?
        .expect(StatusCode::OK)?;
    Ok(())
}

async fn a_collection_goes_by_selector(context: Context) -> Outcome {
    let path = path(&context);
    for (name, colour) in [("a", "red"), ("b", "blue"), ("c", "red")] {
        let sent = json!({"metadata": {"name": name, "labels": {"colour": colour}}});
        context
            .post(&path, sent)
            .await?
            .expect(StatusCode::CREATED)?;
    }
    let answer = context
        .delete(&format!("{path}?labelSelector=colour=red"), json!(null))
        .await?;
    let deleted = answer.expect(StatusCode::OK)?;
    assert_eq!(deleted.text("/kind"), "ConfigMapList");
    let names: Vec<&str> = deleted
        .at("/items")
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|item| item.pointer("/metadata/name")?.as_str())
        .collect();
    assert_eq!(names, ["a", "c"]);
    let left = context.get(&path).await?.expect(StatusCode::OK)?;
    assert_eq!(left.text("/items/0/metadata/name"), "b");
    assert!(left.at("/items/1").is_null());
    Ok(())
}

async fn owner_and_dependent(
    context: &Context,
    block: bool,
) -> Result<(String, String), Box<dyn std::error::Error + Send + Sync>> {
    let path = path(context);
    let owner = context
        .post(&path, json!({"metadata": {"name": "owner"}}))
        .await?
        .expect(StatusCode::CREATED)?;
    let mut reference = json!({
        "apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner.at("/metadata/uid"),
    });
    if block {
        reference["blockOwnerDeletion"] = Value::Bool(true);
    }
    let sent = json!({"metadata": {"name": "dependent", "ownerReferences": [reference]}});
    context
        .post(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    Ok((format!("{path}/owner"), format!("{path}/dependent")))
}

async fn dependents_go_with_their_owner(context: Context) -> Outcome {
    let (owner, dependent) = owner_and_dependent(&context, false).await?;
    let deleted = context
        .delete(&owner, json!({"propagationPolicy": "Background"}))
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(deleted.text("/status"), "Success");
    context.get(&owner).await?.expect(StatusCode::NOT_FOUND)?;
    context.gone(&dependent).await
}

async fn dependents_stay_as_orphans(context: Context) -> Outcome {
    let (owner, dependent) = owner_and_dependent(&context, false).await?;
    let dying = context
        .delete(&owner, json!({"propagationPolicy": "Orphan"}))
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(dying.at("/metadata/finalizers"), &json!(["orphan"]));
    context.gone(&owner).await?;
    let orphan = context.get(&dependent).await?.expect(StatusCode::OK)?;
    assert!(
        orphan.at("/metadata/ownerReferences").is_null(),
        "{}",
        orphan.body
    );
    Ok(())
}

async fn a_foreground_delete_waits_for_blocking_dependents(context: Context) -> Outcome {
    let (owner, dependent) = owner_and_dependent(&context, true).await?;
    let hold = json!({"metadata": {"finalizers": ["korm.test/hold"]}});
    context
        .patch("merge", &dependent, hold)
        .await?
        .expect(StatusCode::OK)?;
    let dying = context
        .delete(&owner, json!({"propagationPolicy": "Foreground"}))
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(
        dying.at("/metadata/finalizers"),
        &json!(["foregroundDeletion"])
    );
    // The dependent is told to go; the owner stays as long as it does.
    for _ in 0..300 {
        if !context
            .get(&dependent)
            .await?
            .text("/metadata/deletionTimestamp")
            .is_empty()
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    context.get(&owner).await?.expect(StatusCode::OK)?;
    let free = json!({"metadata": {"finalizers": null}});
    context
        .patch("merge", &dependent, free)
        .await?
        .expect(StatusCode::OK)?;
    context.gone(&dependent).await?;
    context.gone(&owner).await
}

async fn a_namespace_takes_its_content_along(context: Context) -> Outcome {
    let namespace = context.unique("going");
    context
        .post(
            "/api/v1/namespaces",
            json!({"metadata": {"name": namespace}}),
        )
        .await?
        .expect(StatusCode::CREATED)?;
    let inside = format!("/api/v1/namespaces/{namespace}/configmaps");
    context
        .post(&inside, json!({"metadata": {"name": "a"}}))
        .await?
        .expect(StatusCode::CREATED)?;
    let path = format!("/api/v1/namespaces/{namespace}");
    let going = context
        .delete(&path, json!(null))
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(going.text("/status/phase"), "Terminating");
    context.gone(&path).await?;
    context.gone(&format!("{inside}/a")).await
}

async fn nothing_is_created_in_a_namespace_that_goes(context: Context) -> Outcome {
    let namespace = context.unique("going");
    context
        .post(
            "/api/v1/namespaces",
            json!({"metadata": {"name": namespace}}),
        )
        .await?
        .expect(StatusCode::CREATED)?;
    let inside = format!("/api/v1/namespaces/{namespace}/configmaps");
    let held = json!({"metadata": {"name": "held", "finalizers": ["korm.test/hold"]}});
    context
        .post(&inside, held)
        .await?
        .expect(StatusCode::CREATED)?;
    context
        .delete(&format!("/api/v1/namespaces/{namespace}"), json!(null))
        .await?
        .expect(StatusCode::OK)?;
    let refused = context
        .post(&inside, json!({"metadata": {"name": "a"}}))
        .await?
        .expect(StatusCode::FORBIDDEN)?;
    assert_eq!(
        refused.text("/message"),
        format!(
            "configmaps \"a\" is forbidden: unable to create new content in namespace {namespace} because it is being \
             terminated"
        )
    );
    assert_eq!(
        refused.text("/details/causes/0/reason"),
        "NamespaceTerminating"
    );
    let free = json!({"metadata": {"finalizers": null}});
    context
        .patch("merge", &format!("{inside}/held"), free)
        .await?
        .expect(StatusCode::OK)?;
    Ok(())
}
