//! What a program may do with every request: look at it, change its headers, refuse it.

use std::{fmt, sync::Arc, time::Duration};

use http::request::Parts;

use super::answer::Answer;
use super::failure::{Failure, Prevented};
use super::request::Request;

type Before = dyn Fn(&mut Parts) -> Result<(), Refusal> + Send + Sync;
type After = dyn Fn(&Exchange<'_>) + Send + Sync;

/// Why a request hook lets a request not pass.
#[derive(Debug)]
pub struct Refusal(String);

impl Refusal {
    /// Refuses for this reason, which becomes part of the error.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

/// One request that was sent, and what came of it. Repeated attempts are exchanges of their own.
pub struct Exchange<'a> {
    request: &'a Request,
    result: Result<&'a Answer, &'a Failure>,
    elapsed: Duration,
}

impl Exchange<'_> {
    /// The HTTP method.
    pub fn method(&self) -> &http::Method {
        self.request.method()
    }

    /// Path and query.
    pub fn path_and_query(&self) -> String {
        self.request.path_and_query()
    }

    /// The content type of what was sent, if anything was.
    pub fn content_type(&self) -> Option<&str> {
        self.request.content_type()
    }

    /// What was sent. It may be confidential.
    pub fn sent(&self) -> &[u8] {
        self.request.sent_body()
    }

    /// The HTTP status, or nothing if no answer came.
    pub fn status(&self) -> Option<u16> {
        self.result.ok().map(|answer| answer.status.as_u16())
    }

    /// Why no answer came, if none did.
    pub fn failure(&self) -> Option<&str> {
        self.result.err().map(Failure::reason)
    }

    /// How many bytes came back; 0 for a stream.
    pub fn received_bytes(&self) -> usize {
        self.result.map_or(0, |answer| answer.body.len())
    }

    /// From sending to the end of the answer, or to its head for a stream.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}

impl fmt::Debug for Exchange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("method", self.method())
            .field("path_and_query", &self.path_and_query())
            .field("status", &self.status())
            .field("elapsed", &self.elapsed)
            .finish_non_exhaustive()
    }
}

/// The hooks of one handle, in the order they were added.
#[derive(Clone, Default)]
pub(crate) struct Hooks {
    before: Vec<Arc<Before>>,
    after: Vec<Arc<After>>,
}

impl Hooks {
    pub(crate) fn add_before(
        &mut self,
        hook: impl Fn(&mut Parts) -> Result<(), Refusal> + Send + Sync + 'static,
    ) {
        self.before.push(Arc::new(hook));
    }

    pub(crate) fn add_after(&mut self, hook: impl Fn(&Exchange<'_>) + Send + Sync + 'static) {
        self.after.push(Arc::new(hook));
    }

    pub(super) fn before(&self, parts: &mut Parts) -> Result<(), Failure> {
        for hook in &self.before {
            hook(parts).map_err(|Refusal(reason)| Failure::Prevented(Prevented::Hook(reason)))?;
        }
        Ok(())
    }

    pub(super) fn done(
        &self,
        request: &Request,
        result: Result<&Answer, &Failure>,
        elapsed: Duration,
    ) {
        let exchange = Exchange {
            request,
            result,
            elapsed,
        };
        tracing::trace!(
            method = %request.method(),
            path = %request.path_and_query(),
            status = exchange.status(),
            failure = exchange.failure(),
            elapsed_us = elapsed.as_micros() as u64,
            "exchange"
        );
        for hook in &self.after {
            hook(&exchange);
        }
    }
}
