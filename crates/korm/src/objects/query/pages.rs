//! A query's result, page by page.

use std::marker::PhantomData;

use futures::stream::BoxStream;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use korm_core::Model;
use korm_core::expr::Filter;
use korm_core::plan::Plan;
use korm_core::project::Projection;
use korm_core::scan::Scanner;
use serde::de::{DeserializeSeed, Deserializer};
use serde_json::Value;

use super::told::Told;
use super::{Query, order};
use crate::Result;
use crate::error::Error;
use crate::objects::{Objects, place};
use crate::typed::decode;
use crate::wire;

/// One page of a query's result: the objects of one answer for which the query holds.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Batch<T = Value> {
    /// The objects, of which only what the model maps was kept.
    pub items: Vec<T>,
    /// How many objects the answer had.
    pub scanned: usize,
    /// The resourceVersion of the list.
    pub resource_version: Option<String>,
    /// How many objects follow, where the server says so.
    pub remaining: Option<u64>,
}

impl Query {
    /// The result page by page. The next page is asked for before this one is decoded; nothing more is held in memory,
    /// unless the query has an order.
    pub fn pages(&self) -> impl Stream<Item = Result<Batch>> + Send + Unpin + use<> {
        if self.order.is_empty() {
            self.unordered::<Values>().boxed()
        } else {
            let query = self.clone();
            stream::once(async move { query.ordered().await }).boxed()
        }
    }

    /// The same, each object read as its model.
    pub(crate) fn pages_of<M: Model>(&self) -> BoxStream<'static, Result<Batch<Result<M>>>> {
        if self.order.is_empty() {
            return self.unordered::<Models<M>>().boxed();
        }
        self.pages().map_ok(models).boxed()
    }

    async fn ordered(&self) -> Result<Batch> {
        let mut whole = Batch::default();
        let mut pages = self.unordered::<Values>().boxed();
        while let Some(batch) = pages.next().await {
            let batch = batch?;
            whole.items.extend(batch.items);
            whole.scanned += batch.scanned;
            whole.resource_version = batch.resource_version;
        }
        order::sort(&mut whole.items, &self.order);
        whole.items.truncate(self.limit.unwrap_or(usize::MAX));
        Ok(whole)
    }

    fn unordered<R: Reader>(&self) -> impl Stream<Item = Result<Batch<R::Item>>> + Send + use<R> {
        let query = self.clone();
        async_stream::try_stream! {
            let plan = query.plan()?;
            let mut reader = R::new(&query, &plan)?;
            let mut told = Told::list(&query, &plan.requests, plan.residual.as_ref());
            let mut left = query.limit.filter(|_| query.order.is_empty());
            for list in &plan.requests {
                if left == Some(0) {
                    break;
                }
                let fetch = |told: &Told, token: Option<&str>, size: u32| told.within(|| query.fetch(list, token, size));
                let mut next = Some(fetch(&told, None, query.request_size(&plan, left)));
                while let Some(page) = next.take() {
                    let size = query.request_size(&plan, left);
                    let answer = page.await?;
                    // The whole rest was asked for already if the request could be for so few.
                    let last = plan.residual.is_none() && left == Some(size as usize);
                    let token = wire::continue_token(&answer.body);
                    if !last && let Some(Some(token)) = &token {
                        next = Some(fetch(&told, Some(token), size));
                    }
                    let page = reader.read(&answer.body)?;
                    let unfound = page.meta.next().map(str::to_owned);
                    let mut batch = page.into_batch();
                    if token.is_none() && !last && let Some(token) = unfound {
                        next = Some(fetch(&told, Some(&token), size));
                    }
                    if let Some(left) = &mut left {
                        batch.items.truncate(*left);
                        *left -= batch.items.len();
                        if *left == 0 {
                            next = None;
                        }
                    }
                    told.page(&batch);
                    yield batch;
                }
            }
        }
    }
}

/// A page that was read, before it is given to anybody.
struct Read<T> {
    items: Vec<T>,
    scanned: usize,
    meta: wire::ListMeta,
}

impl<T> Read<T> {
    fn into_batch(self) -> Batch<T> {
        Batch {
            items: self.items,
            scanned: self.scanned,
            resource_version: self.meta.resource_version,
            remaining: self.meta.remaining_item_count,
        }
    }
}

