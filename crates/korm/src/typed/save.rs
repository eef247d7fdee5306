//! Writing and reading single objects of a model.

use korm_core::scan::{Scan, Scanned};
use korm_core::{Model, ObjectKey};
use serde_json::Value;

use super::decode;
use crate::objects::{Objects, Saved, Written};
use crate::{Cluster, Error, Result};

impl Cluster {
    /// Saves an object: creates it if it never was read from a cluster, and else sends exactly what was changed since it
    /// was read. Nothing changed: nothing is sent.
    ///
    /// A type without room for what was read, such as those of k8s-openapi, is saved in two requests: one reads the object
    /// again to know what was changed, and if its resourceVersion is another one, that is a conflict.
    ///
    /// A change succeeds only if nobody else changed the same fields meanwhile; what others did to other fields is kept
    /// and comes back with the answer. Afterwards `model` is what the cluster has.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](Error::is_conflict) if somebody else changed the same fields: the error names each with its value
    /// as read, theirs and yours. [`is_already_exists`](Error::is_already_exists) for a new object whose name is taken;
    /// [`is_not_found`](Error::is_not_found) if the object was deleted meanwhile; [`is_invalid`](Error::is_invalid) if it
    /// breaks rules of its schema; [`is_outcome_unknown`](Error::is_outcome_unknown) if the answer got lost and nobody
    /// can tell. After an error `model` is as it was.
    pub async fn save<M: Model>(&self, model: &mut M) -> Result<Saved> {
        self.save_as(model, false).await
    }

    /// As [`save`](Self::save); `exactly`: also others' changes of the same fields to the same values are a conflict.
    pub(super) async fn save_as<M: Model>(&self, model: &mut M, exactly: bool) -> Result<Saved> {
        let objects = self.begun().of::<M>();
        let now = model.encode()?;
        let changed = match (model.snapshot(), model.identity()) {
            (Some(snapshot), _) => {
                objects
                    .change_written(snapshot.raw(), now, &M::normalize, exactly)
                    .await?
            }
            (None, Some(identity)) => {
                let snapshot = objects.read_at(&model.key(), identity).await?;
                objects
                    .change_written(snapshot.raw(), now, &M::normalize, exactly)
                    .await?
            }
            (None, None) => Some(objects.create_as(now, &M::normalize).await?),
        };
        let Some((written, saved)) = changed else {
            return Ok(Saved::default());
        };
        match self.take_written(model, &objects, written) {
            Ok(()) => Ok(saved),
            Err(error) => Err(error.after_writing(&saved.endpoints)),
        }
    }

    /// Creates an object, also if it was read from a cluster.
    ///
    /// # Errors
    ///
    /// [`is_already_exists`](Error::is_already_exists) if its name is taken, and those of [`save`](Self::save).
    pub async fn create<M: Model>(&self, model: &mut M) -> Result<Saved> {
        let objects = self.of::<M>();
        let now = model.encode()?;
        let (written, saved) = objects.create_as(now, &M::normalize).await?;
        self.take_written(model, &objects, written)?;
        Ok(saved)
    }

    /// As [`take`](Self::take), straight from the text where that is as it should be.
    fn take_written<M: Model>(
        &self,
        model: &mut M,
        objects: &Objects,
        written: Written,
    ) -> Result<()> {
        if self.settings.dry_run {
            return Ok(());
        }
        if let Written::Text { body, .. } = &written
            && let Some(scanner) = M::scanner()
        {
            let absorb = |scanned: &Scanned<'_>| model.absorb_scanned(scanned);
            if let Some(Some(())) = Scan::once(scanner).object(body, absorb) {
                return Ok(());
            }
        }
        self.take(model, objects.value(written)?)
    }

    /// What was only tried is not taken over, or the next save would believe it stored.
    pub(super) fn take<M: Model>(&self, model: &mut M, object: Value) -> Result<()> {
        if self.settings.dry_run {
            return Ok(());
        }
        model.absorb(object).map_err(Error::from)
    }

    /// Reads one object, by `(namespace, name)` or, for cluster-scoped kinds, by name.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if it is not there; [`is_not_installed`](Error::is_not_installed) if its
    /// kind is not; [`is_undecodable`](Error::is_undecodable) if it does not fit the model.
    pub async fn get<M: Model>(&self, key: impl Into<ObjectKey>) -> Result<M> {
        decode(self.of::<M>().get(&key.into()).await?)
    }

    /// Reads one object if it is there.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get), but that it is not there is none.
    pub async fn find<M: Model>(&self, key: impl Into<ObjectKey>) -> Result<Option<M>> {
        self.of::<M>()
            .find(&key.into())
            .await?
            .map(decode)
            .transpose()
    }

    /// Reads an object anew. Changes that were not saved are lost.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get); `model` is then as it was.
    pub async fn refresh<M: Model>(&self, model: &mut M) -> Result<()> {
        let objects: Objects = self.of::<M>();
        let object = objects.get(&model.key()).await?;
        model.absorb(object).map_err(Error::from)
    }
}
