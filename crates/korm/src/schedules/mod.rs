//! Schedules of faults: some programs write to the same few objects through connections that lose requests and answers,
//! delay them, cut them and answer in the server's place, all drawn from a seed, on the embedded server and tokio's paused
//! clock. What the server really did is written down behind the faults, and compared with what the programs were told.
//!
//! What has to hold, whatever the schedule:
//!
//! - a write that is told as done happened exactly once, one that is told as rejected did not happen, one that is told as
//!   unknown happened at most once and had met a fault (promise 2);
//! - every change that happened is exactly what its program meant to change, on top of what others had written; nobody is
//!   told of a conflict that only he himself could have made (promise 1);
//! - a watch through the same faults ends up with what the server has.
//!
//! `KORM_SCHEDULES=20000 cargo test -p korm --lib schedules` runs more of them, `KORM_SEED=7` a single one, whose story it
//! prints.

mod actor;
mod cancel;
mod check;
mod model;
mod truth;
mod watcher;

use std::time::Duration;

use korm_apiserver::Server;
use korm_apiserver::faults::Faults;

use self::actor::Actor;
use self::truth::Truth;
use crate::Cluster;

/// How many schedules are run where nobody says otherwise, and how many programs and writes one has.
const SCHEDULES: u64 = 2_000;
const ACTORS: u64 = 3;
const WRITES: usize = 6;

/// Runs one schedule; gives what does not hold.
async fn run(seed: u64) -> (Vec<String>, String) {
    crate::chance::seed(seed);
    // Nothing can be wrong with a builder's defaults.
    let server = Server::builder().seed(seed).build().unwrap();
    let truth = Truth::default();
    let cluster = Cluster::from_service(truth.around(server), "embedded", "default")
        .with_timeout(Duration::from_secs(20));
    cluster.install::<model::Peach>().await.unwrap();
    truth.begin();

    // From calm to a storm in which every third request meets a fault.
    let per_mille = [0, 50, 150, 330][(seed % 4) as usize];
    let watching = Faults::storm(seed.wrapping_mul(31), per_mille);
    let watcher = watcher::start(&cluster.with_layer(&watching.layer()));
    let actors = (0..ACTORS).map(|number| {
        let faults = Faults::storm(seed.wrapping_mul(ACTORS) + number, per_mille);
        Actor::new(number, seed, &cluster, faults, truth.clone()).run(WRITES)
    });
    let told: Vec<_> = futures::future::join_all(actors).await.concat();
    watching.calm();

    let mut wrong = check::writes(&told, &truth);
    wrong.extend(check::stored(&cluster, &truth).await);
    wrong.extend(watcher.agrees_with(&truth).await);
    let story: Vec<_> = told.iter().map(ToString::to_string).collect();
    (wrong, format!("{}\n{truth}", story.join("\n")))
}

fn on_paused_clock<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(work)
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn outcomes_never_lie_and_nothing_is_lost() {
    let seeds = match number("KORM_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("KORM_SCHEDULES").unwrap_or(SCHEDULES),
    };
    let show = number("KORM_SEED").is_some();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let failed: Vec<String> = std::thread::scope(|scope| {
        let seeds = &seeds;
        let work = |first: usize| {
            let mine = seeds.clone().skip(first).step_by(threads);
            mine.filter_map(|seed| {
                let (wrong, story) = on_paused_clock(run(seed));
                assert!(!show, "seed {seed}:\n{story}\n{}", wrong.join("\n"));
                (!wrong.is_empty()).then(|| format!("KORM_SEED={seed}: {}", wrong.join("; ")))
            })
            .collect::<Vec<_>>()
        };
        let running: Vec<_> = (0..threads)
            .map(|first| scope.spawn(move || work(first)))
            .collect();
        let done = running.into_iter().map(|thread| thread.join().unwrap());
        done.flatten().collect()
    });
    let first: Vec<_> = failed.iter().take(10).cloned().collect();
    assert!(
        failed.is_empty(),
        "{} schedules failed, the first of them:\n{}",
        failed.len(),
        first.join("\n")
    );
}

#[test]
fn a_seed_is_the_same_story_every_time() {
    for seed in [3, 7] {
        let stories: Vec<_> = (0..2).map(|_| on_paused_clock(run(seed)).1).collect();
        assert_eq!(stories[0], stories[1]);
    }
}
