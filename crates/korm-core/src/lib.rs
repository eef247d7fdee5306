//! The pure engine of korm: model description, paths, expressions, planner, residual evaluation,
//! field diff and patch building, CRD building and comparison.
//!
//! Nothing here does I/O or is asynchronous. A model is described by data, a [`ModelDef`]; the
//! derive macro makes it at compile time, other faces make it at run time, and everything works on
//! that description and on plain JSON values:
//!
//! - [`path`]: where in an object a field lives.
//! - [`model`]: what a model is, and the [`Model`] trait that ties a Rust type to its description.
//! - [`meta`]: the metadata of an object as a model carries it.
//! - [`snapshot`]: what was read, kept to find out later what changed.
//! - [`expr`]: the query language.
//! - [`crd`]: the `CustomResourceDefinition` of a model, and its comparison with the installed one.
//! - [`diff`]: what a program changed, as a compare-and-set patch.
//! - [`project`]: reading only the mapped part of an object.
//! - [`plan`]: from a question to the requests that answer it.
//! - [`scan`]: reading the mapped part of objects straight from the text of a list.
//! - [`text`]: labels and annotations, which many objects share.
//! - [`schema`]: the structural schemas of fields.
//! - [`relate`]: relations between kinds.
//! - [`validate`]: validating an object before it is sent.
//! - [`mod@derive`]: what the derive macro's expansion stands on.

pub mod crd;
pub mod derive;
pub mod diff;
pub mod error;
pub mod expr;
#[cfg(feature = "k8s-openapi")]
mod k8s;
mod lenient;
pub mod meta;
pub mod model;
pub mod native;
pub mod path;
pub mod plan;
pub mod project;
pub mod relate;
pub mod scan;
pub mod schema;
pub mod snapshot;
pub mod text;
pub mod validate;

pub use error::{DecodeError, DefinitionError, EncodeError, Fault};
pub use expr::{Compare, Expr, Op, Predicate};
pub use lenient::Lenient;
pub use meta::{Meta, OwnerReference};
pub use model::{Column, FieldDef, Identity, Model, ModelDef, ObjectKey, Rule, Scale, Scope};
pub use path::FieldPath;
pub use snapshot::Snapshot;
pub use text::{Text, TextMap};
