//! Sends the same random request sequences to the embedded server and to the reference server, and compares all that
//! comes back. `cargo xtask differential` starts a reference server and runs this.

mod compare;
mod install;
mod judge;
mod known;
mod normal;
mod plan;
mod random;
mod report;
mod run;
mod script;
mod session;
mod settle;
mod shrink;
mod step;
mod tally;
mod wire;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// How many sequences, and which.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// Where the random sequences begin; the same seed gives the same requests.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The number of the first sequence.
    #[arg(long, default_value_t = 0)]
    first: u32,
    /// How many sequences.
    #[arg(long, default_value_t = 100)]
    sequences: u32,
    /// Only this one of them.
    #[arg(long)]
    only: Option<u32>,
    /// Shrink every kind of divergence, not only the first ones.
    #[arg(long)]
    shrink: bool,
    /// The kubeconfig that leads to the reference server.
    #[arg(long)]
    reference: PathBuf,
    /// Say how often each kind of request was sent, and granted.
    #[arg(long)]
    tally: bool,
    /// Take no notice of differences at places that match, such as `*/managedFields*`; for looking at something else.
    #[arg(long, value_name = "PATTERN")]
    ignore: Vec<String>,
    /// Send the requests of this file instead, written as in a `witness` of DIVERGENCES.md, and show both answers.
    #[arg(long, value_name = "FILE")]
    requests: Option<PathBuf>,
    /// Sequences under way at once.
    #[arg(long, default_value_t = 8)]
    at_once: usize,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    match session::run(&options).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            report::say(&format!("differential: {error}"));
            ExitCode::FAILURE
        }
    }
}
