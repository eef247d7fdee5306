//! Kubernetes' own kinds, and kinds known only at run time.

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use korm::prelude::*;
use korm_tests::{Case, Context, Outcome};
use serde_json::json;

use super::model::{Peach, cluster, peach};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    a_type_of_k8s_openapi_is_a_model,
    a_type_without_a_snapshot_is_saved_by_version,
    a_small_struct_maps_a_part_of_a_native_kind,
    a_secrets_contents_appear_nowhere,
    a_kind_by_any_of_its_names,
    a_kind_of_run_time_is_read_changed_and_deleted,
    a_custom_kind_by_its_short_name,
    a_kind_of_run_time_is_created_queried_waited_for_and_watched,
    values_distinct_and_counts,
];

pub(super) fn config_map(context: &Context, name: &str) -> ConfigMap {
    let mut map = ConfigMap::default();
    map.metadata.name = Some(name.into());
    map.metadata.namespace = Some(context.namespace().into());
    map.data = Some([("colour".to_owned(), "red".to_owned())].into());
    map
}

async fn a_type_of_k8s_openapi_is_a_model(context: Context) -> Outcome {
    let cluster = Cluster::from_client(context.client(), "the case's server");
    let mut map = config_map(&context, "a");
    assert!(cluster.save(&mut map).await?.created);
    assert!(map.metadata.uid.is_some());
    let found = cluster
        .query::<ConfigMap>()
        .in_namespace(context.namespace())
        .field_selector("metadata.name=a")
        .all()
        .await?;
    assert_eq!(found[0].data, map.data);
    let pods = cluster
        .query::<k8s_openapi::api::core::v1::Pod>()
        .in_namespace(context.namespace());
    assert_eq!(pods.count().await?, 0);
    cluster.delete(&map).await?;
    assert!(
        cluster
            .find::<ConfigMap>((context.namespace(), "a"))
            .await?
            .is_none()
    );
    Ok(())
}

async fn a_type_without_a_snapshot_is_saved_by_version(context: Context) -> Outcome {
    let (cluster, log) = Cluster::from_client(context.client(), "the case's server").recorded();
    let mut map = config_map(&context, "a");
    cluster.save(&mut map).await?;
    let mut theirs = map.clone();
    theirs.data = Some([("colour".to_owned(), "blue".to_owned())].into());
    log.take();
    cluster.save(&mut theirs).await?;
    let methods: Vec<_> = log
        .take()
        .into_iter()
        .map(|request| request.method)
        .collect();
    assert_eq!(methods, ["GET", "PATCH"]);
    map.data = Some([("colour".to_owned(), "green".to_owned())].into());
    assert!(cluster.save(&mut map).await.unwrap_err().is_conflict());
    cluster.refresh(&mut map).await?;
    assert_eq!(map.data, theirs.data);
    log.take();
    assert!(cluster.save(&mut map).await?.nothing());
    Ok(())
}

/// A part of a Deployment.
#[derive(Model, Clone, Debug)]
#[korm(native = "apps/v1/Deployment")]
struct Scaled {
    meta: Meta,
    #[korm(spec)]
    replicas: Option<i32>,
    #[korm(spec)]
    paused: Option<bool>,
}

async fn a_small_struct_maps_a_part_of_a_native_kind(context: Context) -> Outcome {
    let cluster = Cluster::from_client(context.client(), "the case's server");
    let whole = json!({"apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "shop", "namespace": context.namespace()},
        "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "shop"}}, "template": {
            "metadata": {"labels": {"app": "shop"}},
            "spec": {"containers": [{"name": "web", "image": "web:1"}]}}}});
    let mut deployment: Deployment = serde_json::from_value(whole)?;
    cluster.save(&mut deployment).await?;
    let mut part: Scaled = cluster.get((context.namespace(), "shop")).await?;
    assert_eq!((part.replicas, part.paused), (Some(1), None));
    part.replicas = Some(3);
    part.paused = Some(true);
    cluster.save(&mut part).await?;
    cluster.refresh(&mut deployment).await?;
    let spec = deployment.spec;
    assert_eq!((spec.replicas, spec.paused), (Some(3), Some(true)));
    assert_eq!(
        spec.template.spec.unwrap().containers[0].image.as_deref(),
        Some("web:1")
    );
    Ok(())
}

async fn a_secrets_contents_appear_nowhere(context: Context) -> Outcome {
    let cluster = Cluster::from_client(context.client(), "the case's server");
    let mut secret = Secret::default();
    secret.metadata.name = Some("a".into());
    secret.metadata.namespace = Some(context.namespace().into());
    secret.string_data = Some([("password".to_owned(), "hunter2".to_owned())].into());
    secret.immutable = Some(true);
    cluster.save(&mut secret).await?;
    let mut changed = secret.clone();
    changed.data = Some(
        [(
            "password".to_owned(),
            k8s_openapi::ByteString(b"hunter3".to_vec()),
        )]
        .into(),
    );
    let error = cluster.save(&mut changed).await.unwrap_err();
    let text = format!("{error} {error:?} {:?}", error.as_invalid());
    for confidential in ["hunter", "aHVudGVyM"] {
        assert!(!text.contains(confidential), "{text}");
    }
    Ok(())
}

