//! Values of which not all are known.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::expr::Operand;

/// A value as the model knows it, or one that it does not know.
///
/// A newer version of a kind may have values that a program was not built for: another variant of an enum, another shape. A
/// plain enum as the type of a field makes an object with such a value one that does not fit the model. A
/// `Lenient<MyEnum>` reads it, and writes it back as it was.
///
/// The schema is that of `T`.
///
/// ```
/// use korm_core::Lenient;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize)]
/// enum Color {
///     Red,
///     Yellow,
/// }
///
/// let color: Lenient<Color> = serde_json::from_str(r#""Red""#).unwrap();
/// assert_eq!(color.known(), Some(&Color::Red));
/// let color: Lenient<Color> = serde_json::from_str(r#""Turquoise""#).unwrap();
/// assert_eq!(color.known(), None);
/// assert_eq!(serde_json::to_string(&color).unwrap(), r#""Turquoise""#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Lenient<T> {
    /// A value that the model knows.
    Known(T),
    /// Any other value.
    Unknown(Value),
}

impl<T> Lenient<T> {
    /// The value, if the model knows it.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }
}

impl<T> From<T> for Lenient<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<T: Default> Default for Lenient<T> {
    fn default() -> Self {
        Self::Known(T::default())
    }
}

impl<T: JsonSchema> JsonSchema for Lenient<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<T: Serialize> Operand<Lenient<T>> for T {
    fn into_json(self) -> Result<Value, serde_json::Error> {
        serde_json::to_value(self)
    }
}

impl<T: Serialize> Operand<Option<Lenient<T>>> for T {
    fn into_json(self) -> Result<Value, serde_json::Error> {
        serde_json::to_value(self)
    }
}
