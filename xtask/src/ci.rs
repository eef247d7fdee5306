//! `cargo xtask ci`: everything that a change must pass.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::test::Summary;
use crate::{Result, differential, process, python, test, tidy, workspace};

/// Random sequences that every run compares. They have no divergence that is not listed, and may get none.
const KNOWN_SEED: u64 = 1;
const KNOWN_SEQUENCES: u32 = 100;

/// Random sequences of a seed of its own that one run compares; a nightly run can afford more.
const SEQUENCES: u32 = 300;

/// What to leave out.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// How many random request sequences of a new seed to compare between the two servers.
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
    summary.part("Python: the source distribution", python::sdist::check);
    summary.part("differential", || {
        done(differential::run(&differential::Options::bounded(
            KNOWN_SEED,
            KNOWN_SEQUENCES,
        )))
    });
    summary.part("differential, a new seed", || {
        let seed = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        Ok(news(seed, options.sequences))
    });
    summary.finish()
}

/// What a new seed shows is news about the embedded server, and not about the change at hand, whose own faults the suite and
/// the known seed find: so it is told, with how to see it again, and does not fail the run.
fn news(seed: u64, sequences: u32) -> String {
    match differential::run(&differential::Options::bounded(seed, sequences)) {
        Ok(()) => format!("no divergence that is not listed, with the seed {seed}"),
        Err(failure) => format!(
            "FOUND DIVERGENCES, shown above: {failure}; again: `cargo xtask differential --seed {seed}`, \
             with `--only K` for one of them"
        ),
    }
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
