//! The values of one column, on their way into an Arrow array.

use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Float64Builder, Int64Builder, NullBuilder, StringBuilder,
    TimestampMicrosecondBuilder,
};
use arrow_array::{ArrayRef, ListArray, MapArray, StructArray};
use arrow_buffer::{NullBufferBuilder, OffsetBufferBuilder};
use arrow_schema::{ArrowError, DataType, Field};
use serde_json::{Number, Value};

use super::column::{Column, Kind, fields};

/// The values of one column.
pub(super) enum Cells {
    Int64(Int64Builder),
    Float64(Float64Builder),
    Bool(BooleanBuilder),
    Utf8(StringBuilder),
    Timestamp(TimestampMicrosecondBuilder),
    Json(StringBuilder),
    Null(NullBuilder),
    List(Box<Lists>),
    Map(Box<Maps>),
    Struct(Structs),
}

/// Lists, end to end.
pub(super) struct Lists {
    item: Kind,
    offsets: OffsetBufferBuilder<i32>,
    valid: NullBufferBuilder,
    items: Cells,
}

/// Maps, end to end.
pub(super) struct Maps {
    value: Kind,
    offsets: OffsetBufferBuilder<i32>,
    valid: NullBufferBuilder,
    keys: StringBuilder,
    values: Cells,
}

/// Nested objects, member by member.
pub(super) struct Structs {
    members: Vec<Column>,
    cells: Vec<Cells>,
    valid: NullBufferBuilder,
}

/// What did not fit, and where.
#[derive(Default)]
pub(super) struct Misfits {
    pub(super) found: Vec<Misfit>,
    /// About how many bytes were taken in.
    pub(super) weight: usize,
}

/// A value that is not of its column's type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Misfit {
    /// From the last key to the first.
    path: Vec<String>,
    pub(super) reason: String,
}

impl Misfit {
    /// Where the value stands, counted from the object's root.
    pub(super) fn place(&self) -> String {
        let keys: Vec<&str> = self.path.iter().rev().map(String::as_str).collect();
        keys.join(".")
    }
}

impl Misfits {
    /// Does some work on what stands at a path, and puts the path before that of what does not fit there.
    pub(super) fn inside<K: ToString>(&mut self, path: &[K], work: impl FnOnce(&mut Self)) {
        let before = self.found.len();
        work(self);
        for misfit in &mut self.found[before..] {
            misfit.path.extend(path.iter().rev().map(K::to_string));
        }
    }

    /// Says what is there instead of what is needed; never the value, which may be a secret.
    fn note(&mut self, needed: &str, value: &Value) {
        let there = match value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "another number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        self.told(format!("{needed} is needed, but there is {there}"));
    }

    pub(super) fn told(&mut self, reason: String) {
        self.found.push(Misfit {
            path: Vec::new(),
            reason,
        });
    }

    /// What was made of a value; null, and a note, where it does not fit.
    fn fitting<T>(
        &mut self,
        value: Option<&Value>,
        needed: &str,
        take: impl Fn(&Value) -> Option<T>,
    ) -> Option<T> {
        let value = value.filter(|value| !value.is_null())?;
        let taken = take(value);
        if taken.is_none() {
            self.note(needed, value);
        }
        taken
    }
}

impl Cells {
    pub(super) fn new(kind: &Kind) -> Self {
        match kind {
            Kind::Int64 => Self::Int64(Int64Builder::new()),
            Kind::Float64 => Self::Float64(Float64Builder::new()),
            Kind::Bool => Self::Bool(BooleanBuilder::new()),
            Kind::Utf8 => Self::Utf8(StringBuilder::new()),
            Kind::Timestamp => {
                Self::Timestamp(TimestampMicrosecondBuilder::new().with_timezone("UTC"))
            }
            Kind::Json | Kind::Inferred => Self::Json(StringBuilder::new()),
            Kind::Null => Self::Null(NullBuilder::new()),
            Kind::List(item) => Self::List(Box::new(Lists {
                items: Self::new(item),
                item: (**item).clone(),
                offsets: OffsetBufferBuilder::new(0),
                valid: NullBufferBuilder::new(0),
            })),
            Kind::Map(value) => Self::Map(Box::new(Maps {
                values: Self::new(value),
                value: (**value).clone(),
                offsets: OffsetBufferBuilder::new(0),
                valid: NullBufferBuilder::new(0),
                keys: StringBuilder::new(),
            })),
            Kind::Struct(members) => Self::Struct(Structs {
                cells: members
                    .iter()
                    .map(|member| Self::new(&member.kind))
                    .collect(),
                members: members.clone(),
                valid: NullBufferBuilder::new(0),
            }),
        }
    }

