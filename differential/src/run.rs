//! Sending a sequence to one server, and writing down all that comes back.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::{FutureExt as _, StreamExt as _};
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::normal::may_be_behind;
use crate::settle::{awaits_collector, outline};
use crate::step::{Answers, Step, Then, may_end};
use crate::wire::{PROTOBUF, encode, tree};

/// No answer for that long is an answer of its own.
const PATIENCE: Duration = Duration::from_secs(40);
/// How long a watch may take to tell as much as the other server's.
const EVENT_PATIENCE: Duration = Duration::from_secs(8);
/// How long nothing must have come for a watch to have told all.
const QUIET: Duration = Duration::from_millis(40);
/// How long controllers may take to finish what a request began.
const SETTLE_PATIENCE: Duration = Duration::from_secs(30);
/// How long the controller of namespaces may take: it waits five seconds before it looks at one, then asks for hundreds
/// of lists, and for as long as something is held looks again every eight seconds at best.
const NAMESPACE_PATIENCE: Duration = Duration::from_secs(150);
/// How long a cache may take to know of what has been written.
const CACHE_PATIENCE: Duration = Duration::from_secs(3);
/// How long controllers may take to begin it.
const SETTLE_START: Duration = Duration::from_millis(150);

/// One of the two servers.
pub(crate) struct Endpoint {
    pub(crate) client: Client,
    /// Set once nobody listens there any more.
    gone: AtomicBool,
}

/// What came back, by step.
pub(crate) type Observations = BTreeMap<usize, Value>;

/// The watches that a sequence has opened, by step.
pub(crate) type Watches = BTreeMap<usize, Watch>;

