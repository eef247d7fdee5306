//! Counting without reading the objects.

use futures::TryStreamExt;
use korm_core::plan::ListRequest;
use tracing::Instrument;

use super::{Query, Told};
use crate::Result;
use crate::transport::{METADATA_LIST, Request};
use crate::wire;

impl Query {
    /// How many there are.
    ///
    /// Where the server can evaluate the whole query, it is asked for one object and for how many follow; where it does
    /// not say (it counts only lists without selectors), pages of metadata are counted. A query with a residual reads the
    /// objects page by page.
    ///
    /// # Errors
    ///
    /// Those of the requests.
    pub async fn count(&self) -> Result<usize> {
        let mut query = self.begun();
        query.order.clear();
        let count = match query.count_once().await {
            // A token expired on the way. What was counted until then belongs to an older state.
            Err(error) if error.is_expired() => query.page_size(0).count_once().await?,
            count => count?,
        };
        Ok(self.limit.map_or(count, |limit| count.min(limit)))
    }

    async fn count_once(&self) -> Result<usize> {
        let plan = self.plan()?;
        let mut told = Told::count(self, &plan.requests, plan.residual.as_ref());
        let mut sum = 0;
        if plan.residual.is_some() {
            let mut pages = told.within(|| self.pages());
            while let Some(batch) = pages.try_next().await? {
                told.page_of(batch.scanned);
                sum += batch.items.len();
            }
        } else {
            for list in &plan.requests {
                sum += self.count_list(list, &mut told).await?;
            }
        }
        told.add(0, sum);
        Ok(sum)
    }

    async fn count_list(&self, list: &ListRequest, told: &mut Told) -> Result<usize> {
        let page_size = self
            .page_size
            .unwrap_or(self.objects.cluster.settings.page_size);
        let (mut sum, mut token) = (0, None::<String>);
        loop {
            // One is enough where the server says how many follow. A list in one piece has nothing that could expire.
            let size = if sum == 0 {
                page_size.min(1)
            } else {
                page_size
            };
            let page = told.within(|| {
                self.count_page(list, size, token.as_deref())
                    .in_current_span()
            });
            let page = page.await?;
            told.page_of(page.items.len());
            sum += page.items.len();
            if let Some(remaining) = page.meta.remaining_item_count {
                return Ok(sum + usize::try_from(remaining).unwrap_or(usize::MAX));
            }
            match page.meta.next() {
                Some(next) => token = Some(next.to_owned()),
                None => return Ok(sum),
            }
        }
    }

    async fn count_page(
        &self,
        list: &ListRequest,
        size: u32,
        token: Option<&str>,
    ) -> Result<wire::Page> {
        let objects = &self.objects;
        let size = size.to_string();
        let mut parameters = Vec::new();
        if size != "0" {
            parameters.push(("limit", size.as_str()));
        }
        parameters.extend(token.map(|token| ("continue", token)));
        let uri = list.uri(objects.definition(), &parameters);
        let subject = objects.subject("counting", None);
        let request = Request::get_with_query(&uri).accept(METADATA_LIST);
        let answer = objects.send(&request, &subject).await?;
        if !answer.is_success() {
            return Err(objects.refused(&subject, &answer).await);
        }
        wire::decode_list(&answer.body, wire::ObjectSeed).map_err(|error| objects.no_list(&error))
    }
}
