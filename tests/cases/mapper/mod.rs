//! What korm promises its users, on both servers.

pub(crate) mod applying;
pub(crate) mod asking;
pub(crate) mod belonging;
pub(crate) mod cancelling;
pub(crate) mod connecting;
pub(crate) mod deleting;
pub(crate) mod errors;
pub(crate) mod kinds;
pub(crate) mod losing;
pub(crate) mod many;
mod model;
pub(crate) mod outcomes;
pub(crate) mod owning;
pub(crate) mod paging;
pub(crate) mod querying;
pub(crate) mod relations;
pub(crate) mod saving;
pub(crate) mod scaling;
pub(crate) mod sending;
pub(crate) mod shapes;
pub(crate) mod spans;
pub(crate) mod trying;
pub(crate) mod updating;
pub(crate) mod validating;
pub(crate) mod versions;
pub(crate) mod waiting;
pub(crate) mod watching;
