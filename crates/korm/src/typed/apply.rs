//! Server-side apply of an object of a model.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;

use korm_core::{Model, ObjectKey};

use crate::objects::{Ownership, Saved};
use crate::{Cluster, Result};

/// An apply that is sent when it is awaited.
#[must_use = "an apply is sent only when it is awaited"]
pub struct Apply<'a, M> {
    cluster: Cluster,
    model: &'a mut M,
    force: bool,
}

impl Cluster {
    /// Applies an object: its fields are set and owned by the handle's field manager
    /// ([`with_field_manager`](Self::with_field_manager)), whatever was read before. A field that this manager applied
    /// before and that is unset now is removed. Creates the object if it is not there. Afterwards `model` is what the
    /// cluster has.
    ///
    /// To apply a part of a kind, use a model that maps just that part.
    ///
    /// See [server-side apply](https://kubernetes.io/docs/reference/using-api/server-side-apply/) (KEP-555).
    ///
    /// # Errors
    ///
    /// When awaited: [`is_apply_conflict`](crate::Error::is_apply_conflict) if another manager owns one of the fields with
    /// another value; [`is_invalid`](crate::Error::is_invalid) and others. After an error `model` is as it was.
    pub fn apply<'a, M: Model>(&self, model: &'a mut M) -> Apply<'a, M> {
        Apply {
            cluster: self.clone(),
            model,
            force: false,
        }
    }

    /// Who owns which fields of an object.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn owners<M: Model>(&self, key: impl Into<ObjectKey>) -> Result<Vec<Ownership>> {
        self.of::<M>().owners(&key.into()).await
    }

    /// The fields of an object that this handle's field manager owns by [`apply`](Self::apply).
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn owned_fields<M: Model>(&self, key: impl Into<ObjectKey>) -> Result<Vec<String>> {
        let owners = self.owners::<M>(key).await?;
        let ours = owners.into_iter().filter(|owner| {
            owner.manager == self.settings.field_manager && owner.operation == "Apply"
        });
        Ok(ours.flat_map(|owner| owner.fields).collect())
    }
}

impl<M> Apply<'_, M> {
    /// Takes fields over from other managers.
    pub fn force(mut self) -> Self {
        self.force = true;
        self
    }
}

impl<'a, M: Model> IntoFuture for Apply<'a, M> {
    type Output = Result<Saved>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let object = self.model.encode()?;
            let stored = self.cluster.of::<M>().apply(object, self.force).await?;
            if !self.cluster.settings.dry_run {
                self.model.absorb(stored.object)?;
            }
            Ok(stored.saved)
        })
    }
}

impl<M> fmt::Debug for Apply<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Apply")
            .field("force", &self.force)
            .finish_non_exhaustive()
    }
}
