//! Errors about one field of an object, as `apimachinery/pkg/util/validation/field` words them.

use std::fmt;

use serde_json::{Value, json};

use super::go_format;

/// What is wrong with a field. The names on the wire are the cause types of a `Status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    /// `FieldValueRequired`
    Required,
    /// `FieldValueDuplicate`
    Duplicate,
    /// `FieldValueInvalid`
    Invalid,
    /// `FieldValueTypeInvalid`
    TypeInvalid,
    /// `FieldValueNotSupported`
    NotSupported,
    /// `FieldValueForbidden`
    Forbidden,
    /// `FieldValueTooLong`
    TooLong,
    /// `FieldValueTooMany`
    TooMany,
    /// `InternalError`
    Internal,
}

impl ErrorKind {
    /// The reason of the cause in a `Status`.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Required => "FieldValueRequired",
            Self::Duplicate => "FieldValueDuplicate",
            Self::Invalid => "FieldValueInvalid",
            Self::TypeInvalid => "FieldValueTypeInvalid",
            Self::NotSupported => "FieldValueNotSupported",
            Self::Forbidden => "FieldValueForbidden",
            Self::TooLong => "FieldValueTooLong",
            Self::TooMany => "FieldValueTooMany",
            Self::Internal => "InternalError",
        }
    }

    /// How a message of this kind begins.
    fn text(self) -> &'static str {
        match self {
            Self::Required => "Required value",
            Self::Duplicate => "Duplicate value",
            Self::Invalid | Self::TypeInvalid => "Invalid value",
            Self::NotSupported => "Unsupported value",
            Self::Forbidden => "Forbidden",
            Self::TooLong => "Too long",
            Self::TooMany => "Too many",
            Self::Internal => "Internal error",
        }
    }

    /// Whether messages of this kind show the bad value.
    fn shows_value(self) -> bool {
        !matches!(
            self,
            Self::Required | Self::Forbidden | Self::TooLong | Self::Internal
        )
    }
}

/// The value an error is about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum BadValue {
    /// Not to be shown.
    Omitted,
    /// Shown as Go shows it: strings quoted, numbers and booleans plain, all else as JSON.
    Json(Value),
    /// Shown as it is; for Go structs, whose fields have an order of their own.
    Verbatim(String),
}

impl<T: Into<Value>> From<T> for BadValue {
    fn from(value: T) -> Self {
        Self::Json(value.into())
    }
}

/// One error about one field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldError {
    /// What is wrong.
    pub(crate) kind: ErrorKind,
    /// Path of the field, as [`FieldPath`] writes it.
    pub(crate) field: String,
    /// The offending value.
    pub(crate) value: BadValue,
    /// More about it; may be empty.
    pub(crate) detail: String,
}

impl FieldError {
    fn new(
        kind: ErrorKind,
        field: &FieldPath<'_>,
        value: impl Into<BadValue>,
        detail: impl Into<String>,
    ) -> Self {
        Self::at(kind, field.to_string(), value, detail)
    }

    /// An error about the field with this path.
    pub(crate) fn at(
        kind: ErrorKind,
        field: String,
        value: impl Into<BadValue>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            field,
            value: value.into(),
            detail: detail.into(),
        }
    }

    /// `field.Required`
    pub(crate) fn required(field: &FieldPath<'_>, detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::Required, field, "", detail)
    }

    /// `field.Invalid`
    pub(crate) fn invalid(
        field: &FieldPath<'_>,
        value: impl Into<BadValue>,
        detail: impl Into<String>,
    ) -> Self {
        Self::new(ErrorKind::Invalid, field, value, detail)
    }

    /// `field.NotSupported`: names the values that are supported.
    pub(crate) fn not_supported(
        field: &FieldPath<'_>,
        value: impl Into<BadValue>,
        supported: &[impl AsRef<str>],
    ) -> Self {
        Self::not_supported_at(field.to_string(), value, supported)
    }

    /// [`not_supported`](Self::not_supported) for a path that is already written.
    pub(crate) fn not_supported_at(
        field: String,
        value: impl Into<BadValue>,
        supported: &[impl AsRef<str>],
    ) -> Self {
        let quoted: Vec<String> = supported
            .iter()
            .map(|s| go_format::quote(s.as_ref()))
            .collect();
        let detail = if quoted.is_empty() {
            String::new()
        } else {
            format!("supported values: {}", quoted.join(", "))
        };
        Self::at(ErrorKind::NotSupported, field, value, detail)
    }

    /// `field.Duplicate`
    pub(crate) fn duplicate(field: &FieldPath<'_>, value: impl Into<BadValue>) -> Self {
        Self::new(ErrorKind::Duplicate, field, value, "")
    }

    /// `field.Forbidden`
    pub(crate) fn forbidden(field: &FieldPath<'_>, detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::Forbidden, field, "", detail)
    }

    /// `field.TooLong`: `limit` is in bytes; negative for a limit not to be told.
    pub(crate) fn too_long(field: &FieldPath<'_>, limit: i64) -> Self {
        Self::too_long_at(field.to_string(), limit)
    }

    /// [`too_long`](Self::too_long) for a path that is already written.
    pub(crate) fn too_long_at(field: String, limit: i64) -> Self {
        let detail = match limit {
            1 => "may not be more than 1 byte".to_owned(),
            0.. => format!("may not be more than {limit} bytes"),
            _ => "value is too long".to_owned(),
        };
        Self::at(ErrorKind::TooLong, field, "<value omitted>", detail)
    }

    /// `field.TooMany`: a negative number is not told.
    pub(crate) fn too_many(field: &FieldPath<'_>, actual: i64, limit: i64) -> Self {
        Self::too_many_at(field.to_string(), actual, limit)
    }

    /// [`too_many`](Self::too_many) for a path that is already written.
    pub(crate) fn too_many_at(field: String, actual: i64, limit: i64) -> Self {
        let detail = match limit {
            1 => "must have at most 1 item".to_owned(),
            0.. => format!("must have at most {limit} items"),
            _ => "has too many items".to_owned(),
        };
        let value = if actual >= 0 {
            BadValue::Json(json!(actual))
        } else {
            BadValue::Omitted
        };
        Self::at(ErrorKind::TooMany, field, value, detail)
    }

    /// The message without the field's name: what a cause of a `Status` says.
    pub(crate) fn body(&self) -> String {
        let mut text = self.kind.text().to_owned();
        if self.kind.shows_value() {
            let shown = match &self.value {
                BadValue::Omitted => None,
                BadValue::Verbatim(text) => Some(text.clone()),
                BadValue::Json(Value::String(value)) => Some(go_format::quote(value)),
                BadValue::Json(Value::Number(value)) => Some(go_format::display_number(value)),
                BadValue::Json(value) => Some(go_format::json(value)),
            };
            if let Some(shown) = shown {
                text.push_str(": ");
                text.push_str(&shown);
            }
        }
        if !self.detail.is_empty() {
            text.push_str(": ");
            text.push_str(&self.detail);
        }
        text
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.body())
    }
}

