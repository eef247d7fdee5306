//! A query's result, page by page.

use std::marker::PhantomData;

use futures::stream::BoxStream;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use korm_core::Model;
use korm_core::expr::{Expr, Filter};
use korm_core::plan::Plan;
use korm_core::project::Projection;
use korm_core::scan::Scan;
use serde::de::DeserializeSeed;
use serde_json::Value;

use super::told::Told;
use super::{Query, order};
use crate::Result;
use crate::error::Error;
use crate::objects::{Objects, place};
use crate::typed::decode;
use crate::wire;

/// One page of a query's result: the objects of one answer for which the query holds.
#[derive(Clone, Debug)]
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
            stream::once(async move { query.ordered::<Values>(|item| item).await }).boxed()
        }
    }

    /// The same, each object read as its model.
    pub(crate) fn pages_of<M: Model>(&self) -> BoxStream<'static, Result<Batch<Result<M>>>> {
        if self.order.is_empty() {
            let pages = self.unordered::<Models<M, Unordered>>();
            return pages
                .map_ok(|batch| batch.map(|((), object)| object))
                .boxed();
        }
        let query = self.clone();
        let ordered = async move { query.ordered::<Models<M, Keyed>>(|(key, _)| key).await };
        stream::once(ordered)
            .map_ok(|batch| batch.map(|(_, object)| object))
            .boxed()
    }

    /// All of it in order, by what `key` gives of each item. Where there is a limit, not many more are held.
    async fn ordered<R: Reader>(&self, key: fn(&R::Item) -> &Value) -> Result<Batch<R::Item>> {
        const MORE: usize = 1000;
        let limit = self.limit.unwrap_or(usize::MAX);
        let mut whole = Batch::default();
        let mut pages = self.unordered::<R>().boxed();
        while let Some(batch) = pages.try_next().await? {
            whole.items.extend(batch.items);
            whole.scanned += batch.scanned;
            whole.resource_version = batch.resource_version;
            if whole.items.len() / 2 > limit.saturating_add(MORE) {
                order::sort(&mut whole.items, &self.order, key);
                whole.items.truncate(limit);
            }
        }
        order::sort(&mut whole.items, &self.order, key);
        whole.items.truncate(limit);
        Ok(whole)
    }

    pub(super) fn unordered<R: Reader>(
        &self,
    ) -> impl Stream<Item = Result<Batch<R::Item>>> + Send + use<R> {
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
                    // Whoever takes the page may keep it for long.
                    drop(answer);
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
pub(super) struct Read<T> {
    pub(super) items: Vec<T>,
    pub(super) scanned: usize,
    pub(super) meta: wire::ListMeta,
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
pub(super) trait Reader: Sized + Send + 'static {
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
            filter: filter.map_err(|error| crate::error::malformed(&error))?,
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

/// What is kept of an object beside the model it is read as.
trait Beside: Sized + Send + 'static {
    type Kept: Send + 'static;

    fn new(query: &Query) -> Self;

    fn of_text(&self, text: &[u8]) -> Option<Self::Kept>;

    fn of_value(&self, object: &Value) -> Self::Kept;
}

/// Nothing.
struct Unordered;

impl Beside for Unordered {
    type Kept = ();

    fn new(_: &Query) -> Self {
        Self
    }

    fn of_text(&self, _: &[u8]) -> Option<()> {
        Some(())
    }

    fn of_value(&self, _: &Value) {}
}

/// What the query orders by.
struct Keyed(Projection);

impl Beside for Keyed {
    type Kept = Value;

    fn new(query: &Query) -> Self {
        Self(Projection::of(
            query.order.iter().map(|order| order.path.clone()),
        ))
    }

    fn of_text(&self, text: &[u8]) -> Option<Value> {
        parts(&self.0, text)
    }

    fn of_value(&self, object: &Value) -> Value {
        self.0.apply(object)
    }
}

/// Reads objects as their model: straight from the text where it is as it should be, and as JSON first otherwise.
struct Models<M, B> {
    values: Values,
    scan: Option<Scan>,
    /// What the residual looks at.
    looked_at: Projection,
    beside: B,
    /// How many objects the page before had.
    last: usize,
    of: PhantomData<fn() -> M>,
}

impl<M: Model, B: Beside> Reader for Models<M, B> {
    type Item = (B::Kept, Result<M>);

    fn new(query: &Query, plan: &Plan) -> Result<Self> {
        let paths = plan.residual.iter().flat_map(Expr::paths).cloned();
        Ok(Self {
            values: Values::new(query, plan)?,
            scan: M::scanner().map(Scan::new),
            looked_at: Projection::of(paths),
            beside: B::new(query),
            last: 0,
            of: PhantomData,
        })
    }

    fn read(&mut self, body: &[u8]) -> Result<Read<Self::Item>> {
        if let Some(read) = self.scan(body) {
            return Ok(read);
        }
        let page = self.values.read(body)?;
        let read = |item: Value| (self.beside.of_value(&item), decode(item));
        Ok(Read {
            items: page.items.into_iter().map(read).collect(),
            scanned: page.scanned,
            meta: page.meta,
        })
    }
}

impl<M: Model, B: Beside> Models<M, B> {
    /// Reads straight from the text. Nothing where that is no list as it should be.
    fn scan(&mut self, body: &[u8]) -> Option<Read<(B::Kept, Result<M>)>> {
        let mut items = Vec::with_capacity(self.last);
        let mut sound = true;
        let listed = self.scan.as_mut()?.list(body, |scanned| {
            let filter = self.values.filter.as_ref();
            let wanted = filter.map_or(Some(true), |filter| {
                parts(&self.looked_at, scanned.text()).map(|parts| filter.matches(&parts))
            });
            if wanted == Some(false) {
                return;
            }
            let kept = wanted.and_then(|_| self.beside.of_text(scanned.text()));
            let Some(kept) = kept else {
                sound = false;
                return;
            };
            let object = M::decode_scanned(scanned).map_or_else(
                || {
                    let mut object = scanned.to_value();
                    self.values.objects.name_kind(&mut object);
                    decode(object)
                },
                Ok,
            );
            items.push((kept, object));
        })?;
        let meta = listed.metadata.map_or(Some(None), |text| {
            serde_json::from_slice::<Option<wire::ListMeta>>(text).ok()
        });
        self.last = listed.objects;
        sound.then_some(Read {
            items,
            scanned: listed.objects,
            meta: meta?.unwrap_or_default(),
        })
    }
}

/// What a projection leaves of an object. Nothing if it is no JSON.
fn parts(projection: &Projection, text: &[u8]) -> Option<Value> {
    let mut decoder = serde_json::Deserializer::from_slice(text);
    projection.deserialize(&mut decoder).ok()
}

impl<T> Default for Batch<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            scanned: 0,
            resource_version: None,
            remaining: None,
        }
    }
}

impl<T> Batch<T> {
    fn map<U>(self, change: impl FnMut(T) -> U) -> Batch<U> {
        Batch {
            items: self.items.into_iter().map(change).collect(),
            scanned: self.scanned,
            resource_version: self.resource_version,
            remaining: self.remaining,
        }
    }
}

impl Objects {
    pub(super) fn no_list(&self, error: &serde_json::Error) -> Error {
        if error.is_eof() {
            let reason = format!("the answer to listing {} was cut off", self.def.plural);
            return Error::unreachable(self.cluster.address(), reason);
        }
        let action = format!("listing {}", self.def.plural);
        Error::bad_answer(action, format!("is no list ({})", place(error)))
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
