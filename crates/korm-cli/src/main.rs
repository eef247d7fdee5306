//! The korm command: an embedded Kubernetes API server and tools around korm.

mod output;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// An object mapper for Kubernetes, with a Kubernetes API server of its own.
#[derive(Debug, Parser)]
#[command(name = "korm", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Args),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Serve(args) => serve::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::failure(&error);
            ExitCode::FAILURE
        }
    }
}