/// Reads pages and keeps what the query asks for.
trait Reader: Sized + Send + 'static {
    type Item: Send + 'static;

    fn new(query: &Query, plan: &Plan) -> Result<Self>;

    fn read(&mut self, body: &[u8]) -> Result<Read<Self::Item>>;
}

/// Reads objects as JSON.
struct Values {
    objects: Objects,
    projection: Projection,
    filter: Option<Filter>,
}

impl Reader for Values {
    type Item = Value;

    fn new(query: &Query, plan: &Plan) -> Result<Self> {
        let filter = plan.residual.as_ref().map(Filter::new).transpose();
        Ok(Self {
            objects: query.objects.clone(),
            projection: query.projection(plan.residual.as_ref()),
            filter: filter.map_err(|error| Error::usage(error.to_string(), None))?,
        })
    }

    fn read(&mut self, body: &[u8]) -> Result<Read<Value>> {
        let page = wire::decode_list(body, &self.projection)
            .map_err(|error| self.objects.no_list(&error))?;
        let scanned = page.items.len();
        let mut items = page.items;
        if let Some(filter) = &self.filter {
            items.retain(|item| filter.matches(item));
        }
        for item in &mut items {
            self.objects.name_kind(item);
        }
        Ok(Read {
            items,
            scanned,
            meta: page.meta,
        })
    }
}

/// Reads objects as their model: straight from the text where nothing has to be evaluated here, and as JSON first
/// otherwise.
struct Models<M> {
    values: Values,
    scanner: Option<&'static Scanner>,
    of: PhantomData<fn() -> M>,
}

impl<M: Model> Reader for Models<M> {
    type Item = Result<M>;

    fn new(query: &Query, plan: &Plan) -> Result<Self> {
        let values = Values::new(query, plan)?;
        Ok(Self {
            scanner: M::scanner().filter(|_| values.filter.is_none()),
            values,
            of: PhantomData,
        })
    }

    fn read(&mut self, body: &[u8]) -> Result<Read<Result<M>>> {
        let Some(scanner) = self.scanner else {
            let page = self.values.read(body)?;
            return Ok(Read {
                items: page.items.into_iter().map(decode).collect(),
                scanned: page.scanned,
                meta: page.meta,
            });
        };
        let seed = Scan {
            scanner,
            of: PhantomData,
        };
        let page =
            wire::decode_list(body, seed).map_err(|error| self.values.objects.no_list(&error))?;
        Ok(Read {
            scanned: page.items.len(),
            items: page.items,
            meta: page.meta,
        })
    }
}

/// Reads one object straight from its text.
struct Scan<M> {
    scanner: &'static Scanner,
    of: PhantomData<fn() -> M>,
}

impl<M> Clone for Scan<M> {
    fn clone(&self) -> Self {
        Self {
            scanner: self.scanner,
            of: PhantomData,
        }
    }
}

impl<'de, M: Model> DeserializeSeed<'de> for Scan<M> {
    type Value = Result<M>;

    fn deserialize<D: Deserializer<'de>>(
        self,
        decoder: D,
    ) -> std::result::Result<Result<M>, D::Error> {
        let scanned = self.scanner.deserialize(decoder)?;
        Ok(match M::decode_scanned(&scanned) {
            Some(object) => Ok(object),
            None => decode(scanned.to_value()),
        })
    }
}

fn models<M: Model>(batch: Batch) -> Batch<Result<M>> {
    Batch {
        items: batch.items.into_iter().map(decode).collect(),
        scanned: batch.scanned,
        resource_version: batch.resource_version,
        remaining: batch.remaining,
    }
}

impl Objects {
    pub(super) fn no_list(&self, error: &serde_json::Error) -> Error {
        if error.is_eof() {
            let reason = format!("the answer to listing {} was cut off", self.def.plural);
            return Error::unreachable(self.cluster.address(), reason);
        }
        let plural = &self.def.plural;
        let what = format!(
            "the answer to listing {plural} is no list ({})",
            place(error)
        );
        Error::usage(
            what,
            Some(
                "is it a Kubernetes API server that answers there? `kubectl get --raw` shows what it says",
            ),
        )
    }
}

impl crate::objects::Objects {
    /// Items of native lists do not say what they are.
    pub(crate) fn name_kind(&self, item: &mut Value) {
        if let Some(item) = item.as_object_mut() {
            item.entry("apiVersion")
                .or_insert_with(|| self.def.api_version().into());
            item.entry("kind")
                .or_insert_with(|| self.def.kind.as_str().into());
        }
    }
}
