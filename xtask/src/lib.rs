//! Developer chores. One file per chore; what several of them need is in `console`, `process`, `go` and
//! `workspace`.

mod bench;
mod ci;
pub mod console;
mod differential;
mod failure;
mod go;
mod kubectl;
mod kubernetes;
mod process;
mod python;
mod record;
mod test;
mod testbed;
mod tidy;
mod workspace;

use clap::Parser;

pub use failure::{Failure, Result};

/// What a chore's parts may fail with.
type Error = Box<dyn std::error::Error + Send + Sync>;

/// Developer chores of korm.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
pub enum Chore {
    /// Run the reference server: the real kube-apiserver and etcd, until Ctrl-C.
    Testbed(testbed::Options),
    /// Run every test: Rust, documentation, the suite on both servers, Python.
    Test(test::Options),
    /// Send the same random requests to the embedded and the reference server, and compare the answers.
    Differential(differential::Options),
    /// Build pykorm's source distribution, and install it from there outside the tree.
    Sdist,
    /// Check what no compiler checks: file lengths, forbidden dependencies, paths of one machine.
    Tidy,
    /// Run everything that a change must pass.
    Ci(ci::Options),
    /// Measure korm beside others: processor time, duration and peak memory.
    Bench(bench::Options),
    /// Build the reference server from another version of Kubernetes from now on.
    Kubernetes(kubernetes::Options),
    /// Record what the embedded server knows of the native kinds, from the Kubernetes Go modules.
    Record(record::Args),
}

impl Chore {
    /// Does the chore; an error is what stopped it.
    pub fn run(self) -> Result<()> {
        match self {
            Self::Testbed(options) => testbed::run(&options),
            Self::Test(options) => test::run(&options),
            Self::Differential(options) => differential::run(&options),
            Self::Sdist => python::sdist::run(),
            Self::Tidy => tidy::run(),
            Self::Ci(options) => ci::run(&options),
            Self::Bench(options) => bench::run(&options),
            Self::Kubernetes(options) => kubernetes::run(&options),
            Self::Record(args) => {
                record::run(&args).map_err(|error| Failure::new(error.to_string()))
            }
        }
    }
}
