//! The rules of Leases.

use serde_json::Value;

use super::common::number;
use crate::schema::{FieldError, FieldPath};

/// `ValidateLeaseSpec`. Strategy and preferred holder are gone by now: coordinated leader election
/// is off.
pub(super) fn check(errors: &mut Vec<FieldError>, lease: &Value) {
    let path = FieldPath::new("spec");
    let spec = &lease["spec"];
    let seconds = number(spec, "leaseDurationSeconds");
    if seconds <= 0 && !spec["leaseDurationSeconds"].is_null() {
        let path = path.child("leaseDurationSeconds");
        errors.push(FieldError::invalid(
            &path,
            seconds,
            "must be greater than 0",
        ));
    }
    let transitions = number(spec, "leaseTransitions");
    if transitions < 0 {
        let path = path.child("leaseTransitions");
        let why = "must be greater than or equal to 0";
        errors.push(FieldError::invalid(&path, transitions, why));
    }
}
