//! Deleting an object of a model.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use korm_core::{Model, ObjectKey};

use crate::objects::{DeleteOptions, Deletion, Objects, Propagation};
use crate::{Cluster, Result};

/// A deletion that is sent when it is awaited.
///
/// ```
#[doc = include_str!("../tour/peach.rs.txt")]
/// # use korm::Propagation;
/// # #[tokio::main] async fn main() -> korm::Result<()> {
/// # let cluster = orchard().await?;
/// let peach: Peach = cluster.get(("default", "cake-peach")).await?;
/// cluster.delete(&peach).propagation(Propagation::Foreground).until_gone().await?;
/// # Ok(()) }
/// ```
#[derive(Debug)]
#[must_use = "a deletion is sent only when it is awaited"]
pub struct Delete {
    objects: Objects,
    key: ObjectKey,
    options: DeleteOptions,
    /// The resourceVersion the object was read at.
    read_version: Option<String>,
}

impl Cluster {
    /// Deletes an object. If it was read from a cluster, then only that very object: not another one of the same name
    /// that was created since.
    ///
    /// # Errors
    ///
    /// When awaited: [`is_not_found`](crate::Error::is_not_found) if it is not there, or no longer the same;
    /// [`is_conflict`](crate::Error::is_conflict) if it was changed and that was not to be.
    pub fn delete<M: Model>(&self, model: &M) -> Delete {
        let mut delete = self.delete_by_key::<M>(model.key());
        if let Some(identity) = model.identity() {
            delete.options.preconditions.uid = Some(identity.uid.to_owned());
            delete.read_version = identity.resource_version.map(str::to_owned);
        }
        delete
    }

    /// Deletes the object of that name, whichever it is.
    ///
    /// # Errors
    ///
    /// As [`delete`](Self::delete).
    pub fn delete_by_key<M: Model>(&self, key: impl Into<ObjectKey>) -> Delete {
        Delete {
            objects: self.of::<M>(),
            key: key.into(),
            options: DeleteOptions::default(),
            read_version: None,
        }
    }
}

impl Delete {
    /// What happens to the objects that depend on it. The default is the kind's: in the background, mostly.
    pub fn propagation(mut self, propagation: Propagation) -> Self {
        self.options.propagation = Some(propagation);
        self
    }

    /// How long it may take to end, in seconds. Only some native kinds, such as Pods, need time.
    pub fn grace_period(mut self, seconds: u32) -> Self {
        self.options.grace_period_seconds = Some(seconds);
        self
    }

    /// Only if it has not been changed at all since it was read.
    pub fn if_unchanged(mut self) -> Self {
        self.options
            .preconditions
            .resource_version
            .clone_from(&self.read_version);
        self
    }
}

impl Delete {
    /// What this deletion will do: the exact request, its body, and what becomes of the objects that depend on this one.
    /// Sends nothing.
    ///
    /// ```
    /// # use korm::prelude::*;
    /// # use korm::Propagation;
    /// # #[derive(Model)]
    /// # #[korm(group = "example.com", version = "v1", plural = "trees", namespaced)]
    /// # struct Tree { meta: Meta }
    /// # #[tokio::main] async fn main() -> korm::Result<()> {
    /// let cluster = Cluster::embedded().await?;
    /// let deletion = cluster.delete_by_key::<Tree>(("default", "old")).propagation(Propagation::Orphan);
    /// assert_eq!(
    ///     deletion.explain()?,
    ///     "DELETE /apis/example.com/v1/namespaces/default/trees/old\n\
    ///      {\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\",\"propagationPolicy\":\"Orphan\"}\n\
    ///      the objects that name it as an owner stay, and their references to it are removed\n"
    /// );
    /// # Ok(()) }
    /// ```
    ///
    /// To see the very objects, load a relation that is declared `has_many(owner)`: [`Cluster::load`].
    ///
    /// # Errors
    ///
    /// If the name or namespace cannot be.
    pub fn explain(&self) -> Result<String> {
        self.objects.explain_delete(&self.key, &self.options)
    }

    /// Deletes the object and waits until it is gone: until its grace period is over and its finalizers are done. Takes as
    /// long as a call of the handle may take.
    ///
    /// # Errors
    ///
    /// Those of the deletion; [`is_deadline_exceeded`](crate::Error::is_deadline_exceeded) if it is not gone by then.
    pub async fn until_gone(self) -> Result<()> {
        let objects = self.objects.begun();
        let allowed = objects.cluster.deadline().left();
        objects
            .delete_until_gone(&self.key, &self.options, allowed)
            .await
    }
}

impl IntoFuture for Delete {
    type Output = Result<Deletion>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.objects.delete(&self.key, &self.options).await })
    }
}
