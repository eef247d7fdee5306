//! Deleting one object.

use std::time::Duration;

use http::Method;
use korm_core::ObjectKey;
use serde::Serialize;
use serde_json::Value;

use super::{Goal, Objects};
use crate::Result;
use crate::error::Error;
use crate::transport::{JSON, Repeat, Request};

/// What happens to the objects that depend on a deleted one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Propagation {
    /// They are deleted after it, in the background.
    Background,
    /// They are deleted before it; until then it stays, with its deletion timestamp set.
    Foreground,
    /// They stay.
    Orphan,
}

/// How to delete. Empty: as the kind's default says.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DeleteOptions {
    /// What happens to dependents.
    #[serde(rename = "propagationPolicy", skip_serializing_if = "Option::is_none")]
    pub propagation: Option<Propagation>,
    /// How long the object may take to end, in seconds; only some native kinds need time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace_period_seconds: Option<u32>,
    /// What must be true of the object.
    #[serde(skip_serializing_if = "Preconditions::is_empty")]
    pub preconditions: Preconditions,
}

/// What must be true of an object for it to be deleted.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Preconditions {
    /// It has this uid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// It has this resourceVersion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_version: Option<String>,
}

impl Preconditions {
    fn is_empty(&self) -> bool {
        self.uid.is_none() && self.resource_version.is_none()
    }
}

/// How far a deletion came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// The object is gone.
    Gone,
    /// The object is marked as deleted and stays until its grace period is over and its finalizers are done.
    Pending {
        /// The finalizers that hold it.
        finalizers: Vec<String>,
    },
}

impl Propagation {
    /// What it means for the objects that depend on a deleted one, as a sentence.
    fn of_dependents(self) -> &'static str {
        match self {
            Self::Background => {
                "then the objects that name it as their only owner are deleted, in the background"
            }
            Self::Foreground => {
                "it stays, marked as deleted, until the objects that name it as their only owner are deleted, as far as their \
                 references block its deletion"
            }
            Self::Orphan => {
                "the objects that name it as an owner stay, and their references to it are removed"
            }
        }
    }
}

impl Objects {
    /// The exact request that deletes an object, its body, and what becomes of the objects that depend on it.
    ///
    /// # Errors
    ///
    /// If the name or namespace cannot be.
    pub fn explain_delete(&self, key: &ObjectKey, options: &DeleteOptions) -> Result<String> {
        let path = self.object_path(key)?;
        let body = serde_json::to_string(&whole(options, self.cluster.settings.dry_run)).map_err(
            |error| Error::usage(format!("the options have no form in JSON: {error}"), None),
        )?;
        let dependents = match options.propagation {
            Some(propagation) => propagation.of_dependents().to_owned(),
            None => format!(
                "{} (the default of nearly every kind)",
                Propagation::Background.of_dependents()
            ),
        };
        let dependents = if self.cluster.settings.dry_run {
            "nothing is deleted: this is a dry run".to_owned()
        } else {
            dependents
        };
        Ok(format!("DELETE {path}\n{body}\n{dependents}\n"))
    }

    /// Deletes one object.
    ///
    /// With a uid among the preconditions the request may be repeated when its answer gets lost. Without one it is sent
    /// once, because a repetition could hit another object of that name that was created meanwhile.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if it is not there, or is another one than the uid says;
    /// [`is_conflict`](Error::is_conflict) if its resourceVersion is another one;
    /// [`is_outcome_unknown`](Error::is_outcome_unknown) if the answer got lost and the object is still there.
    #[tracing::instrument(name = "korm.delete", level = "debug", skip_all, fields(verb = "delete", kind = %self.def.kind, object = %key))]
    pub async fn delete(&self, key: &ObjectKey, options: &DeleteOptions) -> Result<Deletion> {
        let body = serde_json::to_vec(&whole(options, self.cluster.settings.dry_run)).map_err(
            |error| Error::usage(format!("the options have no form in JSON: {error}"), None),
        )?;
        let this = self.begun();
        let subject = self.subject("deleting", Some(key));
        let by_uid = options.preconditions.uid.is_some();
        let repeat = if by_uid {
            Repeat::Guarded
        } else {
            Repeat::Once
        };
        let request = Request::new(Method::DELETE, self.object_path(key)?, repeat);
        let request = request.body(JSON, body);
        let answer = match this.send(&request, &subject).await {
            Err(error) if error.is_outcome_unknown() => return this.after_doubt(key, error).await,
            result => result?,
        };
        if answer.is_success() {
            let body = crate::wire::decode_object(&answer.body).unwrap_or_default();
            return Ok(how_far(&body));
        }
        let error = this.refused(&subject, &answer).await;
        if error.is_outcome_unknown() {
            return this.after_doubt(key, error).await;
        }
        if error.is_conflict() && by_uid && !this.is_still(key, options).await? {
            return if answer.doubtful {
                Ok(Deletion::Gone)
            } else {
                Err(Error::replaced(self.object_ref(key)))
            };
        }
        // With finalizers, our own earlier attempt changed the object: it marked it as deleted.
        if error.is_conflict()
            && answer.doubtful
            && let Some(marked) = this.marked(key).await?
        {
            return Ok(marked);
        }
        if error.is_not_found() {
            // Our own earlier attempt may have been what deleted it.
            return if answer.doubtful {
                Ok(Deletion::Gone)
            } else if by_uid {
                Err(Error::deleted_already(self.object_ref(key)))
            } else {
                Err(error)
            };
        }
        Err(error)
    }

