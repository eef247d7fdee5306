//! The attempts of one save.

use http::Method;
use korm_core::ObjectKey;
use korm_core::diff::{self, Changes, Patch, ThreeWay};
use serde_json::Value;

use super::Objects;
use super::ownership::{Ownership, owners_of};
use super::save::{Normalize, is_failed_test};
use super::saved::{Endpoint, Saved, Written};
use crate::Result;
use crate::error::{Error, FieldConflict, is_confidential};
use crate::transport::{Backoff, Repeat, Request};

/// How often a save is started again because others change other fields of the same object meanwhile.
const MOST_REBASES: usize = 20;

/// What stays the same over all attempts.
pub(super) struct Saving<'a> {
    pub objects: &'a Objects,
    pub key: &'a ObjectKey,
    /// The uid of the object that was read.
    pub uid: Option<String>,
    pub normalize: &'a Normalize<'a>,
    /// Whether others' changes to the very values that we want are a conflict too.
    pub exactly: bool,
}

/// How one attempt to write all changes ended.
enum Attempt {
    Written(Option<Written>),
    /// Somebody was faster: a `test` failed. Or we were ourselves, with an attempt whose answer got lost.
    Overtaken {
        endpoint: Endpoint,
        perhaps_by_us: bool,
    },
    /// No answer says whether it happened.
    Doubtful(Endpoint, Error),
    /// The kind has no status subresource in this cluster.
    NoSubresource,
}

/// Why an attempt wrote nothing, or cannot tell.
enum Unwritten {
    Refused(Error),
    /// The object is gone, and an answer got lost before: it may have been written before it was deleted.
    Gone,
}

impl From<Error> for Unwritten {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// The object as it is now, and who wrote which of its fields.
struct Theirs {
    raw: Value,
    owners: Vec<Ownership>,
}

impl Saving<'_> {
    /// Writes the difference between `raw`, as it was read, and `mine`; where others write other fields at the same time,
    /// again on what they wrote. Gives the object as it is then, or nothing if nothing had changed.
    pub(super) async fn run(
        &self,
        mut raw: Value,
        mut mine: Value,
        saved: &mut Saved,
    ) -> Result<Option<Written>> {
        let mut base = self.normalized(&raw)?;
        let mut backoff = Backoff::of_conflict();
        for _ in 0..MOST_REBASES {
            let changes = diff::changes(&self.objects.def, &raw, &base, &mine)
                .map_err(|error| self.unchangeable(&error))?;
            if saved.fields.is_empty() {
                let names = changes.fields.iter().map(|change| change.field.clone());
                saved.fields = names.collect();
                saved.fields.dedup();
            }
            let written = match self.write(&changes, saved).await {
                Err(Unwritten::Gone) if ends(&raw, &mine) => {
                    saved.endpoints.push(Endpoint::Object);
                    return Ok(Some(Written::Value(ended(&raw, mine))));
                }
                Err(Unwritten::Gone) => return Err(self.perhaps_before_its_end()),
                Err(Unwritten::Refused(error)) => return Err(error),
                Ok(attempt) => attempt,
            };
            let doubt = match written {
                Attempt::Written(None) if !saved.merged => return Ok(None),
                Attempt::Written(object) => {
                    return Ok(Some(object.unwrap_or(Written::Value(raw))));
                }
                Attempt::Overtaken {
                    perhaps_by_us: false,
                    ..
                } if self.exactly => return Err(self.conflict(Vec::new())),
                Attempt::Overtaken {
                    perhaps_by_us: false,
                    ..
                } => Doubt::None,
                Attempt::Overtaken {
                    perhaps_by_us: true,
                    endpoint,
                } => Doubt::LostAnswer(endpoint),
                Attempt::Doubtful(endpoint, error) => Doubt::NoAnswer(endpoint, error),
                // Only the status is ever written there, and then to the object instead.
                Attempt::NoSubresource => Doubt::None,
            };
            let (theirs, doubt) = match (self.reread().await, doubt) {
                (Ok(theirs), doubt) => (theirs, doubt),
                (Err(_), Doubt::NoAnswer(_, doubt)) => return Err(doubt),
                // What we may have written cannot be looked at.
                (Err(error), Doubt::LostAnswer(_)) => {
                    let action = self.objects.subject("saving", Some(self.key)).action();
                    return Err(Error::outcome_unknown(action, unseen(&error)));
                }
                (Err(error), Doubt::None) => return Err(error),
            };
            let theirs_now = self.normalized(&theirs.raw)?;
            match diff::three_way(&self.objects.def, &base, &theirs_now, &mine) {
                ThreeWay::AlreadyOurs if self.is_our_work(&theirs, &changes) => {
                    saved.endpoints.extend(doubt.endpoint());
                    return Ok(Some(Written::Value(theirs.raw)));
                }
                found => match (doubt, found) {
                    (Doubt::NoAnswer(_, doubt), _) => return Err(doubt),
                    (doubt, ThreeWay::Rebase(merged)) => {
                        let def = &self.objects.def;
                        let left = diff::changes(def, &theirs.raw, &theirs_now, &merged);
                        // What the lost answer was about is not among what is left to be written.
                        if let (Some(endpoint), Ok(left)) = (doubt.endpoint(), left)
                            && patch_of(&left, endpoint).is_empty()
                        {
                            saved.endpoints.push(endpoint);
                        }
                        (raw, base, mine) = (theirs.raw, theirs_now, merged);
                    }
                    (Doubt::None, ThreeWay::Conflict(fields)) => return Err(self.conflict(fields)),
                    (Doubt::None, ThreeWay::AlreadyOurs) => return Err(self.conflict(Vec::new())),
                    (Doubt::LostAnswer(_), found) => return Err(self.nobody_can_tell(found)),
                },
            }
            saved.merged = true;
            tokio::time::sleep(backoff.next()).await;
        }
        Err(self.conflict(Vec::new()))
    }

