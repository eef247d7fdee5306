//! Protobuf, as kubectl and other Go clients speak it for native kinds.
//!
//! An object travels as the four bytes `k8s\0` and a `runtime.Unknown` message with its apiVersion
//! and kind and the bytes of its own message. Messages are transcoded by their recorded
//! descriptors; there is no code per kind, except for the few types whose JSON is not that of
//! their fields.

mod decode;
mod encode;
mod envelope;
mod reader;
mod special;
mod writer;

pub(crate) use envelope::{from_json, to_json, watch_event};

#[cfg(test)]
mod tests;
