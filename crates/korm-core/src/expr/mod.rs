//! The query language: a tree of predicates over the fields of an object.

mod field;
mod meta_fields;
mod show;
mod tree;

pub use field::{Field, FieldType, Operand, TextField};
pub use meta_fields::MetaFields;
pub use tree::{Compare, Expr, Op, Predicate};
