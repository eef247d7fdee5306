//! Writes of everything that a query finds.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;

use korm_core::{Model, ObjectKey};
use serde_json::Value;

use super::many::{Job, Many, Pace, Progress, pace_methods};
use super::{Query, decode};
use crate::objects::{DeleteOptions, Deletion, Saved};
use crate::{Cluster, Result};

/// The outcome for one object of a query that writes.
pub type OutcomeOf<T> = (ObjectKey, Result<T>);

type Outcomes<'a, T> = Pin<Box<dyn Future<Output = Result<Vec<OutcomeOf<T>>>> + Send + 'a>>;

/// Writes of everything that a query finds, asked for and sent when this is awaited. Gives one outcome for each object, in
/// the order of the query; that one is refused does not keep the others from being written.
///
/// ```
#[doc = include_str!("../tour/peach.rs.txt")]
/// # #[tokio::main] async fn main() -> korm::Result<()> {
/// # let cluster = orchard().await?;
/// let outcomes = cluster
///     .query::<Peach>()
///     .filter(Peach::price().lt(2))
///     .delete()
///     .concurrency(4)
///     .on_progress(|progress| eprint!("\r{} of {}", progress.finished, progress.total))
///     .await?;
/// for (key, outcome) in &outcomes {
///     println!("{key}: {outcome:?}");
/// }
/// # assert_eq!(outcomes.len(), 1);
/// # Ok(()) }
/// ```
#[must_use = "nothing is sent before this is awaited"]
pub struct ManyFound<'a, T> {
    pace: Pace,
    write: Box<dyn FnOnce(Pace) -> Outcomes<'a, T> + Send + 'a>,
}

impl<'a, T> ManyFound<'a, T> {
    fn new<F>(write: impl FnOnce(Pace) -> F + Send + 'a) -> Self
    where
        F: Future<Output = Result<Vec<OutcomeOf<T>>>> + Send + 'a,
    {
        Self {
            pace: Pace::default(),
            write: Box::new(|pace| Box::pin(write(pace))),
        }
    }

    pace_methods!();
}

impl<'a, T> IntoFuture for ManyFound<'a, T> {
    type Output = Result<Vec<OutcomeOf<T>>>;
    type IntoFuture = Outcomes<'a, T>;

    fn into_future(self) -> Self::IntoFuture {
        (self.write)(self.pace)
    }
}

impl<T> fmt::Debug for ManyFound<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManyFound")
            .field("concurrency", &self.pace.concurrency)
            .finish_non_exhaustive()
    }
}

impl<M: Model> Query<M> {
    /// Deletes every object that the query finds, each only if it still is the one that was found; also those that do not
    /// fit the model.
    ///
    /// # Errors
    ///
    /// When awaited: those of the query. What becomes of each object is in its outcome.
    pub fn delete(self) -> ManyFound<'static, Deletion> {
        ManyFound::new(|pace| async move {
            // Read whole before the first is deleted. Of each, no more than its metadata is needed.
            let found = self.raw().narrowed_to(&[]).all().await?;
            let objects = self.cluster().of::<M>();
            let job = |object: &Value| -> Job<'_, Deletion> {
                let (objects, key) = (objects.clone(), ObjectKey::of(object));
                let mut options = DeleteOptions::default();
                options.preconditions.uid = object["metadata"]["uid"].as_str().map(str::to_owned);
                Box::pin(async move { objects.delete(&key, &options).await })
            };
            let keys: Vec<ObjectKey> = found.iter().map(ObjectKey::of).collect();
            let deleted = Many::new::<M>("delete_found", found.iter().map(job)).paced(pace);
            Ok(keys.into_iter().zip(deleted.await).collect())
        })
    }

    /// Changes every object that the query finds. If somebody else changes the same fields of one meanwhile, that object
    /// is read again and changed again, as [`Cluster::update`] does.
    ///
    /// # Errors
    ///
    /// When awaited: those of the query. What becomes of each object is in its outcome; one that does not fit the model is
    /// among them.
    pub fn update<'a, F>(self, change: F) -> ManyFound<'a, Saved>
    where
        F: Fn(&mut M) + Send + Sync + 'a,
    {
        ManyFound::new(|pace| async move {
            let found = self.raw().all().await?;
            let (cluster, change) = (self.cluster(), &change);
            let job = |object: Value| -> Job<'_, Saved> {
                Box::pin(async move { update_found::<M>(cluster, object, change).await })
            };
            let keys: Vec<ObjectKey> = found.iter().map(ObjectKey::of).collect();
            let updated = Many::new::<M>("update_found", found.into_iter().map(job)).paced(pace);
            Ok(keys.into_iter().zip(updated.await).collect())
        })
    }
}

/// Changes one object as it was found, and if that is not how it is any more, as it is.
async fn update_found<M: Model>(
    cluster: &Cluster,
    object: Value,
    change: &(impl Fn(&mut M) + Sync),
) -> Result<Saved> {
    let mut model: M = decode(object)?;
    change(&mut model);
    match cluster.save_as(&mut model, true).await {
        Err(error) if error.is_conflict() => {
            let again = |model: &mut M| {
                change(model);
                Ok(())
            };
            let updated = cluster.updated(model.key(), again).await;
            updated.map(|(_, saved)| saved)
        }
        result => result,
    }
}
