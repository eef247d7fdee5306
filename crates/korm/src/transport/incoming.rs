//! The body of an answer, as it comes.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// The body of an answer, as it comes.
pub(crate) enum Incoming {
    /// Straight from a connection.
    Http(hyper::body::Incoming),
    /// From whatever is below a [`kube::Client`].
    Kube(kube::client::Body),
}

impl Body for Incoming {
    type Data = Bytes;
    type Error = kube::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, kube::Error>>> {
        match self.get_mut() {
            Self::Http(body) => Pin::new(body)
                .poll_frame(context)
                .map_err(kube::Error::HyperError),
            Self::Kube(body) => Pin::new(body).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Http(body) => body.is_end_stream(),
            Self::Kube(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Http(body) => body.size_hint(),
            Self::Kube(body) => body.size_hint(),
        }
    }
}
