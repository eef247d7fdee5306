//! Failures as Kubernetes reports them: a `metav1.Status` with a reason, details and causes.
//!
//! The constructors carry the names of those in `k8s.io/apimachinery/pkg/api/errors`, and produce
//! the same messages; clients such as kubectl print them word for word.

use serde_json::{Map, Value, json};

use crate::schema::FieldError;
use crate::schema::go_format::quote;

/// One entry of `details.causes`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Cause {
    /// Machine-readable kind of cause, for example `FieldValueInvalid`.
    pub(crate) reason: String,
    /// What a person reads, without the field's name.
    pub(crate) message: String,
    /// The field, as `spec.names.plural`; empty when there is none.
    pub(crate) field: String,
}

/// The failure of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) code: u16,
    pub(crate) reason: &'static str,
    pub(crate) message: String,
    pub(crate) details: Option<Box<Details>>,
    /// `metadata.continue` of the Status; only an expired list has one.
    pub(crate) continue_token: Option<String>,
}

/// The `details` of a Status.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Details {
    pub(crate) group: String,
    /// A resource's plural for most errors, a kind for [`ApiError::invalid`]: that is what
    /// Kubernetes puts there.
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) uid: String,
    pub(crate) causes: Vec<Cause>,
    pub(crate) retry_after_seconds: u32,
}

/// A group and a plural (or kind), printed `deployments.apps`, or `pods` in the core group.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Qualified<'a> {
    pub(crate) group: &'a str,
    pub(crate) resource: &'a str,
}

impl std::fmt::Display for Qualified<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.resource)?;
        if !self.group.is_empty() {
            write!(f, ".{}", self.group)?;
        }
        Ok(())
    }
}

impl Qualified<'_> {
    fn details(&self, name: &str) -> Details {
        Details {
            group: self.group.to_owned(),
            kind: self.resource.to_owned(),
            name: name.to_owned(),
            ..Details::default()
        }
    }
}

