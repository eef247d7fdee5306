//! Many writes in one call, with a bar that shows how far it is: `cargo run --example many`. On the embedded server, or
//! with `--connect` on the cluster of the kubeconfig.

#![allow(
    clippy::print_stdout,
    reason = "a program that shows something prints it"
)]

use std::io::Write as _;
use std::time::Instant;

use korm::Progress;
use korm::prelude::*;

#[derive(Model, Clone, Debug)]
#[korm(
    group = "many.korm.example",
    version = "v1",
    plural = "pears",
    namespaced
)]
struct Pear {
    meta: Meta,
    #[korm(spec)]
    weight: i64,
}

const PEARS: i64 = 10_000;

#[tokio::main]
async fn main() -> korm::Result<()> {
    let connect = std::env::args().any(|argument| argument == "--connect");
    let cluster = if connect {
        Cluster::connect().await?
    } else {
        Cluster::embedded().await?
    };
    cluster.install::<Pear>().await?;

    let pear = |weight| Pear {
        meta: Meta::generated("pear-").in_namespace("default"),
        weight,
    };
    let mut pears: Vec<Pear> = (0..PEARS).map(pear).collect();
    // The first create of a new kind waits for Kubernetes to be ready for it.
    cluster.save(&mut pears[0]).await?;

    let started = Instant::now();
    let outcomes = cluster
        .save_all(&mut pears[1..])
        .on_progress(|at| bar("saving", at))
        .await;
    report(&outcomes, started);

    let started = Instant::now();
    let heavy = cluster
        .query::<Pear>()
        .in_namespace("default")
        .filter(Pear::weight().ge(5_000));
    println!(
        "{} of them are heavy ({:.2?})",
        heavy.count().await?,
        started.elapsed()
    );

    let started = Instant::now();
    let outcomes = cluster
        .delete_all(&pears)
        .on_progress(|at| bar("deleting", at))
        .await;
    report(&outcomes, started);
    Ok(())
}

/// Draws the bar anew at each whole percent.
fn bar(what: &str, at: Progress) {
    const WIDTH: usize = 40;
    let step = (at.total / 100).max(1);
    if !at.finished.is_multiple_of(step) && at.finished != at.total {
        return;
    }
    let full = WIDTH * at.finished / at.total.max(1);
    let bar = "█".repeat(full) + &"░".repeat(WIDTH - full);
    print!("\r{what:>9} {bar} {:>6} of {}", at.finished, at.total);
    // A bar that cannot be drawn is no reason to stop.
    let _ = std::io::stdout().flush();
}

fn report<T>(outcomes: &[korm::Result<T>], started: Instant) {
    let took = started.elapsed();
    let per_second = outcomes.len() as f64 / took.as_secs_f64();
    println!("   {took:.2?}, {per_second:.0} a second");
    for error in outcomes
        .iter()
        .filter_map(|outcome| outcome.as_ref().err())
        .take(3)
    {
        println!("{error}");
    }
}
