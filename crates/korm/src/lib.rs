//! An object mapper for Kubernetes: a struct is a kind, an instance is an object in the cluster.

mod cluster;
pub mod error;
mod object_ref;
mod outcome;
mod status;
mod transport;
mod wire;

pub use cluster::{Cluster, Connect};
pub use error::{Error, ErrorKind, Result};
pub use object_ref::ObjectRef;
pub use outcome::Outcome;
pub use status::{Status, StatusCause, StatusDetails};
pub use transport::{Exchange, LoggedRequest, Refusal, RequestLog};

#[cfg(feature = "derive")]
pub use korm_derive::Model;

pub use korm_core::{
    Column, DecodeError, DefinitionError, EncodeError, Expr, FieldDef, FieldPath, Meta, Model,
    ModelDef, ObjectKey, OwnerReference, Rule, Scale, Scope, Snapshot,
    expr::{Field, FieldType, MetaFields, Operand, TextField},
};

/// What the expansion of `#[derive(Model)]` names; not for programs.
#[doc(hidden)]
pub mod __private {
    pub use korm_core::derive::*;
}
