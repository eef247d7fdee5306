//! The server: its options, its life, and answering requests in process.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request as HttpRequest, Response, header};
use http_body::Body;
use jiff::Timestamp;
use tokio::sync::watch;
use tower::{BoxError, Service};

use crate::body::ServerBody;
use crate::clock::Clock;
use crate::handlers::{self, Documents};
use crate::negotiate::Output;
use crate::reply::Reply;
use crate::request::Request;
use crate::request_body;
use crate::state::State;

/// How many changes of a resource are remembered unless told otherwise.
const HISTORY: usize = 10_000;
const BOOKMARK_INTERVAL: Duration = Duration::from_secs(60);

/// Where an embedded server begins: [`Server::builder`].
#[derive(Debug)]
pub struct Server;

impl Server {
    /// Options of a new server, all at their defaults.
    ///
    /// ```
    /// # fn main() -> Result<(), korm_apiserver::BuildError> {
    /// let server = korm_apiserver::Server::builder().build()?;
    /// # drop(server);
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder() -> ServerBuilder {
        ServerBuilder {
            history: HISTORY,
            bookmark_interval: BOOKMARK_INTERVAL,
            clock: Clock::default(),
            seed: None,
        }
    }
}

/// Options of a new server.
#[derive(Clone, Debug)]
pub struct ServerBuilder {
    history: usize,
    bookmark_interval: Duration,
    clock: Clock,
    seed: Option<u64>,
}

impl ServerBuilder {
    /// How many changes of each resource are remembered, for watches that resume and for lists
    /// that go on; 10,000 by default, at least one. What is older answers `410 Expired`.
    pub fn history(mut self, changes: usize) -> Self {
        self.history = changes;
        self
    }

    /// How often a watch with `allowWatchBookmarks` gets a bookmark; a minute by default, as in
    /// Kubernetes.
    pub fn bookmark_interval(mut self, interval: Duration) -> Self {
        self.bookmark_interval = interval;
        self
    }

    /// Where timestamps of objects come from; the system's clock by default.
    pub fn clock(mut self, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Clock::new(now);
        self
    }

    /// Makes uids and generated names the same in every run; random by default.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Starts the server. It holds the namespaces a fresh cluster has: `default`, `kube-system`,
    /// `kube-public` and `kube-node-lease`.
    ///
    /// # Errors
    /// The options contradict each other; so far none can.
    pub fn build(self) -> Result<ApiServer, BuildError> {
        let mut state = State::new(self.history, self.clock.clone(), self.seed);
        crate::namespaces::create_initial(&mut state);
        Ok(ApiServer {
            inner: Arc::new(Inner {
                clock: self.clock.clone(),
                documents: Documents::default(),
                state: Mutex::new(state),
                bookmark_interval: self.bookmark_interval,
                shutdown: watch::Sender::new(false),
            }),
        })
    }
}

/// Why a server could not be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {}

/// A running server: a [`tower::Service`] that answers as a Kubernetes API server does.
///
/// Clones are handles to the same server. All requests are trusted as those of an administrator;
/// who serves it to others checks who they are (the feature `serve` does).
///
/// Requests may come from any async runtime; watches need tokio's clock.
#[derive(Clone)]
pub struct ApiServer {
    inner: Arc<Inner>,
}

/// What all handles of a server share.
pub(crate) struct Inner {
    clock: Clock,
    documents: Documents,
    state: Mutex<State>,
    bookmark_interval: Duration,
    shutdown: watch::Sender<bool>,
}

impl Inner {
    /// The state. A panic while it was held cannot leave it half changed: objects are immutable,
    /// and each is put in place in one step.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Schema documents that were made before.
    pub(crate) fn documents(&self) -> &Documents {
        &self.documents
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn bookmark_interval(&self) -> Duration {
        self.bookmark_interval
    }

    pub(crate) fn shutdown(&self) -> watch::Receiver<bool> {
        self.shutdown.subscribe()
    }
}

impl ApiServer {
    /// Forgets all history, as a compaction of etcd does: a watch from an older resourceVersion
    /// and a list that goes on from an older page then answer `410 Expired`.
    pub fn compact(&self) {
        let mut state = self.inner.lock();
        let revision = state.store.revision();
        state.store.compact(revision);
    }

    /// The resourceVersion of the latest write.
    pub fn resource_version(&self) -> u64 {
        self.inner.lock().store.revision()
    }

    /// Ends all watches, those that run and those to come.
    pub fn end_watches(&self) {
        self.inner.shutdown.send_replace(true);
    }

    /// Answers a request whose body was read.
    fn answer(&self, request: &Request) -> Response<ServerBody> {
        handlers::handle(&self.inner, request).into_response()
    }
}

impl fmt::Debug for ApiServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the objects: there may be Secrets among them.
        f.debug_struct("ApiServer").finish_non_exhaustive()
    }
}

impl<B> Service<HttpRequest<B>> for ApiServer
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<ServerBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: HttpRequest<B>) -> Self::Future {
        let server = self.clone();
        let (parts, body) = request.into_parts();
        Box::pin(async move {
            let body = match request_body::read(body).await {
                Ok(body) => body,
                Err(error) => return Ok(Reply::error(&error, &Output::default()).into_response()),
            };
            let request = Request::new(parts.method, &parts.uri, parts.headers, body);
            let response = server.answer(&request);
            Ok(match request.method {
                Method::HEAD => without_body(response),
                _ => response,
            })
        })
    }
}

/// What a HEAD is answered with: the headers, and how long the body would be if that is known.
fn without_body(mut response: Response<ServerBody>) -> Response<ServerBody> {
    if let Some(length) = response.body().size_hint().exact() {
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, length.into());
    }
    response.map(|_| ServerBody::whole(Bytes::new()))
}
