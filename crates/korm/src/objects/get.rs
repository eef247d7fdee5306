//! Reading one object.

use korm_core::{Identity, ObjectKey, Snapshot};
use serde_json::Value;

use super::Objects;
use crate::Result;
use crate::error::Error;
use crate::transport::Request;

impl Objects {
    /// Reads one object, without its `managedFields`.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if it is not there, [`is_not_installed`](crate::Error::is_not_installed)
    /// if its kind is not.
    #[tracing::instrument(name = "korm.get", level = "debug", skip_all, fields(verb = "get", kind = %self.def.kind, object = %key))]
    pub async fn get(&self, key: &ObjectKey) -> Result<Value> {
        let subject = self.subject("reading", Some(key));
        let answer = self
            .send(&Request::get(self.object_path(key)?), &subject)
            .await?;
        if !answer.is_success() {
            return Err(self.refused(&subject, &answer).await);
        }
        self.decode(&answer, key)
    }

    /// What an object is now, if it still is the one, in the version, that somebody read before.
    pub(crate) async fn read_at(&self, key: &ObjectKey, read: Identity<'_>) -> Result<Snapshot> {
        let object = self
            .find(key)
            .await?
            .ok_or_else(|| Error::gone(self.object_ref(key)))?;
        let now = Snapshot::of(&self.def, &object);
        if now.uid() != Some(read.uid) {
            return Err(Error::replaced(self.object_ref(key)));
        }
        if read.resource_version.is_some() && now.resource_version() != read.resource_version {
            return Err(Error::conflict(self.object_ref(key), Vec::new()));
        }
        Ok(now)
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
