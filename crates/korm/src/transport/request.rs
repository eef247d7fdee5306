//! A request that can be sent more than once.

use bytes::Bytes;
use http::{HeaderValue, Method, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::failure::{Failure, Prevented};

/// What may be done when the answer to a request got lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// A read.
    Read,
    /// A write that cannot happen twice: sent again, it either finds its work done, or does it.
    Guarded,
    /// A write that might hit something else when sent again.
    Once,
}

/// A request to the Kubernetes API.
///
/// Built here and not with `kube::core::Request`, which cannot express `fieldValidation` on a create nor
/// `resourceVersion=0` together with a limit.
#[derive(Clone)]
pub(crate) struct Request {
    method: Method,
    path: String,
    query: String,
    content_type: Option<&'static str>,
    accept: &'static str,
    body: Bytes,
    pub(super) repeat: Repeat,
}

pub(crate) const JSON: &str = "application/json";

/// Asked for by everything that needs no more than metadata.
pub(crate) const METADATA_LIST: &str =
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/// The characters of a query value that stand for themselves.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

impl Request {
    pub(crate) fn new(method: Method, path: impl Into<String>, repeat: Repeat) -> Self {
        Self {
            method,
            path: path.into(),
            query: String::new(),
            content_type: None,
            accept: JSON,
            body: Bytes::new(),
            repeat,
        }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path, Repeat::Read)
    }

    /// A path that has its query already.
    pub(crate) fn get_with_query(path_and_query: &str) -> Self {
        let (path, query) = path_and_query
            .split_once('?')
            .unwrap_or((path_and_query, ""));
        let mut request = Self::get(path);
        query.clone_into(&mut request.query);
        request
    }

    /// Adds one parameter to the query.
    #[must_use]
    pub(crate) fn param(mut self, name: &str, value: impl AsRef<str>) -> Self {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        self.query.push_str(name);
        self.query.push('=');
        self.query
            .extend(utf8_percent_encode(value.as_ref(), VALUE));
        self
    }

    #[must_use]
    pub(crate) fn body(mut self, content_type: &'static str, body: Vec<u8>) -> Self {
        self.content_type = Some(content_type);
        self.body = body.into();
        self
    }

    #[must_use]
    pub(crate) fn accept(mut self, accept: &'static str) -> Self {
        self.accept = accept;
        self
    }

    pub(crate) fn method(&self) -> &Method {
        &self.method
    }

    pub(crate) fn content_type(&self) -> Option<&'static str> {
        self.content_type
    }

    pub(crate) fn sent_body(&self) -> &Bytes {
        &self.body
    }

    pub(crate) fn path_and_query(&self) -> String {
        if self.query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query)
        }
    }

    pub(super) fn to_http(&self) -> Result<http::Request<Bytes>, Failure> {
        let mut request = http::Request::builder()
            .method(self.method.clone())
            .uri(self.path_and_query())
            .header(header::ACCEPT, HeaderValue::from_static(self.accept));
        if let Some(content_type) = self.content_type {
            request = request.header(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        request
            .body(self.body.clone())
            .map_err(|error| Failure::Prevented(Prevented::Malformed(error.to_string())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_escaped_and_tidy() {
        let request = Request::get("/api/v1/pods")
            .param("labelSelector", "app in (a,b),!x/y")
            .param("limit", "500");
        assert_eq!(
            request.path_and_query(),
            "/api/v1/pods?labelSelector=app%20in%20%28a%2Cb%29%2C%21x%2Fy&limit=500"
        );
        assert_eq!(Request::get("/api").path_and_query(), "/api");
        assert_eq!(
            Request::get_with_query("/a?b=c")
                .param("d", "e")
                .path_and_query(),
            "/a?b=c&d=e"
        );
    }
}
