//! Developer chores: `cargo xtask --help`.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match xtask::Chore::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            xtask::console::say(format_args!("xtask: {failure}"));
            ExitCode::FAILURE
        }
    }
}
