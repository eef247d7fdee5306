//! Following the objects of a query.

mod connection;
mod engine;
mod known;
#[cfg(test)]
mod tests;

use futures::{Stream, StreamExt, stream};
use serde_json::Value;

use super::query::Query;
use crate::Result;
use crate::error::Error;

/// What happened to the objects of a query.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// An object is there, or satisfies the query now.
    Added(Value),
    /// An object changed.
    Modified(Value),
    /// An object is gone, or does not satisfy the query any more. It is as it was last, as far as that was seen: a
    /// deletion that happened while the connection was down is reported with the state before.
    Deleted(Value),
    /// Everything that was there when the watch started has been given. Comes again after the watch had to read
    /// everything anew.
    Synced,
}

impl Query {
    /// What is there, and then what happens, without an end.
    ///
    /// The watch goes on over lost connections. Where the server no longer has the history (410), everything is read
    /// anew, and what was missed is told as changes, deletions included. Order and limit of the query do not count.
    ///
    /// Dropping the stream ends the watch.
    ///
    /// # Errors
    ///
    /// An object that cannot be decoded is an error in the stream, which then goes on. What the server refuses for good,
    /// such as a missing permission or a kind that is not installed, is an error after which the stream ends.
    pub fn watch(&self) -> impl Stream<Item = Result<Change>> + Send + Unpin + use<> {
        match self.lanes() {
            Ok(lanes) => {
                stream::select_all(lanes.into_iter().map(|lane| lane.follow().boxed())).boxed()
            }
            Err(error) => stream::iter([Err(error)]).boxed(),
        }
    }

    /// The requests to follow. Those that differ only in the namespace are followed each on its own; else an object could
    /// wander from one to another, and everything is followed in one with the whole query evaluated here.
    fn lanes(&self) -> Result<Vec<engine::Lane>> {
        let plan = self.plan()?;
        let Some(first) = plan.requests.first() else {
            return Ok(vec![engine::Lane::never(self.clone())]);
        };
        let alike = |other: &korm_core::plan::ListRequest| {
            other.label_selector == first.label_selector
                && other.field_selector == first.field_selector
        };
        if plan.requests.iter().all(alike) {
            let lane = |list| engine::Lane::new(self.clone(), list, plan.residual.as_ref());
            return plan.requests.iter().cloned().map(lane).collect();
        }
        if self.objects.cluster.settings.refuse_residual {
            let kind = &self.objects.def.kind;
            let filter = self.filter.without_secrets(&self.objects.def);
            return Err(Error::residual_refused(kind, filter.to_string()));
        }
        let mut all = first.clone();
        (all.namespace, all.label_selector, all.field_selector) = self.raw_selectors();
        Ok(vec![engine::Lane::new(
            self.clone(),
            all,
            Some(&self.filter),
        )?])
    }
}
