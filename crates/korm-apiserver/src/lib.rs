//! An embedded, in-memory Kubernetes API server for tests, demos and development.

mod apply;
mod cel;
mod crd;
mod facts;
pub mod faults;
mod gc;
mod jsonpath;
mod meta;
mod native;
mod negotiate;
mod openapi;
mod patch;
mod protobuf;
mod request;
mod request_body;
mod schema;
mod selector;
#[cfg(feature = "serve")]
pub mod serve;
mod status;
mod store;
mod table;
mod watch_request;
