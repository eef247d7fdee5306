//! kube-rs, as its documentation does it.

use std::time::Instant;

use anyhow::Context;
use clap::{Parser, Subcommand};
use futures::{StreamExt, TryStreamExt, stream};
use korm_benches::Done;
use korm_benches::dataset::{name, orchard, raise};
use korm_benches::options::Options;
use kube::CustomResource;
use kube::api::{Api, ListParams, Patch, PatchParams, PostParams};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(CustomResource, Clone, Debug, Deserialize, Serialize)]
#[kube(
    group = "bench.korm.dev",
    version = "v1",
    kind = "Peach",
    plural = "peaches",
    namespaced,
    status = "PeachStatus",
    schema = "disabled"
)]
struct PeachSpec {
    variety: String,
    price: i64,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct PeachStatus {
    ripe: Option<bool>,
}

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    case: Case,
}

#[derive(Subcommand, Clone, Copy)]
enum Case {
    /// List, all objects in memory in the end.
    List,
    /// Change a field of each object, one after the other.
    Save,
    /// Create objects.
    Create,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Arguments { options, case } = Arguments::parse();
    let client = kube::Client::try_from(options.config().await?)?;
    let api = Api::<Peach>::namespaced(client, &options.namespace);
    match case {
        Case::List => list(&options, api).await?,
        Case::Save => save(&options, api).await?,
        Case::Create => create(&options, api).await?,
    }
    .say()
}

/// Typed, and by pages where they are asked for.
async fn list(options: &Options, api: Api<Peach>) -> anyhow::Result<Done> {
    let begin = Instant::now();
    let mut all = Vec::new();
    let mut parameters = ListParams::default();
    if options.page > 0 {
        parameters = parameters.limit(options.page);
    }
    loop {
        let page = api.list(&parameters).await?;
        all.extend(page.items);
        match page.metadata.continue_ {
            Some(token) if !token.is_empty() => parameters = parameters.continue_token(&token),
            _ => break,
        }
    }
    Ok(Done::listed(
        all.iter().map(|peach| peach.spec.price),
        begin,
    ))
}

/// A merge patch, which compares nothing.
async fn save(options: &Options, api: Api<Peach>) -> anyhow::Result<Done> {
    let raise = raise()?;
    let all = api
        .list(&ListParams::default().limit(options.objects))
        .await?;
    let objects = all.items.len();
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
    Ok(Done::with(objects, begin))
}

async fn create(options: &Options, api: Api<Peach>) -> anyhow::Result<Done> {
    let begin = Instant::now();
    stream::iter(0..options.objects)
        .map(|number| {
            let api = api.clone();
            async move {
                let spec = PeachSpec {
                    variety: "Frost".to_owned(),
                    price: number.into(),
                };
                let mut peach = Peach::new(&name(number), spec);
                peach.metadata.labels = Some([("orchard".to_owned(), orchard(number))].into());
                api.create(&PostParams::default(), &peach).await
            }
        })
        .buffer_unordered(options.in_flight)
        .try_for_each(async |_| Ok(()))
        .await?;
    Ok(Done::with(options.objects as usize, begin))
}
