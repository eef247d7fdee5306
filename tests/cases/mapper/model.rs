//! The model of these cases, and a cluster with its kind installed.

use korm::prelude::*;
use korm::{RequestLog, Result};
use korm_apiserver::faults::Faults;
use korm_tests::Context;

/// A fruit.
#[derive(Model, Clone, Debug, PartialEq)]
#[korm(
    group = "mapper.korm.example",
    version = "v1",
    plural = "peaches",
    namespaced
)]
pub(crate) struct Peach {
    pub(crate) meta: Meta,
    #[korm(spec, column(name = "Variety"), selectable)]
    pub(crate) variety: String,
    #[korm(spec, default = 1, min = 0)]
    pub(crate) price: i64,
    #[korm(spec)]
    pub(crate) note: Option<String>,
    #[korm(spec)]
    pub(crate) tags: Option<Vec<String>>,
    #[korm(label = "orchard.example/row")]
    pub(crate) row: Option<String>,
    #[korm(annotation = "orchard.example/origin")]
    pub(crate) origin: Option<String>,
    #[korm(status)]
    pub(crate) ripe: Option<bool>,
}

/// One that was never stored.
pub(crate) fn peach(context: &Context, name: &str) -> Peach {
    Peach {
        meta: Meta::named(name).in_namespace(context.namespace()),
        variety: "Frost".into(),
        price: 1,
        note: None,
        tags: None,
        row: None,
        origin: None,
        ripe: None,
    }
}

/// A cluster in which Peach is installed.
pub(crate) async fn cluster(context: &Context) -> Result<Cluster> {
    let cluster = Cluster::from_client(context.client(), "the case's server");
    cluster.install::<Peach>().await?;
    context.requests().clear();
    Ok(cluster)
}

/// The same, with a record of what is sent.
pub(crate) async fn recorded(context: &Context) -> Result<(Cluster, RequestLog)> {
    Ok(cluster(context).await?.recorded())
}

/// The same, with faults between it and the server.
pub(crate) async fn faulty(context: &Context) -> Result<(Cluster, Faults)> {
    let faults = Faults::new();
    let cluster = cluster(context).await?.with_layer(&faults.layer());
    Ok((cluster, faults))
}

/// What was sent, as `PATCH peaches/a/status`.
pub(crate) fn sent(log: &RequestLog) -> Vec<String> {
    let short = |request: &korm::LoggedRequest| {
        let path = request.path_and_query.split('?').next().unwrap_or_default();
        let tail = path.split_once("/peaches").map_or(path, |(_, tail)| tail);
        format!("{} peaches{tail}", request.method)
    };
    log.take().iter().map(short).collect()
}
