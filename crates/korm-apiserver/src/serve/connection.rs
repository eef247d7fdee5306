//! One connection: the handshake, then its requests, until either side has had enough.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tower::{BoxError, Service, ServiceExt};

use super::ends::{Ends, UntilEnd};
use super::gate;
use super::token::Token;

use crate::status::ApiError;
use crate::watch_request::is_watch;

/// How long a client may take for the handshake, and for the headers of a request.
const PATIENCE: Duration = Duration::from_secs(10);

/// What Kubernetes allows: concurrent streams of one connection, and the window of each, which
/// holds nearly every body without waiting for an update.
const STREAMS: u32 = 250;
const WINDOW: u32 = 256 * 1024;

type AnswerBody = UnsyncBoxBody<Bytes, BoxError>;

/// What all connections share.
pub(super) struct Shared<S> {
    pub(super) service: S,
    pub(super) token: Token,
    pub(super) tls: TlsAcceptor,
    pub(super) ends: Ends,
}

/// Serves one connection to its end. What goes wrong on it concerns its client alone.
pub(super) async fn serve<S, B>(stream: TcpStream, shared: Arc<Shared<S>>)
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    // Watch events are small and must not wait for each other. Failing means a closed socket,
    // which the handshake notices too.
    let _ = stream.set_nodelay(true);
    let stream = tokio::select! {
        handshake = tokio::time::timeout(PATIENCE, shared.tls.accept(stream)) => match handshake {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return tracing::debug!(%error, "TLS handshake failed"),
            Err(_) => return tracing::debug!("TLS handshake timed out"),
        },
        () = shared.ends.clone().wait() => return,
    };

    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW * 16);
    let for_requests = Arc::clone(&shared);
    let service = service_fn(move |request| answer(request, Arc::clone(&for_requests)));
    let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service));

    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        () = shared.ends.clone().wait() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(error, "connection ended early");
    }
}

/// Answers one request; an error closes the connection (HTTP/1.1) or resets the stream (HTTP/2).
async fn answer<S, B>(
    request: Request<Incoming>,
    shared: Arc<Shared<S>>,
) -> Result<Response<AnswerBody>, BoxError>
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let (mut parts, body) = request.into_parts();
    if let Err(refusal) = gate::admit(&mut parts, &shared.token) {
        return Ok(status_answer(&refusal));
    }
    let ends = is_watch(parts.uri.query()).then(|| shared.ends.clone());
    let request = Request::from_parts(parts, body);
    let answer = shared.service.clone().oneshot(request).await;
    Ok(answer
        .map_err(Into::into)?
        .map(|body| UntilEnd::new(body, ends).map_err(Into::into).boxed_unsync()))
}

fn status_answer(error: &ApiError) -> Response<AnswerBody> {
    let mut text = error.to_status().to_string();
    text.push('\n');
    let mut answer = Response::new(
        Full::from(text)
            .map_err(|never| match never {})
            .boxed_unsync(),
    );
    *answer.status_mut() =
        StatusCode::from_u16(error.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache, private"));
    answer
}
