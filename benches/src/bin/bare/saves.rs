//! Changing one field of one object after the other. Reading them is not in the measured seconds.

use std::time::Instant;

use anyhow::Context;
use bytes::Bytes;
use korm_benches::Done;
use korm_benches::bare::Bare;
use korm_benches::dataset::{raise, text};
use korm_benches::options::Options;
use serde_json::{Value, json};

/// The JSON Patch that a compare-and-set needs at least, and the answer thrown away.
pub(crate) async fn patch(options: &Options) -> anyhow::Result<Done> {
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
        let path = format!("{}/{name}{}", options.path(), options.query);
        server
            .whole("PATCH", &path, "application/json-patch+json", text(&patch))
            .await?;
    }
    Ok(Done::with(items.len(), begin))
}
