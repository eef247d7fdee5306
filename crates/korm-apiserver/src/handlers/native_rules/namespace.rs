//! The rules of namespaces.

use serde_json::Value;

use super::common::text;
use crate::meta;
use crate::schema::{FieldError, FieldPath};

/// The phase tells nothing but whether the namespace is being deleted.
pub(super) fn check_status(errors: &mut Vec<FieldError>, namespace: &Value) {
    let phase = text(&namespace["status"], "phase");
    let (expected, deletion) = if meta::text(namespace, "deletionTimestamp").is_empty() {
        ("Active", "empty")
    } else {
        ("Terminating", "not empty")
    };
    if phase != expected {
        let status = FieldPath::new("status");
        let why = format!("may only be '{expected}' if `deletionTimestamp` is {deletion}");
        // Upstream has the field by its Go name.
        errors.push(FieldError::invalid(&status.child("Phase"), phase, why));
    }
}