impl ApiError {
    fn plain(code: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            reason,
            message: message.into(),
            details: None,
            continue_token: None,
        }
    }

    fn with(mut self, details: Details) -> Self {
        self.details = Some(Box::new(details));
        self
    }

    /// 404: the object is not there.
    pub(crate) fn not_found(resource: Qualified<'_>, name: &str) -> Self {
        Self::plain(
            404,
            "NotFound",
            format!("{resource} {} not found", quote(name)),
        )
        .with(resource.details(name))
    }

    /// 404 for a path, verb or resource the server does not know at all.
    pub(crate) fn unknown_resource() -> Self {
        Self::plain(
            404,
            "NotFound",
            "the server could not find the requested resource",
        )
        .with(Details::default())
    }

    /// 409: an object of that name exists.
    pub(crate) fn already_exists(resource: Qualified<'_>, name: &str) -> Self {
        Self::plain(
            409,
            "AlreadyExists",
            format!("{resource} {} already exists", quote(name)),
        )
        .with(resource.details(name))
    }

    /// 409: no free name could be generated.
    pub(crate) fn generate_name_conflict(
        resource: Qualified<'_>,
        name: &str,
        retry_after_seconds: u32,
    ) -> Self {
        let message = format!(
            "{resource} {} already exists, the server was not able to generate a unique name for the object",
            quote(name)
        );
        let details = Details {
            retry_after_seconds,
            ..resource.details(name)
        };
        Self::plain(409, "AlreadyExists", message).with(details)
    }

    /// 401.
    #[cfg(feature = "serve")]
    pub(crate) fn unauthorized(message: &str) -> Self {
        let message = if message.is_empty() {
            "not authorized"
        } else {
            message
        };
        Self::plain(401, "Unauthorized", message)
    }

    /// 403.
    pub(crate) fn forbidden(resource: Qualified<'_>, name: &str, why: &str) -> Self {
        let message = if resource.resource.is_empty() && resource.group.is_empty() {
            format!("forbidden: {why}")
        } else if name.is_empty() {
            format!("{resource} is forbidden: {why}")
        } else {
            format!("{resource} {} is forbidden: {why}", quote(name))
        };
        Self::plain(403, "Forbidden", message).with(resource.details(name))
    }

    /// 409: the object changed, or a precondition does not hold.
    pub(crate) fn conflict(resource: Qualified<'_>, name: &str, why: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {resource} {}: {why}",
            quote(name)
        );
        Self::plain(409, "Conflict", message).with(resource.details(name))
    }

    /// 409 of a server-side apply that meets fields of other managers.
    pub(crate) fn apply_conflict(causes: Vec<Cause>, message: impl Into<String>) -> Self {
        Self::plain(409, "Conflict", message).with(Details {
            causes,
            ..Details::default()
        })
    }

    /// 410 of a resourceVersion or continue token that is too old.
    pub(crate) fn resource_expired(message: impl Into<String>) -> Self {
        Self::plain(410, "Expired", message)
    }

    /// 422: the object breaks rules; `kind` is its Kind, and every cause names a field.
    pub(crate) fn invalid(
        kind: Qualified<'_>,
        name: &str,
        causes: impl IntoIterator<Item = impl Into<Cause>>,
    ) -> Self {
        let causes: Vec<Cause> = causes.into_iter().map(Into::into).collect();
        let mut message = format!("{kind} {} is invalid", quote(name));
        if let Some(text) = aggregate(&causes) {
            message.push_str(": ");
            message.push_str(&text);
        }
        Self::plain(422, "Invalid", message).with(Details {
            causes,
            ..kind.details(name)
        })
    }

    /// 400.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::plain(400, "BadRequest", message)
    }

    /// 422 without a word about what is wrong: upstream's answer to a patch that does not apply.
    pub(crate) fn patch_rejected() -> Self {
        Self::plain(
            422,
            "Invalid",
            "the server rejected our request due to an error in our request",
        )
        .with(Details::default())
    }

    /// 500 without a reason: what upstream makes of an error that says nothing of HTTP.
    pub(crate) fn unknown(message: impl Into<String>) -> Self {
        Self::plain(500, "", message)
    }

    /// 429, to be repeated after so many seconds.
    pub(crate) fn too_many_requests(message: impl Into<String>, retry_after_seconds: u32) -> Self {
        Self::plain(429, "TooManyRequests", message).with(Details {
            retry_after_seconds,
            ..Details::default()
        })
    }

    /// 503.
    pub(crate) fn service_unavailable(message: impl Into<String>) -> Self {
        Self::plain(503, "ServiceUnavailable", message)
    }

    /// 405: the resource is known, the verb is not one of its own.
    pub(crate) fn method_not_supported(resource: Qualified<'_>, verb: &str) -> Self {
        let message = format!(
            "{verb} is not supported on resources of kind {}",
            quote(&resource.to_string())
        );
        Self::plain(405, "MethodNotAllowed", message).with(resource.details(""))
    }

    /// 405 of a method that no handler is registered for at the path.
    pub(crate) fn method_not_allowed() -> Self {
        Self::plain(
            405,
            "MethodNotAllowed",
            "the server does not allow this method on the requested resource",
        )
        .with(Details::default())
    }

    /// 406: none of the media types asked for can be produced.
    pub(crate) fn not_acceptable(accepted: &[&str]) -> Self {
        let list = accepted.join(", ");
        Self::plain(
            406,
            "NotAcceptable",
            format!("only the following media types are accepted: {list}"),
        )
    }

    /// 406 of the router before any handler.
    pub(crate) fn not_routable(available: &str) -> Self {
        let message = format!("406: Not Acceptable\n\nAvailable representations: {available}");
        Self::plain(406, "NotAcceptable", message).with(Details::default())
    }

    /// 415: the body's media type is not understood.
    pub(crate) fn unsupported_media_type(accepted: &[&str]) -> Self {
        let list = accepted.join(", ");
        Self::plain(
            415,
            "UnsupportedMediaType",
            format!(
                "the body of the request was in an unknown format - accepted media types include: {list}"
            ),
        )
    }

    /// 415 of the router before any handler: what it says of a patch of an unknown type.
    pub(crate) fn unsupported_patch_type() -> Self {
        Self::plain(415, "UnsupportedMediaType", "415: Unsupported Media Type")
            .with(Details::default())
    }

    /// 501: what this server leaves out on purpose.
    pub(crate) fn not_implemented(message: impl Into<String>) -> Self {
        Self::plain(501, "NotImplemented", message)
    }

    /// 413.
    pub(crate) fn request_entity_too_large(message: &str) -> Self {
        Self::plain(
            413,
            "RequestEntityTooLarge",
            format!("Request entity too large: {message}"),
        )
    }

    /// 500 of something that is this server's own mistake or limit.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        let message = message.into();
        let cause = Cause {
            message: message.clone(),
            ..Cause::default()
        };
        Self::plain(
            500,
            "InternalError",
            format!("Internal error occurred: {message}"),
        )
        .with(Details {
            causes: vec![cause],
            ..Details::default()
        })
    }

    /// 504: the outcome is unknown to the client.
    pub(crate) fn timeout(message: &str, retry_after_seconds: u32) -> Self {
        Self::plain(504, "Timeout", format!("Timeout: {message}")).with(Details {
            retry_after_seconds,
            ..Details::default()
        })
    }

    /// The same error with `metadata.continue` set, from which an inconsistent list can go on.
    pub(crate) fn with_continue(mut self, token: String) -> Self {
        self.continue_token = Some(token);
        self
    }

    /// Seconds for the `Retry-After` header, if the answer has one.
    pub(crate) fn retry_after(&self) -> Option<u32> {
        self.details
            .as_ref()
            .map(|d| d.retry_after_seconds)
            .filter(|s| *s > 0)
    }

    /// The Status object, as it is sent.
    pub(crate) fn to_status(&self) -> Value {
        let mut metadata = Map::new();
        if let Some(token) = &self.continue_token {
            metadata.insert("continue".into(), json!(token));
        }
        let mut status = Map::new();
        status.insert("kind".into(), json!("Status"));
        status.insert("apiVersion".into(), json!("v1"));
        status.insert("metadata".into(), Value::Object(metadata));
        status.insert("status".into(), json!("Failure"));
        if !self.message.is_empty() {
            status.insert("message".into(), json!(self.message));
        }
        if !self.reason.is_empty() {
            status.insert("reason".into(), json!(self.reason));
        }
        if let Some(details) = &self.details {
            status.insert("details".into(), details.to_value());
        }
        status.insert("code".into(), json!(self.code));
        Value::Object(status)
    }
}

