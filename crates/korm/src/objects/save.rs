//! Saving: a compare-and-set of exactly the fields that were changed.

use korm_core::{DecodeError, ObjectKey, Snapshot};
use serde_json::Value;

use super::Objects;
use super::query::ObjectText;
use super::saved::{Endpoint, Saved, Stored, StoredText, Written};
use super::saving::Saving;
use crate::error::Error;
use crate::transport::Answer;
use crate::{Result, Status};

/// What the model would write had it just read this object and changed nothing: see
/// [`Model::normalize`](korm_core::Model::normalize).
pub type Normalize<'a> = dyn Fn(Value) -> Result<Value, DecodeError> + Send + Sync + 'a;

impl Objects {
    /// Creates an object. Fields of the status follow in a second request, where the kind has the status subresource.
    ///
    /// # Errors
    ///
    /// [`is_already_exists`](Error::is_already_exists), [`is_invalid`](Error::is_invalid) and others.
    pub async fn create(&self, object: Value, normalize: &Normalize<'_>) -> Result<Stored> {
        let (written, saved) = self.create_as(object, normalize).await?;
        let object = self.value(written)?;
        Ok(Stored { object, saved })
    }

    /// As [`create`](Self::create), for objects that are handled as plain JSON. `apiVersion` and `kind` need not be given.
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> korm::Result<()> {
    /// let cluster = korm::Cluster::embedded().await?;
    /// let maps = cluster.kind("configmaps").await?;
    /// let map = serde_json::json!({"metadata": {"generateName": "a-", "namespace": "default"}, "data": {"colour": "red"}});
    /// let stored = maps.add(map).await?;
    /// assert!(stored.saved.created);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    pub async fn add(&self, mut object: Value) -> Result<Stored> {
        self.name_kind(&mut object);
        self.create(object, &|raw| Ok(raw)).await
    }

    /// As [`create`](Self::create), with the object as the server wrote it.
    #[tracing::instrument(name = "korm.create", level = "debug", skip_all, fields(verb = "create", kind = %self.def.kind, object = %ObjectKey::of(&object)))]
    pub(crate) async fn create_as(
        &self,
        object: Value,
        normalize: &Normalize<'_>,
    ) -> Result<(Written, Saved)> {
        let mut main = object;
        let status = self
            .def
            .status_subresource
            .then(|| remove(&mut main, "status"))
            .flatten();
        let this = self.begun();
        let created = this.create_main(main).await?;
        let saved = Saved {
            created: true,
            endpoints: vec![Endpoint::Object],
            ..Saved::default()
        };
        match status {
            // What was not stored has no status to change.
            Some(status) if !self.cluster.settings.dry_run => {
                let created = this.value(created)?;
                let stored = this.add_status(created, status, saved, normalize).await?;
                Ok((Written::Value(stored.object), stored.saved))
            }
            _ => Ok((created, saved)),
        }
    }

    /// The object that was written, as JSON.
    pub(crate) fn value(&self, written: Written) -> Result<Value> {
        match written {
            Written::Value(object) => Ok(object),
            Written::Text { key, body } => self.decode_text(&body, &key),
        }
    }

    /// The same as text.
    fn text(&self, written: Written) -> Result<ObjectText> {
        match written {
            Written::Value(object) => Ok(ObjectText::of(&object)),
            Written::Text { key, body } => match ObjectText::read(&body) {
                Some(text) => Ok(text),
                // Something is odd about it; this says what.
                None => Ok(ObjectText::of(&self.decode_text(&body, &key)?)),
            },
        }
    }

    /// Gives a new object its first status.
    async fn add_status(
        &self,
        created: Value,
        status: Value,
        mut saved: Saved,
        normalize: &Normalize<'_>,
    ) -> Result<Stored> {
        let snapshot = Snapshot::of(&self.def, &created);
        let mut now = normalize(created.clone()).map_err(Error::from)?;
        if now["status"] == status {
            return Ok(Stored {
                object: created,
                saved,
            });
        }
        now["status"] = status;
        let stored = self
            .change(&snapshot, now, normalize)
            .await
            .map_err(|error| error.after_writing(&saved.endpoints))?;
        let Some(stored) = stored else {
            return Ok(Stored {
                object: created,
                saved,
            });
        };
        saved.endpoints.extend(stored.saved.endpoints);
        Ok(Stored {
            object: stored.object,
            saved,
        })
    }

