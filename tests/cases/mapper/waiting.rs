//! Waiting for something to become true.

use std::time::Duration;

use korm_tests::{Case, Context, Outcome};

use super::model::{Peach, cluster, peach};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    until_it_exists_holds_and_is_gone,
    a_wait_that_became_vain_fails_early,
    a_wait_ends_with_its_time,
];

async fn until_it_exists_holds_and_is_gone(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let key = peach(&context, "a").meta.key();
    cluster.wait::<Peach>(&key).until_gone().await?;
    let grow = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let mut peach = peach(&context, "a");
        cluster.save(&mut peach).await?;
        tokio::time::sleep(Duration::from_millis(50)).await;
        peach.ripe = Some(true);
        cluster.save(&mut peach).await?;
        tokio::time::sleep(Duration::from_millis(50)).await;
        cluster.delete(&peach).await
    };
    let watch = async {
        let wait = || {
            cluster
                .wait::<Peach>(&key)
                .for_at_most(Duration::from_secs(20))
        };
        assert_eq!(wait().until_exists().await?.price, 1);
        assert_eq!(wait().until(Peach::ripe().eq(true)).await?.ripe, Some(true));
        wait().until_gone().await
    };
    let (grown, watched) = tokio::join!(grow, watch);
    grown?;
    watched?;
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
            "waiting for Peach {}/a until status.ripe == true is in vain: spec.price > 40",
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
