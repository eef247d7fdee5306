//! What korm promises its users, on both servers.

pub(crate) mod applying;
pub(crate) mod deleting;
pub(crate) mod errors;
pub(crate) mod kinds;
pub(crate) mod many;
mod model;
pub(crate) mod querying;
pub(crate) mod relations;
pub(crate) mod saving;
pub(crate) mod updating;
pub(crate) mod waiting;
pub(crate) mod watching;
