//! One run: connect, install the kinds, compare the sequences, judge the list of known divergences.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use futures::StreamExt as _;
use http::Method;
use kube::client::ClientBuilder;
use kube::config::{Config, KubeConfigOptions, Kubeconfig};
use serde_json::json;

use crate::compare::Divergence;
use crate::install::install;
use crate::judge::Judge;
use crate::known::Known;
use crate::plan::{self, Pool};
use crate::random::Random;
use crate::run::{Endpoint, Observations};
use crate::shrink::shrink;
use crate::step::Step;
use crate::tally::Tally;
use crate::{Options, report, script};

pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;

/// Custom kinds of one run.
const KINDS: usize = 16;
/// How often a sequence is tried whose answers differ, each time in another way.
const ATTEMPTS: usize = 4;
/// Kinds of divergence that are shrunk unless all are asked for.
const SHRUNK: usize = 12;

/// A divergence with the sequences that show it.
struct Found {
    steps: Vec<Step>,
    divergence: Divergence,
    sequences: Vec<u32>,
}

/// Runs everything; true when the servers agree, and the list of known divergences is exact.
pub(crate) async fn run(options: &Options) -> Result<bool, Error> {
    let begin = Instant::now();
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let run = format!("d{:x}", now & 0xfff_ffff);
    let judge = Judge::new(
        embedded()?,
        reference(options).await?,
        Known::read(&options.ignore)?,
        run.clone(),
    );
    if let Some(file) = &options.requests {
        return script::run(&judge, file).await;
    }
    let mut pool = Pool::random(&mut Random::new(options.seed, u64::MAX), KINDS, &run);

    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for (steps, divergence) in install(&judge, &mut pool).await? {
        add(&mut found, steps, divergence, 0);
    }
    let stale = stale_entries(&judge).await;

    let mut numbers: Vec<u32> = match options.only {
        Some(only) => vec![only],
        None => (options.first..).take(options.sequences as usize).collect(),
    };
    numbers.sort_by_key(|number| plan::changes_kinds(options.seed, *number));
    let total = numbers.len();
    let mut requests = 0;
    let mut done = 0;
    let mut unsteady = 0;
    let mut met = BTreeSet::new();
    let mut tally = Tally::default();
    let mut results = futures::stream::iter(numbers)
        .map(|number| {
            let steps = plan::sequence(options.seed, number, &pool);
            let judge = &judge;
            async move { (number, confirm(judge, &steps).await, steps) }
        })
        .buffer_unordered(options.at_once);
    while let Some((number, outcome, steps)) = results.next().await {
        if judge.reference.is_gone() {
            return Err(format!(
                "the reference server has died, after {done} sequences of seed {}",
                options.seed
            )
            .into());
        }
        requests += steps.len();
        done += 1;
        met.extend(outcome.met);
        tally.add(&steps, &outcome.answers);
        unsteady += usize::from(outcome.unsteady);
        if let Some(divergence) = outcome.divergence {
            // A run is long, and may be cut short: what it finds is said as it is found.
            if !found.contains_key(&divergence.signature) {
                report::found(number, &divergence);
            }
            add(&mut found, steps, divergence, number);
        }
        if done % 100 == 0 {
            report::say(&format!(
                "{done}/{total} sequences, {} kinds of divergence",
                found.len()
            ));
        }
    }
    drop(results);

    let limit = if options.shrink { usize::MAX } else { SHRUNK };
    let mut worst: Vec<&Found> = found.values().collect();
    worst.sort_by_key(|found| std::cmp::Reverse(found.sequences.len()));
    let mut shown = futures::stream::iter(worst.into_iter().enumerate())
        .map(|(rank, found)| {
            let judge = &judge;
            async move {
                if rank < limit {
                    let (steps, divergence) = shrink(judge, &found.steps, &found.divergence).await;
                    return (steps, divergence, &found.sequences);
                }
                let last = found
                    .steps
                    .iter()
                    .filter(|step| step.id == found.divergence.step);
                (
                    last.cloned().collect(),
                    found.divergence.clone(),
                    &found.sequences,
                )
            }
        })
        .buffered(options.at_once);
    while let Some((steps, divergence, sequences)) = shown.next().await {
        report::divergence(&steps, &divergence, sequences);
        if let Some(number) = sequences.first() {
            report::say(&format!(
                "again: cargo xtask differential --seed {} --only {number}",
                options.seed
            ));
        }
    }
    drop(shown);
    for entry in &stale {
        report::say(&format!(
            "the listed divergence `{entry}` shows no difference any more: take it out of DIVERGENCES.md"
        ));
    }
    if options.tally {
        tally.lines().iter().for_each(|line| report::say(line));
    }
    report::say(&format!(
        "seed {}: {done} sequences, {requests} requests to each server in {:.0} s; {} kinds of divergence in {} sequences, \
         {} listed ones met, {} of {} listed entries stale, {unsteady} sequences that differed by chance",
        options.seed,
        begin.elapsed().as_secs_f64(),
        found.len(),
        found
            .values()
            .map(|found| found.sequences.len())
            .sum::<usize>(),
        met.len(),
        stale.len(),
        judge.known.entries.len(),
    ));
    Ok(found.is_empty() && stale.is_empty())
}

