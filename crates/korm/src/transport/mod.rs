//! Sending one request until it has an answer, an error that says so, or no time left.
//!
//! kube's client gives connection, TLS and authentication. What to repeat is decided here, because it depends on what
//! was sent: a read may always be repeated, a guarded write (one that cannot happen twice: a named create, a
//! compare-and-set, a delete by uid) may be repeated when its answer got lost, and its caller is told that an earlier
//! attempt may have been the one that succeeded ([`Answer::doubtful`]).

mod answer;
mod backoff;
mod deadline;
mod failure;
mod hook;
mod incoming;
mod log;
mod queues;
mod request;
mod retry;

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http_body::Body as _;
use http_body_util::BodyExt;
use kube::client::Body;
use tower::util::BoxCloneSyncService;
use tower::{BoxError, ServiceExt as _};

pub(crate) use self::answer::Answer;
pub(crate) use self::backoff::Backoff;
pub(crate) use self::deadline::Deadline;
pub(crate) use self::failure::Failure;
pub(crate) use self::hook::Hooks;
pub use self::hook::{Exchange, Refusal};
pub(crate) use self::incoming::Incoming;
pub use self::log::{LoggedRequest, RequestLog};
pub(crate) use self::queues::Queues;
pub(crate) use self::request::{JSON, METADATA_LIST, Repeat, Request};

/// The way to one cluster.
#[derive(Clone)]
pub(crate) struct Transport {
    pub(crate) client: kube::Client,
    /// The same without the queue of `kube::Client`, where there is nothing but HTTP below.
    pub(crate) http: Option<Http>,
    /// For messages only.
    pub(crate) address: Arc<str>,
    pub(crate) hooks: Hooks,
    pub(crate) queues: Queues,
}

/// Sends requests to one server. Clones share the connections.
pub(crate) type Http =
    BoxCloneSyncService<http::Request<Body>, http::Response<hyper::body::Incoming>, BoxError>;

/// The answer to a request for a stream.
pub(crate) enum Opened {
    /// It flows.
    Stream(Incoming),
    /// It was refused.
    Refused(Answer),
}

impl Transport {
    /// Sends once and reads the whole answer.
    async fn exchange(&self, request: &Request) -> Result<Answer, Failure> {
        let started = tokio::time::Instant::now();
        let result = self.exchange_unwatched(request).await;
        self.hooks.done(request, result.as_ref(), started.elapsed());
        result
    }

    async fn exchange_unwatched(&self, request: &Request) -> Result<Answer, Failure> {
        let response = self.pass_on(self.prepare(request)?).await?;
        let (head, body) = response.into_parts();
        let body = whole(body).await?;
        if is_cut_off(&head, &body) {
            return Err(Failure::Lost("the answer was cut off".to_owned()));
        }
        Ok(Answer::new(&head, body))
    }

    /// Sends once and gives the answer's body as it comes.
    pub(crate) async fn open(&self, request: &Request) -> Result<Opened, Failure> {
        let started = tokio::time::Instant::now();
        let response = match self.prepare(request) {
            Ok(http) => self.pass_on(http).await,
            Err(failure) => Err(failure),
        };
        let response = match response {
            Ok(response) => response,
            Err(failure) => {
                self.hooks.done(request, Err(&failure), started.elapsed());
                return Err(failure);
            }
        };
        let (head, body) = response.into_parts();
        if head.status.is_success() {
            let opened = Answer::new(&head, Bytes::new());
            self.hooks.done(request, Ok(&opened), started.elapsed());
            return Ok(Opened::Stream(body));
        }
        let answer = Answer::new(&head, whole(body).await?);
        self.hooks.done(request, Ok(&answer), started.elapsed());
        Ok(Opened::Refused(answer))
    }

    async fn pass_on(
        &self,
        request: http::Request<Body>,
    ) -> Result<http::Response<Incoming>, Failure> {
        match &self.http {
            Some(http) => match http.clone().oneshot(request).await {
                Ok(response) => Ok(response.map(Incoming::Http)),
                Err(error) => Err(Failure::of_service(error)),
            },
            None => match self.client.send(request).await {
                Ok(response) => Ok(response.map(Incoming::Kube)),
                Err(error) => Err(Failure::of(error)),
            },
        }
    }

    fn prepare(&self, request: &Request) -> Result<http::Request<Body>, Failure> {
        let (mut parts, body) = request.to_http()?.into_parts();
        self.hooks.before(&mut parts)?;
        Ok(http::Request::from_parts(parts, Body::from(body)))
    }
}

/// Whether a body in JSON is not whole, as when a proxy went away. A `Status` is looked at in full, because half of one
/// says something else; a long list is not read twice for this.
fn is_cut_off(head: &http::response::Parts, body: &[u8]) -> bool {
    let content_type = head.headers.get(http::header::CONTENT_TYPE);
    let json = content_type.is_some_and(|kind| kind.as_bytes().starts_with(JSON.as_bytes()));
    if !json {
        return false;
    }
    if head.status.is_success() {
        body.trim_ascii_end().last() != Some(&b'}')
    } else {
        serde_json::from_slice::<serde::de::IgnoredAny>(body).is_err()
    }
}

/// Reads a body whole. Each piece is given back to the connection as soon as it is copied, so that a long body is not in
/// memory twice; a body of one piece is not copied at all.
async fn whole(mut body: Incoming) -> Result<Bytes, Failure> {
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(piece) = frame.map_err(Failure::of)?.into_data() else {
            continue;
        };
        if whole.is_empty() {
            if body.is_end_stream() {
                return Ok(piece);
            }
            let more = usize::try_from(body.size_hint().lower()).unwrap_or(0);
            // What a server announces is not believed without bound.
            whole.reserve(piece.len() + more.min(MOST_RESERVED));
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole.freeze())
}

/// So much memory is taken for an announced body before it comes.
const MOST_RESERVED: usize = 16 << 20;

#[cfg(test)]
pub(crate) mod scripted;
#[cfg(test)]
mod tests;
