//! The layer that injects.

use std::task::{Context, Poll};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use http_body::Body;
use tower::{BoxError, Layer, Service};

use super::body::FaultyBody;
use super::fault::{Fault, Kind};
use super::script::Faults;

/// The layer of [`Faults::layer`].
#[derive(Debug, Clone)]
pub struct FaultyLayer {
    faults: Faults,
}

impl FaultyLayer {
    pub(super) fn new(faults: Faults) -> Self {
        Self { faults }
    }
}

impl<S> Layer<S> for FaultyLayer {
    type Service = Faulty<S>;

    fn layer(&self, service: S) -> Faulty<S> {
        Faulty {
            service,
            faults: self.faults.clone(),
        }
    }
}

/// A service that suffers the faults of a script.
#[derive(Debug, Clone)]
pub struct Faulty<S> {
    service: S,
    faults: Faults,
}

/// The connection broke, by a fault injected on purpose; the error of [`Faulty`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the connection was lost (injected fault)")]
#[non_exhaustive]
pub struct LostConnection;

impl<S, B, R> Service<Request<B>> for Faulty<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: Send + 'static,
    R: Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<FaultyBody<R>>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.service.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let fault = self.faults.draw(request.method(), request.uri());
        // The one that is ready serves this request; the clone gets ready for the next.
        let fresh = self.service.clone();
        let service = std::mem::replace(&mut self.service, fresh);
        Box::pin(suffer(service, request, fault))
    }
}

async fn suffer<S, B, R>(
    mut service: S,
    request: Request<B>,
    fault: Option<Fault>,
) -> Result<Response<FaultyBody<R>>, BoxError>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Error: Into<BoxError>,
    R: Body<Data = Bytes>,
    R::Error: Into<BoxError>,
{
    let Some(Fault(kind)) = fault else {
        let response = service.call(request).await.map_err(Into::into)?;
        return Ok(response.map(FaultyBody::untouched));
    };
    match kind {
        Kind::Unreachable => Err(LostConnection.into()),
        Kind::Hang => std::future::pending().await,
        Kind::LoseAnswer => {
            service.call(request).await.map_err(Into::into)?;
            Err(LostConnection.into())
        }
        Kind::Delay(time) => {
            tokio::time::sleep(time).await;
            let response = service.call(request).await.map_err(Into::into)?;
            Ok(response.map(FaultyBody::untouched))
        }
        Kind::Answer(answer) => {
            if answer.applied {
                service.call(request).await.map_err(Into::into)?;
            }
            Ok(answer.response().map(FaultyBody::instead))
        }
        Kind::Stream { after_lines, then } => {
            let response = service.call(request).await.map_err(Into::into)?;
            Ok(response.map(|body| FaultyBody::tampered(body, after_lines, then)))
        }
    }
}
