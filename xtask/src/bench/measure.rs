//! Running a program, and asking the operating system what it took.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use serde_json::{Value, json};

use crate::failure::Context;
use crate::{Failure, Result, console, process};

/// What one run of a program took.
#[derive(Clone, Debug)]
pub(super) struct Run {
    /// Processor time, of user and system together.
    pub(super) cpu: Duration,
    /// From its start to its end.
    pub(super) wall: Duration,
    /// The most memory it had at once, in bytes.
    pub(super) peak: u64,
    /// What it said of itself.
    pub(super) said: Value,
}

/// Runs a program, measured, with no other measured at the same time.
///
/// The operating system counts for all children of a process together, so each program gets a parent of its own: this
/// one again, as `bench measure`.
pub(super) fn run(command: &Command) -> Result<Run> {
    let this = std::env::current_exe().context(|| "cannot find this program".to_owned())?;
    let mut parent = Command::new(this);
    parent
        .args(["bench", "measure", "--"])
        .arg(command.get_program());
    parent.args(command.get_args());
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            parent.env(name, value);
        }
    }
    let printed = process::output(&mut parent)?;
    let line = printed.lines().last().unwrap_or_default();
    let run: Value = serde_json::from_str(line).context(|| format!("unexpected: {printed}"))?;
    let seconds = |field: &str| Duration::from_secs_f64(run[field].as_f64().unwrap_or_default());
    Ok(Run {
        cpu: seconds("cpu"),
        wall: seconds("wall"),
        peak: run["peak"].as_u64().unwrap_or_default(),
        said: run["said"].clone(),
    })
}

/// The other side of [`run`]: runs the program and prints what it took.
pub(super) fn print(command: &[String]) -> Result<()> {
    let [program, arguments @ ..] = command else {
        return Err(Failure::new("there is no program to measure"));
    };
    let mut child = Command::new(program);
    child
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    let shown = process::shown(&child);
    let begin = Instant::now();
    let output = child.output().context(|| format!("cannot run {shown}"))?;
    let wall = begin.elapsed();
    if !output.status.success() {
        return Err(Failure::new(format!(
            "{shown} ended with {}",
            output.status
        )));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let said: Value = text
        .lines()
        .last()
        .and_then(|line| serde_json::from_str(line).ok())
        .ok_or_else(|| Failure::new(format!("{shown} did not say what it did: {text}")))?;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)
        .context(|| "the operating system does not say what was used".to_owned())?;
    let seconds = |time: nix::sys::time::TimeVal| {
        Duration::from_secs(time.tv_sec().unsigned_abs())
            + Duration::from_micros(time.tv_usec().unsigned_abs())
    };
    let cpu = seconds(usage.user_time()) + seconds(usage.system_time());
    // Linux counts in kilobytes, macOS in bytes.
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    let peak = usage.max_rss().unsigned_abs() * unit;
    let line = json!({"cpu": cpu.as_secs_f64(), "wall": wall.as_secs_f64(), "peak": peak,
        "said": said});
    console::print(format_args!("{line}"));
    Ok(())
}
