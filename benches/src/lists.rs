//! Reading many objects.

use std::time::Instant;

use futures::TryStreamExt;
use kube::api::{Api, ListParams};

use crate::Done;
use crate::bare::Bare;
use crate::kinds::{Options, Peach, mapped};

/// The bytes alone, and of paging only what it cannot do without: finding the token of the next page.
pub(crate) async fn bare(options: &Options) -> anyhow::Result<Done> {
    let server = Bare::connect(options).await?;
    let begin = Instant::now();
    let (mut bytes, mut requests) = (0, 0);
    let mut token = None;
    loop {
        let path = match (&token, options.page) {
            (_, 0) => options.path(),
            (None, page) => format!("{}?limit={page}", options.path()),
            (Some(token), page) => format!("{}?limit={page}&continue={token}", options.path()),
        };
        let (size, tail) = server.skim(&path).await?;
        bytes += size;
        requests += 1;
        token = next(&tail);
        if token.is_none() {
            break;
        }
    }
    Ok(Done {
        objects: 0,
        sum: 0,
        bytes,
        requests,
        seconds: begin.elapsed().as_secs_f64(),
    })
}

/// The token at the end of a page. It is base64url, so a URL can have it as it is.
fn next(tail: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(tail);
    let (_, after) = text.rsplit_once("\"continue\":\"")?;
    let (token, _) = after.split_once('"')?;
    (!token.is_empty()).then(|| token.to_owned())
}

/// As kube-rs's documentation lists: typed, and by pages where they are asked for.
pub(crate) async fn kube(options: &Options) -> anyhow::Result<Done> {
    let api = Api::<Peach>::namespaced(options.kube().await?, &options.namespace);
    let begin = Instant::now();
    let mut all = Vec::new();
    let mut requests = 0;
    let mut parameters = ListParams::default();
    if options.page > 0 {
        parameters = parameters.limit(options.page);
    }
    loop {
        let page = api.list(&parameters).await?;
        requests += 1;
        all.extend(page.items);
        match page.metadata.continue_ {
            Some(token) if !token.is_empty() => parameters = parameters.continue_token(&token),
            _ => break,
        }
    }
    let sum = all
        .iter()
        .map(|peach| u64::try_from(peach.spec.price).unwrap_or(0))
        .sum();
    let seconds = begin.elapsed().as_secs_f64();
    Ok(Done {
        objects: all.len() as u64,
        sum,
        bytes: 0,
        requests,
        seconds,
    })
}

/// All objects in memory in the end, as the others.
pub(crate) async fn korm(options: &Options) -> anyhow::Result<Done> {
    let cluster = options.korm().await?;
    let begin = Instant::now();
    let all = query(options, &cluster).all().await?;
    let sum = all
        .iter()
        .map(|peach| u64::try_from(peach.price).unwrap_or(0))
        .sum();
    let seconds = begin.elapsed().as_secs_f64();
    Ok(Done {
        objects: all.len() as u64,
        sum,
        bytes: 0,
        requests: 0,
        seconds,
    })
}

/// One page at a time in memory.
pub(crate) async fn korm_pages(options: &Options) -> anyhow::Result<Done> {
    let cluster = options.korm().await?;
    let begin = Instant::now();
    let (mut objects, mut sum) = (0, 0);
    let mut pages = query(options, &cluster).pages();
    while let Some(page) = pages.try_next().await? {
        objects += page.len() as u64;
        sum += page
            .iter()
            .map(|peach| u64::try_from(peach.price).unwrap_or(0))
            .sum::<u64>();
    }
    let seconds = begin.elapsed().as_secs_f64();
    Ok(Done {
        objects,
        sum,
        bytes: 0,
        requests: 0,
        seconds,
    })
}

fn query(options: &Options, cluster: &korm::Cluster) -> korm::Query<mapped::Peach> {
    cluster
        .query::<mapped::Peach>()
        .in_namespace(&options.namespace)
        .page_size(options.page)
}
