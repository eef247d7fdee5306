//! An embedded, in-memory Kubernetes API server for tests, demos and development.

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