fn add(found: &mut BTreeMap<String, Found>, steps: Vec<Step>, divergence: Divergence, number: u32) {
    let entry = found.entry(divergence.signature.clone());
    entry
        .or_insert_with(|| Found {
            steps,
            divergence,
            sequences: Vec::new(),
        })
        .sequences
        .push(number);
}

/// What became of one sequence.
#[derive(Default)]
struct Outcome {
    divergence: Option<Divergence>,
    met: Vec<usize>,
    unsteady: bool,
    /// What the embedded server answered at last.
    answers: Observations,
}

/// Compares until the servers agree, or differ a second time in the same way: a lagging cache of the reference server,
/// or a machine that has other things to do, does not do that.
async fn confirm(judge: &Judge, steps: &[Step]) -> Outcome {
    let mut seen: Vec<String> = Vec::new();
    let mut outcome = Outcome::default();
    for _ in 0..ATTEMPTS {
        let verdict = judge.compare(steps).await;
        outcome.met.extend(verdict.met);
        outcome.answers = verdict.embedded;
        let Some(divergence) = verdict.divergence else {
            break;
        };
        if seen.contains(&divergence.signature) {
            outcome.divergence = Some(divergence);
            return outcome;
        }
        seen.push(divergence.signature);
    }
    outcome.unsteady = !seen.is_empty();
    outcome
}

fn embedded() -> Result<Endpoint, Error> {
    let server = korm_apiserver::Server::builder().build()?;
    Ok(Endpoint::new(kube::Client::new(server, "default")))
}

async fn reference(options: &Options) -> Result<Endpoint, Error> {
    let kubeconfig = Kubeconfig::read_from(&options.reference)?;
    let choice = KubeConfigOptions::default();
    let mut config = Config::from_custom_kubeconfig(kubeconfig, &choice).await?;
    // Each answer counts as it comes.
    config.default_retry = false;
    Ok(Endpoint::new(ClientBuilder::try_from(config)?.build()))
}

/// The entries of the list whose witness no longer shows them.
async fn stale_entries(judge: &Judge) -> Vec<String> {
    let mut stale = Vec::new();
    for (number, entry) in judge.known.entries.iter().enumerate() {
        let mut steps = vec![
            Step::new(Method::POST, "namespaces", "/api/v1/namespaces")
                .json(json!({"metadata": {"name": "@{ns}"}})),
        ];
        steps.extend(entry.witness.iter().cloned());
        let verdict = judge.compare(&steps).await;
        if !verdict.met.contains(&number) {
            if let Some(divergence) = &verdict.divergence {
                report::say(&format!(
                    "the witness of `{}` shows something else:",
                    entry.name
                ));
                report::divergence(&steps, divergence, &[]);
            }
            stale.push(entry.name.clone());
        }
    }
    stale
}
