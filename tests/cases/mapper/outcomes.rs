//! Promise 2: a write is done, rejected or unknown, and every call ends with its time.

use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use korm::Outcome as Became;
use korm::prelude::*;
use korm_apiserver::faults::{Fault, When};
use korm_tests::{Case, Context, Outcome};

use super::model::{self, Peach, faulty, peach};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    what_never_got_there_is_rejected,
    what_nobody_answers_is_unknown,
    what_was_written_and_lost_can_be_looked_up,
    a_refusal_after_a_lost_answer_is_judged_by_what_is_there,
    every_call_ends_with_its_time,
    a_server_that_says_later_is_believed_until_the_deadline,
];

fn on_peaches(method: Method) -> When {
    When::method(method).path_contains("/peaches")
}

/// Nobody listens: nothing was sent, so nothing has happened.
async fn what_never_got_there_is_rejected(context: Context) -> Outcome {
    let cluster = model::cluster(&context).await?;
    let mut a = peach(&context, "a");
    cluster.save(&mut a).await?;
    a.price = 3;
    let away = Cluster::from_config(kube::Config::new("http://127.0.0.1:9".parse()?))?;
    let (mut b, before) = (peach(&context, "b"), a.clone());
    let errors = [
        away.save(&mut a).await.unwrap_err(),
        away.create(&mut b).await.unwrap_err(),
        away.apply(&mut b).await.unwrap_err(),
        away.delete(&a).await.unwrap_err(),
        away.delete_by_key::<Peach>(a.meta.key()).await.unwrap_err(),
    ];
    for error in errors {
        assert!(error.is_unreachable(), "{error}");
        assert_eq!(error.outcome(), Became::Rejected);
        assert!(
            error
                .to_string()
                .starts_with("no cluster is reachable at http://127.0.0.1:9: "),
            "{error}"
        );
    }
    assert_eq!(a, before, "as it was");
    // The same object, saved where there is somebody.
    assert_eq!(cluster.save(&mut a).await?.fields, ["price"]);
    Ok(())
}

/// Every answer is lost, also to the look at what became of it.
async fn what_nobody_answers_is_unknown(context: Context) -> Outcome {
    let (cluster, faults) = faulty(&context).await?;
    let mut a = peach(&context, "a");
    let mut c = peach(&context, "c");
    cluster.save(&mut a).await?;
    cluster.save(&mut c).await?;
    faults.on(When::any()).always().inject(Fault::lose_answer());
    a.price = 3;
    let (mut b, mut made_up) = (peach(&context, "b"), peach(&context, ""));
    made_up.meta.generate_name = Some("made-up-".into());
    let before = (a.clone(), b.clone());
    let errors = [
        cluster.save(&mut a).await.unwrap_err(),
        cluster.create(&mut b).await.unwrap_err(),
        cluster.create(&mut made_up).await.unwrap_err(),
        cluster.delete(&c).await.unwrap_err(),
    ];
    faults.calm();
    for error in errors {
        assert!(error.is_outcome_unknown(), "{error}");
        assert_eq!(error.outcome(), Became::Unknown);
        assert!(
            error.to_string().ends_with(
                "\n  hint: read the object again (`refresh` or `get`) to see what became of it"
            ),
            "{error}"
        );
    }
    assert_eq!((&a, &b), (&before.0, &before.1), "as they were");
    // In truth all of it happened, each once.
    let there = cluster.query::<Peach>().in_namespace(context.namespace());
    let there = there.all().await?;
    let names: Vec<_> = there.iter().map(|peach| peach.meta.name.as_str()).collect();
    assert_eq!(names[..2], ["a", "b"]);
    assert!(
        names.len() == 3 && names[2].starts_with("made-up-"),
        "{names:?}"
    );
    assert_eq!(there[0].price, 3);
    // Saving the same again finds that it is done.
    cluster.save(&mut a).await?;
    assert_eq!(a, cluster.get(a.meta.key()).await?);
    Ok(())
}

/// No answer to the write ever comes, but the object can be read: it says what became of it.
async fn what_was_written_and_lost_can_be_looked_up(context: Context) -> Outcome {
    let (cluster, faults) = faulty(&context).await?;
    let mut a = peach(&context, "a");
    cluster.save(&mut a).await?;
    faults
        .on(on_peaches(Method::PATCH))
        .times(5)
        .inject(Fault::lose_answer());
    a.price = 3;
    let saved = cluster.save(&mut a).await?;
    assert_eq!(saved.endpoints, [korm::Endpoint::Object]);
    assert_eq!(a, cluster.get(a.meta.key()).await?);
    faults
        .on(on_peaches(Method::POST))
        .times(5)
        .inject(Fault::lose_answer());
    let mut b = peach(&context, "b");
    assert!(cluster.save(&mut b).await?.created);
    faults
        .on(on_peaches(Method::DELETE))
        .times(5)
        .inject(Fault::lose_answer());
    assert_eq!(cluster.delete(&b).await?, korm::Deletion::Gone);
    assert_eq!(faults.waiting(), 0);
    Ok(())
}

