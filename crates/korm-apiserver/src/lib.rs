//! An embedded, in-memory Kubernetes API server for tests, demos and development.

mod apply;
mod cel;
mod crd;
mod facts;
mod jsonpath;
mod openapi;
mod patch;
mod protobuf;
mod request_body;
mod schema;
#[cfg(feature = "serve")]
pub mod serve;
mod status;
mod table;
