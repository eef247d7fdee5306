//! Several runs of several cases, as a table.

use std::fmt::Write;
use std::process::Command;
use std::time::Duration;

use super::measure::{self, Run};
use crate::{Result, console, process};

/// A case: its name, and how it is run.
pub(super) struct Case {
    name: &'static str,
    command: Command,
    /// What has to be done before each run, and is not measured.
    before: Option<Command>,
}

impl Case {
    pub(super) fn new(name: &'static str, command: Command) -> Self {
        Self {
            name,
            command,
            before: None,
        }
    }

    pub(super) fn has_in_name(&self, part: &str) -> bool {
        self.name.contains(part)
    }

    /// With something to be done before each run.
    pub(super) fn after(mut self, before: Command) -> Self {
        self.before = Some(before);
        self
    }
}

/// The runs of the cases of one table.
pub(super) struct Table {
    title: String,
    rows: Vec<(&'static str, Vec<Run>)>,
}

/// Medians of the runs of one case.
#[derive(Clone, Copy, Debug)]
pub(super) struct Medians {
    /// Milliseconds.
    pub(super) cpu: f64,
    /// Milliseconds.
    pub(super) wall: f64,
    /// Megabytes.
    pub(super) peak: f64,
    /// The seconds that the program itself counted, from its first request.
    pub(super) seconds: f64,
    /// Objects it said it did.
    pub(super) objects: f64,
}

impl Table {
    /// Runs all cases so many times, in turns.
    pub(super) fn measure(title: String, cases: &mut [Case], runs: usize) -> Result<Self> {
        console::step(&title);
        let mut rows: Vec<_> = cases.iter().map(|case| (case.name, Vec::new())).collect();
        for round in 1..=runs {
            for (case, (name, measured)) in cases.iter_mut().zip(&mut rows) {
                if let Some(before) = &mut case.before {
                    process::output(before)?;
                }
                let run = measure::run(&case.command)?;
                console::say(format_args!(
                    "{round}/{runs}  {name}: {:.0} ms of processor, {:.0} ms, {:.1} MB",
                    milliseconds(run.cpu),
                    milliseconds(run.wall),
                    megabytes(run.peak)
                ));
                measured.push(run);
            }
        }
        Ok(Self { title, rows })
    }

    /// The medians of a case that was run.
    pub(super) fn medians(&self, name: &str) -> Option<Medians> {
        let (_, runs) = self.rows.iter().find(|(row, _)| *row == name)?;
        let of = |value: &dyn Fn(&Run) -> f64| median(runs.iter().map(value).collect());
        Some(Medians {
            cpu: of(&|run| milliseconds(run.cpu)),
            wall: of(&|run| milliseconds(run.wall)),
            peak: of(&|run| megabytes(run.peak)),
            seconds: of(&|run| run.said["seconds"].as_f64().unwrap_or_default()),
            objects: of(&|run| run.said["objects"].as_f64().unwrap_or_default()),
        })
    }

    /// The table in Markdown; ratios are to the first row.
    pub(super) fn markdown(&self) -> String {
        let mut text = format!("\n### {}\n\n", self.title);
        text.push_str("| | CPU ms | × | wall ms | × | peak MB | × | objects | seconds |\n");
        text.push_str("|---|--:|--:|--:|--:|--:|--:|--:|--:|\n");
        let Some(first) = self.rows.first().and_then(|(name, _)| self.medians(name)) else {
            return text;
        };
        for (name, _) in &self.rows {
            let Some(row) = self.medians(name) else {
                continue;
            };
            // Writing to a String does not fail.
            let _ = writeln!(
                text,
                "| {name} | {:.0} | {:.2} | {:.0} | {:.2} | {:.1} | {:.2} | {:.0} | {:.3} |",
                row.cpu,
                row.cpu / first.cpu,
                row.wall,
                row.wall / first.wall,
                row.peak,
                row.peak / first.peak,
                row.objects,
                row.seconds
            );
        }
        text
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[allow(clippy::cast_precision_loss)]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// The middle one, or the mean of the two in the middle.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_odd_and_even() {
        assert!(median(vec![3.0, 1.0, 2.0]).total_cmp(&2.0).is_eq());
        assert!(median(vec![4.0, 1.0, 2.0, 3.0]).total_cmp(&2.5).is_eq());
        assert!(median(vec![]).is_nan());
    }
}
