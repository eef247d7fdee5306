//! Watching: the changes of a resource as they happen, one line each.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::Context;
use super::list::{matches, parse_revision};
use super::present::present;
use super::render::{View, shape_object};
use crate::body::ServerBody;
use crate::meta;
use crate::negotiate::{Media, Shape};
use crate::reply::Reply;
use crate::request::ListOptions;
use crate::resources::Resource;
use crate::schema::go_format;
use crate::server::Inner;
use crate::state::State;
use crate::status::ApiError;
use crate::store::{Change, Object};
use crate::{native, protobuf};

/// Kinds whose empty object has a count of replicas.
const COUNTED: [&str; 4] = [
    "Deployment",
    "ReplicaSet",
    "ReplicationController",
    "StatefulSet",
];
const INITIAL_EVENTS_END: &str = "k8s.io/initial-events-end";
/// How long before its end a watch sends a last bookmark.
const LAST_BOOKMARK: Duration = Duration::from_secs(2);
/// A watch without a timeout of its own lasts this long, as it does upstream (there: half an hour
/// to an hour).
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(45 * 60);

/// `GET` of a collection with `watch`.
pub(crate) fn watch(cx: &Context<'_>, options: ListOptions) -> Result<Reply, ApiError> {
    if cx.output.media == Media::Yaml {
        return Err(ApiError::not_acceptable(&[
            "application/json;stream=watch",
            "application/vnd.kubernetes.protobuf;stream=watch",
        ]));
    }
    let revision = parse_revision(&options.resource_version).map_err(ApiError::unknown)?;
    let view = View::of(cx)?;
    let state = cx.server.lock();
    let watcher = Watcher::start(cx, view, options, revision, state);
    let content_type = match cx.output.media {
        Media::Protobuf => "application/vnd.kubernetes.protobuf;stream=watch",
        _ => "application/json",
    };
    let chunks = stream::unfold(watcher, |mut watcher| async move {
        let chunk = watcher.next().await?;
        Some((chunk, watcher))
    });
    Ok(Reply::stream(content_type, ServerBody::stream(chunks)))
}

/// One event before it is written.
struct Event {
    kind: &'static str,
    object: Arc<Object>,
    /// Another state than the object's own revision: what a selector lost sight of.
    revision: Option<u64>,
}

/// Follows the log of one resource.
struct Watcher {
    server: Arc<Inner>,
    view: View,
    options: ListOptions,
    /// What the keys of watched objects begin with.
    prefix: String,
    /// Everything up to this revision was sent, or does not matter.
    position: u64,
    written: watch::Receiver<u64>,
    shutdown: watch::Receiver<bool>,
    ready: VecDeque<Bytes>,
    deadline: Instant,
    bookmark_at: Option<Instant>,
    last_bookmark_sent: bool,
    ended: bool,
}

impl Watcher {
    fn start(
        cx: &Context<'_>,
        view: View,
        options: ListOptions,
        revision: u64,
        mut state: std::sync::MutexGuard<'_, State>,
    ) -> Self {
        let now = Instant::now();
        let timeout = options
            .timeout_seconds
            .and_then(|seconds| u64::try_from(seconds).ok())
            .filter(|seconds| *seconds > 0)
            .map_or(DEFAULT_TIMEOUT, Duration::from_secs);
        let selected = options
            .fields
            .exact("metadata.namespace")
            .unwrap_or_default();
        let namespace = if cx.namespace.is_empty() {
            selected
        } else {
            cx.namespace
        };
        let prefix = if namespace.is_empty() {
            String::new()
        } else {
            format!("{namespace}/")
        };
        let initial = options.send_initial_events.unwrap_or(false);
        let mut watcher = Self {
            server: cx.server.clone(),
            prefix,
            position: revision,
            written: state.store.table(&cx.resource.storage).subscribe(),
            shutdown: cx.server.shutdown(),
            ready: VecDeque::new(),
            deadline: now + timeout,
            bookmark_at: options
                .bookmarks
                .then(|| now + cx.server.bookmark_interval()),
            // A watch too short for one has no last bookmark.
            last_bookmark_sent: timeout <= LAST_BOOKMARK,
            ended: false,
            view,
            options,
        };
        let current = state.store.revision();
        // A custom kind's events are kept since it is served as it is now; earlier lists are still read.
        let oldest = state
            .store
            .oldest(&cx.resource.storage)
            .max(cx.resource.since);
        let mut events = Vec::new();
        if initial {
            events = watcher.present_state(&state);
            watcher.position = current;
        } else if revision == 0 {
            watcher.position = current;
        } else if revision < oldest {
            drop(state);
            watcher.fail(&ApiError::resource_expired(format!(
                "too old resource version: {revision} ({oldest})"
            )));
            return watcher;
        }
        drop(state);
        watcher.send(events);
        if initial && watcher.options.bookmarks {
            watcher.bookmark(current, true);
        }
        watcher
    }

    fn resource(&self) -> &Resource {
        &self.view.resource
    }

    /// All watched objects as they are now.
    fn present_state(&self, state: &State) -> Vec<Event> {
        let table = state.store.existing_table(&self.resource().storage);
        table
            .into_iter()
            .flat_map(|table| table.objects())
            .filter(|object| self.watches(object))
            .map(|object| Event {
                kind: "ADDED",
                object: object.clone(),
                revision: None,
            })
            .collect()
    }

    fn watches(&self, object: &Object) -> bool {
        object.key.starts_with(&self.prefix) && matches(self.resource(), object, &self.options)
    }

