//! An embedded, in-memory Kubernetes API server for tests, demos and development.

mod schema;
