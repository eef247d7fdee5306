//! Expressions built from the fields of a model, checked by the compiler.

use std::{fmt, marker::PhantomData};

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::tree::{Compare, Expr, Op, Predicate};
use crate::{model::FieldDef, path::FieldPath};

/// A type that a field of a model can have.
///
/// Every type that serde can write and read and schemars can describe is one: strings, numbers,
/// booleans, `Option`, `Vec`, maps with string keys, `jiff::Timestamp`, `serde_json::Value`, and your
/// own structs and enums that derive `Serialize`, `Deserialize` and `JsonSchema`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of a model's field",
    label = "not a field type",
    note = "derive `serde::Serialize`, `serde::Deserialize` and `schemars::JsonSchema` for it, or mark the field `#[korm(skip)]`"
)]
pub trait FieldType: Serialize + DeserializeOwned + JsonSchema {}

impl<T: Serialize + DeserializeOwned + JsonSchema> FieldType for T {}

/// A type whose values are strings in JSON, as labels and annotations are.
///
/// Implement it for an enum of your own that serde writes as a string.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of a label or annotation",
    label = "not a string",
    note = "labels and annotations hold strings: use `String` or `Option<String>`"
)]
pub trait TextField {}

impl TextField for String {}
impl<T: TextField> TextField for Option<T> {}

/// What a field of type `T` can be compared with: a `T`, what an `Option` holds, `&str` for strings.
#[diagnostic::on_unimplemented(
    message = "a field of type `{T}` cannot be compared with `{Self}`",
    label = "not comparable with `{T}`"
)]
pub trait Operand<T> {
    /// The operand as JSON.
    ///
    /// # Errors
    ///
    /// When it has no form in JSON, such as a map with keys that are no strings.
    fn into_json(self) -> Result<Value, serde_json::Error>;
}

impl<T: Serialize> Operand<T> for T {
    fn into_json(self) -> Result<Value, serde_json::Error> {
        serde_json::to_value(self)
    }
}

impl<T: Serialize> Operand<Option<T>> for T {
    fn into_json(self) -> Result<Value, serde_json::Error> {
        serde_json::to_value(self)
    }
}

impl Operand<String> for &str {
    fn into_json(self) -> Result<Value, serde_json::Error> {
        Ok(Value::from(self))
    }
}

impl Operand<Option<String>> for &str {
    fn into_json(self) -> Result<Value, serde_json::Error> {
        Ok(Value::from(self))
    }
}

impl Operand<String> for &String {
    fn into_json(self) -> Result<Value, serde_json::Error> {
        Ok(Value::from(self.as_str()))
    }
}

impl Operand<Option<String>> for &String {
    fn into_json(self) -> Result<Value, serde_json::Error> {
        Ok(Value::from(self.as_str()))
    }
}