    /// Saves what changed between `stored`, the object as it was read, and `now`. Nothing if nothing changed.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](Error::is_conflict) if somebody else changed the same fields meanwhile,
    /// [`is_not_found`](Error::is_not_found) if the object is gone, [`is_invalid`](Error::is_invalid) and others.
    pub async fn change(
        &self,
        stored: &Snapshot,
        now: Value,
        normalize: &Normalize<'_>,
    ) -> Result<Option<Stored>> {
        let written = self
            .change_written(stored.raw(), now, normalize, false)
            .await?;
        let Some((written, saved)) = written else {
            return Ok(None);
        };
        match self.value(written) {
            Ok(object) => Ok(Some(Stored { object, saved })),
            Err(error) => Err(error.after_writing(&saved.endpoints)),
        }
    }

    /// As [`change`](Self::change), for objects that are handled as plain JSON: saves what differs between `read`, as it
    /// was read, and `now`.
    ///
    /// # Errors
    ///
    /// As [`change`](Self::change).
    pub async fn save_over(&self, read: &Value, now: Value) -> Result<Option<Stored>> {
        let snapshot = Snapshot::of(&self.def, read);
        self.change(&snapshot, now, &|raw| Ok(raw)).await
    }

    /// As [`change`](Self::change), for who keeps objects as the server wrote them: of what was `read` at least what the model
    /// knows is given, and the whole object is what comes back.
    ///
    /// `exactly`: only if nobody else has changed the same fields, not even to the same values. What was computed from the
    /// old values, as an increment, must not be taken for done because somebody else came to the same result.
    ///
    /// # Errors
    ///
    /// As [`change`](Self::change).
    pub async fn change_text(
        &self,
        read: Value,
        now: Value,
        normalize: &Normalize<'_>,
        exactly: bool,
    ) -> Result<Option<StoredText>> {
        let written = self.change_written(read, now, normalize, exactly).await?;
        let Some((written, saved)) = written else {
            return Ok(None);
        };
        match self.text(written) {
            Ok(text) => Ok(Some(StoredText { text, saved })),
            Err(error) => Err(error.after_writing(&saved.endpoints)),
        }
    }

    /// As [`change_text`](Self::change_text), with the object as far as it was read.
    #[tracing::instrument(name = "korm.save", level = "debug", skip_all, fields(verb = "save", kind = %self.def.kind, object = %ObjectKey::of(&now)))]
    pub(crate) async fn change_written(
        &self,
        read: Value,
        now: Value,
        normalize: &Normalize<'_>,
        exactly: bool,
    ) -> Result<Option<(Written, Saved)>> {
        let key = ObjectKey::of(&read);
        self.same_key(&key, &now)?;
        let saving = Saving {
            objects: &self.begun(),
            key: &key,
            uid: read["metadata"]["uid"].as_str().map(str::to_owned),
            normalize,
            exactly,
        };
        let mut saved = Saved::default();
        match saving.run(read, now, &mut saved).await {
            Ok(written) => Ok(written.map(|written| (written, saved))),
            // Of several endpoints, the first ones may have been written.
            Err(error) => Err(error.after_writing(&saved.endpoints)),
        }
    }

    /// Whether a write to a subresource failed because there is no such endpoint. The server answers as if the object were
    /// not there, so it is looked for.
    pub(super) async fn lacks_subresource(&self, key: &ObjectKey, error: &Error) -> Result<bool> {
        let nowhere = error.is_not_found() || error.is_not_installed();
        Ok(nowhere && self.find(key).await?.is_some())
    }

    /// The number of replicas was to be written, and the kind has no scale in this cluster.
    pub(super) fn without_scale(&self) -> Error {
        let kind = &self.def.kind;
        let name = self.def.crd_name();
        Error::bad_model(
            kind,
            vec![format!(
                "it writes the scale subresource, which {name} in the cluster does not have"
            )],
            Some(format!(
                "bring the CustomResourceDefinition up to the model with `cluster.install::<{kind}>()`, or write the field \
                 without `scale`"
            )),
        )
    }

    /// An object cannot be renamed.
    fn same_key(&self, stored: &ObjectKey, now: &Value) -> Result<()> {
        let now = ObjectKey::of(now);
        if *stored == now {
            return Ok(());
        }
        Err(Error::usage(
            format!(
                "{} cannot become {now}: an object keeps its name and namespace",
                self.object_ref(stored)
            ),
            Some("create an object of the new name (`Meta::named(..)`) and delete the old one"),
        ))
    }
}

/// A failed `test` is a 422 that names no cause and no object; the server retries internal races, and answers 409 when it
/// has lost five.
pub(super) fn is_failed_test(answer: &Answer) -> bool {
    match answer.status.as_u16() {
        409 => true,
        422 => {
            let status = Status::from_body(422, &answer.body);
            status.details.causes.is_empty() && !status.names_an_object()
        }
        _ => false,
    }
}

fn remove(object: &mut Value, key: &str) -> Option<Value> {
    let value = object.as_object_mut()?.remove(key)?;
    let empty = value.as_object().is_none_or(serde_json::Map::is_empty);
    (!empty).then_some(value)
}
