//! What a column is: where its values stand in an object, and as which type they are kept.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Fields, TimeUnit};
use serde::Deserialize;
use serde_json::Value;

/// A column of a table, or a member of a struct; `pykorm._columns` makes them.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Column {
    pub(super) name: String,
    /// Counted from the object's root, or from the nested object that the member is part of.
    pub(super) path: Vec<String>,
    pub(super) kind: Kind,
    /// What an absent value reads as, and a null one too unless `nullable`.
    pub(super) default: Option<Value>,
    pub(super) nullable: bool,
}

/// The type of a column's values.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Int64,
    Float64,
    Bool,
    Utf8,
    /// Microseconds in UTC, from RFC 3339.
    Timestamp,
    /// Anything, as JSON text.
    Json,
    /// Whatever all values of the column have in common; inside of others, JSON text.
    Inferred,
    /// No values.
    Null,
    List(Box<Kind>),
    /// From strings.
    Map(Box<Kind>),
    Struct(Vec<Column>),
}

impl Column {
    /// The value in an object; nothing where the column is null.
    pub(super) fn value<'a>(&'a self, object: &'a Value) -> Option<&'a Value> {
        let found = self
            .path
            .iter()
            .try_fold(object, |at, key| at.as_object()?.get(key));
        match found {
            Some(Value::Null) if self.nullable => None,
            Some(Value::Null) | None => self.default.as_ref().filter(|value| !value.is_null()),
            Some(value) => Some(value),
        }
    }
}

impl Kind {
    pub(super) fn data_type(&self) -> DataType {
        match self {
            Self::Int64 => DataType::Int64,
            Self::Float64 => DataType::Float64,
            Self::Bool => DataType::Boolean,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::Utf8 | Self::Json | Self::Inferred => DataType::Utf8,
            Self::Null => DataType::Null,
            Self::List(item) => DataType::List(Arc::new(item.field())),
            Self::Map(value) => {
                let entries = DataType::Struct(value.entries());
                DataType::Map(Arc::new(Field::new("entries", entries, false)), false)
            }
            Self::Struct(members) => DataType::Struct(fields(members)),
        }
    }

    /// The element of a list of this kind.
    pub(super) fn field(&self) -> Field {
        Field::new("item", self.data_type(), true)
    }

    /// Keys and values of a map to this kind.
    pub(super) fn entries(&self) -> Fields {
        Fields::from(vec![
            Field::new("keys", DataType::Utf8, false),
            Field::new("values", self.data_type(), true),
        ])
    }

    /// The narrowest kind that all of these values have in common.
    pub(super) fn of<'a>(values: impl Iterator<Item = &'a Value>) -> Self {
        let mut common = Self::Null;
        for value in values {
            common = match (common, value) {
                (common, Value::Null) => common,
                (Self::Null | Self::Bool, Value::Bool(_)) => Self::Bool,
                (Self::Null | Self::Int64, Value::Number(number)) if number.is_i64() => Self::Int64,
                (Self::Null | Self::Int64 | Self::Float64, Value::Number(_)) => Self::Float64,
                (Self::Null | Self::Utf8, Value::String(_)) => Self::Utf8,
                _ => return Self::Json,
            };
        }
        common
    }
}

/// The members of a struct.
pub(super) fn fields(members: &[Column]) -> Fields {
    let field = |member: &Column| Field::new(&member.name, member.kind.data_type(), true);
    members.iter().map(field).collect()
}
