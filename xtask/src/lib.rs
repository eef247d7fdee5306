//! Developer chores. One file per chore; what several of them need is in [`console`], [`process`], [`go`] and
//! [`workspace`].

pub mod console;
mod failure;
mod go;
mod process;
mod record;
mod testbed;
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
    /// Record what the embedded server knows of the native kinds, from the Kubernetes Go modules.
    Record(record::Args),
}

impl Chore {
    /// Does the chore; an error is what stopped it.
    pub fn run(self) -> Result<()> {
        match self {
            Self::Testbed(options) => testbed::run(&options),
            Self::Record(args) => {
                record::run(&args).map_err(|error| Failure::new(error.to_string()))
            }
        }
    }
}
