//! CustomResourceDefinitions: checking, defaulting and compiling them.

mod compiled;
mod json_schema;
mod objects;
mod schema_types;

pub(crate) use compiled::{Column, CompiledCrd, Names, Scale, Version, compile};
