//! A record of the requests of a handle, for tests and for showing what was done.

use std::sync::{Arc, Mutex, PoisonError};

use super::hook::Exchange;

/// The requests that a handle sent, oldest first. Clones share one record.
///
/// Made by [`Cluster::recorded`](crate::Cluster::recorded).
#[derive(Clone, Debug, Default)]
pub struct RequestLog {
    requests: Arc<Mutex<Vec<LoggedRequest>>>,
}

/// One request of a [`RequestLog`].
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// The HTTP method.
    pub method: String,
    /// Path and query.
    pub path_and_query: String,
    /// What was sent, as text. It may be confidential, and is not part of `Debug`.
    pub body: String,
    /// The HTTP status, or nothing if no answer came.
    pub status: Option<u16>,
}

impl std::fmt::Debug for LoggedRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} {} -> {:?}",
            self.method, self.path_and_query, self.status
        )
    }
}

impl RequestLog {
    pub(crate) fn push(&self, exchange: &Exchange<'_>) {
        self.lock().push(LoggedRequest {
            method: exchange.method().to_string(),
            path_and_query: exchange.path_and_query(),
            body: String::from_utf8_lossy(exchange.sent()).into_owned(),
            status: exchange.status(),
        });
    }

    /// What was sent until now.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.lock().clone()
    }

    /// What was sent since the last call, forgetting it.
    pub fn take(&self) -> Vec<LoggedRequest> {
        std::mem::take(&mut *self.lock())
    }

    /// A push cannot leave the list half-done, so a panic elsewhere does not spoil it.
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<LoggedRequest>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
