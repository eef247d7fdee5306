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
pub struct OwnedByOther {
    /// The field's path in the server's notation, as `.spec.price`.
    pub field: String,
    /// Who owns it: the manager and how it wrote, in the server's words, as `"kubectl-edit" using v1`.
    pub manager: String,
}

fn list(fields: &[OwnedByOther]) -> String {
    let one = |field: &OwnedByOther| format!("{} is owned by {}", field.field, field.manager);
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
        let fields = causes
            .iter()
            .map(|cause| OwnedByOther {
                field: cause.field.clone(),
                manager: cause
                    .message
                    .strip_prefix("conflict with ")
                    .unwrap_or(&cause.message)
                    .to_owned(),
            })
            .collect();
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
