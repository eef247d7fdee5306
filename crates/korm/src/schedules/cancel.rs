//! Calls that are dropped at any await leave no task behind, and block nobody.

use std::future::Future;
use std::pin::{Pin, pin};
use std::time::Duration;

use futures::StreamExt;
use korm_apiserver::Server;
use korm_apiserver::faults::Faults;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::model::{Memo, NAMESPACE, Peach, peach};
use super::on_paused_clock;
use crate::{Cluster, Meta};

type Call = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Polls so many times at most, each time that the call is woken, and then drops it.
async fn drop_after(polls: usize, mut call: Call) {
    for _ in 0..polls {
        if futures::poll!(&mut call).is_ready() {
            return;
        }
        futures::pending!();
    }
}

/// One of everything that can be awaited.
fn call(which: u32, cluster: &Cluster) -> Call {
    let cluster = cluster.clone();
    let key = (NAMESPACE, "shared");
    Box::pin(async move {
        // What becomes of a call that is not dropped is not the question here.
        match which {
            0 => drop(
                cluster
                    .create(&mut peach(Meta::generated("new-"), "x"))
                    .await,
            ),
            1 => drop(
                cluster
                    .update(key, |peach: &mut Peach| peach.price += 1)
                    .await,
            ),
            2 => drop(cluster.query::<Peach>().page_size(1).all().await),
            3 => drop(
                cluster
                    .query::<Peach>()
                    .watch()
                    .take(3)
                    .collect::<Vec<_>>()
                    .await,
            ),
            4 => drop(cluster.wait::<Peach>(key).until(Peach::price().lt(0)).await),
            5 => {
                let mut many: Vec<_> = (0..6)
                    .map(|_| peach(Meta::generated("many-"), "x"))
                    .collect();
                drop(cluster.save_all(&mut many).concurrency(3).await);
            }
            6 => {
                let mut memo = Memo {
                    meta: Meta::named("shared").in_namespace(NAMESPACE),
                    memo: Some("x".into()),
                };
                drop(cluster.apply(&mut memo).force().await);
            }
            7 => drop(cluster.install::<Peach>().await),
            8 => drop(cluster.kinds().await),
            9 => drop(
                cluster
                    .query::<Peach>()
                    .filter(Peach::variety().eq("x"))
                    .limit(1)
                    .delete()
                    .await,
            ),
            _ => {
                if let Ok(mut peach) = cluster.get::<Peach>(key).await {
                    peach.ripe = Some("x".into());
                    peach.variety = "y".into();
                    drop(cluster.save(&mut peach).await);
                }
            }
        }
    })
}

async fn drops(seed: u64) {
    crate::chance::seed(seed);
    let mut random = StdRng::seed_from_u64(seed);
    let server = Server::builder().seed(seed).build().unwrap();
    let calm = Cluster::from_service(server, "embedded", "default");
    calm.install::<Peach>().await.unwrap();
    let mut shared = peach(Meta::named("shared"), "Frost");
    calm.save(&mut shared).await.unwrap();
    let faults = Faults::storm(seed, 250);
    let cluster = calm.with_layer(&faults.layer());
    let tasks = || {
        tokio::runtime::Handle::current()
            .metrics()
            .num_alive_tasks()
    };
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = tasks();
    for _ in 0..20 {
        let call = call(random.random_range(0..11), &cluster);
        if random.random_bool(0.5) {
            drop_after(random.random_range(0..12), call).await;
        } else {
            let allowed = Duration::from_millis(random.random_range(0..4_000));
            let mut call = pin!(call);
            drop(tokio::time::timeout(allowed, &mut call).await);
        }
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(tasks(), before, "seed {seed}: tasks were left behind");
    // Whoever was dropped while it was his turn does not keep the others waiting.
    faults.calm();
    let key = (NAMESPACE, "shared");
    let updated = cluster
        .update(key, |peach: &mut Peach| peach.price += 1)
        .await;
    assert!(updated.is_ok(), "seed {seed}: {updated:?}");
}

#[test]
fn a_dropped_call_leaves_no_task_behind_and_blocks_nobody() {
    for seed in 0..150 {
        on_paused_clock(drops(seed));
    }
}
