//! Deleting one object.

use korm::{Cluster, Deletion, Expr, FieldPath, Op, Propagation};
use korm_tests::{Case, Context, Outcome};
use serde_json::{Value, json};

use super::model::{Peach, cluster, peach, recorded};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    a_delete_is_of_the_object_that_was_read,
    a_delete_by_key_takes_any,
    a_delete_can_demand_that_nothing_changed,
    a_finalizer_holds_the_object,
    dependents_are_orphaned_on_demand,
    what_is_demanded_stands_in_the_request,
    a_pod_takes_its_grace_period,
];

async fn a_delete_is_of_the_object_that_was_read(context: Context) -> Outcome {
    let (cluster, log) = recorded(&context).await?;
    let mut peach = peach(&context, "a");
    cluster.save(&mut peach).await?;
    log.take();
    assert_eq!(cluster.delete(&peach).await?, Deletion::Gone);
    let sent: Value = serde_json::from_str(&log.take()[0].body)?;
    assert_eq!(sent["preconditions"], json!({"uid": peach.meta.uid}));
    let again = cluster.delete(&peach).await.unwrap_err();
    assert!(again.is_not_found());
    assert!(again.to_string().contains("nothing is left to delete"));
    Ok(())
}

async fn a_delete_by_key_takes_any(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peach = peach(&context, "a");
    cluster.save(&mut peach).await?;
    cluster
        .delete_by_key::<Peach>(&peach.meta.key())
        .grace_period(0)
        .await?;
    let error = cluster
        .delete_by_key::<Peach>(&peach.meta.key())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "Peach {0}/a does not exist\n  hint: `kubectl get peach -n {0}` lists those that are there",
            context.namespace()
        )
    );
    Ok(())
}

async fn a_delete_can_demand_that_nothing_changed(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peach = peach(&context, "a");
    cluster.save(&mut peach).await?;
    cluster
        .update(&peach.meta.key(), |peach: &mut Peach| peach.price += 1)
        .await?;
    assert!(
        cluster
            .delete(&peach)
            .if_unchanged()
            .await
            .unwrap_err()
            .is_conflict()
    );
    cluster.refresh(&mut peach).await?;
    cluster.delete(&peach).if_unchanged().await?;
    Ok(())
}

async fn a_finalizer_holds_the_object(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peach = peach(&context, "a");
    peach.meta = peach.meta.finalizer("korm.example/hold");
    cluster.save(&mut peach).await?;
    let finalizers = vec!["korm.example/hold".to_owned()];
    assert_eq!(
        cluster.delete(&peach).await?,
        Deletion::Pending { finalizers }
    );
    cluster.refresh(&mut peach).await?;
    assert!(peach.meta.deletion_timestamp.is_some());
    held_again(&context, &cluster).await?;
    Ok(())
}

/// Deletes, and waits for the end, which somebody else brings about once the deletion has begun.
async fn held_again(context: &Context, cluster: &Cluster) -> Outcome {
    let mut peach = peach(context, "b");
    peach.meta = peach.meta.finalizer("korm.example/hold");
    cluster.save(&mut peach).await?;
    let key = peach.meta.key();
    let release = async {
        let marked = Expr::test(FieldPath::metadata("deletionTimestamp"), Op::Exists);
        let mut held = cluster.wait::<Peach>(&key).until(marked).await?;
        held.meta.finalizers.clear();
        cluster.save(&mut held).await
    };
    let (gone, released) = tokio::join!(cluster.delete(&peach).until_gone(), release);
    released?;
    gone?;
    assert!(cluster.find::<Peach>(&peach.meta.key()).await?.is_none());
    Ok(())
}

async fn dependents_are_orphaned_on_demand(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut owner = peach(&context, "owner");
    cluster.save(&mut owner).await?;
    let mut child = peach(&context, "child");
    child.meta.set_owner(&owner)?;
    cluster.save(&mut child).await?;
    cluster
        .delete(&owner)
        .propagation(Propagation::Orphan)
        .await?;
    cluster
        .wait::<Peach>(&owner.meta.key())
        .until_gone()
        .await?;
    assert!(
        cluster
            .get::<Peach>(&child.meta.key())
            .await?
            .meta
            .owner_references
            .is_empty()
    );
    Ok(())
}

async fn what_is_demanded_stands_in_the_request(context: Context) -> Outcome {
    let (cluster, log) = recorded(&context).await?;
    let mut peach = peach(&context, "a");
    cluster.save(&mut peach).await?;
    log.take();
    let delete = cluster
        .delete(&peach)
        .propagation(Propagation::Foreground)
        .grace_period(3)
        .if_unchanged();
    let explained = delete.explain()?;
    cluster.dry_run().delete(&peach).await?;
    delete.until_gone().await?;
    let sent = log.take();
    let bodies: Vec<Value> = sent
        .iter()
        .filter(|sent| sent.method == "DELETE")
        .map(|sent| serde_json::from_str(&sent.body).unwrap())
        .collect();
    let uid = json!({"uid": peach.meta.uid});
    assert_eq!(
        bodies,
        [
            json!({"apiVersion": "v1", "kind": "DeleteOptions", "dryRun": ["All"], "preconditions": uid}),
            json!({"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Foreground", "gracePeriodSeconds": 3,
                "preconditions": {"uid": peach.meta.uid, "resourceVersion": peach.meta.resource_version}}),
        ]
    );
    assert!(explained.contains(&sent[1].body), "{explained}");
    Ok(())
}

/// Nobody ends a Pod here, so its grace period is all there is to see.
async fn a_pod_takes_its_grace_period(context: Context) -> Outcome {
    use k8s_openapi::api::core::v1::Pod;
    let cluster = Cluster::from_client(context.client(), "the case's server");
    let mut pod: Pod = serde_json::from_value(json!({
        "metadata": {"name": "a", "namespace": context.namespace()},
        "spec": {"nodeName": "nowhere", "containers": [{"name": "web", "image": "web:1"}]}}))?;
    cluster.save(&mut pod).await?;
    let deletion = cluster.delete(&pod).grace_period(300).await?;
    assert_eq!(
        deletion,
        Deletion::Pending {
            finalizers: Vec::new()
        }
    );
    cluster.refresh(&mut pod).await?;
    assert_eq!(pod.metadata.deletion_grace_period_seconds, Some(300));
    // Less is possible, and none at all ends it.
    assert_eq!(cluster.delete(&pod).grace_period(0).await?, Deletion::Gone);
    assert!(
        cluster
            .find::<Pod>((context.namespace(), "a"))
            .await?
            .is_none()
    );
    Ok(())
}
