//! Several runs of several cases, as a table.

use std::fmt::Write;
use std::process::Command;
use std::time::Duration;

use super::measure::{self, Run};
use crate::{Result, console, process};

/// A case: its name, and how it is run.
pub(super) struct Case {
    name: &'static str,
    command: Box<dyn Fn(usize) -> Command>,
    /// What has to be done before each run, and is not measured.
    before: Option<Box<dyn Fn(usize) -> Command>>,
}

impl Case {
    pub(super) fn new(name: &'static str, command: Command) -> Self {
        Self::each(name, move |_| again(&command))
    }

    /// Run by another command each time, told which time it is.
    pub(super) fn each(name: &'static str, command: impl Fn(usize) -> Command + 'static) -> Self {
        Self {
            name,
            command: Box::new(command),
            before: None,
        }
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// With something to be done before each run.
    pub(super) fn after(mut self, before: impl Fn(usize) -> Command + 'static) -> Self {
        self.before = Some(Box::new(before));
        self
    }
}

/// The same command, which cannot be cloned.
fn again(command: &Command) -> Command {
    let mut again = Command::new(command.get_program());
    again.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => again.env(name, value),
            None => again.env_remove(name),
        };
    }
    again
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
    /// The milliseconds of processor time that the program itself counted for its work, imports left out; not a number
    /// where it counts none.
    pub(super) work: f64,
    /// Objects it said it did.
    pub(super) objects: f64,
}

impl Table {
    /// Runs all cases so many times, in turns. Each round begins with another one: the server gets slower with what it has
    /// to remember, and who always came last would pay for it.
    pub(super) fn measure(title: String, cases: &[Case], runs: usize) -> Result<Self> {
        if !cases.is_empty() {
            console::step(&title);
        }
        let mut rows: Vec<_> = cases.iter().map(|case| (case.name, Vec::new())).collect();
        for round in 1..=runs {
            for turn in 0..cases.len() {
                let next = (turn + round - 1) % cases.len();
                let (case, (name, measured)) = (&cases[next], &mut rows[next]);
                if let Some(before) = &case.before {
                    process::output(&mut before(round))?;
                }
                let run = measure::run(&(case.command)(round))?;
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
            work: of(&|run| {
                run.said["cpu"]
                    .as_f64()
                    .map_or(f64::NAN, |seconds| seconds * 1e3)
            }),
            objects: of(&|run| run.said["objects"].as_f64().unwrap_or_default()),
        })
    }

    /// The table in Markdown; nothing if nothing was measured.
    pub(super) fn markdown(&self) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        format!("\n### {}\n\n{HEAD}{}", self.title, self.lines())
    }

    /// What the programs counted for their work alone, in Markdown; nothing if nothing was measured.
    pub(super) fn work(&self) -> String {
        let mut text = String::new();
        let Some(first) = self.rows.first().and_then(|(name, _)| self.medians(name)) else {
            return text;
        };
        text += "\n| without imports | CPU ms | × |\n|---|--:|--:|\n";
        for (name, _) in &self.rows {
            if let Some(row) = self.medians(name) {
                // Writing to a String does not fail.
                let _ = writeln!(
                    text,
                    "| {name} | {:.1} | {:.2} |",
                    row.work,
                    row.work / first.work
                );
            }
        }
        text
    }

    /// Its lines; ratios are to the first one.
    fn lines(&self) -> String {
        let mut text = String::new();
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

const HEAD: &str = "| | CPU ms | × | wall ms | × | peak MB | × | objects | seconds |\n\
                    |---|--:|--:|--:|--:|--:|--:|--:|--:|\n";

/// Several tables as one, without those in which nothing was measured.
pub(super) fn together(tables: &[Table]) -> String {
    let mut text = String::new();
    for table in tables.iter().filter(|table| !table.rows.is_empty()) {
        if text.is_empty() {
            text += "\n";
            text += HEAD;
        }
        // Writing to a String does not fail.
        let _ = writeln!(text, "| **{}** | | | | | | | | |", table.title);
        text += &table.lines();
    }
    text
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
    use serde_json::json;

    use super::*;

    fn table(title: &str, names: &[&'static str]) -> Table {
        let run = Run {
            cpu: Duration::from_millis(50),
            wall: Duration::from_millis(300),
            peak: 10_000_000,
            said: json!({"objects": 5, "seconds": 0.25}),
        };
        let rows = names.iter().map(|name| (*name, vec![run.clone()]));
        Table {
            title: title.to_owned(),
            rows: rows.collect(),
        }
    }

    #[test]
    fn what_was_not_measured_is_not_shown() {
        let tables = [table("one", &["a", "b"]), table("none", &[])];
        let text = together(&tables);
        assert!(!text.contains("none"), "{text}");
        let row = "| 50 | 1.00 | 300 | 1.00 | 10.0 | 1.00 | 5 | 0.250 |";
        assert!(
            text.contains(&format!(
                "| **one** | | | | | | | | |\n| a {row}\n| b {row}\n"
            )),
            "{text}"
        );
        assert_eq!(tables[1].markdown(), "");
        assert_eq!(together(&tables[1..]), "");
        assert!(tables[0].markdown().contains("### one"));
    }

    #[test]
    fn the_median_of_odd_and_even() {
        assert!(median(vec![3.0, 1.0, 2.0]).total_cmp(&2.0).is_eq());
        assert!(median(vec![4.0, 1.0, 2.0, 3.0]).total_cmp(&2.5).is_eq());
        assert!(median(vec![]).is_nan());
    }
}
