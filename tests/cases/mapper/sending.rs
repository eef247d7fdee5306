//! Promise 1, request by request: what exactly a save sends, and what it does when somebody was faster.

use http::Method;
use korm::prelude::*;
use korm::{Endpoint, RequestLog};
use korm_tests::{Case, Context, Outcome};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::model::{Peach, peach, recorded, sent};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    parents_that_are_absent_are_added_with_the_field,
    a_label_and_an_annotation_are_one_operation_each,
    what_is_removed_is_removed_and_tested,
    one_element_of_a_list_is_one_operation,
    a_racing_controller_needs_no_second_request,
    a_conflict_is_found_by_one_look,
    the_same_change_by_both_is_found_by_one_look,
    anothers_change_beside_ours_is_no_second_request,
    a_status_without_a_subresource_goes_to_the_object,
];

/// The operations of the one patch that was sent, without the test of the uid that each begins with.
fn operations(log: &RequestLog) -> Value {
    let requests = log.take();
    assert_eq!(requests.len(), 1, "{requests:?}");
    assert_eq!(requests[0].method, "PATCH");
    let mut operations: Vec<Value> = serde_json::from_str(&requests[0].body).unwrap();
    let uid = operations.remove(0);
    assert_eq!(uid["op"], "test");
    assert_eq!(uid["path"], "/metadata/uid");
    operations.into()
}

async fn parents_that_are_absent_are_added_with_the_field(context: Context) -> Outcome {
    let (cluster, log) = recorded(&context).await?;
    let mut peach = peach(&context, "a");
    cluster.save(&mut peach).await?;
    log.take();
    peach.ripe = Some(true);
    cluster.save(&mut peach).await?;
    assert_eq!(
        operations(&log),
        json!([
            {"op": "test", "path": "/status", "value": null},
            {"op": "add", "path": "/status", "value": {"ripe": true}},
        ])
    );
    Ok(())
}

async fn a_label_and_an_annotation_are_one_operation_each(context: Context) -> Outcome {
    let (cluster, log) = recorded(&context).await?;
    let mut peach = peach(&context, "a");
    peach.meta = peach.meta.label("app", "shop").annotation("team", "fruit");
    cluster.save(&mut peach).await?;
    log.take();
    peach.row = Some("7".into());
    peach.origin = Some("Piedmont".into());
    cluster.save(&mut peach).await?;
    assert_eq!(
        operations(&log),
        json!([
            {"op": "test", "path": "/metadata/annotations/orchard.example~1origin", "value": null},
            {"op": "test", "path": "/metadata/labels/orchard.example~1row", "value": null},
            {"op": "add", "path": "/metadata/annotations/orchard.example~1origin", "value": "Piedmont"},
            {"op": "add", "path": "/metadata/labels/orchard.example~1row", "value": "7"},
        ])
    );
    Ok(())
}

