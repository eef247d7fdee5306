//! `cargo xtask differential`: the same random requests to both servers.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Failure, Result, process, testbed, workspace};

/// Sequences that one reference server is asked. It grows by the definitions that come and go; after some thousand
/// sequences it answers later than the comparison waits.
const ROUND: u32 = 400;

/// How many sequences, and which.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Where the random sequences begin; the same seed gives the same requests.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many sequences, of about thirty requests each.
    #[arg(long, default_value_t = 2000)]
    sequences: u32,
    /// Only this one of them.
    #[arg(long)]
    only: Option<u32>,
    /// Look for the shortest sequence that still shows the divergence (the default for the first few divergences).
    #[arg(long)]
    shrink: bool,
    /// Compare with the server that this kubeconfig leads to, instead of starting one.
    #[arg(long, value_name = "FILE")]
    reference: Option<PathBuf>,
    /// Send the requests of this file instead, written as in a `witness` of DIVERGENCES.md, and show both answers.
    #[arg(long, value_name = "FILE")]
    requests: Option<PathBuf>,
}

impl Options {
    /// A run of a bounded number of sequences.
    pub(crate) fn bounded(seed: u64, sequences: u32) -> Self {
        Self {
            seed,
            sequences,
            only: None,
            shrink: false,
            reference: None,
            requests: None,
        }
    }
}

/// Runs the comparing program, with a new reference server for each round unless one is given.
pub(crate) fn run(options: &Options) -> Result<()> {
    if let Some(reference) = &options.reference {
        let numbers = 0..options.sequences;
        return process::run(&mut command(options, reference, &numbers));
    }
    let one_round = options.only.is_some() || options.requests.is_some();
    let size = if one_round { options.sequences } else { ROUND };
    let mut failed = Vec::new();
    for first in (0..options.sequences).step_by(size.max(1) as usize) {
        let numbers = first..options.sequences.min(first.saturating_add(size));
        let running = testbed::Running::start(&testbed::Options::default())?;
        if let Err(failure) = process::run(&mut command(options, running.kubeconfig(), &numbers)) {
            failed.push(format!("{} to {}: {failure}", numbers.start, numbers.end));
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("sequences {}", failed.join("; "))))
}

fn command(options: &Options, reference: &Path, numbers: &Range<u32>) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(workspace::root()).args([
        "run",
        "--quiet",
        "--package",
        "korm-differential",
        "--",
    ]);
    command
        .arg(format!("--seed={}", options.seed))
        .arg(format!("--first={}", numbers.start))
        .arg(format!("--sequences={}", numbers.len()));
    command.arg("--reference").arg(absolute(reference));
    if let Some(only) = options.only {
        command.arg(format!("--only={only}"));
    }
    if options.shrink {
        command.arg("--shrink");
    }
    if let Some(file) = &options.requests {
        command.arg("--requests").arg(absolute(file));
    }
    command
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
