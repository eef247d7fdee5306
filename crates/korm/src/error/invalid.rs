//! The object breaks rules of its schema.

use super::{Error, Hint, Kind};
use crate::{ObjectRef, Status};

/// The object breaks rules: of its schema, of Kubernetes' names, or of an admission policy. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[error("{object} is invalid: {}", list(.violations, .status))]
pub struct Invalid {
    object: ObjectRef,
    violations: Vec<Violation>,
    status: Option<Status>,
}

/// What is said of a field that `fieldValidation=Strict` refuses.
pub(super) const UNKNOWN_FIELD: &str = "the schema in the cluster does not know this field";

/// One rule that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The path of the field, as `spec.price`. Empty where the server named none.
    pub path: String,
    /// The server's machine-readable reason, as `FieldValueInvalid`.
    pub reason: String,
    /// What is wrong with it.
    pub message: String,
}

fn list(violations: &[Violation], status: &Option<Status>) -> String {
    if violations.is_empty() {
        return status
            .as_ref()
            .map(|status| status.message.clone())
            .unwrap_or_default();
    }
    let one = |violation: &Violation| {
        // What is about no field has a path that is printed as Go prints nil.
        if ["", "<nil>"].contains(&violation.path.as_str()) {
            violation.message.clone()
        } else {
            format!("{}: {}", violation.path, violation.message)
        }
    };
    violations.iter().map(one).collect::<Vec<_>>().join("; ")
}

impl Invalid {
    /// The object.
    pub fn object(&self) -> &ObjectRef {
        &self.object
    }

    /// Each rule that was broken.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// The server's answer; `None` where korm found the fault before sending.
    pub fn status(&self) -> Option<&Status> {
        self.status.as_ref()
    }
}

impl Hint for Invalid {
    /// What is wrong with a value is said by the rule that it breaks. A field that the cluster does not know is another
    /// matter.
    fn hint(&self) -> Option<String> {
        let unknown = self
            .violations
            .iter()
            .any(|violation| violation.message == UNKNOWN_FIELD);
        unknown.then(|| {
            format!(
                "bring the CustomResourceDefinition up to the model with `cluster.install::<{}>()`, or correct the field's \
                 name",
                self.object.kind
            )
        })
    }
}

impl Error {
    pub(crate) fn invalid(
        object: ObjectRef,
        violations: Vec<Violation>,
        status: Option<Status>,
    ) -> Self {
        Self::new(Kind::Invalid(Invalid {
            object,
            violations,
            status,
        }))
    }

    /// Whether the object breaks rules of its schema, or its name is invalid.
    pub fn is_invalid(&self) -> bool {
        matches!(self.inner(), Kind::Invalid(_))
    }

    /// The details, if [`Error::is_invalid`].
    pub fn as_invalid(&self) -> Option<&Invalid> {
        match self.inner() {
            Kind::Invalid(detail) => Some(detail),
            _ => None,
        }
    }
}
