//! Kubernetes' own kinds, kinds known only at run time, several clusters, hooks.

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use korm::prelude::*;
use korm::{Clusters, Refusal};
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
    several_clusters_answer_apart,
    hooks_see_change_and_refuse_requests,
    a_custom_kind_by_its_short_name,
    a_kind_of_run_time_is_created_queried_waited_for_and_watched,
    several_clusters_answer_at_once,
    a_tower_layer_sees_every_attempt,
    the_client_below_is_there_for_everything_else,
    values_distinct_and_counts,
];

fn config_map(context: &Context, name: &str) -> ConfigMap {
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

async fn several_clusters_answer_apart(context: Context) -> Outcome {
    let here = cluster(&context).await?;
    here.save(&mut peach(&context, "a")).await?;
    let away = kube::Config::new("http://127.0.0.1:9".parse()?);
    let clusters = Clusters::new()
        .with("here", here)
        .with("away", Cluster::from_config(away)?);
    let namespace = context.namespace();
    let answers = clusters
        .query(|cluster| cluster.query::<Peach>().in_namespace(namespace))
        .await;
    let objects: Vec<_> = answers
        .objects()
        .map(|(from, peach)| (from, peach.meta.name.as_str()))
        .collect();
    assert_eq!(objects, [("here", "a")]);
    let failures: Vec<_> = answers
        .failures()
        .map(|(from, error)| (from, error.is_unreachable()))
        .collect();
    assert_eq!(failures, [("away", true)]);
    Ok(())
}

async fn hooks_see_change_and_refuse_requests(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let tenant = cluster.with_request_hook(|request| {
        request
            .headers
            .insert("x-tenant", http::HeaderValue::from_static("orchard"));
        let allowed = request.method == http::Method::GET;
        if allowed {
            Ok(())
        } else {
            Err(Refusal::new("this tenant may only read"))
        }
    });
    let (tenant, log) = tenant.recorded();
    tenant
        .query::<Peach>()
        .in_namespace(context.namespace())
        .all()
        .await?;
    let error = tenant.save(&mut peach(&context, "a")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "a request hook refused creating Peach {}/a: this tenant may only read",
            context.namespace()
        )
    );
    let statuses: Vec<_> = log
        .take()
        .into_iter()
        .map(|request| request.status)
        .collect();
    assert_eq!(
        statuses,
        [Some(200), None],
        "a refused request is in the record, without an answer"
    );
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

async fn several_clusters_answer_at_once(context: Context) -> Outcome {
    let here = cluster(&context).await?;
    here.save(&mut peach(&context, "here")).await?;
    let there = Cluster::embedded().await?;
    there.install::<Peach>().await?;
    let mut namespace = k8s_openapi::api::core::v1::Namespace::default();
    namespace.metadata.name = Some(context.namespace().to_owned());
    there.save(&mut namespace).await?;
    there.save(&mut peach(&context, "there")).await?;
    let bare = Cluster::embedded().await?;
    let slow = korm_apiserver::faults::Faults::new();
    let delay = korm_apiserver::faults::Fault::delay(std::time::Duration::from_secs(1));
    slow.on(korm_apiserver::faults::When::any())
        .always()
        .inject(delay);
    let clusters = Clusters::new()
        .with("there", there.with_layer(&slow.layer()))
        .with("here", here.with_layer(&slow.layer()))
        .with("bare", bare);
    let begun = std::time::Instant::now();
    let answers = clusters
        .query(|cluster| cluster.query::<Peach>().in_namespace(context.namespace()))
        .await;
    assert!(begun.elapsed() >= std::time::Duration::from_secs(1));
    let objects: Vec<_> = answers
        .objects()
        .map(|(from, peach)| format!("{from}: {}", peach.meta.name))
        .collect();
    assert_eq!(
        objects,
        ["there: there", "here: here"],
        "in the order of the clusters"
    );
    let failures: Vec<_> = answers
        .failures()
        .map(|(from, error)| (from, error.is_not_installed()))
        .collect();
    assert_eq!(failures, [("bare", true)]);
    Ok(())
}

/// As tower has it: a layer around the connection, here one that answers for the server the first time.
async fn a_tower_layer_sees_every_attempt(context: Context) -> Outcome {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    let seen = Arc::new(AtomicUsize::new(0));
    let count = seen.clone();
    let layer =
        tower::util::MapRequestLayer::new(move |mut request: http::Request<kube::client::Body>| {
            count.fetch_add(1, Ordering::SeqCst);
            let tenant = http::HeaderValue::from_static("orchard");
            request.headers_mut().insert("x-tenant", tenant);
            request
        });
    let faults = korm_apiserver::faults::Faults::new();
    faults
        .on(korm_apiserver::faults::When::reads())
        .inject(korm_apiserver::faults::Fault::lose_answer());
    let cluster = cluster(&context).await?;
    let cluster = cluster.with_layer(&faults.layer()).with_layer(&layer);
    let found = cluster.query::<Peach>().in_namespace(context.namespace());
    assert!(found.all().await?.is_empty());
    assert_eq!(
        seen.load(Ordering::SeqCst),
        2,
        "the attempt whose answer was lost, and the next"
    );
    Ok(())
}

async fn the_client_below_is_there_for_everything_else(context: Context) -> Outcome {
    let cluster = Cluster::from_client(context.client(), "the case's server");
    let mut map = config_map(&context, "a");
    cluster.save(&mut map).await?;
    let maps: kube::Api<ConfigMap> = kube::Api::namespaced(cluster.client(), context.namespace());
    assert_eq!(maps.get("a").await?.data, map.data);
    let version = cluster.client().apiserver_version().await?;
    assert_eq!(version.major, "1");
    Ok(())
}
