//! A list that is read in pages while the server forgets: it carries on consistently, or says that it cannot.

use korm::prelude::*;
use korm_apiserver::faults::{Fault, When};
use korm_tests::{Case, Context, Outcome};

use super::model::{Peach, faulty, peach};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    an_expired_token_is_no_gap_and_no_double,
    pages_that_were_given_away_end_with_a_typed_error,
    a_compaction_in_the_middle except Reference "its etcd compacts when it likes",
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

/// What the embedded server itself says of a token that is too old.
async fn a_compaction_in_the_middle(context: Context) -> Outcome {
    let server = korm_apiserver::Server::builder().build()?;
    let cluster = Cluster::from_service(server.clone(), "embedded", "default");
    cluster.install::<Peach>().await?;
    let mut peaches: Vec<Peach> = (0..7)
        .map(|n| Peach {
            meta: Meta::named(format!("p{n}")).in_namespace("default"),
            ..peach(&context, "")
        })
        .collect();
    for saved in cluster.save_all(&mut peaches).await {
        saved?;
    }
    let mut pages = cluster.query::<Peach>().page_size(3).pages();
    assert_eq!(pages.try_next().await?.map(|page| page.len()), Some(3));
    // The second page is under way already; what comes after it is not.
    assert_eq!(pages.try_next().await?.map(|page| page.len()), Some(3));
    drop(pages);

    let pages = cluster.query::<Peach>().page_size(2).pages();
    let mut compacting = pages.inspect(|_| {
        server.compact();
    });
    let mut seen = 0;
    let error = loop {
        cluster
            .delete_by_key::<Peach>(("default", format!("p{seen}").as_str()))
            .await
            .ok();
        match compacting.try_next().await {
            Ok(Some(page)) => seen += page.len(),
            Ok(None) => return Err("the list ended as if nothing had happened".into()),
            Err(error) => break error,
        }
    };
    assert!(error.is_expired(), "{error}");
    assert!(seen < 7, "{seen}");
    Ok(())
}
