//! Read, change, save, and again.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{self, Poll};
use std::time::{Duration, Instant};

use http::{Method, Request};
use korm::Cluster;
use korm_tests::{Case, Context, Outcome};
use kube::client::Body;
use serde_json::json;
use tower::Service;

use super::model::{Peach, cluster, peach};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    sixty_four_tasks_lose_no_increment,
    several_programs_lose_no_increment,
    an_update_that_refuses_saves_nothing,
    an_update_of_nothing_is_not_found,
    an_update_is_done_again_on_what_is_there_then,
    an_update_that_is_always_too_late_ends_with_its_time,
];

/// Tasks of one program.
async fn sixty_four_tasks_lose_no_increment(context: Context) -> Outcome {
    const TASKS: i64 = 64;
    const TIMES: i64 = 50;
    let cluster = cluster(&context).await?;
    let mut counter = peach(&context, "counter");
    counter.price = 0;
    cluster.save(&mut counter).await?;
    let key = counter.meta.key();
    let tasks = (0..TASKS).map(|_| {
        let (cluster, key) = (
            cluster.with_timeout(std::time::Duration::from_secs(300)),
            key.clone(),
        );
        tokio::spawn(async move {
            for _ in 0..TIMES {
                cluster
                    .update(&key, |peach: &mut Peach| peach.price += 1)
                    .await?;
            }
            Ok::<_, korm::Error>(())
        })
    });
    for task in futures::future::join_all(tasks).await {
        task??;
    }
    assert_eq!(cluster.get::<Peach>(&key).await?.price, TASKS * TIMES);
    Ok(())
}

/// Handles that know nothing of each other, as different programs have them.
async fn several_programs_lose_no_increment(context: Context) -> Outcome {
    cluster(&context).await?;
    let mut counter = peach(&context, "counter");
    counter.price = 0;
    cluster(&context).await?.save(&mut counter).await?;
    let key = counter.meta.key();
    let programs = (0..8).map(|_| {
        let cluster = korm::Cluster::from_client(context.client(), "a program of its own");
        let key = key.clone();
        tokio::spawn(async move {
            for _ in 0..10 {
                cluster
                    .update(&key, |peach: &mut Peach| peach.price += 1)
                    .await?;
            }
            Ok::<_, korm::Error>(())
        })
    });
    for program in futures::future::join_all(programs).await {
        program??;
    }
    assert_eq!(cluster(&context).await?.get::<Peach>(&key).await?.price, 80);
    Ok(())
}

async fn an_update_that_refuses_saves_nothing(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peach = peach(&context, "a");
    cluster.save(&mut peach).await?;
    let result = cluster
        .try_update(&peach.meta.key(), |peach: &mut Peach| {
            peach.price = 9;
            // Any error of korm's will do, such as that of a query that cannot be.
            cluster
                .query::<Peach>()
                .filter(Peach::variety().matches("("))
                .explain()
                .map(|_| ())
        })
        .await;
    assert!(result.is_err());
    assert_eq!(cluster.get::<Peach>(&peach.meta.key()).await?.price, 1);
    Ok(())
}

async fn an_update_of_nothing_is_not_found(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let result = cluster
        .update((context.namespace(), "nobody"), |_: &mut Peach| {})
        .await;
    assert!(result.unwrap_err().is_not_found());
    Ok(())
}

/// Somebody who changes the price before every save, so many times.
#[derive(Clone)]
struct Rival {
    context: Context,
    left: Arc<AtomicUsize>,
}

impl Rival {
    fn before(cluster: &Cluster, context: &Context, times: usize) -> Cluster {
        let (context, left) = (context.clone(), Arc::new(AtomicUsize::new(times)));
        cluster.with_layer(&Self { context, left })
    }

    async fn change(self) {
        let one_less = |left: usize| left.checked_sub(1);
        let left = self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less);
        let Ok(left) = left else {
            return;
        };
        let left = left - 1;
        let namespace = self.context.namespace();
        let path = format!("/apis/mapper.korm.example/v1/namespaces/{namespace}/peaches/a");
        let price = json!({"spec": {"price": 1_000_000 + left % 1_000}});
        self.context.patch("merge", &path, price).await.unwrap();
    }
}

impl<S> tower::Layer<S> for Rival {
    type Service = RivalService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RivalService {
            rival: self.clone(),
            inner,
        }
    }
}

struct RivalService<S> {
    rival: Rival,
    inner: S,
}

impl<S> Service<Request<Body>> for RivalService<S>
where
    S: Service<Request<Body>> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut task::Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let (rival, mut inner) = (self.rival.clone(), self.inner.clone());
        Box::pin(async move {
            if request.method() == Method::PATCH {
                rival.change().await;
            }
            inner.call(request).await
        })
    }
}

async fn an_update_is_done_again_on_what_is_there_then(context: Context) -> Outcome {
    let calm = cluster(&context).await?;
    let mut a = peach(&context, "a");
    calm.save(&mut a).await?;
    let cluster = Rival::before(&calm, &context, 3);
    let mut seen = Vec::new();
    let updated = cluster
        .update(a.meta.key(), |peach: &mut Peach| {
            seen.push(peach.price);
            peach.price += 1;
        })
        .await?;
    assert_eq!(
        seen,
        [1, 1_000_002, 1_000_001, 1_000_000],
        "each time on a fresh object"
    );
    assert_eq!(updated.price, 1_000_001);
    assert_eq!(calm.get::<Peach>(a.meta.key()).await?.price, 1_000_001);
    Ok(())
}

async fn an_update_that_is_always_too_late_ends_with_its_time(context: Context) -> Outcome {
    let calm = cluster(&context).await?;
    let mut a = peach(&context, "a");
    calm.save(&mut a).await?;
    let cluster = Rival::before(&calm, &context, usize::MAX);
    let cluster = cluster.with_timeout(Duration::from_secs(3));
    let (begun, mut times) = (Instant::now(), 0);
    let result = cluster
        .update(a.meta.key(), |peach: &mut Peach| {
            times += 1;
            peach.price += 1;
        })
        .await;
    let error = result.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(30));
    assert!(
        error.is_conflict() || error.is_deadline_exceeded() || error.is_outcome_unknown(),
        "{error}"
    );
    // It waits longer and longer in between: so many times in three seconds are few, and more than one.
    assert!((2..200).contains(&times), "{times}");
    Ok(())
}