    fn normalized(&self, raw: &Value) -> Result<Value> {
        (self.normalize)(raw.clone()).map_err(Error::from)
    }

    /// Whether the values that we want are there because of us. For a plain save it does not matter whose work it is. For
    /// one that has to be exact they must have been written under our name; who else writes under it and to the same
    /// values at the same time cannot be told apart.
    fn is_our_work(&self, theirs: &Theirs, changes: &Changes) -> bool {
        let us = &self.objects.cluster.settings.field_manager;
        let wrote = |path: &str| {
            theirs.owners.iter().any(|owner| {
                owner.manager == *us
                    && owner.operation == "Update"
                    && owner.fields.iter().any(|field| field.starts_with(path))
            })
        };
        !self.exactly
            || changes
                .fields
                .iter()
                .all(|change| wrote(&change.path.to_string()))
    }

    /// An answer to an earlier attempt got lost, and since then the fields were changed: by that attempt and then by
    /// others, or by others alone.
    fn nobody_can_tell(&self, found: ThreeWay) -> Error {
        let since = match found {
            ThreeWay::Conflict(fields) => {
                let fields = self.shown(fields);
                let list: Vec<_> = fields.iter().map(ToString::to_string).collect();
                list.join(", ")
            }
            _ => "others wrote the same values".to_owned(),
        };
        let action = self.objects.subject("saving", Some(self.key)).action();
        Error::outcome_unknown(
            action,
            format!("an answer got lost, and the object has changed since: {since}"),
        )
    }

    /// The object has been deleted since an attempt whose answer got lost.
    fn perhaps_before_its_end(&self) -> Error {
        Error::outcome_unknown(
            self.objects.subject("saving", Some(self.key)).action(),
            "an answer got lost, and the object has been deleted since".to_owned(),
        )
    }

    async fn write(&self, changes: &Changes, saved: &mut Saved) -> Result<Attempt, Unwritten> {
        let mut newest = None;
        // The answer to a scale is a Scale: first, so that one of the others brings the object.
        for endpoint in [Endpoint::Scale, Endpoint::Object, Endpoint::Status] {
            let patch = patch_of(changes, endpoint);
            if patch.is_empty() {
                continue;
            }
            let (mut endpoint, mut attempt) = (endpoint, self.patch(endpoint, patch).await?);
            if matches!(attempt, Attempt::NoSubresource) {
                // The CRD is not ours, and in it the status is a part of the object like any other.
                endpoint = Endpoint::Object;
                attempt = self.patch(endpoint, patch).await?;
            }
            match attempt {
                Attempt::Written(object) => newest = object,
                other => return Ok(other),
            }
            if saved.endpoints.last() != Some(&endpoint) {
                saved.endpoints.push(endpoint);
            }
        }
        if saved.endpoints.last() == Some(&Endpoint::Scale) {
            newest = Some(Written::Value(self.objects.get(self.key).await?));
        }
        Ok(Attempt::Written(newest))
    }

