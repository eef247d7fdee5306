//! Read, change, save, and again if somebody else was faster.

use korm_core::{Model, ObjectKey};
use tracing::Instrument;

use crate::objects::Saved;
use crate::transport::Backoff;
use crate::{Cluster, Error, ObjectRef, Result};

impl Cluster {
    /// Reads an object, lets `change` change it, and saves it. If somebody else changes the same fields meanwhile, all of
    /// that is done again, with the object as it is then, until it succeeds or the time of the handle
    /// ([`with_timeout`](Self::with_timeout)) is over. So `change` may run several times, each time on a fresh object.
    ///
    /// Updates of one object through clones of one handle wait for each other here, instead of conflicting at the server.
    /// Programs that update the same objects should each write under a name of their own
    /// ([`with_field_manager`](Self::with_field_manager)): by it korm tells, after a lost answer, whose change it was.
    ///
    /// Gives the object as it was saved.
    ///
    /// ```
    #[doc = include_str!("../tour/peach.rs.txt")]
    /// # #[tokio::main] async fn main() -> korm::Result<()> {
    /// # let cluster = orchard().await?;
    /// let peach = cluster.update(("default", "cake-peach"), |peach: &mut Peach| peach.price += 1).await?;
    /// assert_eq!(peach.price, 2);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if it is not there;
    /// [`is_conflict`](crate::Error::is_conflict) if others were faster until the time was over; and those of
    /// [`save`](Self::save).
    pub async fn update<M, F>(&self, key: impl Into<ObjectKey>, mut change: F) -> Result<M>
    where
        M: Model,
        F: FnMut(&mut M),
    {
        self.try_update(key, |model| {
            change(model);
            Ok(())
        })
        .await
    }

    /// As [`update`](Self::update), for a change that may refuse. Its error ends the update, and nothing is saved.
    ///
    /// # Errors
    ///
    /// Those of `change` and of [`update`](Self::update).
    pub async fn try_update<M, F>(&self, key: impl Into<ObjectKey>, change: F) -> Result<M>
    where
        M: Model,
        F: FnMut(&mut M) -> Result<()>,
    {
        self.updated(key.into(), change)
            .await
            .map(|(model, _)| model)
    }

    /// [`try_update`](Self::try_update) with what the save did.
    pub(super) async fn updated<M, F>(&self, key: ObjectKey, change: F) -> Result<(M, Saved)>
    where
        M: Model,
        F: FnMut(&mut M) -> Result<()>,
    {
        let span = tracing::debug_span!(
            "korm.update",
            verb = "update",
            kind = %M::definition().kind,
            object = %key,
            attempts = tracing::field::Empty,
        );
        let mut attempts = 0;
        let updated = self.attempt(key, change, &mut attempts);
        let updated = updated.instrument(span.clone()).await;
        span.record("attempts", attempts);
        updated
    }

    async fn attempt<M, F>(
        &self,
        key: ObjectKey,
        mut change: F,
        attempts: &mut usize,
    ) -> Result<(M, Saved)>
    where
        M: Model,
        F: FnMut(&mut M) -> Result<()>,
    {
        let cluster = self.begun();
        let deadline = cluster.deadline();
        let queue = self.transport.queues.of(M::definition(), &key);
        let Ok(_turn) = tokio::time::timeout_at(deadline.at(), queue.lock()).await else {
            let object = ObjectRef::new(&M::definition().kind, key.namespace, key.name);
            return Err(Error::deadline_exceeded(
                format!("updating {object}"),
                deadline.allowed(),
                Some("other updates of it in this program were not through".to_owned()),
            ));
        };
        let mut backoff = Backoff::of_conflict();
        loop {
            *attempts += 1;
            let mut model: M = cluster.get(&key).await?;
            change(&mut model)?;
            match cluster.save_as(&mut model, true).await {
                Err(error) if error.is_conflict() => {
                    let wait = backoff.next();
                    if wait >= deadline.left() {
                        return Err(error);
                    }
                    tokio::time::sleep(wait).await;
                }
                result => return result.map(|saved| (model, saved)),
            }
        }
    }

    /// Gives the object of that name, which is created as `model` says if it is not there. Tells whether it was created;
    /// if not, `model` becomes what is there.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get) and [`save`](Self::save).
    pub async fn get_or_create<M: Model>(&self, model: &mut M) -> Result<bool> {
        let cluster = self.begun();
        let key = model.key();
        // A name that is to be made up is nobody's yet.
        if !key.name.is_empty()
            && let Some(found) = cluster.of::<M>().find(&key).await?
        {
            model.absorb(found)?;
            return Ok(false);
        }
        match cluster.create(model).await {
            Ok(_) => Ok(true),
            // Somebody else did between the two requests.
            Err(error) if error.is_already_exists() => cluster.refresh(model).await.map(|()| false),
            Err(error) => Err(error),
        }
    }

    /// Adds a finalizer, whatever happens to the others meanwhile. `model` becomes what is stored then.
    ///
    /// # Errors
    ///
    /// Those of the requests.
    pub async fn add_finalizer<M: Model>(&self, model: &mut M, name: &str) -> Result<()> {
        let object = self.of::<M>().add_finalizer(&model.key(), name).await?;
        self.take(model, object)
    }

    /// Removes a finalizer, whatever happens to the others meanwhile. `model` becomes what is stored then. If it was the
    /// last one of an object that is being deleted, that ends it.
    ///
    /// # Errors
    ///
    /// Those of the requests.
    pub async fn remove_finalizer<M: Model>(&self, model: &mut M, name: &str) -> Result<()> {
        let object = self.of::<M>().remove_finalizer(&model.key(), name).await?;
        self.take(model, object)
    }
}
