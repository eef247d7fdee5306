//! Writes that are only tried, and those that only create.

use korm_tests::{Case, Context, Outcome};

use super::model::{Peach, cluster, peach, recorded};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    a_dry_run_stores_nothing,
    a_dry_run_of_every_write_stores_nothing,
    create_only_and_get_or_create,
];

async fn a_dry_run_stores_nothing(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let dry = cluster.dry_run();
    let mut peach = peach(&context, "a");
    dry.save(&mut peach).await?;
    assert!(!peach.meta.is_stored());
    assert!(cluster.find::<Peach>(&peach.meta.key()).await?.is_none());
    cluster.save(&mut peach).await?;
    peach.price = -1;
    assert!(dry.save(&mut peach).await.unwrap_err().is_invalid());
    peach.price = 5;
    dry.save(&mut peach).await?;
    dry.delete(&peach).await?;
    assert_eq!(cluster.get::<Peach>(&peach.meta.key()).await?.price, 1);
    // What was only tried is still to be saved.
    assert_eq!(cluster.save(&mut peach).await?.fields, ["price"]);
    Ok(())
}

async fn a_dry_run_of_every_write_stores_nothing(context: Context) -> Outcome {
    let (cluster, log) = recorded(&context).await?;
    let mut stored = peach(&context, "a");
    cluster.save(&mut stored).await?;
    let key = stored.meta.key();
    let before = stored.clone();
    log.take();
    let dry = cluster.dry_run();
    let new = || peach(&context, "b");
    dry.create(&mut new()).await?;
    assert!(dry.get_or_create(&mut new()).await?);
    dry.apply(&mut new()).await?;
    dry.update(&key, |peach: &mut Peach| peach.price = 9)
        .await?;
    dry.add_finalizer(&mut stored, "korm.example/x").await?;
    assert_eq!(stored, before, "what was only tried is not taken over");
    dry.delete(&stored).until_gone().await?;
    dry.delete_by_key::<Peach>(&key).await?;
    for saved in dry.save_all(&mut [new(), new()]).await {
        saved?;
    }
    for deleted in dry.delete_all(&[stored.clone()]).await {
        deleted?;
    }
    let all = || dry.query::<Peach>().in_namespace(context.namespace());
    for (_, updated) in all().update(|peach| peach.price = 9).await? {
        updated?;
    }
    for (_, deleted) in all().delete().await? {
        deleted?;
    }
    stored.price = 9;
    stored.ripe = Some(true);
    dry.save(&mut stored).await?;
    for sent in log.take().iter().filter(|sent| sent.method != "GET") {
        let dry = sent.path_and_query.contains("dryRun=All")
            || sent.body.contains("\"dryRun\":[\"All\"]");
        assert!(dry, "{sent:?}");
    }
    let there = cluster.query::<Peach>().in_namespace(context.namespace());
    assert_eq!(there.all().await?.into_vec(), [before]);
    Ok(())
}

async fn create_only_and_get_or_create(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut first = peach(&context, "a");
    assert!(cluster.get_or_create(&mut first).await?);
    let mut second = peach(&context, "a");
    second.price = 7;
    assert!(!cluster.get_or_create(&mut second).await?);
    assert_eq!(second, first);
    let error = cluster.create(&mut second).await.unwrap_err();
    assert!(error.is_already_exists());
    let expected = format!("Peach {}/a already exists\n", context.namespace());
    assert!(error.to_string().starts_with(&expected), "{error}");
    Ok(())
}
