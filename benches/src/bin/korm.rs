//! korm, as its documentation does it.

use std::time::Instant;

use clap::{Parser, Subcommand};
use futures::TryStreamExt;
use korm::{Cluster, Meta, Model};
use korm_benches::Done;
use korm_benches::dataset::{name, orchard, raise};
use korm_benches::options::Options;

#[derive(Model, Clone, Debug, PartialEq)]
#[korm(
    group = "bench.korm.dev",
    version = "v1",
    plural = "peaches",
    namespaced
)]
struct Peach {
    meta: Meta,
    #[korm(spec)]
    variety: String,
    #[korm(spec, default = 1)]
    price: i64,
    #[korm(label = "orchard")]
    orchard: Option<String>,
    #[korm(status)]
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
    /// List page by page, keeping none.
    Pages,
    /// Save a changed field of each object, one after the other.
    Save,
    /// Create objects, many in one call.
    Create,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Arguments { options, case } = Arguments::parse();
    let cluster = Cluster::from_config(options.config().await?)?;
    match case {
        Case::List => list(&options, &cluster).await?,
        Case::Pages => pages(&options, &cluster).await?,
        Case::Save => save(&options, &cluster).await?,
        Case::Create => create(&options, &cluster).await?,
    }
    .say()
}

fn query(options: &Options, cluster: &Cluster) -> korm::Query<Peach> {
    cluster
        .query::<Peach>()
        .in_namespace(&options.namespace)
        .page_size(options.page)
}

async fn list(options: &Options, cluster: &Cluster) -> anyhow::Result<Done> {
    let begin = Instant::now();
    let all = query(options, cluster).all().await?;
    Ok(Done::listed(all.iter().map(|peach| peach.price), begin))
}

async fn pages(options: &Options, cluster: &Cluster) -> anyhow::Result<Done> {
    let begin = Instant::now();
    let mut done = Done::default();
    let mut pages = query(options, cluster).pages();
    while let Some(page) = pages.try_next().await? {
        let page = Done::listed(page.iter().map(|peach| peach.price), begin);
        done.objects += page.objects;
        done.sum += page.sum;
        done.seconds = page.seconds;
    }
    Ok(done)
}

/// A compare-and-set of that field.
async fn save(options: &Options, cluster: &Cluster) -> anyhow::Result<Done> {
    let raise = raise()?;
    let some = query(options, cluster).limit(options.objects as usize);
    let mut all = some.all().await?.into_vec();
    let begin = Instant::now();
    for peach in &mut all {
        peach.price += raise;
        cluster.save(peach).await?;
    }
    Ok(Done::with(all.len(), begin))
}

async fn create(options: &Options, cluster: &Cluster) -> anyhow::Result<Done> {
    let begin = Instant::now();
    let peach = |number| Peach {
        meta: Meta::named(name(number)).in_namespace(&options.namespace),
        variety: "Frost".to_owned(),
        price: number.into(),
        orchard: Some(orchard(number)),
        ripe: None,
    };
    let mut peaches: Vec<Peach> = (0..options.objects).map(peach).collect();
    let outcomes = cluster
        .save_all(&mut peaches)
        .concurrency(options.in_flight)
        .await;
    outcomes.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(Done::with(peaches.len(), begin))
}
