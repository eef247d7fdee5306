//! `cargo xtask differential`: the same random requests to both servers.

use std::path::PathBuf;
use std::process::Command;

use crate::{Result, process, testbed, workspace};

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

/// Starts the reference server unless there is one, and runs the comparing program.
pub(crate) fn run(options: &Options) -> Result<()> {
    let (running, kubeconfig) = match &options.reference {
        Some(path) => (None, path.clone()),
        None => {
            let running = testbed::Running::start(&testbed::Options::default())?;
            let path = running.kubeconfig().to_owned();
            (Some(running), path)
        }
    };
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
        .arg(format!("--sequences={}", options.sequences));
    command
        .arg("--reference")
        .arg(std::path::absolute(&kubeconfig).unwrap_or(kubeconfig));
    if let Some(only) = options.only {
        command.arg(format!("--only={only}"));
    }
    if options.shrink {
        command.arg("--shrink");
    }
    if let Some(file) = &options.requests {
        command
            .arg("--requests")
            .arg(std::path::absolute(file).unwrap_or_else(|_| file.clone()));
    }
    let result = process::run(&mut command);
    drop(running);
    result
}
