//! Many writes in one call: one outcome for each.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{self, Poll};
use std::time::Duration;

use korm::Progress;
use korm_tests::{Case, Context, Outcome};
use tower::Service;

use super::model::{Peach, cluster, peach};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    each_has_its_outcome_in_order,
    a_query_deletes_and_updates_what_it_finds,
    apply_all_and_delete_all,
    no_more_at_once_than_asked_for,
    what_a_query_writes_has_progress_and_an_outcome_for_each,
    force_takes_all_of_them_over,
    ten_thousand_in_one_call,
];

async fn each_has_its_outcome_in_order(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peaches: Vec<Peach> = (0..40)
        .map(|n| peach(&context, &format!("p{n:02}")))
        .collect();
    peaches[7].price = -1;
    peaches[21].meta.name = "No Name".into();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    let outcomes = cluster
        .save_all(&mut peaches)
        .concurrency(8)
        .on_progress(move |progress| {
            assert_eq!(
                progress.finished,
                counted.fetch_add(1, Ordering::SeqCst) + 1
            );
        })
        .await;
    assert_eq!(calls.load(Ordering::SeqCst), 40);
    for (n, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome.is_err(), [7, 21].contains(&n), "{n}: {outcome:?}");
    }
    assert!(outcomes[7].as_ref().unwrap_err().is_invalid());
    assert_eq!(
        cluster
            .query::<Peach>()
            .in_namespace(context.namespace())
            .count()
            .await?,
        38
    );
    Ok(())
}

async fn a_query_deletes_and_updates_what_it_finds(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peaches: Vec<Peach> = (0..10).map(|n| peach(&context, &format!("p{n}"))).collect();
    for (n, peach) in (0..).zip(&mut peaches) {
        peach.price = n;
    }
    for outcome in cluster.save_all(&mut peaches).await {
        outcome?;
    }
    let all = || cluster.query::<Peach>().in_namespace(context.namespace());
    let updated = all()
        .filter(Peach::price().ge(5))
        .update(|peach: &mut Peach| peach.price += 100)
        .await?;
    assert_eq!(updated.len(), 5);
    for (key, outcome) in updated {
        assert_eq!(outcome?.fields, ["price"], "{key}");
    }
    let deleted = all().filter(Peach::price().lt(5)).delete().await?;
    assert_eq!(
        deleted
            .iter()
            .filter(|(_, outcome)| outcome.is_ok())
            .count(),
        5
    );
    let left = all().all().await?;
    assert!(left.iter().all(|peach| peach.price > 100) && left.len() == 5);
    Ok(())
}

async fn apply_all_and_delete_all(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peaches: Vec<Peach> = (0..5).map(|n| peach(&context, &format!("p{n}"))).collect();
    for outcome in cluster.apply_all(&mut peaches).await {
        assert!(outcome?.created);
    }
    cluster.delete(&peaches[2]).await?;
    let outcomes = cluster.delete_all(&peaches).await;
    for (n, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome.is_err(), n == 2);
    }
    Ok(())
}

/// Counts how many requests are under way at once.
#[derive(Clone, Default)]
struct Crowd {
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl<S: Clone> tower::Layer<S> for Crowd {
    type Service = CrowdService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        CrowdService {
            crowd: self.clone(),
            inner,
        }
    }
}

#[derive(Clone)]
struct CrowdService<S> {
    crowd: Crowd,
    inner: S,
}

impl<S, R> Service<R> for CrowdService<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut task::Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let (crowd, answer) = (self.crowd.clone(), self.inner.call(request));
        let now = crowd.now.fetch_add(1, Ordering::SeqCst) + 1;
        crowd.most.fetch_max(now, Ordering::SeqCst);
        Box::pin(async move {
            // Long enough for all who may to be there.
            tokio::time::sleep(Duration::from_millis(20)).await;
            let answer = answer.await;
            crowd.now.fetch_sub(1, Ordering::SeqCst);
            answer
        })
    }
}

async fn no_more_at_once_than_asked_for(context: Context) -> Outcome {
    let crowd = Crowd::default();
    let cluster = cluster(&context).await?.with_layer(&crowd);
    let most = || crowd.most.swap(0, Ordering::SeqCst);
    let mut peaches: Vec<Peach> = (0..40)
        .map(|n| peach(&context, &format!("p{n:02}")))
        .collect();
    for saved in cluster.save_all(&mut peaches).concurrency(5).await {
        saved?;
    }
    assert_eq!(most(), 5);
    for applied in cluster.apply_all(&mut peaches).concurrency(3).await {
        applied?;
    }
    assert_eq!(most(), 3);
    let all = || cluster.query::<Peach>().in_namespace(context.namespace());
    all().update(|peach| peach.price = 2).concurrency(4).await?;
    assert_eq!(most(), 4);
    all().delete().concurrency(6).await?;
    assert_eq!(most(), 6);
    for peach in &mut peaches {
        peach.meta.forget();
    }
    for saved in cluster.save_all(&mut peaches).await {
        saved?;
    }
    assert_eq!(most(), 16, "unless told otherwise");
    Ok(())
}

