//! Waiting for something to become true of an object of a model.

use std::marker::PhantomData;
use std::time::Duration;

use korm_core::{Expr, Model, ObjectKey};
use serde_json::Value;

use super::decode;
use crate::objects::{Goal, Objects};
use crate::{Cluster, Result};

/// A wait for one object; the last call of the chain says for what. Works on a watch, not by asking again and again.
///
/// ```
#[doc = include_str!("../tour/peach.rs.txt")]
/// # use std::time::Duration;
/// # #[tokio::main] async fn main() -> korm::Result<()> {
/// # let cluster = orchard().await?;
/// # cluster.update(("default", "cake-peach"), |peach: &mut Peach| peach.ripe = Some(true)).await?;
/// let ripe = cluster
///     .wait::<Peach>(("default", "cake-peach"))
///     .for_at_most(Duration::from_secs(30))
///     .unless(Peach::price().gt(100))
///     .until(Peach::ripe().eq(true))
///     .await?;
/// assert_eq!(ripe.ripe, Some(true));
/// # Ok(()) }
/// ```
#[derive(Debug)]
#[must_use = "a wait starts with its last call"]
pub struct Wait<M> {
    objects: Objects,
    key: ObjectKey,
    allowed: Duration,
    unless: Option<Expr>,
    of: PhantomData<fn() -> M>,
}

impl Cluster {
    /// Waits for something to become true of one object. Takes as long as calls of this handle may take, unless told
    /// otherwise.
    pub fn wait<M: Model>(&self, key: impl Into<ObjectKey>) -> Wait<M> {
        Wait {
            objects: self.of::<M>(),
            key: key.into(),
            allowed: self.settings.timeout,
            unless: None,
            of: PhantomData,
        }
    }
}

impl<M: Model> Wait<M> {
    /// Waits this long at most.
    pub fn for_at_most(mut self, allowed: Duration) -> Self {
        self.allowed = allowed;
        self
    }

    /// Fails as soon as this holds.
    pub fn unless(mut self, expr: Expr) -> Self {
        self.unless = Some(expr);
        self
    }

    async fn reach(self, goal: Goal) -> Result<Option<Value>> {
        self.objects
            .wait(&self.key, &goal, self.unless.as_ref(), self.allowed)
            .await
    }

    async fn reach_there(self, goal: Goal) -> Result<M> {
        let object = self.reach(goal).await?;
        // Only the goal of being gone is reached without an object.
        decode(object.unwrap_or_default())
    }

    /// Until this holds of the object; gives it as it is then.
    ///
    /// # Errors
    ///
    /// [`is_deadline_exceeded`](crate::Error::is_deadline_exceeded); [`is_wait_failed`](crate::Error::is_wait_failed) if it
    /// is deleted, or what [`unless`](Self::unless) says holds; and those of the watch.
    pub async fn until(self, expr: Expr) -> Result<M> {
        self.reach_there(Goal::Holds(expr)).await
    }

    /// Until the object is there; gives it.
    ///
    /// # Errors
    ///
    /// As [`until`](Self::until).
    pub async fn until_exists(self) -> Result<M> {
        self.reach_there(Goal::Exists).await
    }

    /// Until the object has this condition in `status.conditions` with status `True`; gives it as it is then.
    ///
    /// # Errors
    ///
    /// As [`until`](Self::until).
    pub async fn until_condition(self, kind: impl Into<String>) -> Result<M> {
        self.reach_there(Goal::Condition {
            kind: kind.into(),
            status: "True".to_owned(),
        })
        .await
    }

    /// Until the object is not there.
    ///
    /// # Errors
    ///
    /// As [`until`](Self::until).
    pub async fn until_gone(self) -> Result<()> {
        self.reach(Goal::Gone).await.map(|_| ())
    }
}
