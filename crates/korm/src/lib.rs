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
