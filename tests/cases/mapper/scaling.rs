//! Saves that touch several endpoints, and say which.

use korm::prelude::*;
use korm::{Endpoint, ErrorKind, RequestLog};
use korm_apiserver::faults::{Fault, Faults, When};
use korm_tests::{Case, Context, Outcome};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    replicas_go_to_scale_and_status_to_its_own,
    a_native_kind_is_scaled_through_its_subresource,
    what_was_written_before_a_refusal_is_told,
    a_lost_answer_of_one_of_several_is_made_up_for,
    a_kind_without_a_scale_is_not_taken_for_an_object_that_is_gone,
];

/// A kind with a scale.
#[derive(Model, Clone, Debug, PartialEq)]
#[korm(
    group = "scaling.korm.example",
    version = "v1",
    plural = "groves",
    namespaced,
    scale(spec = ".spec.replicas", status = ".status.replicas")
)]
struct Grove {
    meta: Meta,
    #[korm(spec, scale, default = 1)]
    replicas: i32,
    #[korm(spec)]
    variety: String,
    #[korm(status, rename = "replicas")]
    planted: Option<i32>,
    #[korm(status, values("young", "old"))]
    age: Option<String>,
}

async fn groves(context: &Context) -> korm::Result<(Cluster, Grove, RequestLog)> {
    let cluster = Cluster::from_client(context.client(), "the case's server");
    cluster.install::<Grove>().await?;
    let mut grove = Grove {
        meta: Meta::named("a").in_namespace(context.namespace()),
        replicas: 1,
        variety: "Frost".into(),
        planted: None,
        age: None,
    };
    cluster.save(&mut grove).await?;
    let (cluster, log) = cluster.recorded();
    Ok((cluster, grove, log))
}

fn sent(log: &RequestLog) -> Vec<String> {
    let short = |request: &korm::LoggedRequest| {
        let path = request.path_and_query.split('?').next().unwrap_or_default();
        let tail = path.split('/').skip(6).collect::<Vec<_>>().join("/");
        format!("{} {tail}", request.method)
    };
    log.take().iter().map(short).collect()
}

async fn replicas_go_to_scale_and_status_to_its_own(context: Context) -> Outcome {
    let (cluster, mut grove, log) = groves(&context).await?;
    grove.replicas = 3;
    let saved = cluster.save(&mut grove).await?;
    assert_eq!(saved.endpoints, [Endpoint::Scale]);
    assert_eq!(sent(&log), ["PATCH groves/a/scale", "GET groves/a"]);

    grove.replicas = 5;
    grove.variety = "Redhaven".into();
    grove.planted = Some(4);
    grove.age = Some("young".into());
    let saved = cluster.save(&mut grove).await?;
    assert_eq!(
        saved.endpoints,
        [Endpoint::Scale, Endpoint::Object, Endpoint::Status]
    );
    assert_eq!(saved.fields, ["replicas", "variety", "age", "planted"]);
    assert_eq!(
        sent(&log),
        [
            "PATCH groves/a/scale",
            "PATCH groves/a",
            "PATCH groves/a/status"
        ]
    );
    let read: Grove = cluster.get(grove.meta.key()).await?;
    assert_eq!(read, grove);
    assert_eq!((read.replicas, read.planted), (5, Some(4)));
    Ok(())
}

/// The part of a Deployment that is scaled.
#[derive(Model, Clone, Debug)]
#[korm(native = "apps/v1/Deployment")]
struct Web {
    meta: Meta,
    #[korm(spec, scale)]
    replicas: Option<i32>,
    #[korm(spec)]
    paused: Option<bool>,
}

async fn a_native_kind_is_scaled_through_its_subresource(context: Context) -> Outcome {
    let path = format!(
        "/apis/apps/v1/namespaces/{}/deployments",
        context.namespace()
    );
    let whole = serde_json::json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
        "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "web"}}, "template": {
            "metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "web:1"}]}}}});
    context
        .post(&path, whole)
        .await?
        .expect(http::StatusCode::CREATED)?;
    let (cluster, log) = Cluster::from_client(context.client(), "the case's server").recorded();
    let mut web: Web = cluster.get((context.namespace(), "web")).await?;
    log.take();
    web.replicas = Some(4);
    web.paused = Some(true);
    cluster.save(&mut web).await?;
    assert_eq!(
        sent(&log),
        ["PATCH deployments/web/scale", "PATCH deployments/web"]
    );
    let read: Web = cluster.get((context.namespace(), "web")).await?;
    assert_eq!((read.replicas, read.paused), (Some(4), Some(true)));
    Ok(())
}

