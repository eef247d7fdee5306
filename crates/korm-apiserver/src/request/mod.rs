//! A request as the handlers see it: path, parameters and body.

mod options;
mod query;
mod route;

use bytes::Bytes;
use http::{HeaderMap, Method, header};

pub(crate) use options::{
    DeleteOptions, FieldValidation, ListOptions, PatchKind, Preconditions, WriteOptions,
};
pub(crate) use query::Query;
pub(crate) use route::{ResourcePath, Route};

/// A request whose body has been read.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// The decoded path.
    pub(crate) path: String,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    pub(crate) fn new(method: Method, uri: &http::Uri, headers: HeaderMap, body: Bytes) -> Self {
        let path = percent_encoding::percent_decode_str(uri.path()).decode_utf8_lossy();
        Self {
            method,
            path: path.into_owned(),
            query: Query::parse(uri.query().unwrap_or_default()),
            headers,
            body,
        }
    }

    /// A header as text; empty where it is missing or no text.
    pub(crate) fn header(&self, name: header::HeaderName) -> &str {
        self.headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
    }
}