async fn what_is_removed_is_removed_and_tested(context: Context) -> Outcome {
    let (cluster, log) = recorded(&context).await?;
    let mut peach = peach(&context, "a");
    peach.note = Some("soft".into());
    peach.origin = Some("Piedmont".into());
    peach.ripe = Some(false);
    cluster.save(&mut peach).await?;
    log.take();
    peach.note = None;
    peach.origin = None;
    cluster.save(&mut peach).await?;
    assert_eq!(
        operations(&log),
        json!([
            {"op": "test", "path": "/metadata/annotations/orchard.example~1origin", "value": "Piedmont"},
            {"op": "test", "path": "/spec/note", "value": "soft"},
            {"op": "remove", "path": "/metadata/annotations/orchard.example~1origin"},
            {"op": "remove", "path": "/spec/note"},
        ])
    );
    peach.ripe = None;
    cluster.save(&mut peach).await?;
    assert_eq!(
        operations(&log),
        json!([
            {"op": "test", "path": "/status/ripe", "value": false},
            {"op": "remove", "path": "/status/ripe"},
        ])
    );
    let raw = cluster.objects(Peach::definition());
    let raw = raw.get(&peach.meta.key()).await?;
    assert_eq!(raw["spec"], json!({"variety": "Frost", "price": 1}));
    assert_eq!(raw["status"].get("ripe"), None);
    Ok(())
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Twig {
    name: String,
    length: i64,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[korm(
    group = "sending.korm.example",
    version = "v1",
    plural = "hedges",
    namespaced
)]
struct Hedge {
    meta: Meta,
    #[korm(spec, list_map("name"))]
    twigs: Vec<Twig>,
    #[korm(spec, list_set)]
    tags: Vec<String>,
}

async fn one_element_of_a_list_is_one_operation(context: Context) -> Outcome {
    let (cluster, log) = Cluster::from_client(context.client(), "the case's server").recorded();
    cluster.install::<Hedge>().await?;
    let twig = |name: &str, length| Twig {
        name: name.into(),
        length,
    };
    let mut hedge = Hedge {
        meta: Meta::named("a").in_namespace(context.namespace()),
        twigs: vec![twig("left", 1), twig("right", 2)],
        tags: vec!["green".into(), "old".into()],
    };
    cluster.save(&mut hedge).await?;
    log.take();
    hedge.twigs[1].length = 3;
    cluster.save(&mut hedge).await?;
    let length = operations(&log);
    assert_eq!(
        length.as_array().and_then(|operations| operations.last()),
        Some(&json!({"op": "replace", "path": "/spec/twigs/1/length", "value": 3})),
        "{length}"
    );
    hedge.tags.push("tall".into());
    cluster.save(&mut hedge).await?;
    let tag = operations(&log);
    assert_eq!(
        tag.as_array().and_then(|operations| operations.last()),
        Some(&json!({"op": "add", "path": "/spec/tags/-", "value": "tall"})),
        "{tag}"
    );
    Ok(())
}

/// A controller writes the status as fast as it can, while the spec is saved again and again: no save needs a second
/// request, and nothing is lost on either side.
async fn a_racing_controller_needs_no_second_request(context: Context) -> Outcome {
    const TIMES: i64 = 40;
    let (cluster, log) = recorded(&context).await?;
    let mut mine = peach(&context, "a");
    cluster.save(&mut mine).await?;
    let status = format!(
        "/apis/mapper.korm.example/v1/namespaces/{}/peaches/a/status",
        context.namespace()
    );
    let racer = context.clone();
    let (done, mut stop) = tokio::sync::oneshot::channel::<()>();
    let controller = tokio::spawn(async move {
        let mut written = 0;
        while stop.try_recv().is_err() {
            let ripe = json!({"status": {"ripe": written % 2 == 0}});
            let answer = racer.patch("merge", &status, ripe).await?;
            written += i32::from(answer.status.is_success());
        }
        Ok::<_, kube::Error>(written)
    });
    log.take();
    for price in 2..2 + TIMES {
        mine.price = price;
        cluster.save(&mut mine).await?;
    }
    done.send(())
        .map_err(|()| "the controller ended by itself")?;
    let written = controller.await??;
    assert!(written > 0);
    assert_eq!(
        log.take().len(),
        usize::try_from(TIMES)?,
        "one request for each save"
    );
    let read: Peach = cluster.get(mine.meta.key()).await?;
    assert_eq!(read.price, 1 + TIMES);
    assert_eq!(read.ripe, Some(written % 2 == 1));
    Ok(())
}

async fn a_conflict_is_found_by_one_look(context: Context) -> Outcome {
    let (cluster, log) = recorded(&context).await?;
    let mut mine = peach(&context, "a");
    cluster.save(&mut mine).await?;
    let mut theirs: Peach = cluster.get(mine.meta.key()).await?;
    theirs.price = 2;
    theirs.note = Some("theirs".into());
    cluster.save(&mut theirs).await?;
    log.take();
    mine.price = 3;
    mine.note = Some("mine".into());
    mine.variety = "Redhaven".into();
    let error = cluster.save(&mut mine).await.unwrap_err();
    assert_eq!(sent(&log), ["PATCH peaches/a", "GET peaches/a"]);
    // Each field that both changed, and not the one that only we changed.
    let fields = error.as_conflict().unwrap().fields();
    let shown: Vec<_> = fields.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "spec.note (read: absent, now: \"theirs\", yours: \"mine\")",
            "spec.price (read: 1, now: 2, yours: 3)"
        ]
    );
    assert_eq!(error.outcome(), korm::Outcome::Rejected);
    Ok(())
}

async fn the_same_change_by_both_is_found_by_one_look(context: Context) -> Outcome {
    let (cluster, log) = recorded(&context).await?;
    let mut mine = peach(&context, "a");
    cluster.save(&mut mine).await?;
    let mut theirs: Peach = cluster.get(mine.meta.key()).await?;
    theirs.price = 2;
    cluster.save(&mut theirs).await?;
    log.take();
    mine.price = 2;
    cluster.save(&mut mine).await?;
    assert_eq!(sent(&log), ["PATCH peaches/a", "GET peaches/a"]);
    assert_eq!(mine, theirs);
    Ok(())
}

