//! A page that is on its way.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use korm_core::plan::{ListRequest, Plan};
use tokio::task::JoinHandle;
use tracing::Instrument;

use super::{Consistency, Query};
use crate::Result;
use crate::error::Error;
use crate::transport::{Answer, METADATA_LIST, Request};

/// A request under way in a task of its own, so that it goes on while the page before it is decoded. Dropping it cancels
/// the request.
pub(super) struct Fetch(JoinHandle<Result<Answer>>);

impl Drop for Fetch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Future for Fetch {
    type Output = Result<Answer>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(match ready!(Pin::new(&mut self.0).poll(cx)) {
            Ok(answer) => answer,
            Err(_) => Err(Error::usage(
                "the tokio runtime was shut down during a query",
                None,
            )),
        })
    }
}

impl Query {
    /// Starts to read one page.
    pub(super) fn fetch(&self, list: &ListRequest, token: Option<&str>, size: u32) -> Fetch {
        let parameters = self.parameters(token, size);
        let parameters: Vec<_> = parameters
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let uri = list.uri(self.objects.definition(), &parameters);
        let mut request = Request::get_with_query(&uri);
        if self.metadata_only {
            request = request.accept(METADATA_LIST);
        }
        let objects = self.objects.clone();
        let answer = async move {
            let subject = objects.subject("listing", None);
            let answer = objects.send(&request, &subject).await?;
            if answer.is_success() {
                Ok(answer)
            } else {
                Err(objects.refused(&subject, &answer).await)
            }
        };
        Fetch(tokio::spawn(answer.in_current_span()))
    }

    /// The parameters of a list beside its selectors. `size` is how many objects are asked for at once; 0 means all.
    pub(super) fn parameters(&self, token: Option<&str>, size: u32) -> Vec<(&'static str, String)> {
        let mut parameters = Vec::new();
        if size > 0 {
            parameters.push(("limit", size.to_string()));
        }
        match (token, &self.consistency) {
            (Some(token), _) => parameters.push(("continue", token.to_owned())),
            (None, Consistency::MostRecent) => {}
            (None, Consistency::Any) => parameters.push(("resourceVersion", "0".to_owned())),
            (None, Consistency::NotOlderThan(version)) => {
                parameters.push(("resourceVersion", version.clone()));
                parameters.push(("resourceVersionMatch", "NotOlderThan".to_owned()));
            }
            (None, Consistency::Exact(version)) => {
                parameters.push(("resourceVersion", version.clone()));
                parameters.push(("resourceVersionMatch", "Exact".to_owned()));
            }
        }
        parameters
    }

    /// How many objects to ask for at once, when so many are still wanted; 0 for all.
    pub(super) fn request_size(&self, plan: &Plan, left: Option<usize>) -> u32 {
        let page = self
            .page_size
            .unwrap_or(self.objects.cluster.settings.page_size);
        let wanted = left.filter(|_| plan.residual.is_none() && self.order.is_empty());
        match wanted.and_then(|wanted| u32::try_from(wanted).ok()) {
            Some(wanted) if page == 0 || wanted < page => wanted,
            _ => page,
        }
    }
}
