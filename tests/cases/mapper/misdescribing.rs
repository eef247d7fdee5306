//! Models that describe a kind otherwise than the cluster serves it: the error says what is wrong with the model, for one
//! request more, which is sent only then.

use korm::prelude::*;
use korm::{ModelDef, Objects, RequestLog};
use korm_tests::{Case, Context, Outcome};
use serde_json::json;

use super::model::{Peach, peach};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    a_namespaced_kind_is_not_cluster_scoped,
    a_kind_of_kubernetes_is_not_namespaced,
    a_kind_has_another_plural,
    a_kind_has_another_version,
    a_kind_is_in_another_group,
    every_call_says_what_is_wrong,
    a_kind_by_a_name_that_is_nearly_right,
];

const GROUP: &str = "mapper.korm.example";
const ADDRESS: &str = "https://fruit.example";

/// A cluster in which `peaches.mapper.korm.example` are installed, and discovery knows them.
async fn orchard(
    context: &Context,
) -> Result<(Cluster, RequestLog), Box<dyn std::error::Error + Send + Sync>> {
    let cluster = Cluster::from_client(context.client(), ADDRESS);
    cluster.install::<Peach>().await?;
    let path = format!("/apis/{GROUP}/v1");
    context
        .until(&path, |_, body| body["resources"].is_array())
        .await?;
    Ok(cluster.recorded())
}

fn described(cluster: &Cluster, group: &str, version: &str, plural: &str) -> Objects {
    cluster.objects(ModelDef::new(group, version, "Peach", plural))
}

fn key(context: &Context) -> ObjectKey {
    (context.namespace(), "a").into()
}

fn paths(log: &RequestLog) -> Vec<String> {
    let path = |request: &korm::LoggedRequest| {
        let path = request.path_and_query.split('?').next().unwrap_or_default();
        path.to_owned()
    };
    log.take().iter().map(path).collect()
}

async fn a_namespaced_kind_is_not_cluster_scoped(context: Context) -> Outcome {
    let (cluster, log) = orchard(&context).await?;
    let def = ModelDef::new(GROUP, "v1", "Peach", "peaches").cluster_scoped();
    let peaches = cluster.objects(def);
    let error = peaches.get(&ObjectKey::cluster("a")).await.unwrap_err();
    assert!(error.is_not_installed());
    assert_eq!(
        error.to_string(),
        "Peach (peaches, apiVersion mapper.korm.example/v1) is namespaced in the cluster at https://fruit.example, and \
         cluster-scoped in the model\n  hint: declare the model with `namespaced` in place of `cluster`, or correct the \
         CustomResourceDefinition"
    );
    assert_eq!(
        paths(&log),
        ["/apis/mapper.korm.example/v1/peaches/a", "/apis"]
    );
    Ok(())
}

async fn a_kind_of_kubernetes_is_not_namespaced(context: Context) -> Outcome {
    let (cluster, log) = Cluster::from_client(context.client(), ADDRESS).recorded();
    let namespaces = cluster.objects(ModelDef::new("", "v1", "Namespace", "namespaces").native());
    let error = namespaces.get(&key(&context)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Namespace (namespaces, apiVersion v1) is cluster-scoped in the cluster at https://fruit.example, and namespaced in \
         the model\n  hint: declare the model with `cluster` in place of `namespaced`, or correct the \
         CustomResourceDefinition"
    );
    assert_eq!(paths(&log)[1..], ["/api"]);
    Ok(())
}

async fn a_kind_has_another_plural(context: Context) -> Outcome {
    let (cluster, _) = orchard(&context).await?;
    let error = described(&cluster, GROUP, "v1", "peachs")
        .get(&key(&context))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the cluster at https://fruit.example serves Peach (apiVersion mapper.korm.example/v1) under the plural `peaches`, \
         and not `peachs` as the model says\n  hint: declare the model with the plural `peaches`"
    );
    Ok(())
}

async fn a_kind_has_another_version(context: Context) -> Outcome {
    let (cluster, _) = orchard(&context).await?;
    let error = described(&cluster, GROUP, "v2", "peaches")
        .get(&key(&context))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the cluster at https://fruit.example serves Peach (peaches) as mapper.korm.example/v1, and not \
         mapper.korm.example/v2 as the model says\n  hint: declare the model with a version that is served, or add this one \
         to the CustomResourceDefinition"
    );
    Ok(())
}

async fn a_kind_is_in_another_group(context: Context) -> Outcome {
    let cluster = Cluster::from_client(context.client(), ADDRESS);
    let ingresses = ModelDef::new("extensions", "v1beta1", "Ingress", "ingresses").native();
    let error = cluster
        .objects(ingresses)
        .get(&key(&context))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the cluster at https://fruit.example does not serve Ingress (ingresses, apiVersion extensions/v1beta1); it serves a \
         kind of that name as networking.k8s.io/v1\n  hint: if that one is meant, declare the model with its group and \
         version"
    );
    Ok(())
}

/// Whatever was asked for, and each time for one request to discovery.
async fn every_call_says_what_is_wrong(context: Context) -> Outcome {
    let (cluster, log) = orchard(&context).await?;
    let peaches = described(&cluster, GROUP, "v2", "peaches");
    let (key, object) = (
        key(&context),
        json!({"metadata": {"name": "a", "namespace": context.namespace()}, "spec": {"variety": "Frost"}}),
    );
    let options = korm::DeleteOptions::default();
    let mut stored = peach(&context, "a");
    cluster.save(&mut stored).await?;
    let read = described(&cluster, GROUP, "v1", "peaches")
        .get(&key)
        .await?;
    let mut changed = read.clone();
    changed["spec"]["variety"] = "Elberta".into();
    log.take();
    let errors = [
        peaches.get(&key).await.unwrap_err(),
        peaches.query().all().await.unwrap_err(),
        peaches.query().count().await.unwrap_err(),
        peaches.query().watch().try_next().await.unwrap_err(),
        peaches.add(object.clone()).await.unwrap_err(),
        peaches.save_over(&read, changed).await.unwrap_err(),
        peaches.apply(object, false).await.unwrap_err(),
        peaches
            .add_finalizer(&key, "korm.example/x")
            .await
            .unwrap_err(),
        peaches.owners(&key).await.unwrap_err(),
        peaches.delete(&key, &options).await.unwrap_err(),
    ];
    for error in &errors {
        assert!(error.is_not_installed(), "{error}");
        let text = error.to_string();
        assert!(
            text.contains("serves Peach (peaches) as mapper.korm.example/v1"),
            "{text}"
        );
    }
    let discoveries = paths(&log).iter().filter(|path| *path == "/apis").count();
    assert_eq!(discoveries, errors.len());
    Ok(())
}

async fn a_kind_by_a_name_that_is_nearly_right(context: Context) -> Outcome {
    let (cluster, _) = orchard(&context).await?;
    for (asked, meant) in [
        ("podz", "`pods` (Pod, apiVersion v1)"),
        ("Deploymet", "`deployment` (Deployment, apiVersion apps/v1)"),
        (
            "peaches.mapper.korm.exampel",
            "`peaches.mapper.korm.example` (Peach, apiVersion mapper.korm.example/v1)",
        ),
    ] {
        let error = cluster.kind(asked).await.unwrap_err();
        assert!(error.is_usage());
        assert_eq!(
            error.to_string(),
            format!(
                "the cluster at {ADDRESS} serves no kind called `{asked}`; did you mean {meant}?\n  hint: `kubectl \
                 api-resources` lists the kinds; a custom one may not be installed yet"
            )
        );
    }
    Ok(())
}
