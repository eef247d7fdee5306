//! Many writes in one call: some at a time, one outcome for each.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;

use futures::stream::BoxStream;
use futures::{StreamExt, stream};
use korm_core::Model;
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
pub(super) type Job<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// How many writes go on at once, and who is told of each.
#[derive(Clone)]
pub(super) struct Pace {
    pub(super) concurrency: usize,
    pub(super) on_progress: Option<OnProgress>,
}

/// The methods of everything that has a pace.
macro_rules! pace_methods {
    () => {
        /// So many at once. The default is 16.
        pub fn concurrency(mut self, writes: usize) -> Self {
            self.pace.concurrency = writes.max(1);
            self
        }

        /// Calls this after each write.
        pub fn on_progress(mut self, callback: impl Fn(Progress) + Send + Sync + 'static) -> Self {
            self.pace.on_progress = Some(Arc::new(callback));
            self
        }
    };
}
pub(super) use pace_methods;

impl Default for Pace {
    fn default() -> Self {
        Self {
            concurrency: CONCURRENCY,
            on_progress: None,
        }
    }
}

/// Many writes, sent when this is awaited. Gives one outcome for each object, in their order; that one is refused does not
/// keep the others from being written.
#[must_use = "nothing is sent before this is awaited"]
pub struct Many<'a, T> {
    span: tracing::Span,
    /// Made when their turn comes: each has room for all that a write needs.
    jobs: Box<dyn Iterator<Item = Job<'a, T>> + Send + 'a>,
    total: usize,
    pace: Pace,
}

impl<'a, T: Send + 'a> Many<'a, T> {
    pub(super) fn new<M: Model>(
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
            pace: Pace::default(),
        }
    }

    pub(super) fn paced(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    pace_methods!();

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
            .buffer_unordered(self.pace.concurrency)
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
            if let Some(callback) = &self.pace.on_progress {
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
            .field("concurrency", &self.pace.concurrency)
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

    /// [`apply`](Self::apply)s each of them.
    pub fn apply_all<'a, M: Model>(&self, models: &'a mut [M]) -> ApplyAll<'a, M> {
        ApplyAll {
            cluster: self.clone(),
            models,
            force: false,
            pace: Pace::default(),
        }
    }

    /// [`delete`](Self::delete)s each of them.
    pub fn delete_all<'a, M: Model>(&self, models: &'a [M]) -> Many<'a, Deletion> {
        let cluster = self.clone();
        let job = move |model: &'a M| -> Job<'a, Deletion> { cluster.delete(model).into_future() };
        Many::new::<M>("delete_all", models.iter().map(job))
    }
}

/// Many applies, sent when this is awaited. Gives one outcome for each object, in their order.
#[must_use = "nothing is sent before this is awaited"]
pub struct ApplyAll<'a, M> {
    cluster: Cluster,
    models: &'a mut [M],
    force: bool,
    pace: Pace,
}

impl<M> ApplyAll<'_, M> {
    /// Takes fields over from other managers.
    pub fn force(mut self) -> Self {
        self.force = true;
        self
    }

    pace_methods!();
}

impl<'a, M: Model> IntoFuture for ApplyAll<'a, M> {
    type Output = Vec<Result<Saved>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        let (cluster, force) = (self.cluster, self.force);
        let job = move |model: &'a mut M| -> Job<'a, Saved> {
            let apply = cluster.apply(model);
            let apply = if force { apply.force() } else { apply };
            apply.into_future()
        };
        let applies = self.models.iter_mut().map(job);
        Many::new::<M>("apply_all", applies)
            .paced(self.pace)
            .into_future()
    }
}

impl<M> fmt::Debug for ApplyAll<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApplyAll")
            .field("objects", &self.models.len())
            .field("force", &self.force)
            .finish_non_exhaustive()
    }
}
