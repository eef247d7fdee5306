//! An embedded, in-memory Kubernetes API server for tests, demos and development.

mod apply;
mod cel;
mod crd;
mod facts;
mod jsonpath;
mod openapi;
mod patch;
mod protobuf;
mod schema;
mod status;
mod table;