/// An answer to a save was lost, and when it is sent again somebody has changed the field to something else: whether ours
/// was written before that, nobody can tell.
async fn a_refusal_after_a_lost_answer_is_judged_by_what_is_there(context: Context) -> Outcome {
    let (cluster, faults) = faulty(&context).await?;
    let mut mine = peach(&context, "a");
    cluster.save(&mut mine).await?;
    let calm = model::cluster(&context).await?;
    let mut theirs: Peach = calm.get(mine.meta.key()).await?;
    theirs.price = 9;
    // The first attempt gets nowhere, and its sender does not know; by the second one the price is another.
    faults
        .on(on_peaches(Method::PATCH))
        .inject(Fault::answer(StatusCode::SERVICE_UNAVAILABLE));
    calm.save(&mut theirs).await?;
    mine.price = 3;
    let error = cluster.save(&mut mine).await.unwrap_err();
    assert_eq!(error.outcome(), Became::Unknown, "{error}");
    assert!(
        error
            .to_string()
            .contains("spec.price (read: 1, now: 9, yours: 3)"),
        "{error}"
    );
    assert_eq!(calm.get::<Peach>(mine.meta.key()).await?.price, 9);
    Ok(())
}

async fn every_call_ends_with_its_time(context: Context) -> Outcome {
    let (patient, faults) = faulty(&context).await?;
    let mut a = peach(&context, "a");
    patient.save(&mut a).await?;
    let key = a.meta.key();
    faults.on(When::any()).always().inject(Fault::hang());
    let cluster = patient.with_timeout(Duration::from_millis(300));
    let all = || cluster.query::<Peach>().in_namespace(context.namespace());
    let begun = Instant::now();

    // Nothing is changed by reading.
    let reads = [
        cluster.get::<Peach>(&key).await.map(drop),
        cluster.find::<Peach>(&key).await.map(drop),
        cluster.refresh(&mut a).await,
        cluster.owners::<Peach>(&key).await.map(drop),
        cluster.kinds().await.map(drop),
        cluster.kind("pods").await.map(drop),
        all().all().await.map(drop),
        all().order_by(Peach::price()).first().await.map(drop),
        all().count().await.map(drop),
        all().exists().await.map(drop),
        all().keys().await.map(drop),
        all().values_of(Peach::price()).await.map(drop),
        all().pages().try_next().await.map(drop),
        all().stream().try_next().await.map(drop),
        all().delete().await.map(drop),
        all()
            .update(|peach: &mut Peach| peach.price = 2)
            .await
            .map(drop),
        cluster
            .update(&key, |peach: &mut Peach| peach.price = 2)
            .await
            .map(drop),
        cluster
            .get_or_create(&mut peach(&context, "b"))
            .await
            .map(drop),
        cluster.add_finalizer(&mut a, "korm.example/x").await,
        cluster.wait::<Peach>(&key).until_exists().await.map(drop),
        cluster.install::<Peach>().await.map(drop),
    ];
    for (n, read) in reads.into_iter().enumerate() {
        let error = read.unwrap_err();
        assert!(error.is_deadline_exceeded(), "{n}: {error}");
        assert_eq!(error.outcome(), Became::Rejected, "{n}");
    }
    // Of what was sent nobody knows.
    let mut new = peach(&context, "b");
    a.price = 3;
    a.ripe = Some(true);
    let writes = [
        cluster.save(&mut a).await.map(drop),
        cluster.create(&mut new).await.map(drop),
        cluster.apply(&mut new).await.map(drop),
        cluster.delete(&a).await.map(drop),
        cluster.delete(&a).until_gone().await.map(drop),
    ];
    for (n, write) in writes.into_iter().enumerate() {
        let error = write.unwrap_err();
        assert!(error.is_outcome_unknown(), "{n}: {error}");
        assert!(error.to_string().contains("300ms"), "{n}: {error}");
    }
    // 26 calls of 0.3 s each; a default of 60 s would show.
    assert!(begun.elapsed() < Duration::from_secs(50));
    faults.calm();
    assert_eq!(patient.get::<Peach>(&key).await?.price, 1);
    Ok(())
}

async fn a_server_that_says_later_is_believed_until_the_deadline(context: Context) -> Outcome {
    let (cluster, faults) = faulty(&context).await?;
    let mut a = peach(&context, "a");
    cluster.save(&mut a).await?;
    let later = |seconds| Fault::answer(StatusCode::TOO_MANY_REQUESTS).retry_after(seconds);
    // Reads and writes wait as long as they are told, and are then sent once more.
    for method in [Method::GET, Method::PATCH, Method::DELETE] {
        faults.on(on_peaches(method)).inject(later(1));
    }
    let begun = Instant::now();
    let mut read: Peach = cluster.get(a.meta.key()).await?;
    read.price = 3;
    cluster.save(&mut read).await?;
    cluster.delete(&read).await?;
    assert!(begun.elapsed() >= Duration::from_secs(3));
    assert_eq!(faults.injected().len(), 3);
    // An hour is more than the call may take: it ends at once, and says how long it was asked to wait.
    faults.on(on_peaches(Method::POST)).inject(later(3600));
    let begun = Instant::now();
    let error = cluster.save(&mut peach(&context, "b")).await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(30));
    assert!(error.is_throttled(), "{error}");
    let throttled = error.as_throttled().unwrap();
    assert_eq!(throttled.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(error.outcome(), Became::Rejected);
    Ok(())
}