    /// Deletes one object and waits until it is gone: until its grace period is over and its finalizers are done.
    ///
    /// # Errors
    ///
    /// Those of [`delete`](Self::delete); [`is_deadline_exceeded`](Error::is_deadline_exceeded) if it is not gone after
    /// `allowed`.
    pub async fn delete_until_gone(
        &self,
        key: &ObjectKey,
        options: &DeleteOptions,
        allowed: Duration,
    ) -> Result<()> {
        let deletion = self.delete(key, options).await?;
        if deletion == Deletion::Gone || self.cluster.settings.dry_run {
            return Ok(());
        }
        let goal = match options.preconditions.uid.clone() {
            Some(uid) => Goal::NoLonger { uid },
            None => Goal::Gone,
        };
        self.wait(key, &goal, None, allowed).await.map(|_| ())
    }

    /// What a delete came to whose answer got lost: if the object is not there, it is deleted, whoever did it.
    async fn after_doubt(&self, key: &ObjectKey, doubt: Error) -> Result<Deletion> {
        match self.find(key).await {
            Ok(None) => Ok(Deletion::Gone),
            _ => Err(doubt),
        }
    }

    /// How far the deletion of an object is that is there, if it has begun.
    async fn marked(&self, key: &ObjectKey) -> Result<Option<Deletion>> {
        Ok(match self.find(key).await? {
            None => Some(Deletion::Gone),
            Some(object) => Some(how_far(&object)).filter(|how_far| *how_far != Deletion::Gone),
        })
    }

    /// Whether the object of that name is the one the uid means.
    async fn is_still(&self, key: &ObjectKey, options: &DeleteOptions) -> Result<bool> {
        let found = self.find(key).await?;
        let uid = found
            .as_ref()
            .and_then(|object| object.pointer("/metadata/uid"))
            .and_then(Value::as_str);
        Ok(uid == options.preconditions.uid.as_deref())
    }
}

/// What an answer says, which is a `Status` if the object is gone, and else the object with its deletion timestamp. Some
/// kinds answer with the object as it was.
fn how_far(body: &Value) -> Deletion {
    let finalizers: Vec<String> = body["metadata"]["finalizers"]
        .as_array()
        .map(|list| {
            list.iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        })
        .unwrap_or_default();
    let grace = body["metadata"]["deletionGracePeriodSeconds"]
        .as_i64()
        .unwrap_or(0);
    let pending = body["kind"] != "Status"
        && body["metadata"]["deletionTimestamp"].is_string()
        && (grace > 0 || !finalizers.is_empty());
    if pending {
        Deletion::Pending { finalizers }
    } else {
        Deletion::Gone
    }
}

/// The body of the request. With a body, the server takes no option from the query.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    api_version: &'static str,
    kind: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    dry_run: &'static [&'static str],
    #[serde(flatten)]
    options: &'a DeleteOptions,
}

fn whole(options: &DeleteOptions, dry_run: bool) -> Body<'_> {
    let dry_run = if dry_run { &["All"][..] } else { &[] };
    Body {
        api_version: "v1",
        kind: "DeleteOptions",
        dry_run,
        options,
    }
}
