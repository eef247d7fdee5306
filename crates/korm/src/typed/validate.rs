//! Checking an object before it is sent.

use korm_core::{Model, validate};

use crate::error::Violation;
use crate::{Error, ObjectRef, Result};

/// Checks models against their schema without asking a server. Every model has it.
pub trait Validate: Model {
    /// Checks this object as the server would by the model's schema, with the same words. Sends nothing.
    ///
    /// What only a server can know is not checked: admission policies, and whether the installed schema is the model's.
    /// Kubernetes' own kinds have no schema here, and are not checked.
    ///
    /// ```
    /// use korm::prelude::*;
    ///
    /// #[derive(Model)]
    /// #[korm(group = "example.com", version = "v1", plural = "peaches", namespaced)]
    /// struct Peach {
    ///     meta: Meta,
    ///     #[korm(spec, min = 1)]
    ///     price: i64,
    /// }
    ///
    /// let free = Peach { meta: Meta::named("free").in_namespace("default"), price: 0 };
    /// assert_eq!(
    ///     free.validate().unwrap_err().to_string(),
    ///     "Peach default/free is invalid: spec.price: Invalid value: 0: spec.price in body should be greater than or \
    ///      equal to 1"
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid), with every rule that is broken.
    fn validate(&self) -> Result<()> {
        let def = Self::definition();
        let violations: Vec<_> = validate::violations(def, &self.encode()?)
            .into_iter()
            .map(|violation| Violation {
                path: violation.field,
                reason: violation.reason.to_string(),
                message: violation.message,
            })
            .collect();
        if violations.is_empty() {
            return Ok(());
        }
        let key = self.key();
        let object = ObjectRef::new(&def.kind, key.namespace, key.name);
        Err(Error::invalid(object, violations, None))
    }
}

impl<M: Model> Validate for M {}
