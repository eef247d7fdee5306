//! `cargo xtask test`: every test there is.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::{Failure, Result, console, go, kubectl, process, python, testbed, workspace};

/// Which tests to run.
#[derive(Debug, Default, clap::Args)]
pub struct Options {
    /// Leave out what needs the reference server.
    #[arg(long)]
    pub(crate) no_reference: bool,
    /// Leave out the Python package's tests.
    #[arg(long)]
    pub(crate) no_python: bool,
    /// Only tests whose name contains this.
    filter: Option<String>,
}

/// What the tests are given of the outside world.
pub(crate) struct Surroundings {
    kubectl: PathBuf,
    reference: Option<testbed::Running>,
}

impl Surroundings {
    /// Finds or builds kubectl, and starts the reference server unless it is not wanted or cannot be built.
    fn prepare(with_reference: bool) -> Result<Self> {
        let kubectl = kubectl::program()?;
        if !with_reference {
            console::say(format_args!("reference server left out: --no-reference"));
            return Ok(Self {
                kubectl,
                reference: None,
            });
        }
        if !go::is_installed() {
            console::say(format_args!(
                "reference server left out: it is built with Go, and no `go` is on PATH"
            ));
            return Ok(Self {
                kubectl,
                reference: None,
            });
        }
        let reference = Some(testbed::Running::start(&testbed::Options::default())?);
        Ok(Self { kubectl, reference })
    }

    /// The environment variables by which tests find it.
    pub(crate) fn variables(&self) -> Vec<(&'static str, &Path)> {
        let mut variables = vec![("KORM_KUBECTL", self.kubectl.as_path())];
        if let Some(server) = &self.reference {
            variables.push(("KORM_REFERENCE_KUBECONFIG", server.kubeconfig()));
        }
        variables
    }
}

/// Runs every test, or those that the filter names, and prints what became of each part.
pub(crate) fn run(options: &Options) -> Result<()> {
    let surroundings = Surroundings::prepare(!options.no_reference)?;
    let mut summary = Summary::default();
    summary.part("Rust: unit and integration tests, the suite", || {
        cargo(
            &surroundings,
            &["--lib", "--bins", "--tests", "--examples"],
            options.filter.as_deref(),
        )
    });
    summary.part("Rust: documentation tests", || {
        cargo(&surroundings, &["--doc"], options.filter.as_deref())
    });
    if !options.no_python {
        summary.part("Python", || {
            python::test(&surroundings, options.filter.as_deref())
        });
        if options.filter.is_none() {
            summary.part("Python: other versions", python::test_versions);
        }
    }
    summary.finish()
}

/// Runs `cargo test` on the workspace, and gives how many tests passed.
fn cargo(surroundings: &Surroundings, which: &[&str], filter: Option<&str>) -> Result<String> {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(workspace::root()).args([
        "test",
        "--workspace",
        "--exclude",
        "pykorm",
        "--no-fail-fast",
    ]);
    command
        .args(which)
        .args(filter)
        .envs(surroundings.variables());
    counted(&mut command)
}

/// Runs a command that prints libtest's results, letting them through, and adds them up.
fn counted(command: &mut Command) -> Result<String> {
    let mut counts = Counts::default();
    let status = process::follow(command, |line| counts.read(line))?;
    if status.success() {
        return Ok(counts.to_string());
    }
    Err(Failure::new(format!(
        "{counts}; {} ended with {status}",
        process::shown(command)
    )))
}

/// Results of several test binaries together.
#[derive(Debug, Default, Eq, PartialEq)]
struct Counts {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Counts {
    /// Adds a line such as `test result: ok. 12 passed; 0 failed; 1 ignored; ...`; other lines are no results.
    fn read(&mut self, line: &str) {
        let Some(rest) = line.strip_prefix("test result: ") else {
            return;
        };
        let words: Vec<&str> = rest
            .split([' ', ';'])
            .filter(|word| !word.is_empty())
            .collect();
        for pair in words.windows(2) {
            let Ok(count) = pair[0].parse::<u64>() else {
                continue;
            };
            match pair[1] {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "ignored" => self.ignored += count,
                _ => {}
            }
        }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "{} passed, {} failed, {} ignored",
            self.passed, self.failed, self.ignored
        )
    }
}

/// The parts of a long chore, each run whatever became of the one before.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    lines: Vec<String>,
    failed: Vec<String>,
}

impl Summary {
    /// Announces and runs one part; what it gives back is shown behind its name.
    pub(crate) fn part(&mut self, name: &str, run: impl FnOnce() -> Result<String>) {
        console::step(name);
        let begin = Instant::now();
        let result = run();
        self.note(name, begin.elapsed(), &result);
    }

    /// Prints all parts, and fails if one did.
    pub(crate) fn finish(self) -> Result<()> {
        console::step("summary");
        for line in &self.lines {
            console::print(format_args!("{line}"));
        }
        self.verdict()
    }

    fn note(&mut self, name: &str, took: Duration, result: &Result<String>) {
        let (mark, text) = match result {
            Ok(text) => ("ok    ", text.clone()),
            Err(failure) => ("FAILED", failure.to_string()),
        };
        let seconds = took.as_secs_f64();
        self.lines
            .push(format!("{mark} {seconds:>7.1} s  {name}: {text}"));
        if result.is_err() {
            self.failed.push(name.to_owned());
        }
    }

    fn verdict(self) -> Result<()> {
        if self.failed.is_empty() {
            return Ok(());
        }
        Err(Failure::new(format!("failed: {}", self.failed.join(", "))))
    }
}

/// The arguments that restrict a run to a name, for programs that take them as `-k NAME`.
pub(crate) fn keyword(filter: Option<&str>) -> Vec<OsString> {
    filter.map_or_else(Vec::new, |name| vec!["-k".into(), name.into()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_added_up_and_other_lines_are_not() {
        let mut counts = Counts::default();
        counts.read("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.1s");
        counts.read("5 passed; nonsense");
        counts.read("test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1s");
        assert_eq!(
            counts,
            Counts {
                passed: 14,
                failed: 1,
                ignored: 1
            }
        );
    }

    // Prints nothing: whoever looks for failures in a log must not find this one.
    #[test]
    fn a_failed_part_fails_the_whole_and_the_others_are_told_too() {
        let mut summary = Summary::default();
        summary.note("one", Duration::ZERO, &Err(Failure::new("broken")));
        summary.note("two", Duration::from_millis(1500), &Ok("passed".to_owned()));
        assert_eq!(
            summary.lines,
            [
                "FAILED     0.0 s  one: broken",
                "ok         1.5 s  two: passed"
            ]
        );
        assert_eq!(summary.verdict().unwrap_err().to_string(), "failed: one");
    }
}
