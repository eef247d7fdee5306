//! Bodies that are tampered with.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tower::BoxError;

use super::fault::Then;
use super::service::LostConnection;

/// The body of an answer that may have met a fault.
pub struct FaultyBody<B> {
    /// The server's, while it is listened to.
    body: Option<Pin<Box<B>>>,
    /// Frames to be sent before the server is listened to again.
    ready: VecDeque<Bytes>,
    /// The lines still to be let through, and what happens then.
    fault: Option<(usize, Then)>,
    /// How it ends once the server is not listened to any more.
    last: Last,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    End,
    Break,
    Silence,
}

impl<B> fmt::Debug for FaultyBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Contents may be anything, Secrets included.
        f.debug_struct("FaultyBody")
            .field("tampered", &(self.fault.is_some() || self.body.is_none()))
            .finish_non_exhaustive()
    }
}

impl<B> FaultyBody<B> {
    /// What the server sends.
    pub(super) fn untouched(body: B) -> Self {
        Self {
            body: Some(Box::pin(body)),
            ready: VecDeque::new(),
            fault: None,
            last: Last::End,
        }
    }

    /// This, in the place of what the server sends.
    pub(super) fn instead(content: Bytes) -> Self {
        Self {
            body: None,
            ready: VecDeque::from([content]),
            fault: None,
            last: Last::End,
        }
    }

    /// What the server sends, up to so many lines.
    pub(super) fn tampered(body: B, after_lines: usize, then: Then) -> Self {
        let mut tampered = Self {
            fault: Some((after_lines, then)),
            ..Self::untouched(body)
        };
        tampered.strike_at_line_end();
        tampered
    }

    /// Strikes if the lines are through and the fault needs nothing of the next one.
    fn strike_at_line_end(&mut self) {
        let Some((0, then)) = &self.fault else {
            return;
        };
        match then {
            Then::Cut | Then::Reset => return,
            Then::End => self.stop(Last::End),
            Then::Stall => self.stop(Last::Silence),
            Then::Insert(line) => self.ready.push_back(line.clone()),
            Then::InsertAndEnd(line) => {
                self.ready.push_back(line.clone());
                self.stop(Last::End);
            }
        }
        self.fault = None;
    }

    /// Strikes in the middle of a line, of which this is the beginning.
    fn strike_within(&mut self, line: &Bytes) {
        let half = line.slice(..line.len() / 2);
        if !half.is_empty() {
            self.ready.push_back(half);
        }
        let breaks = matches!(self.fault, Some((_, Then::Reset)));
        self.stop(if breaks { Last::Break } else { Last::End });
        self.fault = None;
    }

    fn stop(&mut self, last: Last) {
        self.body = None;
        self.last = last;
    }

    /// Takes a frame of the server apart where the fault strikes within it.
    fn take_in(&mut self, mut data: Bytes) {
        while !data.is_empty() {
            let Some((lines, _)) = &mut self.fault else {
                // Nothing left to happen; unless the server is not listened to any more.
                if self.body.is_some() {
                    self.ready.push_back(data);
                }
                return;
            };
            let line_end = data.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
            let line = data.split_to(line_end.unwrap_or(data.len()));
            if *lines == 0 {
                return self.strike_within(&line);
            }
            if line_end.is_some() {
                *lines -= 1;
            }
            self.ready.push_back(line);
            self.strike_at_line_end();
        }
    }
}

impl<B> Body for FaultyBody<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        loop {
            if let Some(data) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
            let Some(body) = &mut self.body else {
                return match self.last {
                    Last::End => Poll::Ready(None),
                    Last::Silence => Poll::Pending,
                    Last::Break => {
                        self.last = Last::End;
                        Poll::Ready(Some(Err(LostConnection.into())))
                    }
                };
            };
            let frame = match std::task::ready!(body.as_mut().poll_frame(cx)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
                Some(Ok(frame)) => frame,
            };
            if self.fault.is_none() {
                return Poll::Ready(Some(Ok(frame)));
            }
            match frame.into_data() {
                Ok(data) => self.take_in(data),
                Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        if !self.ready.is_empty() {
            return false;
        }
        match &self.body {
            Some(body) => body.is_end_stream(),
            None => self.last == Last::End,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.body {
            Some(body) if self.fault.is_none() && self.ready.is_empty() => body.size_hint(),
            _ => SizeHint::default(),
        }
    }
}
