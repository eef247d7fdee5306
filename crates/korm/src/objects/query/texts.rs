//! Objects as the server wrote them, for those who look at little of them and not at once.

use futures::TryStreamExt;
use korm_core::plan::Plan;
use serde_json::value::RawValue;
use std::marker::PhantomData;

use super::Query;
use super::pages::{Read, Reader};
use crate::Result;
use crate::objects::Objects;
use crate::wire;

impl Query {
    /// All of them, each as the text that the server wrote, `managedFields` included: to keep a text takes a tenth of the
    /// time and of the memory that values take.
    ///
    /// Nothing where objects have to be looked at to answer the query: where a part of it is evaluated here, or it has an
    /// order. A continue token that expires in the middle makes it start again, once and in one piece.
    ///
    /// # Errors
    ///
    /// Those of the requests.
    pub async fn texts(&self) -> Result<Option<Vec<Box<RawValue>>>> {
        if !self.order.is_empty() || self.plan()?.residual.is_some() {
            return Ok(None);
        }
        let query = self.begun();
        let texts = match query.collect_texts().await {
            Err(error) if error.is_expired() => query.page_size(0).collect_texts().await,
            result => result,
        };
        texts.map(Some)
    }

    async fn collect_texts(&self) -> Result<Vec<Box<RawValue>>> {
        let mut pages = Box::pin(self.unordered::<Texts>());
        let mut all = Vec::new();
        while let Some(batch) = pages.try_next().await? {
            all.extend(batch.items);
        }
        Ok(all)
    }
}

/// Cuts lists into the texts of their objects.
struct Texts {
    objects: Objects,
}

impl Reader for Texts {
    type Item = Box<RawValue>;

    fn new(query: &Query, _plan: &Plan) -> Result<Self> {
        Ok(Self {
            objects: query.objects.clone(),
        })
    }

    fn read(&mut self, body: &[u8]) -> Result<Read<Self::Item>> {
        let page = wire::decode_list(body, PhantomData::<Box<RawValue>>)
            .map_err(|error| self.objects.no_list(&error))?;
        Ok(Read {
            scanned: page.items.len(),
            items: page.items,
            meta: page.meta,
        })
    }
}
