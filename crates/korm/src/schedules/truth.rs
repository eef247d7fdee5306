//! What the server really did: a layer right before it writes down every change.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use korm_apiserver::ApiServer;
use kube::client::Body;
use serde_json::Value;
use tower::{BoxError, Service};

/// The header in which a program says which of its writes a request belongs to.
pub(super) const WRITE: &str = "x-write";

/// One change of one object.
#[derive(Clone, Debug)]
pub(super) struct Effect {
    pub(super) write: String,
    /// The name of the object.
    pub(super) name: String,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
}

#[derive(Default)]
struct State {
    recording: bool,
    effects: Vec<Effect>,
    objects: BTreeMap<String, Value>,
}

#[derive(Clone, Default)]
pub(super) struct Truth(Arc<Mutex<State>>);

impl Truth {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// From here on, changes are written down.
    pub(super) fn begin(&self) {
        self.lock().recording = true;
    }

    /// How many changes there were until now.
    pub(super) fn len(&self) -> usize {
        self.lock().effects.len()
    }

    pub(super) fn effects(&self) -> Vec<Effect> {
        self.lock().effects.clone()
    }

    /// The objects as they are now, by name.
    pub(super) fn objects(&self) -> BTreeMap<String, Value> {
        self.lock().objects.clone()
    }

    pub(super) fn around(&self, server: ApiServer) -> Recorder {
        Recorder {
            truth: self.clone(),
            server,
        }
    }

    fn note(&self, write: String, method: &Method, path: &str, answer: &Value) {
        let mut state = self.lock();
        if !state.recording {
            return;
        }
        let name = match path.split("/peaches/").nth(1) {
            Some(rest) => rest.split('/').next().unwrap_or_default(),
            None => answer["metadata"]["name"].as_str().unwrap_or_default(),
        };
        let name = name.to_owned();
        let before = state.objects.get(&name).cloned();
        // What is being deleted and held by nothing is gone with this answer.
        let metadata = &answer["metadata"];
        let held = metadata["finalizers"]
            .as_array()
            .is_some_and(|list| !list.is_empty());
        let deleted = *method == Method::DELETE || metadata["deletionTimestamp"].is_string();
        let after = (!deleted || held).then(|| answer.clone());
        match &after {
            Some(object) => drop(state.objects.insert(name.clone(), object.clone())),
            None => drop(state.objects.remove(&name)),
        }
        let version = |object: &Option<Value>| {
            let object = object.as_ref();
            object.map(|object| object["metadata"]["resourceVersion"].clone())
        };
        if version(&before) != version(&after) {
            state.effects.push(Effect {
                write,
                name,
                before,
                after,
            });
        }
    }
}

impl fmt::Display for Truth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for effect in &self.lock().effects {
            let shown = |object: &Option<Value>| match object {
                None => "nothing".to_owned(),
                Some(object) => format!(
                    "{} {} {}",
                    object["spec"], object["metadata"]["annotations"], object["status"]
                ),
            };
            let (before, after) = (shown(&effect.before), shown(&effect.after));
            writeln!(f, "  {} {}: {before} -> {after}", effect.write, effect.name)?;
        }
        Ok(())
    }
}

#[derive(Clone)]
pub(super) struct Recorder {
    truth: Truth,
    server: ApiServer,
}

impl Service<Request<Body>> for Recorder {
    type Response = Response<UnsyncBoxBody<Bytes, BoxError>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let (truth, mut server) = (self.truth.clone(), self.server.clone());
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let write = request.headers().get(WRITE).cloned();
        let write = write.map(|write| String::from_utf8_lossy(write.as_bytes()).into_owned());
        Box::pin(async move {
            let response = server.call(request).await?;
            if method == Method::GET {
                return Ok(response.map(|body| body.map_err(Into::into).boxed_unsync()));
            }
            let (head, body) = response.into_parts();
            let bytes = body.collect().await?.to_bytes();
            if head.status.is_success() {
                let answer = serde_json::from_slice(&bytes)?;
                truth.note(write.unwrap_or_default(), &method, &path, &answer);
            }
            let body = Full::new(bytes).map_err(|never| match never {});
            Ok(Response::from_parts(head, body.boxed_unsync()))
        })
    }
}
