//! Waiting for something to become true of an object.

use std::time::Duration;

use futures::StreamExt;
use korm_core::expr::Filter;
use korm_core::{Expr, FieldPath, ObjectKey, Op};
use serde_json::Value;
use tokio::time::timeout_at;

use super::Objects;
use super::watch::Change;
use crate::Result;
use crate::error::Error;
use crate::transport::Deadline;

/// What to wait for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Goal {
    /// The object is there.
    Exists,
    /// The object is not there.
    Gone,
    /// The object with this uid is not there; another one of its name may be.
    NoLonger {
        /// The uid.
        uid: String,
    },
    /// The object is there and this holds.
    Holds(Expr),
    /// The object has this condition in `status.conditions`, with this status (mostly `True`).
    Condition {
        /// Its type, such as `Ready`.
        kind: String,
        /// Its status.
        status: String,
    },
}

impl Goal {
    fn is_absence(&self) -> bool {
        matches!(self, Self::Gone | Self::NoLonger { .. })
    }
}

impl std::fmt::Display for Goal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exists => f.write_str("to exist"),
            Self::Gone | Self::NoLonger { .. } => f.write_str("to be gone"),
            Self::Holds(expr) => write!(f, "until {expr}"),
            Self::Condition { kind, status } => write!(f, "until the condition {kind} is {status}"),
        }
    }
}

impl Objects {
    /// Waits until an object reaches the goal, on a watch; gives it as it is then, or as it was last if the goal is that
    /// it is gone (nothing if it never was there).
    ///
    /// # Errors
    ///
    /// [`is_wait_failed`](Error::is_wait_failed) as soon as `unless` holds, or the object is deleted while it was to hold
    /// something; [`is_deadline_exceeded`](Error::is_deadline_exceeded) after `allowed`.
    #[tracing::instrument(name = "korm.wait", level = "debug", skip_all, fields(verb = "wait", kind = %self.def.kind, object = %key))]
    pub async fn wait(
        &self,
        key: &ObjectKey,
        goal: &Goal,
        unless: Option<&Expr>,
        allowed: Duration,
    ) -> Result<Option<Value>> {
        let deadline = Deadline::after(allowed);
        let malformed = |error: korm_core::expr::ExprError| crate::error::malformed(&error);
        let holds = match goal {
            Goal::Holds(expr) => Some(Filter::new(expr).map_err(malformed)?),
            _ => None,
        };
        let fails = unless.map(Filter::new).transpose().map_err(malformed)?;
        let paths = match goal {
            Goal::Holds(expr) => expr.paths().into_iter().cloned().collect(),
            Goal::Condition { .. } => vec![FieldPath::status("conditions")],
            Goal::Exists | Goal::Gone | Goal::NoLonger { .. } => Vec::new(),
        };
        let paths = paths
            .into_iter()
            .chain(unless.into_iter().flat_map(Expr::paths).cloned());
        // For messages: without what is asked of secret fields.
        let goal_shown = match goal {
            Goal::Holds(expr) => Goal::Holds(expr.without_secrets(&self.def)).to_string(),
            other => other.to_string(),
        };
        let mut changes = self.one(key).read_too(paths).watch();

        let mut last = None;
        loop {
            let Ok(change) = timeout_at(deadline.at(), changes.next()).await else {
                return Err(self.not_in_time(key, &goal_shown, allowed, last.is_some()));
            };
            let change = match change {
                Some(change) => change?,
                None => return Err(self.not_in_time(key, &goal_shown, allowed, last.is_some())),
            };
            match change {
                Change::Added(object) | Change::Modified(object) => {
                    if reached(goal, holds.as_ref(), &object) {
                        return Ok(Some(object));
                    }
                    if fails.as_ref().is_some_and(|fails| fails.matches(&object)) {
                        let reason = unless
                            .map(|expr| expr.without_secrets(&self.def).to_string())
                            .unwrap_or_default();
                        return Err(Error::wait_failed(self.object_ref(key), goal_shown, reason));
                    }
                    last = Some(object);
                }
                Change::Deleted(object) => {
                    if goal.is_absence() {
                        return Ok(Some(object));
                    }
                    let reason = "it was deleted".to_owned();
                    return Err(Error::wait_failed(self.object_ref(key), goal_shown, reason));
                }
                Change::Synced if last.is_none() && goal.is_absence() => return Ok(None),
                Change::Synced => {}
            }
        }
    }

    /// A query for the one object of that name.
    fn one(&self, key: &ObjectKey) -> super::query::Query {
        let name = Expr::test(
            FieldPath::metadata("name"),
            Op::Eq(key.name.as_str().into()),
        );
        let query = self.query().filter(name);
        match &key.namespace {
            Some(namespace) if self.def.is_namespaced() => query.namespaces([namespace]),
            _ => query,
        }
    }

    fn not_in_time(&self, key: &ObjectKey, goal: &str, allowed: Duration, there: bool) -> Error {
        let last = if there {
            "it is there, and did not get there"
        } else {
            "it is not there"
        };
        let action = format!("waiting for {} {goal}", self.object_ref(key));
        Error::waited_too_long(action, allowed, last.to_owned())
    }
}

fn reached(goal: &Goal, holds: Option<&Filter>, object: &Value) -> bool {
    match goal {
        Goal::Exists => true,
        Goal::Gone => false,
        Goal::NoLonger { uid } => object["metadata"]["uid"] != uid.as_str(),
        Goal::Holds(_) => holds.is_some_and(|holds| holds.matches(object)),
        Goal::Condition { kind, status } => {
            let conditions = object["status"]["conditions"]
                .as_array()
                .map_or(&[][..], Vec::as_slice);
            conditions
                .iter()
                .any(|c| c["type"] == kind.as_str() && c["status"] == status.as_str())
        }
    }
}
