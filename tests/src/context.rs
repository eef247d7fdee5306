use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use futures::StreamExt as _;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};

use crate::case::Outcome;
use crate::history::History;
use crate::server::failed;
use crate::{RequestLog, Server};

/// What a case works with: a connection, a namespace of its own, and a record of the requests it caused.
#[derive(Clone)]
pub struct Context {
    server: Server,
    client: Client,
    namespace: String,
    log: RequestLog,
    history: History,
}

/// A server's answer, whole.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers, among them `warning`.
    pub headers: http::HeaderMap,
    /// The body; `null` where there was none, a string where it was no JSON.
    pub body: Value,
}

impl Context {
    /// A context with a fresh namespace on the server.
    pub(crate) async fn open(
        server: Server,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let log = RequestLog::default();
        let (client, history) = server.connect(&log).await?;
        let mut context = Self {
            server,
            client,
            namespace: String::new(),
            log,
            history,
        };
        context.namespace = context.unique("case");
        let namespace = json!({"metadata": {"name": context.namespace}});
        context
            .post("/api/v1/namespaces", namespace)
            .await?
            .expect(StatusCode::CREATED)?;
        context.log.clear();
        Ok(context)
    }

    /// Asks for the removal of what the case made; nobody waits for it.
    pub(crate) async fn close(self) -> Outcome {
        if self.server == Server::Reference {
            let path = format!("/api/v1/namespaces/{}", self.namespace);
            self.send(Method::DELETE, &path, None)
                .await?
                .expect(StatusCode::OK)?;
        }
        Ok(())
    }

    /// The server that the case runs against.
    pub fn server(&self) -> Server {
        self.server
    }

    /// A connection with all rights, whose default namespace is `default`.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// A namespace that nobody else uses; it is there already.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The requests that went through [`client`](Self::client) and this context since the case began.
    pub fn requests(&self) -> &RequestLog {
        &self.log
    }

    /// Makes the server forget every state before the present one: what it was asked for at an older resourceVersion, and
    /// how a list goes on that began there, is then `410 Expired`. The reference server's caches follow within some
    /// fifteen seconds, so ask [`until`](Self::until) it says so. Waits until no other case is under way.
    pub async fn forget_history(&self) -> Outcome {
        self.history.forget().await
    }

    /// A name that no other case of this or an earlier run uses, for objects outside a namespace.
    pub fn unique(&self, prefix: &str) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_micros());
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        format!("{prefix}-{:x}-{count}", now & 0xff_ffff_ffff)
    }

    /// Sends a GET.
    pub async fn get(&self, path: &str) -> Result<Answer, kube::Error> {
        self.send(Method::GET, path, None).await
    }

    /// Sends a POST with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Result<Answer, kube::Error> {
        self.send(Method::POST, path, Some(("application/json", body)))
            .await
    }

    /// Sends a PUT with a JSON body.
    pub async fn put(&self, path: &str, body: Value) -> Result<Answer, kube::Error> {
        self.send(Method::PUT, path, Some(("application/json", body)))
            .await
    }

    /// Sends a PATCH of the given kind: `json`, `merge`, `strategic-merge` or `apply`.
    pub async fn patch(&self, kind: &str, path: &str, body: Value) -> Result<Answer, kube::Error> {
        let content_type = match kind {
            "apply" => "application/apply-patch+yaml".to_owned(),
            kind => format!("application/{kind}-patch+json"),
        };
        self.send(Method::PATCH, path, Some((&content_type, body)))
            .await
    }

    /// Sends a DELETE, with delete options unless they are `null`.
    pub async fn delete(&self, path: &str, options: Value) -> Result<Answer, kube::Error> {
        let body = (!options.is_null()).then_some(("application/json", options));
        self.send(Method::DELETE, path, body).await
    }

    /// Sends any request, with a body of a content type.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<(&str, Value)>,
    ) -> Result<Answer, kube::Error> {
        let mut request = Request::builder().method(method).uri(path);
        let bytes = match body {
            Some((content_type, body)) => {
                request = request.header(http::header::CONTENT_TYPE, content_type);
                body.to_string().into_bytes()
            }
            None => Vec::new(),
        };
        let request = request
            .body(Body::from(bytes))
            .map_err(kube::Error::HttpError)?;
        let (head, body) = self.client.send(request).await?.into_parts();
        let bytes = body.collect().await?.to_bytes();
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body: decoded(&bytes),
        })
    }

    /// Asks until the answer is as wanted, and gives its body. Waits two minutes: the reference server takes its time with
    /// namespaces, and more when many go.
    pub async fn until(
        &self,
        path: &str,
        wanted: impl Fn(StatusCode, &Value) -> bool,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let mut last = Value::Null;
        for _ in 0..2_400 {
            let answer = self.get(path).await?;
            if wanted(answer.status, &answer.body) {
                return Ok(answer.body);
            }
            last = answer.body;
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        Err(format!("{path} stays {last}").into())
    }

    /// Waits until nothing is at the path.
    pub async fn gone(&self, path: &str) -> Outcome {
        self.until(path, |status, _| status == StatusCode::NOT_FOUND)
            .await
            .map(drop)
    }

    /// Opens a watch and gives its first events; fails when they have not come after ten seconds.
    pub async fn events(
        &self,
        path: &str,
        count: usize,
    ) -> Result<Vec<Value>, Box<dyn std::error::Error + Send + Sync>> {
        let request = Request::get(path)
            .header(http::header::ACCEPT_ENCODING, "identity")
            .body(Body::from(Vec::new()))?;
        let response = self.client.send(request).await?;
        if response.status() != StatusCode::OK {
            let bytes = response.into_body().collect().await?.to_bytes();
            return Err(format!("no watch of {path}: {}", String::from_utf8_lossy(&bytes)).into());
        }
        let mut data = response.into_body().into_data_stream();
        let mut unread = Vec::new();
        let mut events = Vec::new();
        let all = async {
            while events.len() < count {
                let Some(chunk) = data.next().await else {
                    break;
                };
                unread.extend_from_slice(&chunk?);
                while let Some(end) = unread.iter().position(|byte| *byte == b'\n') {
                    let line: Vec<u8> = unread.drain(..=end).collect();
                    events.push(serde_json::from_slice(&line)?);
                }
            }
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
        };
        let timely = tokio::time::timeout(std::time::Duration::from_secs(10), all).await;
        match timely {
            Ok(result) => result?,
            Err(_) => {
                return Err(format!(
                    "{} of {count} events after ten seconds: {events:?}",
                    events.len()
                )
                .into());
            }
        }
        Ok(events)
    }
}

impl Answer {
    /// Fails unless the answer has this status; the failure shows what the server said.
    pub fn expect(
        self,
        status: StatusCode,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        if self.status == status {
            return Ok(self);
        }
        let said = format!("expected {status}, got {}: {}", self.status, self.body);
        failed(said).map(|()| self)
    }

    /// What is at the JSON pointer; `null` where nothing is.
    pub fn at(&self, pointer: &str) -> &Value {
        self.body.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// What is at the JSON pointer, as text; empty where there is none.
    pub fn text(&self, pointer: &str) -> &str {
        self.at(pointer).as_str().unwrap_or_default()
    }
}

fn decoded(bytes: &[u8]) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(bytes)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(bytes).into_owned()))
}
