//! Developer chores: `cargo xtask --help`.

mod record;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Developer chores of korm.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Record what the embedded server knows of the native kinds, from the Kubernetes Go modules.
    Record(record::Args),
}

/// What any chore may fail with; it is printed and ends the program.
type Error = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let result = match Cli::parse().chore {
        Chore::Record(args) => record::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            use std::io::Write as _;
            // Nothing is left to do when standard error is gone too.
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}
