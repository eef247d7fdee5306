//! What was asked, and how it was answered.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::header::CONTENT_TYPE;
use http::{Method, Request, Response, StatusCode};
use tower::{Layer, Service};

use super::log_bodies::BodyLoggedLayer;

/// A record of requests, so that tests can assert which were sent, and how many. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct RequestLog {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// The number of the next request; numbers go on when requests are taken.
    next: u64,
    requests: Vec<(u64, LoggedRequest)>,
}

/// One request of a [`RequestLog`]. Displayed as `PATCH /apis/…?query`.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// Its method.
    pub method: Method,
    /// The path, as it was sent.
    pub path: String,
    /// What follows the `?`, as it was sent; empty without one.
    pub query: String,
    /// The body's media type, if one was named.
    pub content_type: Option<String>,
    /// The answer's code: `None` while it is awaited, and where it was lost.
    pub status: Option<u16>,
    /// The body; only a [log with bodies](RequestLog::layer_with_bodies) has it. Never printed.
    pub body: Option<Bytes>,
}

impl fmt::Display for LoggedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        if !self.query.is_empty() {
            write!(f, "?{}", self.query)?;
        }
        Ok(())
    }
}

impl fmt::Debug for LoggedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Bodies may hold Secrets.
        write!(f, "{self}")?;
        if let Some(content_type) = &self.content_type {
            write!(f, " ({content_type})")?;
        }
        match self.status {
            Some(status) => write!(f, " → {status}"),
            None => f.write_str(" → no answer"),
        }
    }
}

impl RequestLog {
    /// An empty log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The layer that writes to this log. Any body will do.
    #[must_use]
    pub fn layer(&self) -> LoggedLayer {
        LoggedLayer { log: self.clone() }
    }

    /// The layer that also keeps the bodies of requests, for those that can be made of bytes
    /// (as kube's, and `http_body_util::Full`).
    #[must_use]
    pub fn layer_with_bodies(&self) -> BodyLoggedLayer {
        BodyLoggedLayer::new(self.clone())
    }

    /// The requests so far, in the order in which they came.
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        let state = self.lock();
        state.requests.iter().map(|(_, r)| r.clone()).collect()
    }

    /// The requests so far, which the log forgets: a test takes before a step, and after.
    #[must_use]
    pub fn take(&self) -> Vec<LoggedRequest> {
        let taken = std::mem::take(&mut self.lock().requests);
        taken.into_iter().map(|(_, request)| request).collect()
    }

    /// The requests so far as text: `PATCH /apis/…?query`.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let state = self.lock();
        state.requests.iter().map(|(_, r)| r.to_string()).collect()
    }

    /// Notes a request, and gives it a number.
    pub(super) fn note<B>(&self, request: &Request<B>, body: Option<Bytes>) -> u64 {
        let noted = LoggedRequest {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            query: request.uri().query().unwrap_or_default().to_owned(),
            content_type: request
                .headers()
                .get(CONTENT_TYPE)
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
            status: None,
            body,
        };
        let mut state = self.lock();
        let number = state.next;
        state.next += 1;
        state.requests.push((number, noted));
        number
    }

    /// Notes how a request was answered, if the log still has it.
    pub(super) fn note_answer(&self, number: u64, status: StatusCode) {
        let mut state = self.lock();
        if let Ok(at) = state.requests.binary_search_by_key(&number, |(n, _)| *n) {
            state.requests[at].1.status = Some(status.as_u16());
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The layer of [`RequestLog::layer`].
#[derive(Debug, Clone)]
pub struct LoggedLayer {
    log: RequestLog,
}

impl<S> Layer<S> for LoggedLayer {
    type Service = Logged<S>;

    fn layer(&self, service: S) -> Logged<S> {
        Logged {
            service,
            log: self.log.clone(),
        }
    }
}

/// A service whose requests are logged.
#[derive(Debug, Clone)]
pub struct Logged<S> {
    service: S,
    log: RequestLog,
}

impl<S, B, R> Service<Request<B>> for Logged<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Future: Send + 'static,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response<R>, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let number = self.log.note(&request, None);
        let log = self.log.clone();
        let answer = self.service.call(request);
        Box::pin(async move {
            let answer = answer.await?;
            log.note_answer(number, answer.status());
            Ok(answer)
        })
    }
}
