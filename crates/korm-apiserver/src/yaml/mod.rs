//! YAML in, YAML out: bodies are turned into JSON before anything else is done with them.
//!
//! Kubernetes reads YAML 1.1 with go-yaml, a descendant of libyaml, in which `yes` is true and `010` is eight. So does
//! this: the events are those of a port of libyaml, and what becomes of them is here.

mod construct;
mod gaps;
mod scalar;
mod tree;

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::schema::decode::{Node, decode_untyped};

/// A document, and what a strict decoder says of keys that are set twice.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) node: Node,
    pub(crate) complaints: Vec<String>,
}

/// Parses the first document of a text; of keys that are set twice the last one counts. What follows the document is
/// not looked at, as long as it can be scanned.
///
/// # Errors
/// go-yaml's message, with its prefix.
pub(crate) fn parse(body: &[u8]) -> Result<Document, String> {
    let tree = tree::parse(body).map_err(|why| format!("yaml: {why}"))?;
    construct::construct(&tree)
}

/// What a strict decoder refuses a document with, for these complaints.
pub(crate) fn strict_fault(complaints: &[String]) -> String {
    format!("yaml: unmarshal errors:\n  {}", complaints.join("\n  "))
}

/// Parses a document as a value.
pub(crate) fn parse_value(body: &[u8]) -> Result<Value, String> {
    Ok(decode_untyped(parse(body)?.node).value)
}

/// Writes a value.
pub(crate) fn write(value: &Value) -> Result<String, String> {
    serde_saphyr::to_string(value).map_err(|error| error.to_string())
}
