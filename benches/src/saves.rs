//! Changing one field of one object after the other. Reading them is not in the measured seconds.

use std::time::Instant;

use anyhow::Context;
use bytes::Bytes;
use kube::api::{Api, ListParams, Patch, PatchParams};
use serde_json::{Value, json};

use crate::Done;
use crate::bare::Bare;
use crate::dataset::text;
use crate::kinds::{Options, Peach, mapped};

/// What to add to the price: something else each time, so that no run saves what is there already.
fn raise() -> anyhow::Result<i64> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    Ok(1 + i64::from(now.subsec_nanos() % 1_000_000))
}

fn done(options: &Options, begin: Instant) -> Done {
    Done {
        objects: options.objects.into(),
        sum: 0,
        bytes: 0,
        requests: options.objects.into(),
        seconds: begin.elapsed().as_secs_f64(),
    }
}

/// The JSON Patch that a compare-and-set needs at least, and the answer thrown away.
pub(crate) async fn raw(options: &Options) -> anyhow::Result<Done> {
    let raise = raise()?;
    let server = Bare::connect(options).await?;
    let path = format!("{}?limit={}", options.path(), options.objects);
    let body = server
        .whole("GET", &path, "application/json", Bytes::new())
        .await?;
    let list: Value = serde_json::from_slice(&body)?;
    let items = list["items"].as_array().context("no list")?;
    let begin = Instant::now();
    for item in items {
        let name = item["metadata"]["name"]
            .as_str()
            .context("an object has no name")?;
        let price = item["spec"]["price"]
            .as_i64()
            .context("a peach has no price")?;
        let patch = json!([
            {"op": "test", "path": "/metadata/uid", "value": item["metadata"]["uid"]},
            {"op": "test", "path": "/spec/price", "value": price},
            {"op": "replace", "path": "/spec/price", "value": price + raise},
        ]);
        let path = format!("{}/{name}", options.path());
        server
            .whole("PATCH", &path, "application/json-patch+json", text(&patch))
            .await?;
    }
    Ok(done(options, begin))
}

/// A merge patch, which compares nothing, as kube-rs's users do it.
pub(crate) async fn kube(options: &Options) -> anyhow::Result<Done> {
    let raise = raise()?;
    let api = Api::<Peach>::namespaced(options.kube().await?, &options.namespace);
    let all = api
        .list(&ListParams::default().limit(options.objects))
        .await?;
    let begin = Instant::now();
    for mut peach in all.items {
        peach.spec.price += raise;
        let name = peach
            .metadata
            .name
            .as_deref()
            .context("an object has no name")?;
        let patch = json!({"spec": {"price": peach.spec.price}});
        api.patch(name, &PatchParams::default(), &Patch::Merge(patch))
            .await?;
    }
    Ok(done(options, begin))
}

/// What korm promises.
pub(crate) async fn korm(options: &Options) -> anyhow::Result<Done> {
    let raise = raise()?;
    let cluster = options.korm().await?;
    let query = cluster
        .query::<mapped::Peach>()
        .in_namespace(&options.namespace);
    let mut all = query
        .limit(options.objects as usize)
        .all()
        .await?
        .into_vec();
    let begin = Instant::now();
    for peach in &mut all {
        peach.price += raise;
        cluster.save(peach).await?;
    }
    Ok(done(options, begin))
}
