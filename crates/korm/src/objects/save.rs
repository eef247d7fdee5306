//! Saving: a compare-and-set of exactly the fields that were changed.

use http::Method;
use korm_core::diff::{self, Changes, Patch, ThreeWay};
use korm_core::{DecodeError, ObjectKey, Snapshot};
use serde_json::Value;

use super::Objects;
use crate::error::{Error, FieldConflict, is_confidential};
use crate::transport::{Answer, Backoff, Repeat, Request};
use crate::{Result, Status};

/// What the model would write had it just read this object and changed nothing: see
/// [`Model::normalize`](korm_core::Model::normalize).
pub type Normalize<'a> = dyn Fn(Value) -> Result<Value, DecodeError> + Send + Sync + 'a;

/// How often a save is started again because others change other fields of the same object meanwhile.
const MOST_REBASES: usize = 20;

/// What a save did. Where nothing had changed, nothing: see [`nothing`](Self::nothing).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Saved {
    /// The object was created.
    pub created: bool,
    /// The endpoints that were written to, in order.
    pub endpoints: Vec<Endpoint>,
    /// The names of the model's fields that were changed. Empty for a create.
    pub fields: Vec<String>,
    /// Others had changed the object meanwhile, at other fields.
    pub merged: bool,
}

impl Saved {
    /// Whether nothing was sent, because nothing had changed.
    pub fn nothing(&self) -> bool {
        self.endpoints.is_empty()
    }
}

/// A part of an object that is written on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// The object itself.
    Object,
    /// Its status subresource.
    Status,
    /// Its scale subresource.
    Scale,
}

impl Endpoint {
    /// What follows the object's path.
    fn suffix(self) -> &'static str {
        match self {
            Self::Object => "",
            Self::Status => "/status",
            Self::Scale => "/scale",
        }
    }
}

/// An object as the cluster has it after a save, and what the save did.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The object, without its `managedFields`.
    pub object: Value,
    /// What was done.
    pub saved: Saved,
}

/// How one attempt to write all changes ended.
enum Attempt {
    Written(Option<Value>),
    /// Somebody was faster: a `test` failed. Or we were ourselves, with an attempt whose answer got lost.
    Overtaken {
        perhaps_by_us: bool,
    },
    /// No answer says whether it happened.
    Doubtful(Error),
}

