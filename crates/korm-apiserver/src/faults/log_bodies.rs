//! The log that keeps bodies too.

use std::task::{Context, Poll};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use http_body::Body;
use http_body_util::BodyExt;
use tower::{BoxError, Layer, Service};

use super::log::RequestLog;

/// The layer of [`RequestLog::layer_with_bodies`].
#[derive(Debug, Clone)]
pub struct BodyLoggedLayer {
    log: RequestLog,
}

impl BodyLoggedLayer {
    pub(super) fn new(log: RequestLog) -> Self {
        Self { log }
    }
}

impl<S> Layer<S> for BodyLoggedLayer {
    type Service = BodyLogged<S>;

    fn layer(&self, service: S) -> BodyLogged<S> {
        BodyLogged {
            service,
            log: self.log.clone(),
        }
    }
}

/// A service whose requests are logged with their bodies.
#[derive(Debug, Clone)]
pub struct BodyLogged<S> {
    service: S,
    log: RequestLog,
}

impl<S, B, R> Service<Request<B>> for BodyLogged<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes> + From<Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<R>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response<R>, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.service.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let fresh = self.service.clone();
        // The one that is ready serves this request.
        let mut service = std::mem::replace(&mut self.service, fresh);
        let log = self.log.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let content = body.collect().await.map_err(Into::into)?.to_bytes();
            let request = Request::from_parts(parts, B::from(content.clone()));
            let number = log.note(&request, Some(content));
            let answer = service.call(request).await.map_err(Into::into)?;
            log.note_answer(number, answer.status());
            Ok(answer)
        })
    }
}