async fn what_was_written_before_a_refusal_is_told(context: Context) -> Outcome {
    let (cluster, mut grove, _) = groves(&context).await?;
    grove.variety = "Redhaven".into();
    grove.age = Some("ancient".into());
    let error = cluster.save(&mut grove).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.written(), [Endpoint::Object]);
    assert!(
        error
            .to_string()
            .contains("\n  written before that: the object"),
        "{error}"
    );
    assert_eq!(
        cluster.get::<Grove>(grove.meta.key()).await?.variety,
        "Redhaven"
    );

    // The same of a new object, which is there and has no status.
    let mut new = Grove {
        meta: Meta::named("b").in_namespace(context.namespace()),
        ..grove.clone()
    };
    let error = cluster.save(&mut new).await.unwrap_err();
    assert_eq!(error.written(), [Endpoint::Object]);
    let there: Grove = cluster.get((context.namespace(), "b")).await?;
    assert_eq!(there.age, None);
    Ok(())
}

async fn a_lost_answer_of_one_of_several_is_made_up_for(context: Context) -> Outcome {
    let (cluster, mut grove, _) = groves(&context).await?;
    for part in ["/groves/a/scale", "/groves/a", "/groves/a/status"] {
        let faults = Faults::new();
        let path = move |_: &http::Method, uri: &http::Uri| uri.path().ends_with(part);
        faults
            .on(When::method(http::Method::PATCH).and(path))
            .inject(Fault::lose_answer());
        let cluster = cluster.with_layer(&faults.layer());
        grove.replicas += 1;
        grove.variety.push('!');
        grove.planted = Some(grove.replicas);
        cluster.save(&mut grove).await?;
        assert_eq!(faults.injected().len(), 1, "{part}");
        let read: Grove = cluster.get(grove.meta.key()).await?;
        assert_eq!(read, grove, "{part}");
    }
    Ok(())
}

/// A kind whose CRD has no scale.
#[derive(Model, Clone, Debug)]
#[korm(
    group = "scaling.korm.example",
    version = "v1",
    plural = "copses",
    namespaced
)]
struct Copse {
    meta: Meta,
    #[korm(spec)]
    replicas: i32,
}

/// Believes that it has one.
#[derive(Model, Clone, Debug)]
#[korm(
    group = "scaling.korm.example",
    version = "v1",
    kind = "Copse",
    plural = "copses",
    namespaced,
    scale(spec = ".spec.replicas", status = ".status.replicas")
)]
struct Scaled {
    meta: Meta,
    #[korm(spec, scale)]
    replicas: i32,
}

async fn a_kind_without_a_scale_is_not_taken_for_an_object_that_is_gone(
    context: Context,
) -> Outcome {
    let cluster = Cluster::from_client(context.client(), "the case's server");
    cluster.install::<Copse>().await?;
    let mut copse = Copse {
        meta: Meta::named("a").in_namespace(context.namespace()),
        replicas: 1,
    };
    cluster.save(&mut copse).await?;
    let mut scaled: Scaled = cluster.get(copse.meta.key()).await?;
    scaled.replicas = 2;
    let error = cluster.save(&mut scaled).await.unwrap_err();
    assert!(error.is_bad_model());
    assert_eq!(
        error.to_string(),
        "the model Copse cannot be used: it writes the scale subresource, which copses.scaling.korm.example in the cluster \
         does not have\n  hint: bring the CustomResourceDefinition up to the model with `cluster.install::<Copse>()`, or write \
         the field without `scale`"
    );
    cluster.refresh(&mut copse).await?;
    assert_eq!(copse.replicas, 1);
    Ok(())
}