impl Objects {
    /// Creates an object. Fields of the status follow in a second request, where the kind has the status subresource.
    ///
    /// # Errors
    ///
    /// [`is_already_exists`](Error::is_already_exists), [`is_invalid`](Error::is_invalid) and others.
    #[tracing::instrument(name = "korm.create", level = "debug", skip_all, fields(kind = %self.def.kind, object = %ObjectKey::of(&object)))]
    pub async fn create(&self, object: Value, normalize: &Normalize<'_>) -> Result<Stored> {
        let mut main = object.clone();
        let status = self
            .def
            .status_subresource
            .then(|| remove(&mut main, "status"))
            .flatten();
        let created = self.create_main(main).await?;
        let saved = Saved {
            created: true,
            endpoints: vec![Endpoint::Object],
            ..Saved::default()
        };
        match status {
            // What was not stored has no status to change.
            Some(status) if !self.cluster.settings.dry_run => {
                self.add_status(created, status, saved, normalize).await
            }
            _ => Ok(Stored {
                object: created,
                saved,
            }),
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
        let stored = self.change(&snapshot, now, normalize).await?;
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
    #[tracing::instrument(name = "korm.save", level = "debug", skip_all, fields(kind = %self.def.kind, object = %ObjectKey::of(&now)))]
    pub async fn change(
        &self,
        stored: &Snapshot,
        now: Value,
        normalize: &Normalize<'_>,
    ) -> Result<Option<Stored>> {
        self.change_as(stored, now, normalize, false).await
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

    /// As [`change`](Self::change); `exactly`: only if nobody else has changed the same fields, not even to the same
    /// values. What was computed from the old values, as an increment, must not be taken for done because somebody else
    /// came to the same result.
    ///
    /// # Errors
    ///
    /// As [`change`](Self::change).
    pub async fn change_as(
        &self,
        stored: &Snapshot,
        now: Value,
        normalize: &Normalize<'_>,
        exactly: bool,
    ) -> Result<Option<Stored>> {
        let mut raw = stored.raw();
        let key = ObjectKey::of(&raw);
        self.same_key(&key, &now)?;
        let mut base = normalize(raw.clone()).map_err(Error::from)?;
        let mut mine = now;
        let mut saved = Saved::default();
        let mut backoff = Backoff::of_conflict();
        for _ in 0..MOST_REBASES {
            let changes = diff::changes(&self.def, &raw, &base, &mine)
                .map_err(|error| self.unchangeable(&key, &error))?;
            if saved.fields.is_empty() {
                saved.fields = changes
                    .fields
                    .iter()
                    .map(|change| change.field.clone())
                    .collect();
                saved.fields.dedup();
            }
            let doubt = match self.write_changes(&key, &changes, &mut saved).await? {
                Attempt::Written(None) if !saved.merged => return Ok(None),
                Attempt::Written(object) => {
                    let object = object.unwrap_or(raw);
                    return Ok(Some(Stored { object, saved }));
                }
                Attempt::Overtaken { perhaps_by_us } => {
                    if exactly && !perhaps_by_us {
                        return Err(Error::conflict(self.object_ref(&key), Vec::new()));
                    }
                    None
                }
                Attempt::Doubtful(error) => Some(error),
            };
            let theirs_raw = match (self.reread(&key, stored).await, doubt.as_ref()) {
                (Err(error), None) => return Err(error),
                (Err(_), Some(_)) => Value::Null,
                (Ok(theirs), _) => theirs,
            };
            if let Some(doubt) = doubt {
                return self
                    .settle(doubt, &base, theirs_raw, &mine, saved, normalize)
                    .map(Some);
            }
            let theirs = normalize(theirs_raw.clone()).map_err(Error::from)?;
            match diff::three_way(&self.def, &base, &theirs, &mine) {
                ThreeWay::AlreadyOurs => {
                    return Ok(Some(Stored {
                        object: theirs_raw,
                        saved,
                    }));
                }
                ThreeWay::Rebase(merged) => (raw, base, mine) = (theirs_raw, theirs, merged),
                ThreeWay::Conflict(fields) => return Err(self.conflict(&key, fields)),
            }
            saved.merged = true;
            tokio::time::sleep(backoff.next()).await;
        }
        Err(Error::conflict(self.object_ref(&key), Vec::new()))
    }

    /// A write whose answer got lost is done if the cluster has what it was to write; else nobody can tell.
    fn settle(
        &self,
        doubt: Error,
        base: &Value,
        theirs_raw: Value,
        mine: &Value,
        saved: Saved,
        normalize: &Normalize<'_>,
    ) -> Result<Stored> {
        if theirs_raw.is_null() {
            return Err(doubt);
        }
        let theirs = normalize(theirs_raw.clone()).map_err(Error::from)?;
        match diff::three_way(&self.def, base, &theirs, mine) {
            ThreeWay::AlreadyOurs => Ok(Stored {
                object: theirs_raw,
                saved,
            }),
            _ => Err(doubt),
        }
    }

    async fn write_changes(
        &self,
        key: &ObjectKey,
        changes: &Changes,
        saved: &mut Saved,
    ) -> Result<Attempt> {
        let mut newest = None;
        let patches = [
            // The answer to a scale is a Scale: first, so that one of the others brings the object.
            (Endpoint::Scale, &changes.scale),
            (Endpoint::Object, &changes.main),
            (Endpoint::Status, &changes.status),
        ];
        for (endpoint, patch) in patches {
            if patch.is_empty() {
                continue;
            }
            match self.patch(key, endpoint, patch).await? {
                Attempt::Written(object) => newest = object,
                other => return Ok(other),
            }
            saved.endpoints.push(endpoint);
        }
        if saved.endpoints.last() == Some(&Endpoint::Scale) {
            newest = Some(self.get(key).await?);
        }
        Ok(Attempt::Written(newest))
    }

    async fn patch(&self, key: &ObjectKey, endpoint: Endpoint, patch: &Patch) -> Result<Attempt> {
        let subject = self.subject("saving", Some(key));
        let path = self.object_path(key)? + endpoint.suffix();
        let request = Request::new(Method::PATCH, path, Repeat::Guarded);
        let request = self
            .write(request)
            .body("application/json-patch+json", patch.to_body());
        let answer = match self.send(&request, &subject).await {
            Err(error) if error.is_outcome_unknown() => return Ok(Attempt::Doubtful(error)),
            result => result?,
        };
        if answer.is_success() {
            return self
                .decode(&answer, key)
                .map(|object| Attempt::Written(Some(object)));
        }
        if is_failed_test(&answer) {
            return Ok(Attempt::Overtaken {
                perhaps_by_us: answer.doubtful,
            });
        }
        let error = subject.refused(&answer);
        if error.is_outcome_unknown() {
            return Ok(Attempt::Doubtful(error));
        }
        let gone = error
            .as_not_found()
            .is_some_and(|missing| !missing.namespace_is_missing());
        Err(if gone {
            Error::gone(self.object_ref(key))
        } else {
            error
        })
    }

    /// The object as it is now, if it is still the one that was read.
    async fn reread(&self, key: &ObjectKey, stored: &Snapshot) -> Result<Value> {
        let object = self
            .find(key)
            .await?
            .ok_or_else(|| Error::gone(self.object_ref(key)))?;
        let uid = object.pointer("/metadata/uid").and_then(Value::as_str);
        if stored.uid().is_some() && uid != stored.uid() {
            return Err(Error::replaced(self.object_ref(key)));
        }
        Ok(object)
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

    /// A change that no request can make.
    fn unchangeable(&self, key: &ObjectKey, error: &diff::ChangeError) -> Error {
        Error::usage(
            format!("{} cannot be saved: {error}", self.object_ref(key)),
            None,
        )
    }

    fn conflict(&self, key: &ObjectKey, fields: Vec<diff::FieldConflict>) -> Error {
        let fields = fields
            .into_iter()
            .map(|field| FieldConflict {
                field: field.field,
                path: field.path.to_string(),
                base: field.base,
                theirs: field.theirs,
                mine: field.mine,
                confidential: field.secret || is_confidential(&self.def),
            })
            .collect();
        Error::conflict(self.object_ref(key), fields)
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
