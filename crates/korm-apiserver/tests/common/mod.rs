//! Asking a server in process.
#![allow(dead_code, missing_docs, unreachable_pub)] // every test binary uses its part of this
#![allow(clippy::unwrap_used, clippy::panic)] // these are tests, though not marked one by one

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use korm_apiserver::{ApiServer, Server, ServerBody};
use serde_json::{Value, json};
use tower::ServiceExt;

/// An answer that has come in whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub warnings: Vec<String>,
    pub content_type: String,
    pub bytes: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.bytes)))
    }

    /// The answer's object, which must come with this status.
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(
            self.status,
            status,
            "{}",
            String::from_utf8_lossy(&self.bytes)
        );
        self.json()
    }

    /// The message of a failure, which must come with this status.
    pub fn failure(&self, status: u16) -> String {
        self.expect(status)["message"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

pub fn server() -> ApiServer {
    Server::builder().seed(1).build().unwrap()
}

pub async fn send(server: &ApiServer, request: Request<Full<Bytes>>) -> http::Response<ServerBody> {
    server.clone().oneshot(request).await.unwrap()
}

pub async fn ask(
    server: &ApiServer,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> Answer {
    let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.uri(path).body(Full::new(body.into())).unwrap();
    let response = send(server, request).await;
    let (parts, body) = response.into_parts();
    let text = |name| {
        parts
            .headers
            .get_all(name)
            .iter()
            .map(|v| v.to_str().unwrap().to_owned())
            .collect()
    };
    let content_types: Vec<String> = text(http::header::CONTENT_TYPE);
    Answer {
        status: parts.status,
        warnings: text(http::header::WARNING),
        content_type: content_types.into_iter().next().unwrap_or_default(),
        bytes: body.collect().await.unwrap().to_bytes(),
    }
}

pub async fn get(server: &ApiServer, path: &str) -> Answer {
    ask(server, "GET", path, &[], "").await
}

pub async fn post(server: &ApiServer, path: &str, body: Value) -> Answer {
    ask(
        server,
        "POST",
        path,
        &[("content-type", "application/json")],
        body.to_string(),
    )
    .await
}

pub async fn put(server: &ApiServer, path: &str, body: Value) -> Answer {
    ask(
        server,
        "PUT",
        path,
        &[("content-type", "application/json")],
        body.to_string(),
    )
    .await
}

pub async fn delete(server: &ApiServer, path: &str) -> Answer {
    ask(server, "DELETE", path, &[], "").await
}

pub async fn merge(server: &ApiServer, path: &str, body: Value) -> Answer {
    let headers = [("content-type", "application/merge-patch+json")];
    ask(server, "PATCH", path, &headers, body.to_string()).await
}

pub async fn json_patch(server: &ApiServer, path: &str, body: Value) -> Answer {
    let headers = [("content-type", "application/json-patch+json")];
    ask(server, "PATCH", path, &headers, body.to_string()).await
}

pub const CONFIG_MAPS: &str = "/api/v1/namespaces/default/configmaps";
pub const CRDS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
pub const FIGS: &str = "/apis/example.com/v1/namespaces/default/figs";

pub fn fig_crd() -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "figs.example.com"},
        "spec": {
            "group": "example.com", "scope": "Namespaced",
            "names": {"plural": "figs", "singular": "fig", "kind": "Fig", "listKind": "FigList", "shortNames": ["fg"]},
            "versions": [{
                "name": "v1", "served": true, "storage": true,
                "subresources": {"status": {}, "scale": {"specReplicasPath": ".spec.replicas",
                    "statusReplicasPath": ".status.replicas", "labelSelectorPath": ".status.selector"}},
                "additionalPrinterColumns": [{"name": "Variety", "type": "string", "jsonPath": ".spec.variety"}],
                "selectableFields": [{"jsonPath": ".spec.variety"}],
                "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                    "spec": {"type": "object", "properties": {
                        "price": {"type": "integer", "default": 1, "minimum": 0},
                        "variety": {"type": "string"}, "replicas": {"type": "integer"}}},
                    "status": {"type": "object", "properties": {"ripe": {"type": "boolean"},
                        "replicas": {"type": "integer"}, "selector": {"type": "string"}}}}}}
            }]
        }
    })
}

pub fn fig(name: &str, spec: Value) -> Value {
    json!({"apiVersion": "example.com/v1", "kind": "Fig", "metadata": {"name": name}, "spec": spec})
}

/// A server that serves figs.
pub async fn orchard() -> ApiServer {
    let server = server();
    post(&server, CRDS, fig_crd()).await.expect(201);
    server
}

/// The lines of a watch, as they come.
pub struct Events {
    body: ServerBody,
    rest: Vec<u8>,
}

impl Events {
    pub async fn of(server: &ApiServer, path: &str) -> Self {
        let request = Request::get(path).body(Full::default()).unwrap();
        let response = send(server, request).await;
        assert_eq!(response.status(), 200);
        Self {
            body: response.into_body(),
            rest: Vec::new(),
        }
    }

    /// The next event; nothing at the end of the stream.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.rest.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = self.rest.drain(..=end).collect();
                return Some(serde_json::from_slice(&line).unwrap());
            }
            let frame = self.body.frame().await?.unwrap();
            self.rest.extend_from_slice(&frame.into_data().unwrap());
        }
    }

    /// Type and name of the next event.
    pub async fn line(&mut self) -> String {
        match self.next().await {
            None => "END".to_owned(),
            Some(event) => {
                let name = event["object"]["metadata"]["name"]
                    .as_str()
                    .unwrap_or_default();
                format!("{} {name}", event["type"].as_str().unwrap())
            }
        }
    }
}
