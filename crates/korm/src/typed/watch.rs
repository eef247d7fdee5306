//! Following objects of a model.

use std::collections::HashSet;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::{Stream, StreamExt};
use korm_core::{Model, ObjectKey};
use serde_json::Value;

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
        let mut unread = Unread::default();
        let events = query
            .watch()
            .filter_map(move |change| std::future::ready(unread.event(change).transpose()));
        Self {
            events: events.boxed(),
        }
    }
}

/// The objects of which the program knows only that they do not fit the model.
#[derive(Default)]
struct Unread(HashSet<ObjectKey>);

impl Unread {
    /// An object that fits after all is added. One that never did is gone without a word: nobody was told of it.
    fn event<M: Model>(&mut self, change: Result<Change>) -> Result<Option<Event<M>>> {
        Ok(Some(match change? {
            Change::Added(object) => Event::Added(self.read(object, true)?),
            Change::Modified(object) => {
                if self.0.contains(&ObjectKey::of(&object)) {
                    Event::Added(self.read(object, true)?)
                } else {
                    Event::Modified(self.read(object, false)?)
                }
            }
            Change::Deleted(object) => {
                if self.0.remove(&ObjectKey::of(&object)) {
                    return Ok(None);
                }
                Event::Deleted(decode(object)?)
            }
            Change::Synced => Event::Synced,
        }))
    }

    /// Reads an object, and remembers a new one that does not fit.
    fn read<M: Model>(&mut self, object: Value, new: bool) -> Result<M> {
        let key = ObjectKey::of(&object);
        let read = decode(object);
        match &read {
            Ok(_) => {
                self.0.remove(&key);
            }
            Err(_) if new => {
                self.0.insert(key);
            }
            Err(_) => {}
        }
        read
    }
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