impl Endpoint {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            client,
            gone: AtomicBool::new(false),
        }
    }

    /// Whether the server has died: nothing that it did not answer says anything about it.
    pub(crate) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Relaxed)
    }

    /// Sends the steps one after the other. `others` is what the other server told, if it is known already. The watches
    /// stay open until [`finish`].
    pub(crate) async fn run(
        &self,
        steps: &[Step],
        namespace: &str,
        others: Option<&Observations>,
    ) -> (Observations, Watches) {
        let mut answers = Answers::new(namespace);
        let mut seen = Observations::new();
        let mut watches = Watches::new();
        for step in steps {
            let (observation, watch) = match others.and_then(|others| others.get(&step.id)) {
                Some(other) if step.then == Then::Agree => {
                    sleep(SETTLE_START).await;
                    let patience = if step.resource == "namespaces" {
                        NAMESPACE_PATIENCE
                    } else {
                        SETTLE_PATIENCE
                    };
                    (self.agreed(step, &answers, other, patience).await, None)
                }
                Some(other)
                    if may_be_behind(step)
                        && step.then == Then::Read
                        && step.method == Method::GET =>
                {
                    let patience = CACHE_PATIENCE;
                    (self.agreed(step, &answers, other, patience).await, None)
                }
                Some(_) if begins_with_cache(step) => {
                    // The cache has to know of the last write.
                    sleep(SETTLE_START).await;
                    self.send(step, &answers).await
                }
                _ => self.send(step, &answers).await,
            };
            let mut body = observation["body"].clone();
            // A version that is one server's choice may not be where both begin something else.
            if may_be_behind(step) && body.get("items").is_some() {
                body["metadata"]["resourceVersion"] = Value::Null;
            }
            answers.add(step, body);
            seen.insert(step.id, observation);
            if let Some(mut watch) = watch {
                watch.may_end = may_end(step, steps);
                watches.insert(step.id, watch);
            }
            if self.is_gone() {
                break;
            }
        }
        (seen, watches)
    }

    async fn send(&self, step: &Step, answers: &Answers) -> (Value, Option<Watch>) {
        let answer = AssertUnwindSafe(timeout(PATIENCE, self.send_once(step, answers)))
            .catch_unwind()
            .await;
        let failed = |what: String| (json!({"status": 0, "body": what}), None);
        match answer {
            Ok(Ok(Ok(seen))) => seen,
            Ok(Ok(Err(error))) => {
                let text = error.to_string();
                if text.contains("(Connect)") {
                    self.gone.store(true, Ordering::Relaxed);
                }
                failed(format!("no answer: {text}"))
            }
            Ok(Err(_)) => failed(format!("no answer in {} s", PATIENCE.as_secs())),
            Err(panic) => {
                let text = panic.downcast_ref::<String>().cloned();
                let text =
                    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
                failed(format!("panicked: {}", text.unwrap_or_default()))
            }
        }
    }

    /// Repeats a read until it says what the other server said, or has had the time to.
    async fn agreed(
        &self,
        step: &Step,
        answers: &Answers,
        other: &Value,
        patience: Duration,
    ) -> Value {
        let begin = Instant::now();
        loop {
            let (observation, _) = self.send(step, answers).await;
            let same = outline(&observation) == outline(other);
            if same || begin.elapsed() > patience || self.is_gone() {
                return observation;
            }
            sleep(SETTLE_START / 5).await;
        }
    }

    async fn send_once(
        &self,
        step: &Step,
        answers: &Answers,
    ) -> Result<(Value, Option<Watch>), kube::Error> {
        let path = answers.fill(&step.path);
        let mut tries = 0;
        let response = loop {
            let mut request = Request::builder()
                .method(step.method.clone())
                .uri(&path)
                .header(header::USER_AGENT, "korm-differential/1")
                .header(header::ACCEPT_ENCODING, "identity");
            if let Some(accept) = &step.accept {
                request = request.header(header::ACCEPT, accept);
            }
            let mut bytes = Vec::new();
            if let Some((content_type, body)) = &step.body {
                request = request.header(header::CONTENT_TYPE, content_type);
                bytes = answers.fill(&body.text()).into_bytes();
                if content_type == PROTOBUF && matches!(body, crate::step::Body::Json(_)) {
                    bytes = encode(&decoded(&bytes)).unwrap_or(bytes);
                }
            }
            let request = request
                .body(Body::from(bytes))
                .map_err(kube::Error::HttpError)?;
            let response = self.client.send(request).await?;
            tries += 1;
            // A kind that has just been established asks for a moment, and so does a server under load.
            if response.status() != StatusCode::TOO_MANY_REQUESTS || tries > 5 {
                break response;
            }
            sleep(Duration::from_secs(1)).await;
        };
        let (head, body) = response.into_parts();
        let mut seen = json!({"status": head.status.as_u16()});
        if let Some(content_type) = head.headers.get(header::CONTENT_TYPE) {
            seen["contentType"] = json!(String::from_utf8_lossy(content_type.as_bytes()));
        }
        let warnings: Vec<_> = head
            .headers
            .get_all(header::WARNING)
            .iter()
            .map(|one| String::from_utf8_lossy(one.as_bytes()))
            .collect();
        if !warnings.is_empty() {
            seen["warnings"] = json!(warnings);
        }
        if step.then == Then::Watch && head.status == StatusCode::OK {
            let framed = seen["contentType"]
                .as_str()
                .is_some_and(|one| one.starts_with(PROTOBUF));
            return Ok((seen, Some(Watch::read(body, framed))));
        }
        let bytes = body.collect().await?.to_bytes();
        let protobuf = seen["contentType"] == PROTOBUF;
        seen["body"] = if protobuf {
            tree(&bytes)
        } else {
            decoded(&bytes)
        };
        if step.then == Then::Settle && head.status == StatusCode::OK {
            seen["settled"] = json!(self.settle(&path).await?);
        }
        Ok((seen, None))
    }

    /// Waits until the controllers have finished a delete.
    async fn settle(&self, path: &str) -> Result<&'static str, kube::Error> {
        let begin = Instant::now();
        while begin.elapsed() < SETTLE_PATIENCE {
            let request = Request::get(path)
                .body(Body::from(Vec::new()))
                .map_err(kube::Error::HttpError)?;
            let response = self.client.send(request).await?;
            if response.status() == StatusCode::NOT_FOUND {
                return Ok("gone");
            }
            let object = decoded(&response.into_body().collect().await?.to_bytes());
            if !awaits_collector(&object) {
                return Ok("held");
            }
            sleep(Duration::from_millis(10)).await;
        }
        Ok("unfinished")
    }
}

/// Whether a request that cannot be repeated begins with what a cache knows.
fn begins_with_cache(step: &Step) -> bool {
    let is_read = step.method == Method::GET && step.then != Then::Watch;
    !is_read && step.path.contains("resourceVersion=0")
}

