//! Several clusters, hooks and layers around a connection, and the client below it.

use k8s_openapi::api::core::v1::ConfigMap;
use korm::{Cluster, Clusters, Refusal};
use korm_tests::{Case, Context, Outcome};

use super::kinds::config_map;
use super::model::{Peach, cluster, peach};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    several_clusters_answer_apart,
    several_clusters_answer_at_once,
    hooks_see_change_and_refuse_requests,
    a_tower_layer_sees_every_attempt,
    the_client_below_is_there_for_everything_else,
];

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