/// The path from an object to one of its fields: `spec.containers[0].name`, `metadata.labels[a/b]`.
///
/// A path borrows its parent, so walking an object allocates nothing until there is an error.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FieldPath<'a> {
    parent: Option<&'a FieldPath<'a>>,
    segment: Segment<'a>,
}

#[derive(Clone, Copy, Debug, Default)]
enum Segment<'a> {
    #[default]
    Root,
    Name(&'a str),
    Index(usize),
    Key(&'a str),
}

impl<'a> FieldPath<'a> {
    /// The object itself; written as nothing.
    pub(crate) const ROOT: FieldPath<'static> = FieldPath {
        parent: None,
        segment: Segment::Root,
    };

    /// A path of one name.
    pub(crate) fn new(name: &'a str) -> Self {
        Self {
            parent: None,
            segment: Segment::Name(name),
        }
    }

    /// The field `name` below this one.
    pub(crate) fn child(&'a self, name: &'a str) -> Self {
        Self {
            parent: Some(self),
            segment: Segment::Name(name),
        }
    }

    /// The item of a list below this field.
    pub(crate) fn index(&'a self, index: usize) -> Self {
        Self {
            parent: Some(self),
            segment: Segment::Index(index),
        }
    }

    /// The value of a map below this field.
    pub(crate) fn key(&'a self, key: &'a str) -> Self {
        Self {
            parent: Some(self),
            segment: Segment::Key(key),
        }
    }

    fn is_root(&self) -> bool {
        self.parent.is_none() && matches!(self.segment, Segment::Root)
    }
}

impl fmt::Display for FieldPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.segment {
            Segment::Root => Ok(()),
            Segment::Name(name) => match self.parent {
                Some(parent) if !parent.is_root() => write!(f, ".{name}"),
                _ => f.write_str(name),
            },
            Segment::Index(index) => write!(f, "[{index}]"),
            Segment::Key(key) => write!(f, "[{key}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_as_in_go() {
        let spec = FieldPath::new("spec");
        let items = spec.child("items");
        let item = items.index(3);
        let labels = item.child("labels");
        assert_eq!(labels.key("a/b").to_string(), "spec.items[3].labels[a/b]");
        assert_eq!(FieldPath::ROOT.to_string(), "");
        assert_eq!(FieldPath::ROOT.child("spec").to_string(), "spec");
    }

    #[test]
    fn messages_show_values_as_go_does() {
        let path = FieldPath::new("spec");
        let price = path.child("price");
        let shown = |value: Value| FieldError::invalid(&price, value, "no good").to_string();
        assert_eq!(
            shown(json!("a\"b")),
            r#"spec.price: Invalid value: "a\"b": no good"#
        );
        assert_eq!(shown(json!(1.0)), "spec.price: Invalid value: 1: no good");
        assert_eq!(
            shown(json!(0.00001)),
            "spec.price: Invalid value: 1e-05: no good"
        );
        assert_eq!(
            shown(json!([0.00001])),
            "spec.price: Invalid value: [0.00001]: no good"
        );
        assert_eq!(
            shown(Value::Null),
            "spec.price: Invalid value: null: no good"
        );
        assert_eq!(
            FieldError::required(&price, "").to_string(),
            "spec.price: Required value"
        );
        assert_eq!(
            FieldError::not_supported(&price, "x", &["a", "b"]).to_string(),
            r#"spec.price: Unsupported value: "x": supported values: "a", "b""#
        );
        assert_eq!(
            FieldError::too_many(&price, 3, 1).to_string(),
            "spec.price: Too many: 3: must have at most 1 item"
        );
        assert_eq!(
            FieldError::too_long(&price, 63).to_string(),
            "spec.price: Too long: may not be more than 63 bytes"
        );
    }
}
