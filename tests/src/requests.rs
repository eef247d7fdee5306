use std::sync::{Arc, Mutex, PoisonError};
use std::task::{self, Poll};

use http::{Method, Request};
use tower::{Layer, Service};

/// One request as it left for the server.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Logged {
    /// The HTTP method.
    pub method: Method,
    /// Path and query.
    pub path: String,
}

/// The requests of one case, in the order in which they were sent.
#[derive(Clone, Debug, Default)]
pub struct RequestLog(Arc<Mutex<Vec<Logged>>>);

impl RequestLog {
    /// Forgets what was sent so far.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// What was sent since the beginning or the last [`clear`](Self::clear).
    pub fn sent(&self) -> Vec<Logged> {
        self.lock().clone()
    }

    /// The same as `METHOD path?query` lines, for comparing with what was expected.
    pub fn lines(&self) -> Vec<String> {
        self.lock()
            .iter()
            .map(|request| format!("{} {}", request.method, request.path))
            .collect()
    }

    pub(crate) fn layer(&self) -> LogLayer {
        LogLayer(self.clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Logged>> {
        // A list of finished entries is whole, whoever panicked while holding it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts a [`RequestLog`] in front of a connection.
#[derive(Clone, Debug)]
pub(crate) struct LogLayer(RequestLog);

impl<S> Layer<S> for LogLayer {
    type Service = LogService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        LogService {
            log: self.0.clone(),
            inner,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct LogService<S> {
    log: RequestLog,
    inner: S,
}

impl<S, B> Service<Request<B>> for LogService<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut task::Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let path = request
            .uri()
            .path_and_query()
            .map_or_else(|| "/".to_owned(), ToString::to_string);
        self.log.lock().push(Logged {
            method: request.method().clone(),
            path,
        });
        self.inner.call(request)
    }
}
