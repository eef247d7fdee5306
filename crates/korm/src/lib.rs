//! An object mapper for Kubernetes: a struct is a kind, an instance is an object in the cluster.

mod cluster;
mod clusters;
mod definition;
pub mod error;
mod object_ref;
pub mod objects;
mod outcome;
pub mod prelude;
mod status;
mod transport;
mod typed;
mod wire;

pub use cluster::{Cluster, Connect, Connection};
pub use clusters::{Answers, Clusters};
pub use definition::Definition;
pub use error::{Error, ErrorKind, Result};
pub use object_ref::ObjectRef;
pub use objects::query::{Consistency, Direction, Order};
pub use objects::{
    DeleteOptions, Deletion, Endpoint, Goal, Installed, Objects, Ownership, Propagation, Saved,
};
pub use outcome::Outcome;
pub use status::{Status, StatusCause, StatusDetails};
pub use transport::{Exchange, LoggedRequest, Refusal, RequestLog};
pub use typed::{Apply, Delete, Event, Found, Many, OutcomeOf, Progress, Query, Wait, Watch};

#[cfg(feature = "derive")]
pub use korm_derive::Model;

pub use jiff::Timestamp;
pub use korm_core::{
    Column, Compare, DecodeError, DefinitionError, EncodeError, Expr, Fault, FieldDef, FieldPath,
    Identity, Meta, Model, ModelDef, ObjectKey, Op, OwnerReference, Predicate, Rule, Scale, Scope,
    Snapshot, crd,
    expr::{Field, FieldType, MetaFields, Operand, TextField},
    relate::{Link, Related, RelatedTo, Relation, ToMany, ToOne},
};

/// What the expansion of `#[derive(Model)]` names; not for programs.
#[doc(hidden)]
pub mod __private {
    pub use korm_core::derive::*;
}
