//! What controllers do behind deletions: owners of several kinds and places, circles, conditions of namespaces and of
//! custom resource definitions.

use std::time::Duration;

use http::StatusCode;
use korm_tests::{Case, Context, Outcome};
use serde_json::{Value, json};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    an_owner_that_never_was_takes_its_dependent_along,
    an_owner_in_another_namespace_does_not_count,
    one_owner_left_keeps_the_object,
    an_owner_without_a_namespace_takes_dependents_from_everywhere,
    owners_of_each_other_do_not_wait_forever,
    a_dependent_without_a_block_is_not_waited_for,
    who_waited_once_counts_as_waiting_for_its_owners_owner,
    a_job_orphans_unless_told_otherwise,
    a_namespace_says_what_it_waits_for,
    a_definition_takes_its_objects_along,
    an_owner_told_in_another_version_makes_its_dependent_looked_at,
];

type Answered<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn path(context: &Context) -> String {
    format!("/api/v1/namespaces/{}/configmaps", context.namespace())
}

/// Creates a ConfigMap with these owners, and gives a reference to it that blocks.
async fn configmap(context: &Context, path: &str, name: &str, owners: &[Value]) -> Answered<Value> {
    let sent = json!({"metadata": {"name": name, "ownerReferences": owners}});
    let made = context
        .post(path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    Ok(
        json!({"apiVersion": "v1", "kind": "ConfigMap", "name": name,
        "uid": made.at("/metadata/uid"), "blockOwnerDeletion": true}),
    )
}

async fn hold(context: &Context, path: &str) -> Outcome {
    let patch = json!({"metadata": {"finalizers": ["korm.test/hold"]}});
    context
        .patch("merge", path, patch)
        .await?
        .expect(StatusCode::OK)?;
    Ok(())
}

async fn release(context: &Context, path: &str) -> Outcome {
    let patch = json!({"metadata": {"finalizers": null}});
    context
        .patch("merge", path, patch)
        .await?
        .expect(StatusCode::OK)?;
    Ok(())
}

async fn an_owner_that_never_was_takes_its_dependent_along(context: Context) -> Outcome {
    let path = path(&context);
    let nobody = json!({"apiVersion": "v1", "kind": "ConfigMap", "name": "nobody",
        "uid": "7b2a3f1e-0000-4000-8000-000000000000"});
    configmap(&context, &path, "a", &[nobody]).await?;
    context.gone(&format!("{path}/a")).await
}

async fn an_owner_in_another_namespace_does_not_count(context: Context) -> Outcome {
    let path = path(&context);
    let elsewhere = configmap(
        &context,
        "/api/v1/namespaces/default/configmaps",
        &context.unique("owner"),
        &[],
    )
    .await?;
    configmap(&context, &path, "a", std::slice::from_ref(&elsewhere)).await?;
    context.gone(&format!("{path}/a")).await?;
    let owner = format!(
        "/api/v1/namespaces/default/configmaps/{}",
        elsewhere["name"].as_str().unwrap_or_default()
    );
    context
        .delete(&owner, json!(null))
        .await?
        .expect(StatusCode::OK)?;
    Ok(())
}

async fn one_owner_left_keeps_the_object(context: Context) -> Outcome {
    let path = path(&context);
    let first = configmap(&context, &path, "first", &[]).await?;
    let second = configmap(&context, &path, "second", &[]).await?;
    configmap(&context, &path, "a", &[first, second.clone()]).await?;
    let foreground = json!({"propagationPolicy": "Foreground"});
    context
        .delete(&format!("{path}/first"), foreground)
        .await?
        .expect(StatusCode::OK)?;
    context.gone(&format!("{path}/first")).await?;
    let kept = context
        .get(&format!("{path}/a"))
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(kept.at("/metadata/ownerReferences"), &json!([second]));
    context
        .delete(&format!("{path}/second"), json!(null))
        .await?
        .expect(StatusCode::OK)?;
    context.gone(&format!("{path}/a")).await
}

async fn an_owner_without_a_namespace_takes_dependents_from_everywhere(
    context: Context,
) -> Outcome {
    let path = path(&context);
    let name = context.unique("owner");
    let nodes = "/api/v1/nodes";
    let made = context
        .post(nodes, json!({"metadata": {"name": name}}))
        .await?
        .expect(StatusCode::CREATED)?;
    let node =
        json!({"apiVersion": "v1", "kind": "Node", "name": name, "uid": made.at("/metadata/uid")});
    configmap(&context, &path, "a", std::slice::from_ref(&node)).await?;
    let another = context.unique("owned");
    let sent = json!({"metadata": {"name": another, "ownerReferences": [node]}});
    let roles = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
    context
        .post(roles, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    context
        .delete(&format!("{nodes}/{name}"), json!(null))
        .await?
        .expect(StatusCode::OK)?;
    context.gone(&format!("{path}/a")).await?;
    context.gone(&format!("{roles}/{another}")).await
}

async fn owners_of_each_other_do_not_wait_forever(context: Context) -> Outcome {
    let path = path(&context);
    let first = configmap(&context, &path, "first", &[]).await?;
    let second = configmap(&context, &path, "second", &[first]).await?;
    let circle = json!({"metadata": {"ownerReferences": [second]}});
    context
        .patch("merge", &format!("{path}/first"), circle)
        .await?
        .expect(StatusCode::OK)?;
    let foreground = json!({"propagationPolicy": "Foreground"});
    context
        .delete(&format!("{path}/first"), foreground)
        .await?
        .expect(StatusCode::OK)?;
    context.gone(&format!("{path}/first")).await?;
    context.gone(&format!("{path}/second")).await
}

async fn a_dependent_without_a_block_is_not_waited_for(context: Context) -> Outcome {
    let path = path(&context);
    let mut owner = configmap(&context, &path, "owner", &[]).await?;
    owner["blockOwnerDeletion"] = json!(false);
    configmap(&context, &path, "a", &[owner]).await?;
    let dependent = format!("{path}/a");
    hold(&context, &dependent).await?;
    let foreground = json!({"propagationPolicy": "Foreground"});
    context
        .delete(&format!("{path}/owner"), foreground)
        .await?
        .expect(StatusCode::OK)?;
    context.gone(&format!("{path}/owner")).await?;
    let dying = |_, body: &Value| body.pointer("/metadata/deletionTimestamp").is_some();
    context.until(&dependent, dying).await?;
    release(&context, &dependent).await?;
    context.gone(&dependent).await
}

/// The collector never forgets that an object waited for its dependents, and takes it and its owner for two that wait for
/// each other: the owner blocks its own owner no more. Whether it is looked at again before that waits no longer is by
/// chance, and with it whether it is deleted then.
async fn who_waited_once_counts_as_waiting_for_its_owners_owner(context: Context) -> Outcome {
    let path = path(&context);
    let first = configmap(&context, &path, "first", &[]).await?;
    let second = configmap(&context, &path, "second", &[first]).await?;
    configmap(&context, &path, "third", &[second]).await?;
    let foreground = json!({"propagationPolicy": "Foreground"});
    for name in ["first", "third"] {
        hold(&context, &format!("{path}/{name}")).await?;
    }
    for name in ["third", "first"] {
        let object = format!("{path}/{name}");
        let deleted = context.delete(&object, foreground.clone()).await?;
        deleted.expect(StatusCode::OK)?;
        let waits_no_more =
            |_, found: &Value| found["metadata"]["finalizers"] == json!(["korm.test/hold"]);
        context.until(&object, waits_no_more).await?;
    }
    let kept = context.get(&format!("{path}/second")).await?;
    let kept = kept.expect(StatusCode::OK)?;
    let owner = kept.at("/metadata/ownerReferences/0/blockOwnerDeletion");
    assert_eq!(owner, &json!(false));
    for name in ["first", "third"] {
        release(&context, &format!("{path}/{name}")).await?;
    }
    context.gone(&format!("{path}/second")).await
}

async fn a_job_orphans_unless_told_otherwise(context: Context) -> Outcome {
    let jobs = format!("/apis/batch/v1/namespaces/{}/jobs", context.namespace());
    let job = |name: &str| {
        json!({"metadata": {"name": name}, "spec": {"suspend": true, "template": {"spec": {
            "restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}}}})
    };
    context
        .post(&jobs, job("a"))
        .await?
        .expect(StatusCode::CREATED)?;
    let dying = context
        .delete(&format!("{jobs}/a"), json!(null))
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(dying.at("/metadata/finalizers"), &json!(["orphan"]));
    context.gone(&format!("{jobs}/a")).await?;
    context
        .post(&jobs, job("b"))
        .await?
        .expect(StatusCode::CREATED)?;
    let background = json!({"propagationPolicy": "Background"});
    let status = context
        .delete(&format!("{jobs}/b"), background)
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(status.text("/kind"), "Status");
    context.gone(&format!("{jobs}/b")).await
}

async fn a_namespace_says_what_it_waits_for(context: Context) -> Outcome {
    let name = context.unique("going");
    let namespaces = "/api/v1/namespaces";
    context
        .post(namespaces, json!({"metadata": {"name": name}}))
        .await?
        .expect(StatusCode::CREATED)?;
    let namespace = format!("{namespaces}/{name}");
    let inside = format!("{namespace}/configmaps");
    configmap(&context, &inside, "held", &[]).await?;
    configmap(&context, &inside, "free", &[]).await?;
    hold(&context, &format!("{inside}/held")).await?;
    context
        .delete(&namespace, json!(null))
        .await?
        .expect(StatusCode::OK)?;
    context.gone(&format!("{inside}/free")).await?;
    let said = context
        .until(&namespace, |_, body| {
            body["status"]["conditions"].is_array()
        })
        .await?;
    let conditions: Vec<_> = said["status"]["conditions"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|c| json!([c["type"], c["status"], c["reason"], c["message"]]))
        .collect();
    assert_eq!(
        Value::from(conditions),
        json!([
            [
                "NamespaceDeletionDiscoveryFailure",
                "False",
                "ResourcesDiscovered",
                "All resources successfully discovered"
            ],
            [
                "NamespaceDeletionGroupVersionParsingFailure",
                "False",
                "ParsedGroupVersions",
                "All legacy kube types successfully parsed"
            ],
            [
                "NamespaceDeletionContentFailure",
                "False",
                "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization"
            ],
            [
                "NamespaceContentRemaining",
                "True",
                "SomeResourcesRemain",
                "Some resources are remaining: configmaps. has 1 resource instances"
            ],
            [
                "NamespaceFinalizersRemaining",
                "True",
                "SomeFinalizersRemain",
                "Some content in the namespace has finalizers remaining: korm.test/hold in 1 resource instances"
            ],
        ])
    );
    release(&context, &format!("{inside}/held")).await?;
    context.gone(&namespace).await
}

async fn a_definition_takes_its_objects_along(context: Context) -> Outcome {
    let group = format!("{}.korm.test", context.unique("g"));
    let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    let definition = format!("{definitions}/pears.{group}");
    let sent = json!({
        "metadata": {"name": format!("pears.{group}")},
        "spec": {"group": group, "scope": "Namespaced",
            "names": {"plural": "pears", "singular": "pear", "kind": "Pear"},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {
                "type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]}});
    context
        .post(definitions, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    let pears = format!("/apis/{group}/v1/namespaces/{}/pears", context.namespace());
    let pear = |name: &str, finalizers: &[&str]| {
        json!({"apiVersion": format!("{group}/v1"), "kind": "Pear",
            "metadata": {"name": name, "finalizers": finalizers}})
    };
    // Real Kubernetes delays the first create by seconds.
    for attempt in 0.. {
        let answer = context
            .post(&pears, pear("held", &["korm.test/hold"]))
            .await?;
        if answer.status == StatusCode::CREATED || attempt == 200 {
            answer.expect(StatusCode::CREATED)?;
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    context
        .post(&pears, pear("free", &[]))
        .await?
        .expect(StatusCode::CREATED)?;
    let dying = context
        .delete(&definition, json!(null))
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(
        dying.text("/status/conditions/2/reason"),
        "InstanceDeletionPending"
    );
    // Real Kubernetes learns of the end of its own definition from a watch: creates pass for a moment.
    for attempt in 0.. {
        let name = format!("new-{attempt}");
        let answer = context.post(&pears, pear(&name, &[])).await?;
        if answer.status == StatusCode::CREATED && attempt < 200 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        }
        assert_eq!(
            answer.expect(StatusCode::FORBIDDEN)?.text("/message"),
            format!(
                "pears.{group} \"{name}\" is forbidden: create not allowed while custom resource definition is terminating"
            )
        );
        break;
    }
    context.gone(&format!("{pears}/free")).await?;
    let held = context.get(&definition).await?.expect(StatusCode::OK)?;
    assert_eq!(
        held.text("/status/conditions/2/reason"),
        "InstanceDeletionInProgress"
    );
    let verbs = json!(["delete", "deletecollection", "get", "list", "watch"]);
    let is_told = |_, found: &Value| found["resources"][0]["verbs"] == verbs;
    context.until(&format!("/apis/{group}/v1"), is_told).await?;
    release(&context, &format!("{pears}/held")).await?;
    context.gone(&definition).await
}

/// Kubernetes' collector watches a kind in its preferred version. A reference to an owner in another one is taken for
/// doubtful, and of an object that has a doubtful new reference all are looked at: the owner under a wrong name is none, and
/// what goes with it are all references to its uid.
async fn an_owner_told_in_another_version_makes_its_dependent_looked_at(
    context: Context,
) -> Outcome {
    let version = |name: &str, storage: bool| {
        json!({"name": name, "served": true, "storage": storage, "schema": {"openAPIV3Schema": {
            "type": "object", "x-kubernetes-preserve-unknown-fields": true}}})
    };
    let path = context
        .install("pears", "Pear", version("v1", true))
        .await?;
    let group = format!("{}.korm.test", context.namespace());
    let definition =
        format!("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/pears.{group}");
    let added =
        json!([{"op": "add", "path": "/spec/versions/-", "value": version("v1beta1", false)}]);
    let added = context.patch("json", &definition, added).await?;
    added.expect(StatusCode::OK)?;
    let path = path.replace("/v1/", "/v1beta1/");
    let is_served = |status, _: &_| status == StatusCode::OK;
    context.until(&path, is_served).await?;

    let api_version = format!("{group}/v1beta1");
    let pear = |name: &str, owners: &Value| {
        json!({"apiVersion": api_version, "kind": "Pear",
            "metadata": {"name": name, "ownerReferences": owners}})
    };
    let made = context.post(&path, pear("owner", &json!([]))).await?;
    let made = made.expect(StatusCode::CREATED)?;
    let owner = |name: &str| json!({"apiVersion": api_version, "kind": "Pear", "name": name, "uid": made.at("/metadata/uid")});
    let dependent = pear("dependent", &json!([owner("owner")]));
    context
        .post(&path, dependent)
        .await?
        .expect(StatusCode::CREATED)?;
    let both = json!({"metadata": {"ownerReferences": [owner("another"), owner("owner")]}});
    let dependent = format!("{path}/dependent");
    let patched = context.patch("merge", &dependent, both).await?;
    patched.expect(StatusCode::OK)?;
    let is_let_go = |_, found: &Value| found["metadata"]["ownerReferences"].is_null();
    let left = context.until(&dependent, is_let_go).await?;
    assert_eq!(left["metadata"]["name"], "dependent");
    Ok(())
}