async fn what_a_query_writes_has_progress_and_an_outcome_for_each(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peaches: Vec<Peach> = (0..12)
        .map(|n| peach(&context, &format!("p{n:02}")))
        .collect();
    for saved in cluster.save_all(&mut peaches).await {
        saved?;
    }
    let told = Arc::new(Mutex::new(Vec::new()));
    let listener = || {
        let told = told.clone();
        move |progress: Progress| told.lock().unwrap().push(progress)
    };
    let all = || cluster.query::<Peach>().in_namespace(context.namespace());
    // Two of them are refused, and the others written all the same.
    let updated = all()
        .update(|peach| {
            let refused = ["p03", "p07"].contains(&peach.meta.name.as_str());
            peach.price = if refused { -1 } else { 5 };
        })
        .on_progress(listener())
        .await?;
    let names: Vec<_> = updated.iter().map(|(key, _)| key.name.clone()).collect();
    let expected: Vec<_> = (0..12).map(|n| format!("p{n:02}")).collect();
    assert_eq!(names, expected, "in the order of the query");
    for (key, outcome) in &updated {
        let refused = ["p03", "p07"].contains(&key.name.as_str());
        assert_eq!(
            outcome.as_ref().is_err_and(korm::Error::is_invalid),
            refused,
            "{key}"
        );
    }
    let progress = std::mem::take(&mut *told.lock().unwrap());
    let finished: Vec<_> = progress.iter().map(|at| at.finished).collect();
    assert_eq!(finished, (1..=12).collect::<Vec<_>>());
    assert!(progress.iter().all(|at| at.total == 12));
    assert_eq!(progress.last().map(|at| at.failed), Some(2));
    assert_eq!(all().filter(Peach::price().eq(5)).count().await?, 10);

    let deleted = all().filter(Peach::price().eq(5)).delete();
    let deleted = deleted.on_progress(listener()).await?;
    assert!(deleted.iter().all(|(_, outcome)| outcome.is_ok()));
    assert_eq!(told.lock().unwrap().len(), 10);
    assert_eq!(all().count().await?, 2);
    // Nothing found, nothing written, nobody told.
    assert!(
        all()
            .filter(Peach::price().eq(5))
            .delete()
            .await?
            .is_empty()
    );
    Ok(())
}

async fn force_takes_all_of_them_over(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peaches: Vec<Peach> = (0..3).map(|n| peach(&context, &format!("p{n}"))).collect();
    for applied in cluster.apply_all(&mut peaches).await {
        applied?;
    }
    let other = cluster.with_field_manager("other");
    for peach in &mut peaches {
        peach.price = 7;
    }
    for applied in other.apply_all(&mut peaches).await {
        assert!(applied.unwrap_err().is_apply_conflict());
    }
    for applied in other.apply_all(&mut peaches).force().await {
        applied?;
    }
    let all = cluster.query::<Peach>().in_namespace(context.namespace());
    assert_eq!(all.filter(Peach::price().eq(7)).count().await?, 3);
    Ok(())
}

/// Of the smallest kind there is, and all in one call.
async fn ten_thousand_in_one_call(context: Context) -> Outcome {
    use k8s_openapi::api::core::v1::ConfigMap;
    const COUNT: usize = 10_000;
    let cluster = korm::Cluster::from_client(context.client(), "the case's server");
    // However loaded the machine is.
    let cluster = cluster.with_timeout(Duration::from_secs(300));
    let mut maps: Vec<ConfigMap> = (0..COUNT)
        .map(|n| {
            let mut map = ConfigMap::default();
            map.metadata.name = Some(format!("m{n:05}"));
            map.metadata.namespace = Some(context.namespace().to_owned());
            map
        })
        .collect();
    let outcomes = cluster.save_all(&mut maps).concurrency(32).await;
    assert_eq!(outcomes.len(), COUNT);
    for outcome in outcomes {
        assert!(outcome?.created);
    }
    let versions = maps
        .iter()
        .filter(|map| map.metadata.resource_version.is_some());
    assert_eq!(
        versions.count(),
        COUNT,
        "each was given what the server made of it"
    );
    let found = cluster
        .query::<ConfigMap>()
        .in_namespace(context.namespace())
        .filter(korm::Expr::test(
            korm::FieldPath::metadata("name"),
            korm::Op::StartsWith("m".into()),
        ));
    assert_eq!(found.count().await?, COUNT);
    Ok(())
}
