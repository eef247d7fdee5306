//! `cargo xtask ci`: everything that a change must pass.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::test::Summary;
use crate::{Result, differential, process, python, test, tidy, workspace};

/// Random sequences that one run compares; a nightly run can afford more.
const SEQUENCES: u32 = 300;

/// What to leave out.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// How many random request sequences to compare between the two servers.
    #[arg(long, default_value_t = SEQUENCES)]
    sequences: u32,
}

/// Runs every check, whatever became of those before, and prints all of them at the end.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut summary = Summary::default();
    summary.part("formatting", || done(cargo(&["fmt", "--all", "--check"])));
    summary.part("tidy", || done(tidy::run()));
    summary.part("clippy", || {
        done(cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--",
            "--deny",
            "warnings",
        ]))
    });
    summary.part("documentation", || {
        let mut command = command(&["doc", "--workspace", "--no-deps", "--all-features"]);
        done(process::run(command.env("RUSTDOCFLAGS", "--deny warnings")))
    });
    summary.part("tests", || done(test::run(&test::Options::default())));
    summary.part("Python checks", python::check);
    summary.part("differential", || {
        // A seed of its own each time. What it finds is news about the embedded server, or the reference server's
        // controllers being slow on this machine, and not about the change at hand, whose own faults the suite finds: so
        // it is shown, with how to see it again, and does not fail the run.
        let seed = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let sequences = options.sequences;
        let found = differential::run(&differential::Options::bounded(seed, sequences));
        Ok(match found {
            Ok(()) => format!("no divergence that is not listed, with the seed {seed}"),
            Err(failure) => format!(
                "FOUND DIVERGENCES, shown above: {failure}; again: `cargo xtask differential --seed {seed} \
                 --sequences {sequences}`, with `--only K` for one of them"
            ),
        })
    });
    summary.finish()
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(workspace::root()).args(arguments);
    command
}

fn cargo(arguments: &[&str]) -> Result<()> {
    process::run(&mut command(arguments))
}

fn done(result: Result<()>) -> Result<String> {
    result.map(|()| "passed".to_owned())
}
