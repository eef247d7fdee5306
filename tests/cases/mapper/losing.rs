//! Answers that get lost: what was sent once happens once.

use http::Method;
use korm_apiserver::faults::{Fault, When};
use korm_tests::{Case, Context, Outcome};

use super::model::{Peach, faulty, peach};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    a_lost_answer_to_a_create_makes_one_object,
    a_lost_answer_to_a_generated_name_makes_one_object,
    a_lost_answer_to_a_save_is_no_conflict,
    a_busy_server_is_asked_again,
];

async fn a_lost_answer_to_a_create_makes_one_object(context: Context) -> Outcome {
    let (cluster, faults) = faulty(&context).await?;
    faults
        .on(When::method(Method::POST).path_contains("/peaches"))
        .inject(Fault::lose_answer());
    let mut new = peach(&context, "a");
    assert!(cluster.save(&mut new).await?.created);
    assert_eq!(faults.injected().len(), 1);
    let count = cluster
        .query::<Peach>()
        .in_namespace(context.namespace())
        .count()
        .await?;
    assert_eq!(count, 1);
    // And one that really is there is told; of one that was made within these two seconds nobody could tell whose it is.
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    let mut again = peach(&context, "a");
    again.price = 8;
    faults
        .on(When::method(Method::POST).path_contains("/peaches"))
        .inject(Fault::lose_answer());
    assert!(
        cluster
            .save(&mut again)
            .await
            .unwrap_err()
            .is_already_exists()
    );
    Ok(())
}

async fn a_lost_answer_to_a_generated_name_makes_one_object(context: Context) -> Outcome {
    let (cluster, faults) = faulty(&context).await?;
    let mut new = peach(&context, "");
    new.meta.generate_name = Some("peach-".into());
    faults
        .on(When::method(Method::POST).path_contains("/peaches"))
        .times(2)
        .inject(Fault::lose_answer());
    cluster.save(&mut new).await?;
    assert!(
        new.meta.name.starts_with("peach-") && new.meta.name.len() == 11,
        "{}",
        new.meta.name
    );
    let keys = cluster
        .query::<Peach>()
        .in_namespace(context.namespace())
        .keys()
        .await?;
    assert_eq!(keys, [new.meta.key()]);
    Ok(())
}

async fn a_lost_answer_to_a_save_is_no_conflict(context: Context) -> Outcome {
    let (cluster, faults) = faulty(&context).await?;
    let mut peach = peach(&context, "a");
    cluster.save(&mut peach).await?;
    peach.price = 3;
    peach.ripe = Some(true);
    faults
        .on(When::method(Method::PATCH).path_contains("/peaches/a"))
        .inject(Fault::lose_answer());
    faults
        .on(When::method(Method::PATCH).path_contains("/status"))
        .inject(Fault::lose_answer());
    cluster.save(&mut peach).await?;
    assert_eq!((peach.price, peach.ripe), (3, Some(true)));
    faults
        .on(When::method(Method::DELETE).path_contains("/peaches/a"))
        .inject(Fault::lose_answer());
    cluster.delete(&peach).await?;
    assert_eq!(faults.injected().len(), 3);
    Ok(())
}

async fn a_busy_server_is_asked_again(context: Context) -> Outcome {
    let (cluster, faults) = faulty(&context).await?;
    let busy = Fault::answer(http::StatusCode::TOO_MANY_REQUESTS).retry_after(1);
    faults
        .on(When::method(Method::POST).path_contains("/peaches"))
        .inject(busy.clone());
    let mut new = peach(&context, "a");
    let started = std::time::Instant::now();
    cluster.save(&mut new).await?;
    assert!(started.elapsed() >= std::time::Duration::from_secs(1));

    let hasty = cluster.with_timeout(std::time::Duration::from_millis(500));
    faults
        .on(When::method(Method::PATCH).path_contains("/peaches"))
        .inject(busy);
    new.price = 3;
    let error = hasty.save(&mut new).await.unwrap_err();
    assert!(error.is_throttled(), "{error}");
    assert_eq!(faults.injected().len(), 2, "it was not asked again");
    Ok(())
}
