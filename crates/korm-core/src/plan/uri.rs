//! The URL of a list request.

use std::fmt::Write;

use super::ListRequest;
use crate::model::ModelDef;

impl ListRequest {
    /// Path and query of the request, with the selectors first and then `extra` parameters such as
    /// `limit`, all encoded.
    pub fn uri(&self, def: &ModelDef, extra: &[(&str, &str)]) -> String {
        let mut uri = def.collection_path(self.namespace.as_deref());
        let selectors = [
            ("labelSelector", self.label_selector.as_deref()),
            ("fieldSelector", self.field_selector.as_deref()),
        ];
        let selectors = selectors
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        let mut separator = '?';
        for (name, value) in selectors.chain(extra.iter().copied()) {
            uri.push(separator);
            uri.push_str(name);
            uri.push('=');
            push_encoded(&mut uri, value);
            separator = '&';
        }
        uri
    }
}

/// Appends a value as `application/x-www-form-urlencoded` has it, as Go's `url.QueryEscape` does.
fn push_encoded(uri: &mut String, value: &str) {
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                uri.push(char::from(byte));
            }
            b' ' => uri.push('+'),
            // Writing to a String cannot fail.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
}
