//! A watch tells everything, whatever happens to its connection.

use std::time::Duration;

use korm::Watch;
use korm::prelude::*;
use korm_apiserver::faults::{Fault, When};
use korm_tests::{Case, Context, Outcome};

use super::model::{Peach, cluster, faulty, peach};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    what_is_there_and_then_what_happens,
    a_filter_tells_coming_and_going,
    a_lost_connection_is_not_noticed,
    a_lost_history_is_told_as_what_was_missed,
    an_object_that_does_not_fit_is_told_and_the_watch_goes_on,
];

/// The next event as `+ a 1`.
async fn next(
    watch: &mut Watch<Peach>,
) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let event = tokio::time::timeout(Duration::from_secs(20), watch.try_next()).await??;
    let tell = |word: &str, peach: &Peach| format!("{word} {} {}", peach.meta.name, peach.price);
    Ok(match event.ok_or("the watch ended")? {
        Event::Added(peach) => tell("+", &peach),
        Event::Modified(peach) => tell("~", &peach),
        Event::Deleted(peach) => tell("-", &peach),
        Event::Synced => "synced".to_owned(),
    })
}

async fn what_is_there_and_then_what_happens(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut a = peach(&context, "a");
    cluster.save(&mut a).await?;
    let mut watch = cluster
        .query::<Peach>()
        .in_namespace(context.namespace())
        .watch();
    assert_eq!(next(&mut watch).await?, "+ a 1");
    assert_eq!(next(&mut watch).await?, "synced");
    let mut b = peach(&context, "b");
    cluster.save(&mut b).await?;
    assert_eq!(next(&mut watch).await?, "+ b 1");
    a.price = 2;
    cluster.save(&mut a).await?;
    assert_eq!(next(&mut watch).await?, "~ a 2");
    a.ripe = Some(true);
    cluster.save(&mut a).await?;
    assert_eq!(next(&mut watch).await?, "~ a 2");
    cluster.delete(&b).await?;
    assert_eq!(next(&mut watch).await?, "- b 1");
    Ok(())
}

async fn a_filter_tells_coming_and_going(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let mut a = peach(&context, "a");
    cluster.save(&mut a).await?;
    let all = || cluster.query::<Peach>().in_namespace(context.namespace());
    // The first is evaluated here, the second by the server.
    let mut dear = all().filter(Peach::price().gt(5)).watch();
    let mut placed = all().filter(Peach::row().eq("7")).watch();
    assert_eq!(next(&mut dear).await?, "synced");
    assert_eq!(next(&mut placed).await?, "synced");
    for (price, row) in [(6, Some("7")), (7, Some("7")), (1, None)] {
        a.price = price;
        a.row = row.map(str::to_owned);
        cluster.save(&mut a).await?;
    }
    for watch in [&mut dear, &mut placed] {
        assert_eq!(next(watch).await?, "+ a 6");
        assert_eq!(next(watch).await?, "~ a 7");
        assert!(next(watch).await?.starts_with("- a"));
    }
    Ok(())
}

async fn a_lost_connection_is_not_noticed(context: Context) -> Outcome {
    let (cluster, faults) = faulty(&context).await?;
    let ends = [
        Fault::end_stream(1),
        Fault::cut_stream(1),
        Fault::reset_stream(1),
    ];
    for end in ends {
        faults.on(When::watches()).inject(end);
    }
    let mut watch = cluster
        .query::<Peach>()
        .in_namespace(context.namespace())
        .watch();
    assert_eq!(next(&mut watch).await?, "synced");
    for n in 0..8 {
        cluster.save(&mut peach(&context, &format!("p{n}"))).await?;
        assert_eq!(next(&mut watch).await?, format!("+ p{n} 1"));
    }
    assert_eq!(faults.injected().len(), 3);
    Ok(())
}

async fn a_lost_history_is_told_as_what_was_missed(context: Context) -> Outcome {
    for gone in [Fault::gone(), Fault::gone_in_stream(0)] {
        let (cluster, faults) = faulty(&context).await?;
        let (mut stays, mut goes) = (peach(&context, "stays"), peach(&context, "goes"));
        cluster.save(&mut stays).await?;
        cluster.save(&mut goes).await?;
        // The first connection ends at once, the second is told that the history is gone.
        faults.on(When::watches()).inject(Fault::end_stream(0));
        faults.on(When::watches()).after(1).inject(gone);
        let mut watch = cluster
            .query::<Peach>()
            .in_namespace(context.namespace())
            .watch();
        assert_eq!(next(&mut watch).await?, "+ goes 1");
        assert_eq!(next(&mut watch).await?, "+ stays 1");
        cluster.delete(&goes).await?;
        let mut told = Vec::new();
        while told.len() < 3 && !told.contains(&"- goes 1".to_owned()) {
            told.push(next(&mut watch).await?);
        }
        assert_eq!(
            told,
            ["synced", "- goes 1"],
            "the deletion was missed by every connection"
        );
        cluster.delete(&stays).await?;
    }
    Ok(())
}

/// A model of the same kind that demands a note.
#[derive(Model, Clone, Debug)]
#[korm(
    group = "mapper.korm.example",
    version = "v1",
    kind = "Peach",
    plural = "peaches",
    namespaced
)]
struct Noted {
    meta: Meta,
    #[korm(spec)]
    note: String,
}

async fn an_object_that_does_not_fit_is_told_and_the_watch_goes_on(context: Context) -> Outcome {
    let cluster = cluster(&context).await?;
    let (mut a, mut b) = (peach(&context, "a"), peach(&context, "b"));
    b.note = Some("soft".into());
    cluster.save(&mut a).await?;
    cluster.save(&mut b).await?;
    let mut watch = cluster
        .query::<Noted>()
        .in_namespace(context.namespace())
        .watch();
    let mut told = async || {
        let event = tokio::time::timeout(Duration::from_secs(20), watch.next()).await?;
        let event = event.ok_or("the watch ended")?;
        let tell = |word: &str, noted: &Noted| format!("{word} {} {}", noted.meta.name, noted.note);
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(match event {
            Ok(Event::Added(noted)) => tell("+", &noted),
            Ok(Event::Modified(noted)) => tell("~", &noted),
            Ok(Event::Deleted(noted)) => tell("-", &noted),
            Ok(Event::Synced) => "synced".to_owned(),
            Err(error) => {
                let fault = error.as_undecodable().ok_or("another error")?;
                format!("! {} {}", fault.object().name, fault.path())
            }
        })
    };
    let mut listed = [told().await?, told().await?];
    listed.sort();
    assert_eq!(listed, ["! a spec.note", "+ b soft"]);
    assert_eq!(told().await?, "synced");
    // It fits now: to those who follow, it is new.
    a.note = Some("firm".into());
    cluster.save(&mut a).await?;
    assert_eq!(told().await?, "+ a firm");
    a.price = 2;
    cluster.save(&mut a).await?;
    assert_eq!(told().await?, "~ a firm");
    // One that never fitted goes without a word.
    let mut c = peach(&context, "c");
    cluster.save(&mut c).await?;
    assert_eq!(told().await?, "! c spec.note");
    cluster.delete(&c).await?;
    cluster.delete(&b).await?;
    assert_eq!(told().await?, "- b soft");
    Ok(())
}