/// One field of the model `M`, of type `T`, to be asked about.
///
/// `#[derive(Model)]` makes a function for each field that gives it. The meaning of every operator
/// is written down in [`expr`](crate::expr).
pub struct Field<M, T> {
    path: FieldPath,
    compare: Compare,
    default: Option<Value>,
    of: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Field<M, T> {
    /// The field of this description.
    pub fn of(def: &FieldDef) -> Self {
        let mut field = Self::at(def.path.clone(), def.compare());
        field.default.clone_from(&def.default);
        field
    }

    /// A field at a path of one's own.
    pub fn at(path: FieldPath, compare: Compare) -> Self {
        Self {
            path,
            compare,
            default: None,
            of: PhantomData,
        }
    }

    /// Where the field lives.
    pub fn path(&self) -> &FieldPath {
        &self.path
    }

    /// How its values compare.
    pub fn comparison(&self) -> Compare {
        self.compare
    }

    /// The value under `key` inside this field, which holds an object; its type is up to the caller.
    #[must_use]
    pub fn child<U>(self, key: impl Into<String>) -> Field<M, U> {
        Field::at(self.path.child(key), Compare::Json)
    }

    /// The same field with its values compared as Kubernetes quantities.
    #[must_use]
    pub fn as_quantity(mut self) -> Self {
        self.compare = Compare::Quantity;
        self
    }

    /// Equal to `operand`.
    pub fn eq(self, operand: impl Operand<T>) -> Expr {
        self.with_one(operand, Op::Eq)
    }

    /// Not equal to `operand`; true where the field is absent.
    pub fn ne(self, operand: impl Operand<T>) -> Expr {
        match operand.into_json() {
            Ok(value) => self.ask(Op::Ne(value)),
            Err(_) => Expr::Always(true),
        }
    }

    /// Less than `operand`.
    pub fn lt(self, operand: impl Operand<T>) -> Expr {
        self.with_one(operand, Op::Lt)
    }

    /// Less than or equal to `operand`.
    pub fn le(self, operand: impl Operand<T>) -> Expr {
        self.with_one(operand, Op::Le)
    }

    /// Greater than `operand`.
    pub fn gt(self, operand: impl Operand<T>) -> Expr {
        self.with_one(operand, Op::Gt)
    }

    /// Greater than or equal to `operand`.
    pub fn ge(self, operand: impl Operand<T>) -> Expr {
        self.with_one(operand, Op::Ge)
    }

    /// Equal to one of the operands.
    pub fn is_in<O: Operand<T>>(self, operands: impl IntoIterator<Item = O>) -> Expr {
        // An operand that has no form in JSON equals no value an object can hold.
        let values = operands
            .into_iter()
            .filter_map(|o| o.into_json().ok())
            .collect();
        self.ask(Op::In(values))
    }

    /// Equal to none of the operands; true where the field is absent.
    pub fn not_in<O: Operand<T>>(self, operands: impl IntoIterator<Item = O>) -> Expr {
        let values = operands
            .into_iter()
            .filter_map(|o| o.into_json().ok())
            .collect();
        self.ask(Op::NotIn(values))
    }

    /// Contains the substring, the list element or the key of a map.
    pub fn contains(self, part: impl Serialize) -> Expr {
        match serde_json::to_value(part) {
            Ok(part) => self.ask(Op::Contains(part)),
            Err(_) => Expr::Always(false),
        }
    }

    /// A string that starts with `text`.
    pub fn starts_with(self, text: impl Into<String>) -> Expr {
        self.ask(Op::StartsWith(text.into()))
    }

    /// A string that ends with `text`.
    pub fn ends_with(self, text: impl Into<String>) -> Expr {
        self.ask(Op::EndsWith(text.into()))
    }

    /// A string in which the regular expression finds a match anywhere; anchor it with `^` and `$`.
    /// An invalid expression is an error when the query is planned.
    pub fn matches(self, regex: impl Into<String>) -> Expr {
        self.ask(Op::Matches(regex.into()))
    }

    /// There is a value.
    pub fn exists(self) -> Expr {
        self.ask(Op::Exists)
    }

    /// There is no value, or it is null.
    pub fn is_null(self) -> Expr {
        self.ask(Op::IsNull)
    }

    fn with_one(self, operand: impl Operand<T>, op: fn(Value) -> Op) -> Expr {
        match operand.into_json() {
            Ok(value) => self.ask(op(value)),
            // An operand that has no form in JSON equals no value an object can hold.
            Err(_) => Expr::Always(false),
        }
    }

    fn ask(self, op: Op) -> Expr {
        let Self {
            path,
            compare,
            default,
            ..
        } = self;
        Expr::Test(Predicate {
            path,
            compare,
            default,
            op,
        })
    }
}

impl<M, T> Clone for Field<M, T> {
    fn clone(&self) -> Self {
        Self {
            default: self.default.clone(),
            ..Self::at(self.path.clone(), self.compare)
        }
    }
}

impl<M, T> fmt::Debug for Field<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Field({})", self.path)
    }
}
