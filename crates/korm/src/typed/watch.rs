//! Following objects of a model.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::{Stream, StreamExt};
use korm_core::Model;

use super::decode;
use crate::Result;
use crate::objects::query;
use crate::objects::watch::Change;

/// What happened to the objects of a query.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<M> {
    /// An object is there, or satisfies the query now.
    Added(M),
    /// An object changed.
    Modified(M),
    /// An object is gone, or does not satisfy the query any more; as it was last seen.
    Deleted(M),
    /// Everything that was there when the watch started has been given. Comes again after the watch had to read
    /// everything anew.
    Synced,
}

impl<M> Event<M> {
    /// The object.
    pub fn object(&self) -> Option<&M> {
        match self {
            Self::Added(object) | Self::Modified(object) | Self::Deleted(object) => Some(object),
            Self::Synced => None,
        }
    }
}

/// A stream of [`Event`]s, made by [`Query::watch`](crate::Query::watch).
pub struct Watch<M> {
    events: Pin<Box<dyn Stream<Item = Result<Event<M>>> + Send>>,
}

impl<M: Model> Watch<M> {
    pub(super) fn new(query: &query::Query) -> Self {
        Self {
            events: query.watch().map(|change| event(change?)).boxed(),
        }
    }
}

fn event<M: Model>(change: Change) -> Result<Event<M>> {
    Ok(match change {
        Change::Added(object) => Event::Added(decode(object)?),
        Change::Modified(object) => Event::Modified(decode(object)?),
        Change::Deleted(object) => Event::Deleted(decode(object)?),
        Change::Synced => Event::Synced,
    })
}

impl<M> Stream for Watch<M> {
    type Item = Result<Event<M>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.events.poll_next_unpin(cx)
    }
}

impl<M> fmt::Debug for Watch<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}