/// Waits until the watches of both servers have told as much as each other's, and have nothing more to tell; or for
/// long enough. Then adds to the observations what they told.
pub(crate) async fn finish(sides: [(&mut Observations, Watches); 2]) {
    let [(ours, our_watches), (theirs, their_watches)] = sides;
    if our_watches.is_empty() && their_watches.is_empty() {
        return;
    }
    let counts = |watches: &Watches| -> Vec<(usize, usize)> {
        let awaited = watches.iter().filter(|(_, watch)| !watch.may_end);
        awaited.map(|(id, watch)| (*id, watch.count())).collect()
    };
    let begin = Instant::now();
    let mut before = None;
    loop {
        let now = (counts(&our_watches), counts(&their_watches));
        // Nothing new for a while, and the same on both sides.
        if before.as_ref() == Some(&now) && (now.0 == now.1 || begin.elapsed() > EVENT_PATIENCE) {
            break;
        }
        before = Some(now);
        sleep(QUIET).await;
    }
    let shortest: BTreeMap<usize, usize> = our_watches
        .iter()
        .filter(|(_, watch)| watch.may_end)
        .filter_map(|(id, ours)| Some((*id, ours.count().min(their_watches.get(id)?.count()))))
        .collect();
    for (seen, watches) in [(ours, our_watches), (theirs, their_watches)] {
        for (id, watch) in watches {
            if let Some(observation) = seen.get_mut(&id) {
                let mut events = watch.end();
                // What both have told before it ended.
                events.truncate(shortest.get(&id).copied().unwrap_or(usize::MAX));
                observation["events"] = Value::Array(events);
            }
        }
    }
}

/// An open watch, read in the background.
pub(crate) struct Watch {
    events: Arc<Mutex<Vec<Value>>>,
    reader: JoinHandle<()>,
    may_end: bool,
}

impl Watch {
    /// Reads lines of JSON, or frames of protobuf.
    fn read<B>(body: B, framed: bool) -> Self
    where
        B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: std::fmt::Display + Send,
    {
        let events = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&events);
        let reader = tokio::spawn(async move {
            let mut data = Box::pin(body.into_data_stream());
            let mut unread = Vec::new();
            while let Some(Ok(chunk)) = data.next().await {
                unread.extend_from_slice(&chunk);
                while let Some(event) = next_event(&mut unread, framed) {
                    if !is_idle_bookmark(&event) {
                        into.lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .push(event);
                    }
                }
            }
        });
        Self {
            events,
            reader,
            may_end: false,
        }
    }

    fn count(&self) -> usize {
        self.events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }

    fn end(self) -> Vec<Value> {
        self.reader.abort();
        self.events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Takes the next whole event out of what has come.
fn next_event(unread: &mut Vec<u8>, framed: bool) -> Option<Value> {
    if framed {
        let length = unread.first_chunk::<4>().copied().map(u32::from_be_bytes)?;
        let end = 4 + usize::try_from(length).ok()?;
        if unread.len() < end {
            return None;
        }
        let frame: Vec<u8> = unread.drain(..end).collect();
        return Some(tree(&frame[4..]));
    }
    let end = unread.iter().position(|byte| *byte == b'\n')?;
    let line: Vec<u8> = unread.drain(..=end).collect();
    Some(decoded(&line))
}

/// A bookmark that only says how far the server is: it comes when it comes. In protobuf the first field is the type.
fn is_idle_bookmark(event: &Value) -> bool {
    let kind = event.pointer("/1/0").unwrap_or(&event["type"]);
    kind == "BOOKMARK" && !event.to_string().contains("k8s.io/initial-events-end")
}

fn decoded(bytes: &[u8]) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bookmark_that_ends_no_initial_events_does_not_count() {
        let end = json!({"metadata": {"annotations": {"k8s.io/initial-events-end": "true"}}});
        let idle = json!({"metadata": {"resourceVersion": "7"}});
        assert!(is_idle_bookmark(
            &json!({"type": "BOOKMARK", "object": idle})
        ));
        assert!(!is_idle_bookmark(
            &json!({"type": "BOOKMARK", "object": end})
        ));
        assert!(!is_idle_bookmark(&json!({"type": "ADDED", "object": idle})));
        assert!(is_idle_bookmark(&json!({"1": ["BOOKMARK"], "2": []})));
        assert!(!is_idle_bookmark(&json!({"1": ["ADDED"], "2": []})));
    }
}
