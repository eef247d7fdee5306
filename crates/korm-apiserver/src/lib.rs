//! An embedded, in-memory Kubernetes API server for tests, demos and development.
//!
//! It answers as kube-apiserver v1.37 does: the same status codes, bodies, warnings and watch
//! events. [`ApiServer`] is a [`tower::Service`] that is used in process, without sockets; with the
//! feature `serve` it also listens on loopback for kubectl and any other client (module `serve`).
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use http_body_util::{BodyExt, Full};
//! use korm_apiserver::Server;
//! use tower::ServiceExt;
//!
//! let server = Server::builder().build()?;
//! let body = r#"{"metadata": {"name": "settings"}, "data": {"colour": "peach"}}"#;
//! let request = http::Request::post("/api/v1/namespaces/default/configmaps")
//!     .header("content-type", "application/json")
//!     .body(Full::<bytes::Bytes>::from(body))?;
//! let answer = server.oneshot(request).await?;
//! assert_eq!(answer.status(), 201);
//! let created = answer.into_body().collect().await?.to_bytes();
//! assert!(created.starts_with(b"{\"apiVersion\":\"v1\""));
//! # Ok(())
//! # }
//! ```
//!
//! # What there is
//!
//! Every native kind of that version, from recorded facts; CustomResourceDefinitions with their
//! schemas, rules, columns and subresources; lists with pages and states of the past, watches with
//! bookmarks; patches of all kinds and server-side apply; finalizers, owners and namespaces, with
//! the controllers that make deletions come true; discovery and OpenAPI.
//!
//! Objects are kept in memory, with one resourceVersion for all and a bounded history
//! ([`ServerBuilder::history`]). What is older answers `410 Expired`, which
//! [`ApiServer::compact`] brings about at will. The module [`faults`] makes requests fail on
//! purpose.
//!
//! # What is left out on purpose
//!
//! There is nothing behind the objects: no scheduler, no kubelet, no controllers of workloads.
//! What would need them, such as logs of pods or commands run in them, answers `501` and says so.
//! There are no users and no rights: every request is an administrator's, and reviews of access
//! say yes. There are no admission webhooks or policies, no conversion webhooks, no aggregated API
//! servers. `DIVERGENCES.md` beside this crate lists every difference that is known, each with
//! requests that show it.

mod apply;
mod body;
mod cel;
mod clock;
mod controllers;
mod crd;
mod facts;
pub mod faults;
mod gc;
mod handlers;
mod jsonpath;
mod meta;
mod namespaces;
mod native;
mod negotiate;
mod openapi;
mod patch;
mod protobuf;
mod reply;
mod request;
mod request_body;
mod resources;
mod schema;
mod selector;
#[cfg(feature = "serve")]
pub mod serve;
mod server;
mod state;
mod status;
mod store;
mod table;
mod watch_request;
mod yaml;

pub use body::ServerBody;
pub use server::{ApiServer, BuildError, Server, ServerBuilder};
