//! Many writes in one call: some at a time, one outcome for each.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;

use futures::stream::BoxStream;
use futures::{StreamExt, stream};
use korm_core::{Model, ObjectKey};
use tracing::Instrument;

use crate::objects::{Deletion, Saved};
use crate::{Cluster, Result};

/// How many writes of one call are under way at once, unless told otherwise.
const CONCURRENCY: usize = 16;

/// How far a call that writes many objects is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// How many are written or refused.
    pub finished: usize,
    /// How many of them were refused, or ended with an unknown outcome.
    pub failed: usize,
    /// How many there are.
    pub total: usize,
}

type OnProgress = Arc<dyn Fn(Progress) + Send + Sync>;
type Job<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// Many writes, sent when this is awaited. Gives one outcome for each object, in their order; that one is refused does not
/// keep the others from being written.
#[must_use = "nothing is sent before this is awaited"]
pub struct Many<'a, T> {
    span: tracing::Span,
    /// Made when their turn comes: each has room for all that a write needs.
    jobs: Box<dyn Iterator<Item = Job<'a, T>> + Send + 'a>,
    total: usize,
    concurrency: usize,
    on_progress: Option<OnProgress>,
}

impl<'a, T: Send + 'a> Many<'a, T> {
    fn new<M: Model>(
        verb: &'static str,
        jobs: impl ExactSizeIterator<Item = Job<'a, T>> + Send + 'a,
    ) -> Self {
        let span = tracing::debug_span!(
            "korm.many",
            verb,
            kind = %M::definition().kind,
            total = jobs.len(),
            failed = tracing::field::Empty,
        );
        Self {
            span,
            total: jobs.len(),
            jobs: Box::new(jobs),
            concurrency: CONCURRENCY,
            on_progress: None,
        }
    }

    /// So many at once. The default is 16.
    pub fn concurrency(mut self, writes: usize) -> Self {
        self.concurrency = writes.max(1);
        self
    }

    /// Calls this after each write.
    pub fn on_progress(mut self, callback: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.on_progress = Some(Arc::new(callback));
        self
    }

    async fn run(self) -> Vec<Result<T>> {
        let span = self.span.clone();
        let outcomes = self.run_all().instrument(span.clone()).await;
        let failed = outcomes.iter().filter(|outcome| outcome.is_err()).count();
        span.record("failed", failed);
        outcomes
    }

    async fn run_all(self) -> Vec<Result<T>> {
        let total = self.total;
        let mut outcomes: Vec<Option<Result<T>>> = (0..total).map(|_| None).collect();
        let numbered = self.jobs.enumerate();
        let jobs = numbered.map(|(number, job)| async move { (number, job.await) });
        let mut running: BoxStream<'_, _> = stream::iter(jobs)
            .buffer_unordered(self.concurrency)
            .boxed();
        let mut progress = Progress {
            finished: 0,
            failed: 0,
            total,
        };
        while let Some((number, outcome)) = running.next().await {
            progress.finished += 1;
            progress.failed += usize::from(outcome.is_err());
            outcomes[number] = Some(outcome);
            if let Some(callback) = &self.on_progress {
                callback(progress);
            }
        }
        // Every job has ended, so there is an outcome at every place.
        outcomes.into_iter().flatten().collect()
    }
}

impl<'a, T: Send + 'a> IntoFuture for Many<'a, T> {
    type Output = Vec<Result<T>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<T> fmt::Debug for Many<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Many")
            .field("jobs", &self.total)
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}

impl Cluster {
    /// [`save`](Self::save)s each of them.
    pub fn save_all<'a, M: Model>(&self, models: &'a mut [M]) -> Many<'a, Saved> {
        let cluster = self.clone();
        let job = move |model: &'a mut M| -> Job<'a, Saved> {
            let cluster = cluster.clone();
            Box::pin(async move { cluster.save(model).await })
        };
        Many::new::<M>("save_all", models.iter_mut().map(job))
    }

    /// [`apply`](Self::apply)s each of them. With `force`, fields are taken over from other managers.
    pub fn apply_all<'a, M: Model>(&self, models: &'a mut [M], force: bool) -> Many<'a, Saved> {
        let cluster = self.clone();
        let job = move |model: &'a mut M| -> Job<'a, Saved> {
            let cluster = cluster.clone();
            Box::pin(async move {
                let apply = cluster.apply(model);
                if force {
                    apply.force().await
                } else {
                    apply.await
                }
            })
        };
        Many::new::<M>("apply_all", models.iter_mut().map(job))
    }

    /// [`delete`](Self::delete)s each of them.
    pub fn delete_all<'a, M: Model>(&self, models: &'a [M]) -> Many<'a, Deletion> {
        let cluster = self.clone();
        let job = move |model: &'a M| -> Job<'a, Deletion> { cluster.delete(model).into_future() };
        Many::new::<M>("delete_all", models.iter().map(job))
    }
}

/// The outcome for one object of a query that writes.
pub type OutcomeOf<T> = (ObjectKey, Result<T>);

impl<M: Model> super::Query<M> {
    /// Deletes every object that the query finds, each only if it still is the one that was found.
    ///
    /// # Errors
    ///
    /// Those of the query. What becomes of each object is in its outcome.
    pub async fn delete(self) -> Result<Vec<OutcomeOf<Deletion>>> {
        let cluster = self.cluster().clone();
        // Read whole before the first is deleted: also objects that do not fit the model. Of each, no more than its
        // metadata is needed.
        let found = self.raw().narrowed_to(&[]).all().await?;
        let keys: Vec<ObjectKey> = found.iter().map(ObjectKey::of).collect();
        let objects = cluster.of::<M>();
        let job = |object: &serde_json::Value| -> Job<'_, Deletion> {
            let (objects, key) = (objects.clone(), ObjectKey::of(object));
            let mut options = crate::objects::DeleteOptions::default();
            options.preconditions.uid = object["metadata"]["uid"].as_str().map(str::to_owned);
            Box::pin(async move { objects.delete(&key, &options).await })
        };
        let outcomes = Many::new::<M>("delete_found", found.iter().map(job)).await;
        Ok(keys.into_iter().zip(outcomes).collect())
    }

    /// Changes every object that the query finds. If somebody else changes the same fields of one meanwhile, that object
    /// is read again and changed again, as [`Cluster::update`] does.
    ///
    /// # Errors
    ///
    /// Those of the query. What becomes of each object is in its outcome; one that does not fit the model is among them.
    pub async fn update<F>(self, change: F) -> Result<Vec<OutcomeOf<Saved>>>
    where
        F: Fn(&mut M) + Send + Sync,
    {
        let cluster = self.cluster().clone();
        let found = self.raw().all().await?;
        let keys: Vec<ObjectKey> = found.iter().map(ObjectKey::of).collect();
        let job = |object: serde_json::Value| -> Job<'_, Saved> {
            let (cluster, change) = (&cluster, &change);
            Box::pin(async move {
                let mut model: M = super::decode(object)?;
                change(&mut model);
                match cluster.save_as(&mut model, true).await {
                    Err(error) if error.is_conflict() => {
                        let again = |model: &mut M| {
                            change(model);
                            Ok(())
                        };
                        cluster
                            .updated(model.key(), again)
                            .await
                            .map(|(_, saved)| saved)
                    }
                    result => result,
                }
            })
        };
        let outcomes = Many::new::<M>("update_found", found.into_iter().map(job)).await;
        Ok(keys.into_iter().zip(outcomes).collect())
    }
}