    async fn patch(&self, endpoint: Endpoint, patch: &Patch) -> Result<Attempt, Unwritten> {
        let objects = self.objects;
        let subject = objects.subject("saving", Some(self.key));
        let path = objects.object_path(self.key)? + endpoint.suffix();
        let request = Request::new(Method::PATCH, path, Repeat::Guarded);
        let request = objects
            .write(request)
            .body("application/json-patch+json", patch.to_body());
        let answer = match objects.send(&request, &subject).await {
            Err(error) if error.is_outcome_unknown() => {
                return Ok(Attempt::Doubtful(endpoint, error));
            }
            result => result?,
        };
        if answer.is_success() {
            let (key, body) = (self.key.clone(), answer.body);
            return Ok(Attempt::Written(Some(Written::Text { key, body })));
        }
        if is_failed_test(&answer) {
            return Ok(Attempt::Overtaken {
                endpoint,
                perhaps_by_us: answer.doubtful,
            });
        }
        let error = subject.refused(&answer);
        if error.is_outcome_unknown() {
            return Ok(Attempt::Doubtful(endpoint, error));
        }
        if endpoint == Endpoint::Status && objects.lacks_subresource(self.key, &error).await? {
            return Ok(Attempt::NoSubresource);
        }
        if endpoint == Endpoint::Scale && objects.lacks_subresource(self.key, &error).await? {
            return Err(objects.without_scale().into());
        }
        let error = objects.explained(error).await;
        let gone = error
            .as_not_found()
            .is_some_and(|missing| !missing.namespace_is_missing());
        Err(match (gone, answer.doubtful) {
            (false, _) => error.into(),
            (true, false) => Error::gone(objects.object_ref(self.key)).into(),
            (true, true) => Unwritten::Gone,
        })
    }

    /// The object as it is now, if it is still the one that was read.
    async fn reread(&self) -> Result<Theirs> {
        let mut object = self
            .objects
            .whole(self.key)
            .await?
            .ok_or_else(|| Error::gone(self.objects.object_ref(self.key)))?;
        let uid = object.pointer("/metadata/uid").and_then(Value::as_str);
        if self.uid.is_some() && uid != self.uid.as_deref() {
            return Err(Error::replaced(self.objects.object_ref(self.key)));
        }
        let owners = owners_of(&object);
        if let Some(metadata) = object["metadata"].as_object_mut() {
            metadata.remove("managedFields");
        }
        Ok(Theirs {
            raw: object,
            owners,
        })
    }

    /// A change that no request can make.
    fn unchangeable(&self, error: &diff::ChangeError) -> Error {
        let object = self.objects.object_ref(self.key);
        Error::usage(format!("{object} cannot be saved: {error}"), None)
    }

    fn conflict(&self, fields: Vec<diff::FieldConflict>) -> Error {
        Error::conflict(self.objects.object_ref(self.key), self.shown(fields))
    }

    fn shown(&self, fields: Vec<diff::FieldConflict>) -> Vec<FieldConflict> {
        let shown = |field: diff::FieldConflict| FieldConflict {
            field: field.field,
            path: field.path.to_string(),
            base: field.base,
            theirs: field.theirs,
            mine: field.mine,
            confidential: field.secret || is_confidential(&self.objects.def),
        };
        fields.into_iter().map(shown).collect()
    }
}

/// Whether a change is the end of an object: it is being deleted, and nothing holds it any more.
fn ends(read: &Value, now: &Value) -> bool {
    let none = |list: &Value| list.as_array().is_none_or(Vec::is_empty);
    read["metadata"]["deletionTimestamp"].is_string()
        && !none(&read["metadata"]["finalizers"])
        && none(&now["metadata"]["finalizers"])
}

/// An object as it was when it ended, as the answer that got lost had it.
fn ended(read: &Value, mut now: Value) -> Value {
    let kept = read["metadata"].as_object().into_iter().flatten();
    if let Some(metadata) = now["metadata"].as_object_mut() {
        for (key, value) in kept.filter(|(key, _)| *key != "finalizers") {
            metadata.entry(key).or_insert_with(|| value.clone());
        }
    }
    now
}

/// Why nobody can tell: without the hint of the error, which is about something else.
fn unseen(error: &Error) -> String {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    format!("an answer got lost, and now {first}")
}

/// Whether an attempt that failed may have been carried out nevertheless.
enum Doubt {
    None,
    /// The answer to an earlier attempt got lost.
    LostAnswer(Endpoint),
    /// There is no answer at all.
    NoAnswer(Endpoint, Error),
}

impl Doubt {
    /// What may have been written.
    fn endpoint(&self) -> Option<Endpoint> {
        match self {
            Self::None => None,
            Self::LostAnswer(endpoint) | Self::NoAnswer(endpoint, _) => Some(*endpoint),
        }
    }
}

fn patch_of(changes: &Changes, endpoint: Endpoint) -> &Patch {
    match endpoint {
        Endpoint::Scale => &changes.scale,
        Endpoint::Object => &changes.main,
        Endpoint::Status => &changes.status,
    }
}
