//! Reading many objects, or no more than their bytes.

use std::time::Instant;

use bytes::Bytes;
use korm_benches::Done;
use korm_benches::bare::Bare;
use korm_benches::options::Options;
use serde::Deserialize;

/// The bytes alone, and of paging only what it cannot do without: finding the token of the next page.
pub(crate) async fn bytes(options: &Options) -> anyhow::Result<Done> {
    let server = Bare::connect(options).await?;
    let begin = Instant::now();
    let (mut bytes, mut requests) = (0, 0);
    let mut token = None;
    loop {
        let (size, tail) = server.skim(&page(options, token.as_deref())).await?;
        bytes += size;
        requests += 1;
        token = next(&tail);
        if token.is_none() {
            break;
        }
    }
    Ok(Done {
        bytes,
        requests,
        ..Done::with(0, begin)
    })
}

fn page(options: &Options, token: Option<&str>) -> String {
    let path = options.path();
    match (token, options.page) {
        (_, 0) => path,
        (None, page) => format!("{path}?limit={page}"),
        (Some(token), page) => format!("{path}?limit={page}&continue={token}"),
    }
}

/// The token at the end of a page. It is base64url, so a URL can have it as it is.
fn next(tail: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(tail);
    let (_, after) = text.rsplit_once("\"continue\":\"")?;
    let (token, _) = after.split_once('"')?;
    (!token.is_empty()).then(|| token.to_owned())
}

/// The least that a program would keep of an object: its own fields, and what it needs to write it back.
#[derive(Deserialize)]
#[allow(dead_code)] // What is kept is measured.
struct Peach {
    metadata: Meta,
    spec: Spec,
    #[serde(default)]
    status: Status,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct Meta {
    name: String,
    namespace: String,
    uid: String,
    resource_version: String,
    labels: Labels,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Labels {
    orchard: Option<String>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Spec {
    variety: String,
    price: i64,
}

#[derive(Default, Deserialize)]
#[allow(dead_code)]
struct Status {
    ripe: Option<bool>,
}

#[derive(Deserialize)]
struct List {
    items: Vec<Peach>,
}

/// The floor of memory: nothing but the structs.
pub(crate) async fn structs(options: &Options) -> anyhow::Result<Done> {
    let server = Bare::connect(options).await?;
    let begin = Instant::now();
    let mut all = Vec::new();
    let mut token = None;
    loop {
        let path = page(options, token.as_deref());
        let body = server
            .whole("GET", &path, "application/json", Bytes::new())
            .await?;
        let list: List = serde_json::from_slice(&body)?;
        all.extend(list.items);
        token = next(&body[body.len().saturating_sub(4096)..]);
        if token.is_none() {
            break;
        }
    }
    Ok(Done::listed(
        all.iter().map(|peach| peach.spec.price),
        begin,
    ))
}
