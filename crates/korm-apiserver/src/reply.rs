//! What a handler answers, and how it becomes an HTTP response.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, header};
use serde_json::Value;

use crate::body::ServerBody;
use crate::negotiate::{Media, Output};
use crate::schema::go_format;
use crate::status::ApiError;
use crate::{protobuf, yaml};

/// An answer before it is written.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) code: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: ServerBody,
    /// Texts for `Warning` headers.
    pub(crate) warnings: Vec<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Reply {
    /// An object, in the form negotiated.
    pub(crate) fn object(code: u16, object: &Value, output: &Output) -> Self {
        match encode(object, output) {
            Ok(bytes) => Self::bytes(code, output.media.content_type(), bytes),
            Err(message) => Self::error(&ApiError::internal(message), &Output::default()),
        }
    }

    pub(crate) fn bytes(code: u16, content_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        let body = ServerBody::whole(bytes);
        Self {
            code,
            content_type,
            body,
            warnings: Vec::new(),
            headers: Vec::new(),
        }
    }

    pub(crate) fn stream(content_type: &'static str, body: ServerBody) -> Self {
        Self {
            code: 200,
            content_type,
            body,
            warnings: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// Plain text, as health checks answer.
    pub(crate) fn text(code: u16, text: impl Into<Bytes>) -> Self {
        Self::bytes(code, "text/plain; charset=utf-8", text)
    }

    /// What Go's router says of a path nobody handles.
    pub(crate) fn page_not_found() -> Self {
        Self::text(404, "404 page not found\n")
    }

    pub(crate) fn error(error: &ApiError, output: &Output) -> Self {
        let mut reply = Self::object(error.code, &error.to_status(), output);
        if let Some(seconds) = error.retry_after() {
            reply
                .headers
                .push((header::RETRY_AFTER, HeaderValue::from(seconds)));
        }
        reply
    }

    /// Sets a header; a value that cannot stand in one is left out.
    pub(crate) fn set_header(&mut self, name: HeaderName, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
    }

    pub(crate) fn into_response(self) -> Response<ServerBody> {
        let mut response = Response::new(self.body);
        *response.status_mut() = http::StatusCode::from_u16(self.code)
            .unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(self.content_type),
        );
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-cache, private"),
        );
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
        for warning in &self.warnings {
            if let Ok(value) = HeaderValue::from_str(&warning_header(warning)) {
                headers.append(header::WARNING, value);
            }
        }
        response
    }
}

/// `299 - "text"` (RFC 7234, section 5.5), with what cannot stand in a header left out.
fn warning_header(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(c);
            }
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    format!("299 - \"{quoted}\"")
}

/// An object as bytes of the negotiated media type.
pub(crate) fn encode(object: &Value, output: &Output) -> Result<Bytes, String> {
    match output.media {
        Media::Json if output.pretty => {
            let mut text = serde_json::to_string_pretty(object).map_err(|e| e.to_string())?;
            text.push('\n');
            Ok(text.into())
        }
        Media::Json => {
            let mut text = go_format::json(object);
            text.push('\n');
            Ok(text.into())
        }
        Media::Yaml => yaml::write(object).map(Bytes::from),
        Media::Protobuf => protobuf::from_json(object)
            .map(Bytes::from)
            .ok_or_else(|| "the object has no protobuf form".to_owned()),
    }
}
