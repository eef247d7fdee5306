//! The calls of [`Cluster`] for types that are models.

mod apply;
mod delete;
mod found;
mod many;
mod many_found;
mod query;
mod relate;
mod save;
mod update;
mod validate;
mod values;
mod wait;
mod watch;

use korm_core::{DecodeError, Model};
use serde_json::Value;

pub use self::apply::Apply;
pub use self::delete::Delete;
pub use self::found::Found;
pub use self::many::{ApplyAll, Many, Progress};
pub use self::many_found::{ManyFound, OutcomeOf};
pub use self::query::Query;
pub use self::validate::Validate;
pub use self::wait::Wait;
pub use self::watch::{Event, Watch};
use crate::error::Error;
use crate::objects::{Installed, Objects};
use crate::{Cluster, ObjectRef, Result};

impl Cluster {
    /// The objects of a model as JSON.
    pub(crate) fn of<M: Model>(&self) -> Objects {
        self.objects(M::definition())
    }

    /// Creates the CustomResourceDefinition of a model, or brings the one that is there up to the model, and waits until
    /// objects of the kind can be read and written.
    ///
    /// # Errors
    ///
    /// [`is_bad_model`](Error::is_bad_model) if the model contradicts itself or the CRD that is there;
    /// [`is_forbidden`](Error::is_forbidden) and others.
    pub async fn install<M: Model>(&self) -> Result<Installed> {
        self.of::<M>().install().await
    }

    /// A query for all objects of a model, to be narrowed. Building it sends nothing.
    pub fn query<M: Model>(&self) -> Query<M> {
        Query::new(self.of::<M>().query())
    }
}

/// Reads an object as its model.
pub(crate) fn decode<M: Model>(object: Value) -> Result<M> {
    M::decode(object).map_err(Error::from)
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        let key = error.object;
        let object = ObjectRef::new(error.model, key.namespace, key.name);
        Self::undecodable(object, error.fault.path.clone(), error.fault.reason.clone())
    }
}

impl From<korm_core::EncodeError> for Error {
    fn from(error: korm_core::EncodeError) -> Self {
        let key = error.object;
        let object = ObjectRef::new(error.model, key.namespace, key.name);
        let violation = crate::error::Violation {
            path: error.fault.path.clone(),
            reason: "FieldValueInvalid".to_owned(),
            message: error.fault.reason.clone(),
        };
        Self::invalid(object, vec![violation], None)
    }
}

impl From<korm_core::DefinitionError> for Error {
    fn from(error: korm_core::DefinitionError) -> Self {
        Self::bad_model(&error.model, error.problems, None)
    }
}
