//! Many writes in one call: one outcome for each.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use korm_tests::{Case, Context, Outcome};

use super::model::{Peach, cluster, peach};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    each_has_its_outcome_in_order,
    a_query_deletes_and_updates_what_it_finds,
    apply_all_and_delete_all,
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

/// Of the smallest kind there is, and all in one call.
async fn ten_thousand_in_one_call(context: Context) -> Outcome {
    use k8s_openapi::api::core::v1::ConfigMap;
    const COUNT: usize = 10_000;
    let cluster = korm::Cluster::from_client(context.client(), "the case's server");
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