impl Details {
    pub(crate) fn to_value(&self) -> Value {
        let mut out = Map::new();
        for (key, text) in [
            ("name", &self.name),
            ("group", &self.group),
            ("kind", &self.kind),
            ("uid", &self.uid),
        ] {
            if !text.is_empty() {
                out.insert(key.into(), json!(text));
            }
        }
        if !self.causes.is_empty() {
            out.insert(
                "causes".into(),
                self.causes.iter().map(Cause::to_value).collect(),
            );
        }
        if self.retry_after_seconds > 0 {
            out.insert("retryAfterSeconds".into(), json!(self.retry_after_seconds));
        }
        Value::Object(out)
    }
}

impl Cause {
    fn to_value(&self) -> Value {
        let mut out = Map::new();
        for (key, text) in [
            ("reason", &self.reason),
            ("message", &self.message),
            ("field", &self.field),
        ] {
            if !text.is_empty() {
                out.insert(key.into(), json!(text));
            }
        }
        Value::Object(out)
    }
}

/// The causes in one line: alone as it is, several in brackets, repeated ones once.
fn aggregate(causes: &[Cause]) -> Option<String> {
    let mut lines: Vec<String> = Vec::with_capacity(causes.len());
    for cause in causes {
        let line = format!("{}: {}", cause.field, cause.message);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    match lines.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        several => Some(format!("[{}]", several.join(", "))),
    }
}

impl From<FieldError> for Cause {
    fn from(error: FieldError) -> Self {
        Self {
            reason: error.kind.reason().to_owned(),
            message: error.body(),
            field: error.field,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEPLOYMENTS: Qualified<'_> = Qualified {
        group: "apps",
        resource: "deployments",
    };

    #[test]
    fn not_found_reads_as_kubectl_prints_it() {
        let status = ApiError::not_found(DEPLOYMENTS, "web").to_status();
        assert_eq!(
            status,
            json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                "message": "deployments.apps \"web\" not found", "reason": "NotFound",
                "details": {"name": "web", "group": "apps", "kind": "deployments"}, "code": 404})
        );
    }

    #[test]
    fn invalid_joins_several_causes_in_brackets_and_repeats_none() {
        let cause = |field: &str| Cause {
            reason: "FieldValueRequired".into(),
            message: "Required value".into(),
            field: field.into(),
        };
        let kind = Qualified {
            group: "apps",
            resource: "Deployment",
        };
        let one = ApiError::invalid(kind, "x", [cause("spec.a")]);
        assert_eq!(
            one.message,
            "Deployment.apps \"x\" is invalid: spec.a: Required value"
        );
        let three = ApiError::invalid(
            kind,
            "x",
            [cause("spec.a"), cause("spec.b"), cause("spec.a")],
        );
        assert_eq!(
            three.message,
            "Deployment.apps \"x\" is invalid: [spec.a: Required value, spec.b: Required value]"
        );
        assert_eq!(three.details.map(|d| d.causes.len()), Some(3));
    }
}
