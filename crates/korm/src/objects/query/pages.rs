//! A query's result, page by page.

use futures::{Stream, StreamExt, stream};
use korm_core::expr::Filter;
use korm_core::plan::{ListRequest, Plan};
use korm_core::project::Projection;
use serde_json::Value;

use super::{Query, order};
use crate::Result;
use crate::error::Error;
use crate::objects::place;
use crate::wire;

/// One page of a query's result: the objects of one answer for which the query holds.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Batch {
    /// The objects, of which only what the model maps was kept.
    pub items: Vec<Value>,
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
            self.unordered().boxed()
        } else {
            let query = self.clone();
            stream::once(async move { query.ordered().await }).boxed()
        }
    }

    async fn ordered(&self) -> Result<Batch> {
        let mut whole = Batch::default();
        let mut pages = self.unordered().boxed();
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

    fn unordered(&self) -> impl Stream<Item = Result<Batch>> + Send + use<> {
        let query = self.clone();
        async_stream::try_stream! {
            let plan = query.plan()?;
            let mut reader = Reader::new(&query, &plan)?;
            let mut tally = Tally::new(&query, &plan);
            let mut left = query.limit.filter(|_| query.order.is_empty());
            for list in &plan.requests {
                if left == Some(0) {
                    break;
                }
                let mut next = Some(query.fetch(list, None, query.request_size(&plan, left)));
                while let Some(page) = next.take() {
                    let size = query.request_size(&plan, left);
                    let answer = page.await?;
                    // The whole rest was asked for already if the request could be for so few.
                    let last = plan.residual.is_none() && left == Some(size as usize);
                    let token = wire::continue_token(&answer.body);
                    if !last && let Some(Some(token)) = &token {
                        next = Some(query.fetch(list, Some(token), size));
                    }
                    let mut batch = reader.read(&answer.body)?;
                    if token.is_none() && !last && let Some(token) = reader.token.take() {
                        next = Some(query.fetch(list, Some(&token), size));
                    }
                    if let Some(left) = &mut left {
                        batch.items.truncate(*left);
                        *left -= batch.items.len();
                        if *left == 0 {
                            next = None;
                        }
                    }
                    tally.add(&batch);
                    yield batch;
                }
            }
        }
    }
}

/// Counts for the span of a query what it read; told when the query ends, or is dropped.
struct Tally {
    span: tracing::Span,
    pages: usize,
    scanned: usize,
    returned: usize,
}

impl Tally {
    fn new(query: &Query, plan: &Plan) -> Self {
        let selectors = |of: fn(&ListRequest) -> &Option<String>| {
            plan.requests
                .iter()
                .filter_map(|list| of(list).as_deref())
                .collect::<Vec<_>>()
                .join(" | ")
        };
        let span = tracing::debug_span!(
            "korm.list",
            kind = %query.objects.def.kind,
            labels = selectors(|list| &list.label_selector),
            fields = selectors(|list| &list.field_selector),
            residual = plan.residual.as_ref().map(tracing::field::display),
            pages = tracing::field::Empty,
            scanned = tracing::field::Empty,
            returned = tracing::field::Empty,
        );
        Self {
            span,
            pages: 0,
            scanned: 0,
            returned: 0,
        }
    }

    fn add(&mut self, batch: &Batch) {
        self.pages += 1;
        self.scanned += batch.scanned;
        self.returned += batch.items.len();
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        self.span.record("pages", self.pages);
        self.span.record("scanned", self.scanned);
        self.span.record("returned", self.returned);
    }
}

/// Reads pages and keeps what the query asks for.
struct Reader<'q> {
    query: &'q Query,
    projection: Projection,
    filter: Option<Filter>,
    /// The continue token of the page read last.
    token: Option<String>,
}

impl<'q> Reader<'q> {
    fn new(query: &'q Query, plan: &Plan) -> Result<Self> {
        let filter = plan.residual.as_ref().map(Filter::new).transpose();
        Ok(Self {
            query,
            projection: query.projection(plan.residual.as_ref()),
            filter: filter.map_err(|error| Error::usage(error.to_string(), None))?,
            token: None,
        })
    }

    fn read(&mut self, body: &[u8]) -> Result<Batch> {
        let page = wire::decode_list(body, &self.projection).map_err(|error| {
            let plural = &self.query.objects.def.plural;
            Error::usage(
                format!(
                    "the answer to listing {plural} is no list ({})",
                    place(&error)
                ),
                None,
            )
        })?;
        self.token = page.meta.next().map(str::to_owned);
        let scanned = page.items.len();
        let mut items = page.items;
        if let Some(filter) = &self.filter {
            items.retain(|item| filter.matches(item));
        }
        for item in &mut items {
            self.query.objects.name_kind(item);
        }
        Ok(Batch {
            items,
            scanned,
            resource_version: page.meta.resource_version,
            remaining: page.meta.remaining_item_count,
        })
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