async fn a_kind_by_any_of_its_names(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    for name in ["configmaps", "configmap", "ConfigMap", "cm"] {
        assert_eq!(cluster.kind(name).await?.definition().plural, "configmaps");
    }
    for name in [
        "peaches.mapper.korm.example",
        "peaches.v1.mapper.korm.example",
    ] {
        assert_eq!(cluster.kind(name).await?.definition().kind, "Peach");
    }
    assert_eq!(
        cluster.kind("deployments.apps").await?.definition().group,
        "apps"
    );
    let error = cluster.kind("unicorns").await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("serves no kind called `unicorns`"),
        "{error}"
    );
    Ok(())
}

async fn a_kind_of_run_time_is_read_changed_and_deleted(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    cluster.save(&mut peach(&context, "a")).await?;
    let peaches = cluster.kind("peaches.mapper.korm.example").await?;
    let found = peaches
        .query()
        .namespaces([context.namespace()])
        .all()
        .await?;
    assert_eq!(found[0]["spec"]["variety"], "Frost");
    assert_eq!(found[0]["metadata"].get("managedFields"), None);
    let mut changed = found[0].clone();
    changed["spec"]["price"] = 7.into();
    let saved = peaches.save_over(&found[0], changed).await?.unwrap();
    assert_eq!(saved.object["spec"]["price"], 7);
    let key = korm::ObjectKey::of(&saved.object);
    peaches
        .delete(&key, &korm::DeleteOptions::default())
        .await?;
    assert!(peaches.find(&key).await?.is_none());
    Ok(())
}

async fn values_distinct_and_counts(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    for (n, variety) in ["Frost", "Redhaven", "Frost", "Elberta"]
        .into_iter()
        .enumerate()
    {
        let mut peach = peach(&context, &format!("p{n}"));
        peach.variety = variety.into();
        peach.row = (n > 1).then(|| "7".into());
        cluster.save(&mut peach).await?;
    }
    let all = || cluster.query::<Peach>().in_namespace(context.namespace());
    assert_eq!(
        all().values_of(Peach::variety()).await?,
        ["Frost", "Redhaven", "Frost", "Elberta"]
    );
    assert_eq!(
        all().distinct(Peach::variety()).await?,
        ["Elberta", "Frost", "Redhaven"]
    );
    let counts = all().counts_by(Peach::row()).await?;
    assert_eq!(counts, [(Some("7".to_owned()), 2), (None, 2)]);
    let over = all()
        .filter(Peach::variety().ne("Frost"))
        .counts_by(Peach::variety())
        .await?;
    assert_eq!(
        over,
        [("Elberta".to_owned(), 1), ("Redhaven".to_owned(), 1)]
    );
    Ok(())
}

/// Known by a short name too.
#[derive(Model, Clone, Debug)]
#[korm(
    group = "kinds.korm.example",
    version = "v1",
    plural = "gooseberries",
    short_name = "gsb",
    namespaced
)]
struct Gooseberry {
    meta: Meta,
    #[korm(spec)]
    hairs: i64,
}

async fn a_custom_kind_by_its_short_name(context: Context) -> Outcome {
    let cluster = Cluster::from_client(context.client(), "the case's server");
    cluster.install::<Gooseberry>().await?;
    for name in [
        "gooseberries",
        "gooseberry",
        "Gooseberry",
        "gsb",
        "gooseberries.kinds.korm.example",
    ] {
        // The reference server's discovery follows a little later.
        let mut found = cluster.kind(name).await;
        for _ in 0..600 {
            if found.is_ok() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            found = cluster.kind(name).await;
        }
        assert_eq!(found?.definition().kind, "Gooseberry", "{name}");
    }
    Ok(())
}

/// Everything that a typed model can do, on JSON.
async fn a_kind_of_run_time_is_created_queried_waited_for_and_watched(context: Context) -> Outcome {
    use korm::{Expr, FieldPath, ObjectKey, Op};
    let cluster = Cluster::from_client(context.client(), "the case's server");
    let maps = cluster.kind("cm").await?;
    let namespace = context.namespace();
    let map = |name: &str, colour: &str| json!({"metadata": {"name": name, "namespace": namespace}, "data": {"colour": colour}});
    for (name, colour) in [("a", "red"), ("b", "green")] {
        let made = maps.add(map(name, colour)).await?;
        assert!(made.saved.created && made.object["metadata"]["uid"].is_string());
    }
    let red = Expr::test(
        FieldPath::root("data").child("colour"),
        Op::Eq("red".into()),
    );
    let found = maps
        .query()
        .namespaces([namespace])
        .filter(red.clone())
        .all()
        .await?;
    assert_eq!(found.len(), 1);
    let key = ObjectKey::of(&found[0]);
    let blue = maps.apply(map("a", "blue"), true).await?;
    assert_eq!(blue.object["data"]["colour"], "blue");
    let is_blue = Expr::test(
        FieldPath::root("data").child("colour"),
        Op::Eq("blue".into()),
    );
    let patience = std::time::Duration::from_secs(60);
    let waited = maps
        .wait(&key, &korm::Goal::Holds(is_blue), None, patience)
        .await?;
    assert!(waited.is_some());
    let mut changes = maps.query().namespaces([namespace]).watch();
    let mut seen = Vec::new();
    while let Some(change) = changes.next().await {
        match change? {
            korm::objects::watch::Change::Synced => break,
            korm::objects::watch::Change::Added(object) => seen.push(ObjectKey::of(&object).name),
            other => return Err(format!("{other:?}").into()),
        }
    }
    seen.retain(|name| name.len() == 1);
    assert_eq!(seen, ["a", "b"]);
    let error = maps.get(&(namespace, "c").into()).await.unwrap_err();
    assert!(error.is_not_found());
    Ok(())
}
