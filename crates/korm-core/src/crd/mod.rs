//! The `CustomResourceDefinition` of a model, and how it stands to the one that is installed.
//!
//! ```
//! use korm_core::{FieldDef, FieldPath, ModelDef, crd};
//! use serde_json::json;
//!
//! let def = ModelDef::new("example.com", "v1", "Peach", "peaches")
//!     .field(FieldDef::new("variety", FieldPath::spec("variety"), json!({"type": "string"})).required());
//! let crd = crd::build(&def);
//! assert_eq!(crd["metadata"]["name"], "peaches.example.com");
//! let schema = &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
//! assert_eq!(schema["properties"]["spec"]["required"], json!(["variety"]));
//!
//! // What is installed already knows more than this model; it will do as it is.
//! let richer = def.clone().field(FieldDef::new("price", FieldPath::spec("price"), json!({"type": "integer"})));
//! let comparison = crd::compare(&crd::build(&richer), &crd);
//! assert!(!comparison.needs_update());
//! ```

mod build;
mod compare;
mod merge;
mod schema;

pub use build::build;
pub use compare::{Comparison, Difference, Effect, compare};
pub use merge::merge;
pub(crate) use schema::of as object_schema;

#[cfg(test)]
mod tests;