    /// Adds one value. One that does not fit becomes null, and is noted.
    pub(super) fn append(&mut self, value: Option<&Value>, misfits: &mut Misfits) {
        misfits.weight += 8;
        match self {
            Self::Int64(cells) => {
                cells.append_option(misfits.fitting(value, "a whole number of 64 bits", whole))
            }
            Self::Float64(cells) => {
                cells.append_option(misfits.fitting(value, "a number", Value::as_f64));
            }
            Self::Bool(cells) => {
                cells.append_option(misfits.fitting(value, "a boolean", Value::as_bool));
            }
            Self::Timestamp(cells) => {
                let needed = "a time as 2026-01-01T00:00:00Z";
                cells.append_option(misfits.fitting(value, needed, microseconds));
            }
            Self::Utf8(cells) => {
                let text = misfits.fitting(value, "a string", |value| Some(value.as_str()?.len()));
                let text = text.and(value.and_then(Value::as_str));
                misfits.weight += text.map_or(0, str::len);
                cells.append_option(text);
            }
            Self::Json(cells) => {
                let text = value.filter(|value| !value.is_null()).map(Value::to_string);
                misfits.weight += text.as_ref().map_or(0, String::len);
                cells.append_option(text);
            }
            Self::Null(cells) => cells.append_null(),
            Self::List(lists) => lists.append(value, misfits),
            Self::Map(maps) => maps.append(value, misfits),
            Self::Struct(structs) => structs.append(value, misfits),
        }
    }

    pub(super) fn finish(self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Int64(mut cells) => Arc::new(cells.finish()),
            Self::Float64(mut cells) => Arc::new(cells.finish()),
            Self::Bool(mut cells) => Arc::new(cells.finish()),
            Self::Timestamp(mut cells) => Arc::new(cells.finish()),
            Self::Utf8(mut cells) | Self::Json(mut cells) => Arc::new(cells.finish()),
            Self::Null(mut cells) => Arc::new(cells.finish()),
            Self::List(lists) => lists.finish()?,
            Self::Map(maps) => maps.finish()?,
            Self::Struct(structs) => structs.finish()?,
        })
    }
}

impl Lists {
    fn append(&mut self, value: Option<&Value>, misfits: &mut Misfits) {
        let is_list = misfits.fitting(value, "a list", |value| value.is_array().then_some(()));
        let items = is_list
            .and(value.and_then(Value::as_array))
            .map(Vec::as_slice);
        for (at, item) in items.unwrap_or_default().iter().enumerate() {
            let Self { items, .. } = self;
            misfits.inside(&[at], |misfits| {
                items.append(Some(item), misfits);
            });
        }
        self.offsets.push_length(items.map_or(0, <[Value]>::len));
        self.valid.append(items.is_some());
    }

    fn finish(mut self) -> Result<ArrayRef, ArrowError> {
        Ok(Arc::new(ListArray::try_new(
            Arc::new(self.item.field()),
            self.offsets.finish(),
            self.items.finish()?,
            self.valid.finish(),
        )?))
    }
}

impl Maps {
    fn append(&mut self, value: Option<&Value>, misfits: &mut Misfits) {
        let is_map = misfits.fitting(value, "an object", |value| value.is_object().then_some(()));
        let entries = is_map.and(value.and_then(Value::as_object));
        for (key, inner) in entries.into_iter().flatten() {
            self.keys.append_value(key);
            misfits.weight += key.len();
            let Self { values, .. } = self;
            misfits.inside(std::slice::from_ref(key), |misfits| {
                values.append(Some(inner), misfits);
            });
        }
        self.offsets
            .push_length(entries.map_or(0, serde_json::Map::len));
        self.valid.append(entries.is_some());
    }

    fn finish(mut self) -> Result<ArrayRef, ArrowError> {
        let entries = self.value.entries();
        let columns: Vec<ArrayRef> = vec![Arc::new(self.keys.finish()), self.values.finish()?];
        let kind = DataType::Struct(entries.clone());
        Ok(Arc::new(MapArray::try_new(
            Arc::new(Field::new("entries", kind, false)),
            self.offsets.finish(),
            StructArray::try_new(entries, columns, None)?,
            self.valid.finish(),
            false,
        )?))
    }
}

impl Structs {
    fn append(&mut self, value: Option<&Value>, misfits: &mut Misfits) {
        let is_object =
            misfits.fitting(value, "an object", |value| value.is_object().then_some(()));
        let object = is_object.and(value);
        for (member, cells) in self.members.iter().zip(&mut self.cells) {
            misfits.inside(&member.path, |misfits| {
                cells.append(object.and_then(|object| member.value(object)), misfits);
            });
        }
        self.valid.append(object.is_some());
    }

    fn finish(mut self) -> Result<ArrayRef, ArrowError> {
        let cells = self
            .cells
            .into_iter()
            .map(Cells::finish)
            .collect::<Result<_, _>>()?;
        let length = self.valid.len();
        let valid = self.valid.finish();
        Ok(Arc::new(StructArray::try_new_with_length(
            fields(&self.members),
            cells,
            valid,
            length,
        )?))
    }
}

/// JSON knows one kind of number: `3.0` is as whole as `3`.
fn whole(value: &Value) -> Option<i64> {
    let number = value.as_number()?;
    number.as_i64().or_else(|| without_fraction(number))
}

fn without_fraction(number: &Number) -> Option<i64> {
    /// From here on not every whole number has a float of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let float = number.as_f64().filter(|_| number.is_f64())?;
    // Within these bounds the conversion is exact.
    #[allow(clippy::cast_possible_truncation)]
    (float.fract() == 0.0 && float.abs() <= EXACT).then_some(float as i64)
}

fn microseconds(value: &Value) -> Option<i64> {
    let time: jiff::Timestamp = value.as_str()?.parse().ok()?;
    Some(time.as_microsecond())
}
