//! Reading one object.

use korm_core::ObjectKey;
use serde_json::Value;

use super::Objects;
use crate::Result;
use crate::transport::Request;

impl Objects {
    /// Reads one object, without its `managedFields`.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if it is not there, [`is_not_installed`](crate::Error::is_not_installed)
    /// if its kind is not.
    #[tracing::instrument(name = "korm.get", level = "debug", skip_all, fields(kind = %self.def.kind, object = %key))]
    pub async fn get(&self, key: &ObjectKey) -> Result<Value> {
        let subject = self.subject("reading", Some(key));
        let answer = self
            .send(&Request::get(self.object_path(key)?), &subject)
            .await?;
        if !answer.is_success() {
            return Err(subject.refused(&answer));
        }
        self.decode(&answer, key)
    }

    /// Reads one object if it is there.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get), but that it is not there is none.
    pub async fn find(&self, key: &ObjectKey) -> Result<Option<Value>> {
        match self.get(key).await {
            Ok(object) => Ok(Some(object)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}
