//! A query for exactly one object that found none or several.

use super::{Error, Hint, Kind};

/// A query for exactly one object found none or several.
#[derive(Debug, thiserror::Error)]
#[error("expected exactly one {kind}, found {}", if names.is_empty() { "none".to_owned() } else { format!("more: {}", names.join(", ")) })]
pub struct NumberOfObjects {
    kind: String,
    names: Vec<String>,
}

impl NumberOfObjects {
    /// Whether there was none.
    pub fn none(&self) -> bool {
        self.names.is_empty()
    }

    /// The first objects found, as `namespace/name`. There may be more.
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

impl Hint for NumberOfObjects {
    fn hint(&self) -> Option<String> {
        let hint = if self.none() {
            "widen the filter, or ask with `first()` where there may be none"
        } else {
            "narrow the filter, or take any of them with `first()`"
        };
        Some(hint.to_owned())
    }
}

impl Error {
    pub(crate) fn number_of_objects(kind: &str, names: Vec<String>) -> Self {
        Self::new(Kind::NumberOfObjects(NumberOfObjects {
            kind: kind.to_owned(),
            names,
        }))
    }

    /// Whether a query for exactly one object found none.
    pub fn is_none_found(&self) -> bool {
        self.as_number_of_objects()
            .is_some_and(NumberOfObjects::none)
    }

    /// Whether a query for exactly one object found several.
    pub fn is_many_found(&self) -> bool {
        self.as_number_of_objects()
            .is_some_and(|detail| !detail.none())
    }

    /// Whether a query for exactly one object found none or several.
    pub fn is_number_of_objects(&self) -> bool {
        matches!(self.inner(), Kind::NumberOfObjects(_))
    }

    /// The details, if [`Error::is_number_of_objects`].
    pub fn as_number_of_objects(&self) -> Option<&NumberOfObjects> {
        match self.inner() {
            Kind::NumberOfObjects(detail) => Some(detail),
            _ => None,
        }
    }
}
