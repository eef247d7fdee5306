//! What can go wrong.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use crate::status::ApiError;

/// One thing that goes wrong with one request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a fault does nothing until it is injected"]
pub struct Fault(pub(super) Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Unreachable,
    LoseAnswer,
    Hang,
    Delay(Duration),
    Answer(Answer),
    /// The server answers; its body is tampered with after so many whole lines.
    Stream {
        after_lines: usize,
        then: Then,
    },
}

/// What happens to a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Then {
    /// It ends, cleanly.
    End,
    /// Half a line more, and it ends cleanly.
    Cut,
    /// Half a line more, and the connection breaks.
    Reset,
    /// Nothing comes any more, and no end either.
    Stall,
    /// A line that the server did not send; then it goes on.
    Insert(Bytes),
    /// A line that the server did not send, and the end.
    InsertAndEnd(Bytes),
}

impl Fault {
    /// The connection breaks before the server sees the request.
    pub fn unreachable() -> Self {
        Self(Kind::Unreachable)
    }

    /// The server carries the request out; the connection breaks before its answer arrives.
    pub fn lose_answer() -> Self {
        Self(Kind::LoseAnswer)
    }

    /// The server never sees the request, and nothing ever answers it.
    pub fn hang() -> Self {
        Self(Kind::Hang)
    }

    /// The request reaches the server only after this time.
    pub fn delay(time: Duration) -> Self {
        Self(Kind::Delay(time))
    }

    /// Somebody answers in the server's place (a proxy, an overloaded or stopping server), with
    /// this code and the `Status` that Kubernetes has for it.
    ///
    /// The server does not see the request, unless [`Answer::after_applying`] says so.
    pub fn answer(code: StatusCode) -> Answer {
        Answer {
            code,
            retry_after: None,
            applied: false,
        }
    }

    /// 410 `Expired` instead of an answer: the resourceVersion or continue token is too old.
    pub fn gone() -> Self {
        Self::answer(StatusCode::GONE).into()
    }

    /// The body ends cleanly after so many lines; with 0 it is empty.
    ///
    /// On a watch this is what servers do when they stop or rebalance.
    pub fn end_stream(after_lines: usize) -> Self {
        Self::stream(after_lines, Then::End)
    }

    /// After so many lines comes half a line, and a clean end: a proxy went away.
    ///
    /// A list is one line; `cut_stream(0)` cuts it in the middle of its first frame.
    pub fn cut_stream(after_lines: usize) -> Self {
        Self::stream(after_lines, Then::Cut)
    }

    /// After so many lines comes half a line, and the connection breaks.
    pub fn reset_stream(after_lines: usize) -> Self {
        Self::stream(after_lines, Then::Reset)
    }

    /// After so many lines nothing comes any more: no line, no end, no error.
    pub fn stall_stream(after_lines: usize) -> Self {
        Self::stream(after_lines, Then::Stall)
    }

    /// After so many lines the watch says `ERROR` with the `Status` of a 410, and ends.
    pub fn gone_in_stream(after_lines: usize) -> Self {
        let event = json!({"type": "ERROR", "object": expired().to_status()});
        Self::stream(after_lines, Then::InsertAndEnd(line(&event)))
    }

    /// After so many lines comes this event, which the server never sent, and the watch goes on:
    /// an object that cannot be decoded, for example.
    pub fn insert_event(after_lines: usize, event: &Value) -> Self {
        Self::stream(after_lines, Then::Insert(line(event)))
    }

    fn stream(after_lines: usize, then: Then) -> Self {
        Self(Kind::Stream { after_lines, then })
    }
}

fn line(event: &Value) -> Bytes {
    Bytes::from(format!("{event}\n"))
}

fn expired() -> ApiError {
    ApiError::resource_expired("The resourceVersion for the provided watch is too old.")
}

/// An answer in the server's place; made by [`Fault::answer`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a fault does nothing until it is injected"]
pub struct Answer {
    code: StatusCode,
    retry_after: Option<u32>,
    pub(super) applied: bool,
}

impl Answer {
    /// With the header `Retry-After`, and the same number in the `Status`.
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The server carries the request out first; only its answer is replaced.
    pub fn after_applying(mut self) -> Self {
        self.applied = true;
        self
    }

    /// The answer itself.
    pub(super) fn response(&self) -> Response<Bytes> {
        let error = self.error();
        let mut response = Response::new(line(&error.to_status()));
        *response.status_mut() = self.code;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(seconds) = error.retry_after() {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    fn error(&self) -> ApiError {
        let seconds = self.retry_after.unwrap_or(0);
        let mut error = match self.code.as_u16() {
            410 => expired(),
            429 => ApiError::too_many_requests(
                "the server has received too many requests and has asked us to try again later",
                seconds,
            ),
            503 => ApiError::service_unavailable(
                "the server is currently unable to handle the request",
            ),
            504 => ApiError::timeout(
                "request did not complete within the allotted timeout",
                seconds,
            ),
            _ => ApiError::internal("injected fault"),
        };
        error.code = self.code.as_u16();
        if seconds > 0 {
            error.details.get_or_insert_default().retry_after_seconds = seconds;
        }
        error
    }
}

impl From<Answer> for Fault {
    fn from(answer: Answer) -> Self {
        Self(Kind::Answer(answer))
    }
}
