//! What is known of the native kinds: recorded by `cargo xtask record`, read when asked for.
//!
//! Nothing is read when a server starts. Resources are constants of the program; schemas and
//! message descriptors are sorted lines of text of which only those asked for are parsed.

mod definitions;
mod resources;
mod table;
mod types;
mod wire;

pub(crate) use definitions::{definition, definition_name};
pub(crate) use resources::{GroupVersion, Resource, group_versions};
pub(crate) use types::types;
pub(crate) use wire::{Field, Message, Scalar, Wire, message};
