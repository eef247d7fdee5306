//! Waiting for something to become true.

use std::time::Duration;

use korm_tests::{Case, Context, Outcome};

use super::model::{Peach, cluster, peach};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    until_it_exists_holds_and_is_gone,
    a_wait_that_became_vain_fails_early,
    a_wait_ends_with_its_time,
    a_condition_is_waited_for,
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
