//! One connection of a watch.

use std::time::Duration;

use korm_core::project::Projection;
use rand::Rng;
use serde_json::Value;
use tokio::time::{Instant, timeout};

use crate::Result;
use crate::error::{Error, Subject};
use crate::status::Status;
use crate::transport::{Answer, Failure, Incoming, Opened, Request, Transport};
use crate::wire::{EventKind, LineError, Lines, RawEvent, decode_event};

/// How long the server is asked to keep a watch open. Random between this and a tenth less, so that not all watches of
/// a program end together.
const OPEN_FOR: u64 = 300;

/// How long nothing may come, no bookmark either, until the connection is taken for dead. The server sends a bookmark
/// about once a minute.
const SILENCE: Duration = Duration::from_secs(150);

/// How long the server may take to answer at all.
const ANSWER: Duration = Duration::from_secs(30);

/// A stream of events that has started.
pub(super) struct Connection {
    lines: Lines<Incoming>,
    since: Instant,
    events: usize,
}

/// Why a watch has to be opened again, or cannot be.
#[derive(Debug)]
pub(super) enum End {
    /// It may be opened again from where it was. Says whether it had been of use, so that no wait is needed, and how long
    /// the server wants to be left alone.
    Over {
        useful: bool,
        wait: Option<Duration>,
        reason: String,
    },
    /// The server no longer has the history: read everything anew.
    Expired,
    /// A line could not be used, and what it said is missed: read everything anew.
    Missed(Error),
    /// It is refused for good.
    Refused(Error),
}

pub(super) fn timeout_seconds() -> u64 {
    crate::chance::draw(|rng| rng.random_range(OPEN_FOR * 9 / 10..=OPEN_FOR))
}

impl Connection {
    pub(super) async fn open(
        transport: &Transport,
        request: &Request,
        subject: &Subject<'_>,
    ) -> Result<Self, End> {
        let opened = match timeout(ANSWER, transport.open(request)).await {
            Err(_) => return Err(End::broken("the server did not answer")),
            Ok(Err(Failure::Prevented(prevented))) => {
                return Err(End::Refused(prevented.error(&transport.address, subject)));
            }
            Ok(Err(failure)) => return Err(End::broken(failure.reason())),
            Ok(Ok(opened)) => opened,
        };
        match opened {
            Opened::Stream(body) => Ok(Self {
                lines: Lines::new(body),
                since: Instant::now(),
                events: 0,
            }),
            Opened::Refused(answer) => Err(refused(&answer, subject)),
        }
    }

    /// The next event. Cancelling this loses nothing.
    pub(super) async fn next(
        &mut self,
        projection: &Projection,
        subject: &Subject<'_>,
    ) -> Result<RawEvent, End> {
        let line = match timeout(SILENCE, self.lines.next()).await {
            Err(_) => return Err(self.over("nothing came, no bookmark either")),
            Ok(Ok(Some(line))) => line,
            Ok(Ok(None)) => return Err(self.over("the server closed the stream")),
            Ok(Err(LineError::Broken(reason))) => return Err(self.over(&reason)),
            Ok(Err(LineError::TooLong(most))) => {
                let fault = format!("has an event of more than {most} bytes");
                return Err(End::Missed(Error::bad_answer(subject.action(), fault)));
            }
        };
        let event = decode_event(&line, projection).map_err(|error| {
            let at = crate::objects::place(&error);
            let fault = format!("has a malformed event ({at})");
            End::Missed(Error::bad_answer(subject.action(), fault))
        })?;
        if event.kind == EventKind::Error {
            return Err(self.error_event(&event.object, subject));
        }
        self.events += 1;
        Ok(event)
    }

    /// Useful is a watch that gave something, or lasted: one that is closed at once would be opened in a hot loop.
    fn over(&self, reason: &str) -> End {
        let useful = self.events > 0 || self.since.elapsed() > Duration::from_secs(5);
        End::Over {
            useful,
            wait: None,
            reason: reason.to_owned(),
        }
    }

    fn error_event(&self, object: &Value, subject: &Subject<'_>) -> End {
        let text = object.to_string();
        // An error event is a `Status`, with or without saying so.
        let status: Status = serde_json::from_str(&text).unwrap_or_default();
        of_status(status, subject)
    }
}

impl End {
    fn broken(reason: &str) -> Self {
        Self::Over {
            useful: false,
            wait: None,
            reason: reason.to_owned(),
        }
    }
}

fn refused(answer: &Answer, subject: &Subject<'_>) -> End {
    of_status(
        Status::from_body(answer.status.as_u16(), &answer.body),
        subject,
    )
}

fn of_status(status: Status, subject: &Subject<'_>) -> End {
    match status.code {
        410 => End::Expired,
        // `Too large resource version`: this server lags behind the one asked before.
        504 | 500 | 502 | 503 | 429 | 0 => {
            let wait = u64::from(status.details.retry_after_seconds);
            End::Over {
                useful: false,
                wait: (wait > 0).then(|| Duration::from_secs(wait)),
                reason: status.message,
            }
        }
        _ => End::Refused(subject.status(status)),
    }
}
