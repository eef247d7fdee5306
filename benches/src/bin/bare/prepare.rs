//! Making the objects that lists and saves are measured with.

use std::time::{Duration, Instant};

use anyhow::bail;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use korm_benches::Done;
use korm_benches::bare::Bare;
use korm_benches::dataset::{GROUP, crd, object, text};
use korm_benches::options::Options;
use serde_json::{Value, json};

const JSON: &str = "application/json";
const CRDS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/// A connection to a server that has the CRD and the namespace.
async fn connect(options: &Options) -> anyhow::Result<Bare> {
    let server = Bare::connect(options).await?;
    install(&server).await?;
    let namespace = json!({"metadata": {"name": options.namespace}});
    or_exists(
        server
            .whole("POST", "/api/v1/namespaces", JSON, text(&namespace))
            .await,
    )?;
    Ok(server)
}

/// Makes sure of the CRD, the namespace and its objects, whatever is there already.
pub(crate) async fn prepare(options: &Options) -> anyhow::Result<Done> {
    let begin = Instant::now();
    let server = connect(options).await?;
    let have = count(&server, options).await?;
    stream::iter(have..options.objects)
        .map(|number| {
            let server = server.clone();
            let body = text(&object(number, "curl"));
            let path = options.path();
            async move { or_exists(server.whole("POST", &path, JSON, body).await) }
        })
        .buffer_unordered(options.in_flight)
        .try_collect::<Vec<()>>()
        .await?;
    let objects = u64::from(count(&server, options).await?);
    if objects != u64::from(options.objects) {
        bail!(
            "{} has {objects} objects: use another namespace",
            options.namespace
        );
    }
    Ok(Done {
        objects,
        sum: 0,
        bytes: 0,
        requests: 0,
        seconds: begin.elapsed().as_secs_f64(),
    })
}

/// Makes sure of the CRD and the namespace, and that it has no objects.
pub(crate) async fn empty(options: &Options) -> anyhow::Result<Done> {
    let begin = Instant::now();
    let server = connect(options).await?;
    server
        .whole("DELETE", &options.path(), JSON, Bytes::new())
        .await?;
    let objects = u64::from(count(&server, options).await?);
    Ok(Done {
        objects,
        sum: 0,
        bytes: 0,
        requests: 0,
        seconds: begin.elapsed().as_secs_f64(),
    })
}

/// Installs the CRD, and waits until its objects can be created: Kubernetes delays that by seconds.
async fn install(server: &Bare) -> anyhow::Result<()> {
    or_exists(server.whole("POST", CRDS, JSON, text(&crd())).await)?;
    let probe = text(&object(0, "probe"));
    let path = format!("/apis/{GROUP}/v1/namespaces/default/peaches?dryRun=All");
    for _ in 0..100 {
        if or_exists(server.whole("POST", &path, JSON, probe.clone()).await).is_ok() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("objects of the new CRD cannot be created")
}

async fn count(server: &Bare, options: &Options) -> anyhow::Result<u32> {
    let path = format!("{}?limit=1", options.path());
    let list: Value =
        serde_json::from_slice(&server.whole("GET", &path, JSON, Bytes::new()).await?)?;
    let first = list["items"].as_array().map_or(0, Vec::len) as u64;
    let rest = list["metadata"]["remainingItemCount"].as_u64().unwrap_or(0);
    Ok(u32::try_from(first + rest)?)
}

fn or_exists(answer: anyhow::Result<Bytes>) -> anyhow::Result<()> {
    match answer {
        Err(error) if error.to_string().contains(": 409 ") => Ok(()),
        answer => answer.map(drop),
    }
}
