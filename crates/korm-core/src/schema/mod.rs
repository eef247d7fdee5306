//! The structural schemas of fields.
//!
//! A `CustomResourceDefinition` takes OpenAPI v3 schemas of a restricted, "structural" form (KEP
//! "Vanilla OpenAPI Subset: Structural Schema"): every value has one type, nothing is a reference,
//! and `anyOf`, `oneOf`, `allOf` and `not` add constraints only. [`schema_of`] describes any Rust type
//! that way.

mod nulls;
mod structural;

pub use nulls::strip_nulls;
pub use structural::structural;

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;

/// The structural schema of a Rust type.
///
/// `Option<T>` is described as `T`, for an absent field and `None` are the same; a type that contains
/// itself is described down to where it recurs, and anything is accepted below.
///
/// ```
/// use korm_core::schema::schema_of;
/// use serde_json::json;
///
/// assert_eq!(schema_of::<Option<i64>>(), json!({"type": "integer", "format": "int64"}));
/// assert_eq!(schema_of::<Vec<bool>>(), json!({"type": "array", "items": {"type": "boolean"}}));
/// ```
pub fn schema_of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::openapi3().with(|s| s.inline_subschemas = true);
    let root = settings.into_generator().into_root_schema_for::<T>();
    structural(root.to_value())
}
