//! Sending a sequence to one server, and writing down all that comes back.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::{FutureExt as _, StreamExt as _};
use http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::normal::may_be_behind;
use crate::settle::{awaits_collector, outline};
use crate::step::{Answers, Step, Then};
use crate::wire::{PROTOBUF, encode, tree};

/// No answer for that long is an answer of its own.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a watch may take to tell what the other server told.
const EVENT_PATIENCE: Duration = Duration::from_secs(2);
/// How long nothing must have come for a watch to have told all.
const QUIET: Duration = Duration::from_millis(25);
/// How long controllers may take to finish what a request began.
const SETTLE_PATIENCE: Duration = Duration::from_secs(4);
/// How long controllers may take to begin it.
const SETTLE_START: Duration = Duration::from_millis(150);

/// One of the two servers.
#[derive(Clone)]
pub(crate) struct Endpoint {
    pub(crate) client: Client,
}

/// What came back, by step.
pub(crate) type Observations = BTreeMap<usize, Value>;

impl Endpoint {
    /// Sends the steps one after the other. `others` is what the other server told, if it is known already.
    pub(crate) async fn run(
        &self,
        steps: &[Step],
        namespace: &str,
        others: Option<&Observations>,
    ) -> Observations {
        let mut answers = Answers::new(namespace);
        let mut seen = Observations::new();
        let mut watches = Vec::new();
        for step in steps {
            let (observation, watch) = match others.and_then(|others| others.get(&step.id)) {
                Some(other) if step.then == Then::Agree => {
                    (self.agreed(step, &answers, other).await, None)
                }
                _ => self.send(step, &answers).await,
            };
            let mut body = observation["body"].clone();
            // A version that is one server's choice may not be where both begin something else.
            if may_be_behind(step) && body.get("items").is_some() {
                body["metadata"]["resourceVersion"] = Value::Null;
            }
            answers.add(step.id, body);
            seen.insert(step.id, observation);
            if let Some(watch) = watch {
                watches.push((step.id, watch));
            }
        }
        self.finish_watches(watches, others, &mut seen).await;
        seen
    }

    async fn send(&self, step: &Step, answers: &Answers) -> (Value, Option<Watch>) {
        let answer = AssertUnwindSafe(timeout(PATIENCE, self.send_once(step, answers)))
            .catch_unwind()
            .await;
        let failed = |what: String| (json!({"status": 0, "body": what}), None);
        match answer {
            Ok(Ok(Ok(seen))) => seen,
            Ok(Ok(Err(error))) => failed(format!("no answer: {error}")),
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
    async fn agreed(&self, step: &Step, answers: &Answers, other: &Value) -> Value {
        sleep(SETTLE_START).await;
        let begin = Instant::now();
        loop {
            let (observation, _) = self.send(step, answers).await;
            let same = outline(&observation) == outline(other);
            if same || begin.elapsed() > SETTLE_PATIENCE {
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
            // A kind that has just been established asks for a moment.
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

    async fn finish_watches(
        &self,
        watches: Vec<(usize, Watch)>,
        others: Option<&Observations>,
        seen: &mut Observations,
    ) {
        if watches.is_empty() {
            return;
        }
        let begin = Instant::now();
        if let Some(others) = others {
            let complete = || {
                watches.iter().all(|(id, watch)| {
                    let expected = others
                        .get(id)
                        .and_then(|other| other["events"].as_array())
                        .map_or(0, Vec::len);
                    watch.count() >= expected
                })
            };
            while !complete() && begin.elapsed() < EVENT_PATIENCE {
                sleep(Duration::from_millis(3)).await;
            }
        }
        let total = || {
            watches
                .iter()
                .map(|(_, watch)| watch.count())
                .sum::<usize>()
        };
        let mut before = total();
        loop {
            sleep(QUIET).await;
            let now = total();
            if now == before || begin.elapsed() > EVENT_PATIENCE {
                break;
            }
            before = now;
        }
        for (id, watch) in watches {
            if let Some(observation) = seen.get_mut(&id) {
                observation["events"] = Value::Array(watch.end());
            }
        }
    }
}

/// An open watch, read in the background.
struct Watch {
    events: Arc<Mutex<Vec<Value>>>,
    reader: JoinHandle<()>,
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
        Self { events, reader }
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

/// A bookmark that only says how far the server is: it comes when it comes.
fn is_idle_bookmark(event: &Value) -> bool {
    event["type"] == "BOOKMARK" && event.pointer("/object/metadata/annotations").is_none()
}

fn decoded(bytes: &[u8]) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(bytes)))
}
