//! Another field manager owns fields of a server-side apply.

use super::{Error, Hint, Kind};
use crate::ObjectRef;
use crate::status::StatusCause;

/// Other field managers own fields that were to be applied with other values. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[error("{object} cannot be applied: {}", list(.fields))]
pub struct ApplyConflict {
    object: ObjectRef,
    fields: Vec<OwnedByOther>,
}

/// One field that another manager owns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OwnedByOther {
    /// The field's path in the server's notation, as `.spec.price`.
    pub field: String,
    /// The manager that owns it, as `kubectl-edit`.
    pub manager: String,
    /// How that one wrote, in the server's words, as `using apps/v1 at 2026-01-01T00:00:00Z`; empty for another apply.
    pub how: String,
}

fn list(fields: &[OwnedByOther]) -> String {
    let one = |field: &OwnedByOther| {
        let OwnedByOther {
            field,
            manager,
            how,
        } = field;
        let space = if how.is_empty() { "" } else { " " };
        format!("{field} is owned by {manager:?}{space}{how}")
    };
    fields.iter().map(one).collect::<Vec<_>>().join(", ")
}

impl ApplyConflict {
    /// The object.
    pub fn object(&self) -> &ObjectRef {
        &self.object
    }

    /// Each field and its owner.
    pub fn fields(&self) -> &[OwnedByOther] {
        &self.fields
    }
}

impl Hint for ApplyConflict {
    fn hint(&self) -> Option<String> {
        Some(
            "leave the field out to let its owner keep it, or take it over with `force()`"
                .to_owned(),
        )
    }
}

impl Error {
    /// `conflict with "manager" using v1` is how the server's cause names the owner.
    pub(crate) fn apply_conflict(object: ObjectRef, causes: &[StatusCause]) -> Self {
        let owned = |cause: &StatusCause| {
            let (manager, how) = cause
                .message
                .strip_prefix("conflict with \"")
                .and_then(|rest| rest.split_once('"'))
                .unwrap_or((&cause.message, ""));
            OwnedByOther {
                field: cause.field.clone(),
                manager: manager.to_owned(),
                how: how.trim().to_owned(),
            }
        };
        let fields = causes.iter().map(owned).collect();
        Self::new(Kind::ApplyConflict(ApplyConflict { object, fields }))
    }

    /// Whether another field manager owns fields of a server-side apply.
    pub fn is_apply_conflict(&self) -> bool {
        matches!(self.inner(), Kind::ApplyConflict(_))
    }

    /// The details, if [`Error::is_apply_conflict`].
    pub fn as_apply_conflict(&self) -> Option<&ApplyConflict> {
        match self.inner() {
            Kind::ApplyConflict(detail) => Some(detail),
            _ => None,
        }
    }
}