    /// The next piece of the stream; nothing at its end.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(chunk) = self.ready.pop_front() {
                return Some(chunk);
            }
            if self.ended || *self.shutdown.borrow() {
                return None;
            }
            // Seen before reading the log, so that no write goes unnoticed in between.
            self.written.borrow_and_update();
            self.follow();
            if !self.ready.is_empty() || self.ended {
                continue;
            }
            self.wait().await;
        }
    }

    async fn wait(&mut self) {
        let last = self
            .deadline
            .checked_sub(LAST_BOOKMARK)
            .filter(|_| self.options.bookmarks && !self.last_bookmark_sent);
        let bookmark_at = [self.bookmark_at, last].into_iter().flatten().min();
        tokio::select! {
            changed = self.written.changed() => self.ended = changed.is_err(),
            _ = self.shutdown.changed() => {}
            () = sleep_until(self.deadline) => self.ended = true,
            () = sleep_until(bookmark_at.unwrap_or(self.deadline)), if bookmark_at.is_some() => {
                self.bookmark_now();
            }
        }
    }

    fn bookmark_now(&mut self) {
        let now = Instant::now();
        if now + LAST_BOOKMARK >= self.deadline {
            self.last_bookmark_sent = true;
        }
        if self.bookmark_at.is_some_and(|at| at <= now) {
            self.bookmark_at = Some(now + self.server.bookmark_interval());
        }
        // What was written while the timer ran comes before the bookmark.
        let revision = self.follow();
        self.bookmark(revision, false);
    }

    /// Reads the log up to its end, whose revision it gives.
    fn follow(&mut self) -> u64 {
        let server = self.server.clone();
        let state = server.lock();
        let resource = self.resource();
        let current = state.store.revision();
        if self.position < state.store.oldest(&resource.storage) {
            // Too slow: what comes next is forgotten. The client begins anew, and is told then.
            self.ended = true;
            return current;
        }
        let defined = if resource.is_native() {
            Some(0)
        } else {
            state.custom.defined_since(resource)
        };
        // What came after a change of the definition is another watch's to tell.
        let changed = defined.is_some_and(|since| since != resource.since);
        let end = defined.filter(|_| changed).unwrap_or(u64::MAX);
        let mut events = Vec::new();
        if let Some(table) = state.store.existing_table(&resource.storage) {
            events.extend(
                table
                    .changes_after(self.position)
                    .take_while(|change| change.revision() < end)
                    .filter_map(|change| self.event(change)),
            );
        }
        drop(state);
        self.position = self.position.max(current);
        self.send(events);
        self.ended |= changed || defined.is_none();
        current
    }

    /// What a change is to this watch: an object may come into or go out of its sight.
    fn event(&self, change: &Change) -> Option<Event> {
        let after = !change.removed && self.watches(&change.new);
        let before = change.old.as_ref().is_some_and(|old| self.watches(old));
        let revision = Some(change.revision());
        Some(match (before, after) {
            (false, false) => return None,
            (false, true) => Event {
                kind: "ADDED",
                object: change.new.clone(),
                revision: None,
            },
            (true, true) => Event {
                kind: "MODIFIED",
                object: change.new.clone(),
                revision: None,
            },
            (true, false) => {
                let object = change.old.as_ref().unwrap_or(&change.new).clone();
                Event {
                    kind: "DELETED",
                    object,
                    revision,
                }
            }
        })
    }

    fn send(&mut self, events: Vec<Event>) {
        for event in events {
            let mut object = present(self.resource(), &event.object);
            if let Some(revision) = event.revision {
                meta::set(object.to_mut(), "resourceVersion", revision.to_string());
            }
            self.write(event.kind, &object);
        }
    }

    fn bookmark(&mut self, revision: u64, initial_end: bool) {
        let resource = self.resource();
        let mut object = json!({"kind": resource.kind, "apiVersion": resource.api_version(),
            "metadata": {"resourceVersion": revision.to_string()}});
        if initial_end {
            object["metadata"]["annotations"] = json!({INITIAL_EVENTS_END: "true"});
        }
        if resource.is_native() {
            object = native::normalize(&resource.group, &resource.version, &resource.kind, &object);
            object["kind"] = resource.kind.as_str().into();
            object["apiVersion"] = resource.api_version().into();
            // Upstream's own form of these kinds knows no absent count.
            if COUNTED.contains(&resource.kind.as_str()) {
                object["spec"]["replicas"] = 0.into();
            }
        }
        self.write("BOOKMARK", &object);
    }

    /// Sends an error as an event, which ends the watch.
    fn fail(&mut self, error: &ApiError) {
        self.write("ERROR", &error.to_status());
        self.ended = true;
    }

    fn write(&mut self, kind: &str, object: &Value) {
        self.view.now = self.server.now();
        // Upstream sends what has no such shape as it is, which its encoder of shapes refuses.
        let Ok(shaped) = shape_object(&self.view, object) else {
            self.ended = true;
            return;
        };
        self.ready
            .extend(frame(self.view.output.media, kind, &shaped));
        if self.view.output.shape == Shape::Table {
            self.view.no_headers = true; // the columns are told once
        }
    }
}

/// One event as bytes.
fn frame(media: Media, kind: &str, object: &Value) -> Option<Bytes> {
    if media == Media::Protobuf {
        return protobuf::watch_event(kind, object).map(Bytes::from);
    }
    let object = go_format::json(object);
    Some(Bytes::from(format!(
        "{{\"type\":\"{kind}\",\"object\":{object}}}\n"
    )))
}