async fn anothers_change_beside_ours_is_no_second_request(context: Context) -> Outcome {
    let (cluster, log) = recorded(&context).await?;
    let mut mine = peach(&context, "a");
    mine.meta = mine.meta.label("app", "shop");
    cluster.save(&mut mine).await?;
    let mut theirs: Peach = cluster.get(mine.meta.key()).await?;
    theirs.note = Some("theirs".into());
    theirs.meta.labels.insert("app", "stall");
    cluster.save(&mut theirs).await?;
    log.take();
    mine.price = 3;
    mine.row = Some("7".into());
    cluster.save(&mut mine).await?;
    assert_eq!(sent(&log), ["PATCH peaches/a"]);
    assert_eq!(mine.note.as_deref(), Some("theirs"));
    assert_eq!(mine.meta.labels["app"], "stall");
    Ok(())
}

/// A model that believes in a status subresource, which the definition in the cluster does not have.
#[derive(Model, Clone, Debug, PartialEq)]
#[korm(
    group = "plain.korm.example",
    version = "v1",
    plural = "thistles",
    namespaced
)]
struct Thistle {
    meta: Meta,
    #[korm(spec)]
    height: i64,
    #[korm(status)]
    dry: Option<bool>,
}

async fn thistles(
    context: &Context,
) -> Result<(Cluster, RequestLog), Box<dyn std::error::Error + Send + Sync>> {
    let schema = json!({"openAPIV3Schema": {"type": "object", "properties": {
        "spec": {"type": "object", "properties": {"height": {"type": "integer"}}},
        "status": {"type": "object", "properties": {"dry": {"type": "boolean"}}}}}});
    let definition = json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "thistles.plain.korm.example"},
        "spec": {"group": "plain.korm.example", "scope": "Namespaced",
            "names": {"plural": "thistles", "singular": "thistle", "kind": "Thistle"},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": schema}]}});
    // There already, perhaps, from an earlier run.
    context
        .post(
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            definition,
        )
        .await?;
    let probe = json!({"apiVersion": "plain.korm.example/v1", "kind": "Thistle", "metadata": {"name": "probe"}});
    let path = format!(
        "/apis/plain.korm.example/v1/namespaces/{}/thistles?dryRun=All",
        context.namespace()
    );
    for _ in 0..600 {
        let answer = context.send(
            Method::POST,
            &path,
            Some(("application/json", probe.clone())),
        );
        if answer.await?.status == http::StatusCode::CREATED {
            let cluster = Cluster::from_client(context.client(), "the case's server");
            return Ok(cluster.recorded());
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    Err("thistles are not served".into())
}

async fn a_status_without_a_subresource_goes_to_the_object(context: Context) -> Outcome {
    let (cluster, log) = thistles(&context).await?;
    let thistle = |name: &str| Thistle {
        meta: Meta::named(name).in_namespace(context.namespace()),
        height: 1,
        dry: None,
    };
    let lines = || {
        let requests = log.take().into_iter();
        let line = |request: korm::LoggedRequest| {
            let path = request
                .path_and_query
                .split('?')
                .next()
                .unwrap_or_default()
                .to_owned();
            let tail = path
                .split("/thistles")
                .nth(1)
                .unwrap_or_default()
                .to_owned();
            format!("{} thistles{tail}", request.method)
        };
        requests.map(line).collect::<Vec<_>>()
    };
    let mut saved = thistle("saved");
    cluster.save(&mut saved).await?;
    assert_eq!(lines(), ["POST thistles"]);
    saved.dry = Some(true);
    assert_eq!(
        cluster.save(&mut saved).await?.endpoints,
        [Endpoint::Object]
    );
    assert_eq!(
        lines(),
        [
            "PATCH thistles/saved/status",
            "GET thistles/saved",
            "PATCH thistles/saved"
        ]
    );
    saved.dry = Some(false);
    saved.height = 2;
    assert_eq!(
        cluster.save(&mut saved).await?.endpoints,
        [Endpoint::Object]
    );
    assert_eq!(cluster.get::<Thistle>(saved.meta.key()).await?, saved);

    let mut created = thistle("created");
    created.dry = Some(true);
    cluster.save(&mut created).await?;
    assert_eq!(
        cluster.get::<Thistle>(created.meta.key()).await?.dry,
        Some(true)
    );
    let mut applied = thistle("applied");
    applied.dry = Some(true);
    assert_eq!(
        cluster.apply(&mut applied).await?.endpoints,
        [Endpoint::Object]
    );
    assert_eq!(
        cluster.get::<Thistle>(applied.meta.key()).await?.dry,
        Some(true)
    );
    Ok(())
}
