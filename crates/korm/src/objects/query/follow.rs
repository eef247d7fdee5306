//! What a watch needs of a query: the pages of one list with its resourceVersion.

use futures::{Stream, StreamExt};
use korm_core::plan::ListRequest;
use korm_core::project::Projection;
use serde_json::Value;

use super::Query;
use crate::Result;
use crate::wire;

/// One page of the list that a watch starts from.
pub(crate) struct FollowPage {
    pub items: Vec<Value>,
    pub version: String,
}

impl Query {
    /// The pages of one list, whole.
    pub(crate) fn follow_pages<'a>(
        &'a self,
        list: &'a ListRequest,
        projection: &'a Projection,
    ) -> impl Stream<Item = Result<FollowPage>> + Send + 'a {
        let size = self
            .page_size
            .unwrap_or(self.objects.cluster.settings.page_size);
        async_stream::try_stream! {
            let mut next = Some(self.fetch(list, None, size));
            while let Some(page) = next.take() {
                let answer = page.await?;
                let page = wire::decode_list(&answer.body, projection).map_err(|error| self.objects.no_list(&error))?;
                if let Some(token) = page.meta.next() {
                    next = Some(self.fetch(list, Some(token), size));
                }
                let mut items = page.items;
                for item in &mut items {
                    self.objects.name_kind(item);
                }
                yield FollowPage { items, version: page.meta.resource_version.unwrap_or_default() };
            }
        }
        .boxed()
    }

    /// Namespace, labels and fields of a request for everything but what was selected by hand.
    pub(crate) fn raw_selectors(&self) -> (Option<String>, Option<String>, Option<String>) {
        (None, self.labels.clone(), self.fields.clone())
    }
}
