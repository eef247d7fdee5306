//! Waiting for something to become true.

use std::time::Duration;

use korm_tests::{Case, Context, Outcome};

use super::model::{Peach, cluster, peach, recorded};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    until_it_exists_holds_and_is_gone,
    a_wait_that_became_vain_fails_early,
    a_wait_ends_with_its_time,
    a_condition_is_waited_for,
    a_wait_is_one_list_and_one_watch,
    a_wait_fails_as_soon_as_it_becomes_vain,
    a_deletion_ends_a_wait_for_something_else,
];

async fn until_it_exists_holds_and_is_gone(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let key = peach(&context, "a").meta.key();
    cluster.wait::<Peach>(&key).until_gone().await?;
    let wait = || {
        cluster
            .wait::<Peach>(&key)
            .for_at_most(Duration::from_secs(60))
    };
    // Whichever of the two is first.
    let mut grown = peach(&context, "a");
    let (there, saved) = tokio::join!(wait().until_exists(), cluster.save(&mut grown));
    saved?;
    assert_eq!(there?.price, 1);
    grown.ripe = Some(true);
    let (ripe, saved) = tokio::join!(
        wait().until(Peach::ripe().eq(true)),
        cluster.save(&mut grown)
    );
    saved?;
    assert_eq!(ripe?.ripe, Some(true));
    let (gone, deleted) = tokio::join!(wait().until_gone(), async { cluster.delete(&grown).await });
    deleted?;
    gone?;
    Ok(())
}

async fn a_wait_that_became_vain_fails_early(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peach = peach(&context, "a");
    cluster.save(&mut peach).await?;
    peach.price = 50;
    cluster.save(&mut peach).await?;
    let wait = cluster
        .wait::<Peach>(&peach.meta.key())
        .unless(Peach::price().gt(40));
    let error = wait.until(Peach::ripe().eq(true)).await.unwrap_err();
    assert!(error.is_wait_failed());
    assert_eq!(
        error.to_string(),
        format!(
            "waiting for Peach {}/a until status.ripe == true is in vain: spec.price > 40\n  \
             hint: read it again (`get`) to see what became of it",
            context.namespace()
        )
    );
    Ok(())
}

async fn a_wait_ends_with_its_time(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut peach = peach(&context, "a");
    cluster.save(&mut peach).await?;
    let wait = cluster
        .wait::<Peach>(&peach.meta.key())
        .for_at_most(Duration::from_millis(200));
    let error = wait.until_condition("Ripe").await.unwrap_err();
    assert!(error.is_deadline_exceeded(), "{error}");
    assert!(
        error
            .to_string()
            .contains("until the condition Ripe is True did not end within 200ms"),
        "{error}"
    );
    Ok(())
}

/// Conditions stand at the same place in every kind; a CustomResourceDefinition gets some by itself.
async fn a_condition_is_waited_for(context: Context) -> Outcome {
    use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
    let cluster = cluster(&context).await?;
    let definition = cluster
        .wait::<CustomResourceDefinition>("peaches.mapper.korm.example")
        .until_condition("Established")
        .await?;
    let conditions = definition.status.and_then(|status| status.conditions);
    assert!(
        conditions
            .unwrap_or_default()
            .iter()
            .any(|condition| condition.type_ == "Established")
    );
    Ok(())
}

/// However long it takes, nothing is asked again.
async fn a_wait_is_one_list_and_one_watch(context: Context) -> Outcome {
    let (cluster, log) = recorded(&context).await?;
    let mut a = peach(&context, "a");
    cluster.save(&mut a).await?;
    log.take();
    let key = a.meta.key();
    let wait = cluster
        .wait::<Peach>(&key)
        .until(Peach::ripe().eq(true).and(Peach::price().ge(3)));
    let work = async {
        // Objects beside it, and changes that are not enough.
        let calm = super::model::cluster(&context).await?;
        calm.save(&mut peach(&context, "b")).await?;
        for price in 2..4 {
            tokio::time::sleep(Duration::from_millis(700)).await;
            a.price = price;
            calm.save(&mut a).await?;
        }
        tokio::time::sleep(Duration::from_millis(700)).await;
        a.ripe = Some(true);
        calm.save(&mut a).await
    };
    let (ripe, worked) = tokio::join!(wait, work);
    worked?;
    assert_eq!(ripe?.price, 3);
    let sent: Vec<_> = log
        .take()
        .into_iter()
        .map(|sent| sent.path_and_query)
        .collect();
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert!(
        sent.iter()
            .all(|sent| sent.contains("fieldSelector=metadata.name%3Da")),
        "{sent:?}"
    );
    assert!(
        !sent[0].contains("watch=") && sent[1].contains("watch=true"),
        "{sent:?}"
    );
    Ok(())
}

async fn a_wait_fails_as_soon_as_it_becomes_vain(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut a = peach(&context, "a");
    cluster.save(&mut a).await?;
    let key = a.meta.key();
    let begun = std::time::Instant::now();
    let wait = cluster
        .wait::<Peach>(&key)
        .for_at_most(Duration::from_secs(300))
        .unless(Peach::note().eq("rotten").or(Peach::price().gt(40)))
        .until_condition("Ripe");
    let rots = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        a.note = Some("rotten".into());
        cluster.save(&mut a).await
    };
    let (waited, rotten) = tokio::join!(wait, rots);
    rotten?;
    let error = waited.unwrap_err();
    assert!(error.is_wait_failed(), "{error}");
    assert!(
        error.to_string().contains(
            "until the condition Ripe is True is in vain: spec.note == \"rotten\" or spec.price > 40"
        ),
        "{error}"
    );
    assert!(begun.elapsed() < Duration::from_secs(200));
    Ok(())
}

async fn a_deletion_ends_a_wait_for_something_else(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut a = peach(&context, "a");
    cluster.save(&mut a).await?;
    let key = a.meta.key();
    let wait = cluster
        .wait::<Peach>(&key)
        .for_at_most(Duration::from_secs(300))
        .until(Peach::ripe().eq(true));
    let goes = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        cluster.delete(&a).await
    };
    let (waited, gone) = tokio::join!(wait, goes);
    gone?;
    let error = waited.unwrap_err();
    assert!(error.is_wait_failed(), "{error}");
    assert!(
        error.to_string().contains("is in vain: it was deleted"),
        "{error}"
    );
    Ok(())
}
