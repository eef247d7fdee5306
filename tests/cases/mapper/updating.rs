//! Read, change, save, and again.

use korm_tests::{Case, Context, Outcome};

use super::model::{Peach, cluster, peach};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    sixty_four_tasks_lose_no_increment,
    several_programs_lose_no_increment,
    an_update_that_refuses_saves_nothing,
    an_update_of_nothing_is_not_found,
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
