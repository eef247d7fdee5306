//! Protobuf, as Go clients speak it for native kinds: requests are encoded, and answers are compared field by field
//! without knowing what the fields are called.

mod encode;
mod messages;
mod tree;

pub(crate) use encode::{can_encode, encode};
pub(crate) use tree::tree;

/// The media type.
pub(crate) const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";
