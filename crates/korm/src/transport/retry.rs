//! Whether to try again.

use std::time::Duration;

use http::StatusCode;

use super::answer::Answer;
use super::failure::Failure;
use super::request::{Repeat, Request};
use super::{Backoff, Deadline, Transport};
use crate::error::{Error, Subject};
use crate::{Outcome, Result};

/// How often a request that got no answer, or a failure of the server, is tried. One that finds no server at all tells
/// its user quickly; being told to come back later (429) is limited by the deadline alone.
const MOST_ATTEMPTS: u32 = 5;
const MOST_CONNECTS: u32 = 3;

/// What happened with the attempts of one request so far.
struct Attempts {
    backoff: Backoff,
    failed: u32,
    unconnected: u32,
    /// Whether one of them may have been carried out.
    doubtful: bool,
    last: Option<String>,
}

impl Transport {
    /// Sends until there is an answer that trying again would not change.
    ///
    /// Any status may come back; failures of the server are marked with [`Outcome::Unknown`] where a write may have
    /// happened nevertheless.
    pub(crate) async fn send(
        &self,
        request: &Request,
        deadline: Deadline,
        subject: &Subject<'_>,
    ) -> Result<Answer> {
        let mut attempts = Attempts {
            backoff: Backoff::of_request(),
            failed: 0,
            unconnected: 0,
            doubtful: false,
            last: None,
        };
        loop {
            let Ok(result) = tokio::time::timeout_at(deadline.at(), self.exchange(request)).await
            else {
                return Err(attempts.out_of_time(request, deadline, subject));
            };
            let wait = match result {
                Ok(mut answer) => match attempts.after_answer(&answer, request) {
                    Some(wait) if wait < deadline.left() => wait,
                    _ => {
                        answer.doubtful = attempts.doubtful;
                        answer.outcome = outcome(&answer, request.repeat);
                        log_warnings(&answer, subject);
                        return Ok(answer);
                    }
                },
                Err(failure) => {
                    let wait = attempts
                        .after_failure(&failure, request)
                        .ok_or_else(|| attempts.give_up(&failure, request, self, subject))?;
                    if wait >= deadline.left() {
                        return Err(attempts.give_up(&failure, request, self, subject));
                    }
                    wait
                }
            };
            tracing::debug!(
                action = subject.action(),
                wait_ms = wait.as_millis() as u64,
                reason = attempts.last.as_deref(),
                "trying again"
            );
            tokio::time::sleep(wait).await;
        }
    }
}

impl Attempts {
    /// How long to wait before trying again after this answer; nothing if it is final.
    fn after_answer(&mut self, answer: &Answer, request: &Request) -> Option<Duration> {
        if answer.is_success() {
            return None;
        }
        let wait = answer.retry_after();
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            // Nothing was done: the server says so before it looks at the request.
            self.last = Some("the server is busy (429)".to_owned());
            return Some(wait.unwrap_or_else(|| self.backoff.next()));
        }
        if !is_failure_of_server(answer) {
            return None;
        }
        self.last = Some(format!("the server answered {}", answer.status));
        self.doubtful |= request.repeat != Repeat::Read;
        self.failed += 1;
        (self.may_go_on(request)).then(|| wait.unwrap_or_else(|| self.backoff.next()))
    }

    fn after_failure(&mut self, failure: &Failure, request: &Request) -> Option<Duration> {
        self.last = Some(failure.reason().to_owned());
        let again = match failure {
            Failure::Prevented(_) => false,
            Failure::NotSent(_) => {
                self.unconnected += 1;
                self.unconnected < MOST_CONNECTS
            }
            Failure::Lost(_) => {
                self.doubtful |= request.repeat != Repeat::Read;
                self.failed += 1;
                self.may_go_on(request)
            }
        };
        again.then(|| self.backoff.next())
    }

    fn may_go_on(&self, request: &Request) -> bool {
        request.repeat != Repeat::Once && self.failed < MOST_ATTEMPTS
    }

    fn give_up(
        &self,
        failure: &Failure,
        request: &Request,
        transport: &Transport,
        subject: &Subject<'_>,
    ) -> Error {
        if self.doubtful && request.repeat != Repeat::Read {
            return Error::outcome_unknown(subject.action(), failure.reason().to_owned());
        }
        match failure {
            Failure::NotSent(reason) | Failure::Lost(reason) => {
                Error::unreachable(&transport.address, reason.clone())
            }
            Failure::Prevented(prevented) => prevented.error(&transport.address, subject),
        }
    }

    /// The time was over in the middle of an attempt, which may have been carried out.
    fn out_of_time(&self, request: &Request, deadline: Deadline, subject: &Subject<'_>) -> Error {
        match request.repeat {
            Repeat::Read => {
                Error::deadline_exceeded(subject.action(), deadline.allowed(), self.last.clone())
            }
            Repeat::Guarded | Repeat::Once => Error::outcome_unknown(
                subject.action(),
                format!("no answer came within {:?}", deadline.allowed()),
            ),
        }
    }
}

/// Whether the server, or something before it, failed in a way that may pass.
fn is_failure_of_server(answer: &Answer) -> bool {
    match answer.status {
        // An admission webhook that cannot be called keeps the write from being stored: it is rejected for good.
        StatusCode::INTERNAL_SERVER_ERROR => !is_webhook_failure(&answer.body),
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            true
        }
        _ => false,
    }
}

fn is_webhook_failure(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    text.contains("failed calling webhook") || text.contains("failed to call webhook")
}

fn outcome(answer: &Answer, repeat: Repeat) -> Outcome {
    if answer.is_success() {
        Outcome::Done
    } else if repeat != Repeat::Read
        && (is_failure_of_server(answer) || (answer.doubtful && says_nothing_of_before(answer)))
    {
        Outcome::Unknown
    } else {
        Outcome::Rejected
    }
}

/// Whether a refusal leaves open what became of an attempt before it: the server was too busy, or refused before it looked.
/// What it finds when it looks (not there, there already, another value) is for the caller to judge; a broken rule was one
/// before.
fn says_nothing_of_before(answer: &Answer) -> bool {
    !matches!(
        answer.status,
        StatusCode::NOT_FOUND
            | StatusCode::CONFLICT
            | StatusCode::GONE
            | StatusCode::UNPROCESSABLE_ENTITY
    )
}

fn log_warnings(answer: &Answer, subject: &Subject<'_>) {
    for warning in &answer.warnings {
        tracing::warn!(action = subject.action(), "the server warns: {warning}");
    }
}
