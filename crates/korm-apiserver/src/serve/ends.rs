//! The end of the server, as its parts hear of it.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::watch;

/// Hears when the server is told to stop, or is dropped.
#[derive(Clone, Debug)]
pub(super) struct Ends(watch::Receiver<bool>);

impl Ends {
    /// The side that tells, and the side that hears.
    pub(super) fn pair() -> (watch::Sender<bool>, Self) {
        let (tell, hear) = watch::channel(false);
        (tell, Self(hear))
    }

    /// Waits for the end.
    pub(super) async fn wait(mut self) {
        // An error means that the teller is gone, which is the end as well.
        let _ = self.0.wait_for(|ended| *ended).await;
    }
}

type Waiting = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A body that ends, cleanly and between two frames, when the server does.
pub(super) struct UntilEnd<B> {
    body: Pin<Box<B>>,
    end: Option<Waiting>,
}

impl<B> UntilEnd<B> {
    /// A watch ends with the server; anything else is sent to its own end.
    pub(super) fn new(body: B, ends: Option<Ends>) -> Self {
        Self {
            body: Box::pin(body),
            end: ends.map(|ends| Box::pin(ends.wait()) as Waiting),
        }
    }
}

impl<B: Body<Data = Bytes>> Body for UntilEnd<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        // What is ready is sent first: an event that happened before the end is not swallowed.
        if let Poll::Ready(frame) = self.body.as_mut().poll_frame(cx) {
            return Poll::Ready(frame);
        }
        match &mut self.end {
            Some(end) => end.as_mut().poll(cx).map(|()| None),
            None => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
