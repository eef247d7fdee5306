//! One failed check and how it is told, as kube-openapi's `validation/errors` words it.

use serde_json::Value;

use crate::schema::field_error::{BadValue, ErrorKind, FieldError};
use crate::schema::go_format;

/// What failed; decides how the failure becomes a [`FieldError`].
#[derive(Clone, Debug)]
enum Kind {
    /// The value has another type, or not the format.
    Type(Value),
    /// A field is missing.
    Required,
    /// Not one of these.
    Enum(Value, Vec<String>),
    /// Longer than this.
    TooLong(i64),
    /// More items or fields than this: actual, limit.
    TooMany(i64, i64),
    /// Any other check of this value.
    Other(Value),
    /// Not about one field: schemas combined by anyOf and the like, ranges of number formats.
    Composite,
}

/// A failed check.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    kind: Kind,
    path: String,
    message: String,
}

impl Failure {
    pub(super) fn wrong_type(path: &str, expected: &str, actual: &str) -> Self {
        let message = format!(
            "{path} in body must be of type {expected}: {}",
            go_format::quote(actual)
        );
        Self::new(Kind::Type(actual.into()), path, message)
    }

    pub(super) fn required(path: String) -> Self {
        let message = format!("{path} in body is required");
        Self {
            kind: Kind::Required,
            path,
            message,
        }
    }

    pub(super) fn not_in_enum(path: &str, value: &Value, allowed: &[Value]) -> Self {
        let allowed: Vec<String> = allowed
            .iter()
            .map(|v| match v {
                Value::String(text) => text.clone(),
                other => go_format::json(other),
            })
            .collect();
        let message = format!("{path} in body should be one of [{}]", allowed.join(" "));
        Self::new(Kind::Enum(value.clone(), allowed), path, message)
    }

    pub(super) fn too_long(path: &str, limit: i64) -> Self {
        let message = format!("{path} in body should be at most {limit} chars long");
        Self::new(Kind::TooLong(limit), path, message)
    }

    pub(super) fn too_many(path: &str, what: &str, actual: i64, limit: i64) -> Self {
        let message = format!("{path} in body should have at most {limit} {what}");
        Self::new(Kind::TooMany(actual, limit), path, message)
    }

    /// Any other failed check of `value`; `rest` says what it should be.
    pub(super) fn other(path: &str, value: Value, rest: &str) -> Self {
        Self::new(Kind::Other(value), path, format!("{path} in body {rest}"))
    }

    pub(super) fn forbidden_property(path: &str, key: &str) -> Self {
        let message = format!("{path}.{key} in body is a forbidden property");
        Self::new(Kind::Other(key.into()), path, message)
    }

    pub(super) fn factor_not_positive(path: &str, factor: f64) -> Self {
        let shown = go_format::display_float(factor);
        let message = format!("factor MultipleOf declared for {path} must be positive: {shown}");
        Self::new(Kind::Other(serde_json::json!(factor)), path, message)
    }

    pub(super) fn composite(message: String) -> Self {
        Self::new(Kind::Composite, "", message)
    }

    fn new(kind: Kind, path: &str, message: String) -> Self {
        Self {
            kind,
            path: path.to_owned(),
            message,
        }
    }

    /// Two failures that read the same are one.
    pub(super) fn reads_as(&self, other: &Self) -> bool {
        self.message == other.message
    }

    /// The error about the field, which lies below `parent` where there is one.
    pub(crate) fn into_field_error(self, parent: Option<&str>) -> FieldError {
        // A path that was never begun is written `<nil>`.
        let nil = || parent.unwrap_or("<nil>").to_owned();
        let name = self.path.strip_prefix('.').unwrap_or(&self.path);
        let field = match (parent, name.is_empty()) {
            (_, true) => nil(),
            (Some(parent), false) => format!("{parent}.{name}"),
            (None, false) => name.to_owned(),
        };
        let invalid = |kind, value: BadValue, detail| FieldError {
            kind,
            field: field.clone(),
            value,
            detail,
        };
        match self.kind {
            Kind::Composite => FieldError {
                kind: ErrorKind::Invalid,
                field: nil(),
                value: "".into(),
                detail: self.message,
            },
            Kind::Required => invalid(ErrorKind::Required, "".into(), String::new()),
            Kind::Type(value) => invalid(ErrorKind::TypeInvalid, value.into(), self.message),
            Kind::Other(Value::Null) => invalid(ErrorKind::Invalid, "".into(), self.message),
            Kind::Other(value) => invalid(ErrorKind::Invalid, value.into(), self.message),
            Kind::Enum(value, allowed) => FieldError::not_supported_at(field, value, &allowed),
            Kind::TooLong(limit) => FieldError::too_long_at(field, limit),
            Kind::TooMany(actual, limit) => FieldError::too_many_at(field, actual, limit),
        }
    }
}
