//! A server that answers from a script, for tests.

use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures::{StreamExt, stream};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody, combinators::UnsyncBoxBody};
use kube::client::Body;
use serde_json::Value;
use tower::BoxError;

use crate::Cluster;

/// What the server does with one request.
pub(crate) enum Reply {
    /// Answers with JSON.
    Json(u16, Value),
    /// Answers with a header and JSON.
    WithHeader(u16, (&'static str, &'static str), Value),
    /// Answers with text.
    Text(u16, &'static str),
    /// Breaks the connection without an answer.
    Lost,
    /// Never answers.
    Silence,
    /// A stream of chunks, each after a wait, that then ends.
    Stream(Vec<(Duration, String)>),
    /// A stream of chunks that then stays open.
    OpenStream(Vec<(Duration, String)>),
}

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub line: String,
    pub accept: String,
    pub body: Value,
}

#[derive(Clone, Default)]
pub(crate) struct Script {
    replies: Arc<Mutex<VecDeque<Reply>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Script {
    /// `GET /path?query` of every request.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.asked
            .lock()
            .unwrap()
            .iter()
            .map(|asked| asked.line.clone())
            .collect()
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn unused(&self) -> usize {
        self.replies.lock().unwrap().len()
    }
}

/// A cluster that gives these answers, one after the other.
pub(crate) fn cluster(replies: impl IntoIterator<Item = Reply>) -> (Cluster, Script) {
    let script = Script {
        replies: Arc::new(Mutex::new(replies.into_iter().collect())),
        ..Script::default()
    };
    (
        Cluster::from_service(script.clone(), "scripted", "default"),
        script,
    )
}

/// A failure as the server writes it.
pub(crate) fn status(code: u16, reason: &str, message: &str) -> Reply {
    let body = serde_json::json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code,
        "reason": reason, "message": message, "details": {"name": "cake-peach", "kind": "peaches"}});
    Reply::Json(code, body)
}

type AnyBody = UnsyncBoxBody<Bytes, BoxError>;

fn whole(bytes: impl Into<Bytes>) -> AnyBody {
    http_body_util::Full::new(bytes.into())
        .map_err(|never| match never {})
        .boxed_unsync()
}

fn chunks(
    chunks: Vec<(Duration, String)>,
) -> impl futures::Stream<Item = Result<Frame<Bytes>, BoxError>> + Send {
    stream::iter(chunks).then(|(wait, chunk)| async move {
        tokio::time::sleep(wait).await;
        Ok(Frame::data(Bytes::from(chunk)))
    })
}

impl tower::Service<http::Request<Body>> for Script {
    type Response = http::Response<AnyBody>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let script = self.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.collect_bytes().await?;
            script.asked.lock().unwrap().push(Asked {
                line: format!("{} {}", head.method, head.uri),
                accept: head.headers[http::header::ACCEPT].to_str()?.to_owned(),
                body: serde_json::from_slice(&body).unwrap_or_default(),
            });
            let reply = script.replies.lock().unwrap().pop_front();
            let response = http::Response::builder();
            Ok(match reply.ok_or("the script has no more answers")? {
                Reply::Json(code, body) => response.status(code).body(whole(body.to_string()))?,
                Reply::WithHeader(code, (name, value), body) => response
                    .status(code)
                    .header(name, value)
                    .body(whole(body.to_string()))?,
                Reply::Text(code, text) => response.status(code).body(whole(text))?,
                Reply::Lost => return Err("connection reset".into()),
                Reply::Silence => std::future::pending().await,
                Reply::Stream(parts) => response
                    .status(200)
                    .body(BodyExt::boxed_unsync(StreamBody::new(chunks(parts))))?,
                Reply::OpenStream(parts) => {
                    let open = chunks(parts).chain(stream::pending());
                    response
                        .status(200)
                        .body(BodyExt::boxed_unsync(StreamBody::new(open)))?
                }
            })
        })
    }
}
