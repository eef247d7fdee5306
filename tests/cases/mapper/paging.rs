//! A list that is read in pages while the server forgets: it carries on consistently, or says that it cannot.

use std::task::{self, Poll};

use http::{Request, StatusCode};
use korm::prelude::*;
use korm_apiserver::faults::{Fault, When};
use korm_tests::{Case, Context, Outcome};
use kube::client::Body;
use tower::Service;

use super::model::{Peach, cluster, faulty, peach};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    an_expired_token_is_no_gap_and_no_double,
    pages_that_were_given_away_end_with_a_typed_error,
    a_history_that_is_forgotten_in_the_middle,
];

async fn peaches(context: &Context, cluster: &Cluster, count: usize) -> Outcome {
    let mut peaches: Vec<Peach> = (0..count)
        .map(|n| peach(context, &format!("p{n}")))
        .collect();
    for saved in cluster.save_all(&mut peaches).await {
        saved?;
    }
    Ok(())
}

fn second_page() -> When {
    When::reads().query_contains("continue=")
}

async fn an_expired_token_is_no_gap_and_no_double(context: Context) -> Outcome {
    let (cluster, faults) = faulty(&context).await?;
    peaches(&context, &cluster, 7).await?;
    let all = || {
        cluster
            .query::<Peach>()
            .in_namespace(context.namespace())
            .page_size(3)
    };
    // The second page cannot be had, then the third.
    for after in [0, 1] {
        faults.on(second_page()).after(after).inject(Fault::gone());
        let found = all().all().await?;
        let names: Vec<_> = found.iter().map(|peach| peach.meta.name.as_str()).collect();
        assert_eq!(names, ["p0", "p1", "p2", "p3", "p4", "p5", "p6"]);
    }
    faults.on(second_page()).inject(Fault::gone());
    assert_eq!(all().filter(Peach::price().eq(1)).count().await?, 7);
    faults.on(second_page()).inject(Fault::gone());
    assert_eq!(all().label_selector("!none").count().await?, 7);
    faults.on(second_page()).inject(Fault::gone());
    assert_eq!(all().order_by_desc(Peach::price()).all().await?.len(), 7);
    faults.on(second_page()).inject(Fault::gone());
    let updated = all().update(|peach: &mut Peach| peach.price += 1).await?;
    assert_eq!(updated.len(), 7, "each once");
    faults.on(second_page()).inject(Fault::gone());
    assert_eq!(all().delete().await?.len(), 7);
    assert_eq!(faults.waiting(), 0);
    Ok(())
}

async fn pages_that_were_given_away_end_with_a_typed_error(context: Context) -> Outcome {
    let (cluster, faults) = faulty(&context).await?;
    peaches(&context, &cluster, 7).await?;
    let all = || {
        cluster
            .query::<Peach>()
            .in_namespace(context.namespace())
            .page_size(3)
    };
    faults.on(second_page()).inject(Fault::gone());
    let mut pages = all().pages();
    assert_eq!(pages.try_next().await?.map(|page| page.len()), Some(3));
    let error = pages.try_next().await.unwrap_err();
    assert!(error.is_expired(), "{error}");
    assert!(
        error
            .to_string()
            .starts_with("listing peaches cannot go on: "),
        "{error}"
    );
    assert!(pages.try_next().await?.is_none());

    faults.on(second_page()).inject(Fault::gone());
    let mut objects = all().stream();
    for _ in 0..3 {
        assert!(objects.try_next().await?.is_some());
    }
    assert!(objects.try_next().await.unwrap_err().is_expired());
    Ok(())
}

/// What the servers themselves say of tokens that have become too old on the way.
async fn a_history_that_is_forgotten_in_the_middle(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    peaches(&context, &cluster, 7).await?;
    let all = || {
        cluster
            .query::<Peach>()
            .in_namespace(context.namespace())
            .page_size(2)
    };
    let collection = format!(
        "/apis/mapper.korm.example/v1/namespaces/{}/peaches?limit=2",
        context.namespace()
    );
    let first = context.get(&collection).await?.expect(StatusCode::OK)?;
    let token = first.text("/metadata/continue").to_owned();
    let mut pages = all().pages();
    let mut objects = all().stream();
    let mut seen = pages.try_next().await?.ok_or("no page")?.into_vec();
    let mut streamed = vec![objects.try_next().await?.ok_or("no object")?];
    // What comes after them is not what it was.
    cluster
        .delete_by_key::<Peach>((context.namespace(), "p0"))
        .await?;
    cluster.save(&mut peach(&context, "p9")).await?;
    context.forget_history().await?;
    let old = format!("{collection}&continue={token}");
    context
        .until(&old, |status, _| status == StatusCode::GONE)
        .await?;

    // The pages that were on their way may come; after them no gap, no double, and no end as if nothing had happened.
    let error = loop {
        match pages.try_next().await {
            Ok(Some(page)) => seen.extend(page.into_vec()),
            Ok(None) => return Err("the list ended as if nothing had happened".into()),
            Err(error) => break error,
        }
    };
    assert!(error.is_expired(), "{error}");
    let error = loop {
        match objects.try_next().await {
            Ok(Some(object)) => streamed.push(object),
            Ok(None) => return Err("the stream ended as if nothing had happened".into()),
            Err(error) => break error,
        }
    };
    assert!(error.is_expired(), "{error}");
    for seen in [&seen, &streamed] {
        let names: Vec<_> = seen.iter().map(|peach| peach.meta.name.as_str()).collect();
        assert!(names.len() < 7, "{names:?}");
        assert_eq!(
            names,
            ["p0", "p1", "p2", "p3", "p4", "p5", "p6"][..names.len()]
        );
    }

    // Whoever wants all of them gets them, of one state: the second page is asked for with the token that is too old.
    let stale = cluster.with_layer(&Stale(token));
    let whole = |cluster: &Cluster| {
        let query = cluster.query::<Peach>().in_namespace(context.namespace());
        query.page_size(2)
    };
    let (stale, log) = stale.recorded();
    let found = whole(&stale).all().await?;
    let names: Vec<_> = found.iter().map(|peach| peach.meta.name.as_str()).collect();
    assert_eq!(names, ["p1", "p2", "p3", "p4", "p5", "p6", "p9"]);
    let answers: Vec<_> = log.take().iter().filter_map(|sent| sent.status).collect();
    assert_eq!(answers, [200, 410, 200]);
    assert_eq!(whole(&stale).label_selector("!none").count().await?, 7);
    assert_eq!(whole(&stale).keys().await?.len(), 7);
    Ok(())
}

/// Asks for what follows with a token from before.
#[derive(Clone)]
struct Stale(String);

impl<S> tower::Layer<S> for Stale {
    type Service = StaleService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        StaleService {
            token: self.0.clone(),
            inner,
        }
    }
}

struct StaleService<S> {
    token: String,
    inner: S,
}

impl<S: Service<Request<Body>>> Service<Request<Body>> for StaleService<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut task::Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let uri = request.uri().to_string();
        if let Some((before, after)) = uri.split_once("continue=") {
            let rest = after.split_once('&').map_or("", |(_, rest)| rest);
            let stale = format!("{before}continue={}&{rest}", self.token);
            *request.uri_mut() = stale.parse().unwrap();
        }
        self.inner.call(request)
    }
}
