//! A query that no server can evaluate whole.

use super::{Error, Hint, Kind};

/// Part of the query cannot be evaluated by the server, and the handle refuses such queries.
#[derive(Debug, thiserror::Error)]
#[error(
    "the server cannot evaluate `{residual}` for {kind}, and this handle refuses to do it here"
)]
pub struct ResidualRefused {
    kind: String,
    residual: String,
}

impl ResidualRefused {
    /// The part that no server can evaluate.
    pub fn residual(&self) -> &str {
        &self.residual
    }
}

impl Hint for ResidualRefused {
    fn hint(&self) -> Option<String> {
        Some(
            "make the field `selectable` in the model, ask by labels, or use a handle without `refuse_residual`"
                .to_owned(),
        )
    }
}

impl Error {
    pub(crate) fn residual_refused(kind: &str, residual: String) -> Self {
        Self::new(Kind::ResidualRefused(ResidualRefused {
            kind: kind.to_owned(),
            residual,
        }))
    }

    /// Whether the handle refused a query with a residual.
    pub fn is_residual_refused(&self) -> bool {
        matches!(self.inner(), Kind::ResidualRefused(_))
    }

    /// The details, if [`Error::is_residual_refused`].
    pub fn as_residual_refused(&self) -> Option<&ResidualRefused> {
        match self.inner() {
            Kind::ResidualRefused(detail) => Some(detail),
            _ => None,
        }
    }
}
