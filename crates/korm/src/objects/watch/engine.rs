//! List, watch, and list again where the history is lost.

use futures::{Stream, StreamExt, stream};
use korm_core::expr::{Expr, Filter};
use korm_core::plan::ListRequest;
use korm_core::project::Projection;
use serde_json::Value;

use super::Change;
use super::connection::{Connection, End, timeout_seconds};
use super::known::Known;
use crate::Result;
use crate::error::Error;
use crate::objects::query::{Query, Told};
use crate::transport::{Backoff, Request};
use crate::wire::EventKind;

/// One list request that is followed.
pub(super) struct Lane {
    query: Query,
    /// Nothing for a query that nothing can satisfy.
    list: Option<ListRequest>,
    /// What is evaluated here.
    residual: Option<Expr>,
    filter: Option<Filter>,
    projection: Projection,
}

impl Lane {
    pub(super) fn new(query: Query, list: ListRequest, residual: Option<&Expr>) -> Result<Self> {
        let filter = residual.map(Filter::new).transpose();
        Ok(Self {
            projection: query.projection(residual),
            filter: filter.map_err(|error| crate::error::malformed(&error))?,
            list: Some(list),
            residual: residual.cloned(),
            query,
        })
    }

    pub(super) fn never(query: Query) -> Self {
        let projection = query.projection(None);
        Self {
            query,
            list: None,
            residual: None,
            filter: None,
            projection,
        }
    }

    pub(super) fn follow(self) -> impl Stream<Item = Result<Change>> + Send {
        async_stream::stream! {
            let Some(list) = self.list.clone() else {
                yield Ok(Change::Synced);
                let () = std::future::pending().await;
                return;
            };
            let mut told = Told::watch(
                &self.query,
                std::slice::from_ref(&list),
                self.residual.as_ref(),
            );
            let mut known = Known::default();
            let mut backoff = Backoff::of_watch();
            'list: loop {
                let mut pages = self.query.follow_pages(&list, &self.projection).boxed();
                let mut version = String::new();
                known.begin_list();
                while let Some(page) = pages.next().await {
                    let page = match page {
                        Ok(page) => page,
                        Err(error) => match self.after_failed_list(error, &mut backoff).await {
                            None => continue 'list,
                            Some(error) => {
                                yield Err(error);
                                return;
                            }
                        },
                    };
                    version = page.version;
                    told.page_of(page.items.len());
                    for object in page.items {
                        if self.holds(&object) {
                            for change in known.put(object) {
                                told.add(0, 1);
                                yield Ok(change);
                            }
                        }
                    }
                }
                drop(pages);
                for change in known.end_list() {
                    told.add(0, 1);
                    yield Ok(change);
                }
                yield Ok(Change::Synced);

                loop {
                    let end = {
                        let mut events = self.connect(&list, version.clone()).boxed();
                        loop {
                            match events.next().await {
                                Some(Ok((kind, object))) => {
                                    if let Some(newer) = resource_version(&object) {
                                        version = newer;
                                    }
                                    told.add(1, 0);
                                    for change in self.tell(&mut known, kind, object) {
                                        told.add(0, 1);
                                        yield Ok(change);
                                    }
                                }
                                Some(Err(end)) => break end,
                                None => break End::Expired,
                            }
                        }
                    };
                    match end {
                        End::Over { useful, wait, reason } => {
                            tracing::debug!(plural = self.query.objects.def.plural, reason, "the watch goes on anew");
                            if useful {
                                backoff.reset();
                            } else {
                                tokio::time::sleep(wait.unwrap_or_else(|| backoff.next())).await;
                            }
                        }
                        End::Expired => {
                            tokio::time::sleep(backoff.next()).await;
                            continue 'list;
                        }
                        End::Missed(error) => {
                            yield Err(error);
                            tokio::time::sleep(backoff.next()).await;
                            continue 'list;
                        }
                        End::Refused(error) => {
                            yield Err(self.query.objects.explained(error).await);
                            return;
                        }
                    }
                }
            }
        }
    }

    /// Waits before the next list if the failure may pass; else gives the error.
    async fn after_failed_list(&self, error: Error, backoff: &mut Backoff) -> Option<Error> {
        let passes = error.is_unreachable()
            || error.is_deadline_exceeded()
            || error.is_throttled()
            || error.is_expired()
            || error
                .as_rejected()
                .is_some_and(|rejected| rejected.status().code >= 500);
        if !passes {
            return Some(error);
        }
        tracing::debug!(plural = self.query.objects.def.plural, %error, "the list failed and is tried again");
        tokio::time::sleep(backoff.next()).await;
        None
    }

    /// The events of one connection, and why it ended.
    fn connect<'a>(
        &'a self,
        list: &'a ListRequest,
        version: String,
    ) -> impl Stream<Item = Result<(EventKind, Value), End>> + Send + 'a {
        let objects = &self.query.objects;
        let open = async move {
            let seconds = timeout_seconds().to_string();
            let parameters = [
                ("watch", "true"),
                ("allowWatchBookmarks", "true"),
                ("timeoutSeconds", seconds.as_str()),
                ("resourceVersion", version.as_str()),
            ];
            let request = Request::get_with_query(&list.uri(objects.definition(), &parameters));
            let subject = objects.subject("watching", None);
            Connection::open(&objects.cluster.transport, &request, &subject).await
        };
        stream::once(open).flat_map(move |opened| {
            stream::unfold(Some(opened), move |state| async move {
                let mut connection = match state? {
                    Ok(connection) => connection,
                    Err(end) => return Some((Err(end), None)),
                };
                let subject = objects.subject("watching", None);
                match connection.next(&self.projection, &subject).await {
                    Ok(event) => Some((Ok((event.kind, event.object)), Some(Ok(connection)))),
                    Err(end) => Some((Err(end), None)),
                }
            })
        })
    }

    fn tell(&self, known: &mut Known, kind: EventKind, mut object: Value) -> Vec<Change> {
        match kind {
            // An error event ends the connection and does not get here.
            EventKind::Bookmark | EventKind::Error => return Vec::new(),
            EventKind::Added | EventKind::Modified | EventKind::Deleted => {}
        }
        self.query.objects.name_kind(&mut object);
        if kind != EventKind::Deleted && self.holds(&object) {
            known.put(object)
        } else {
            known.remove(object).into_iter().collect()
        }
    }

    fn holds(&self, object: &Value) -> bool {
        self.filter
            .as_ref()
            .is_none_or(|filter| filter.matches(object))
    }
}

fn resource_version(object: &Value) -> Option<String> {
    object
        .pointer("/metadata/resourceVersion")?
        .as_str()
        .map(str::to_owned)
}
