use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};

use crate::Server;

/// How a case ended on one server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Result {
    Passed,
    Failed,
    /// The case cannot hold there, for this reason.
    LeftOut(&'static str),
}

type Key = (&'static str, &'static str, Server);

/// What became of the cases, side by side.
#[derive(Debug, Default)]
pub(crate) struct Report(Mutex<BTreeMap<Key, Result>>);

/// Turns a case that has begun into a failed one unless it says that it passed.
#[derive(Debug)]
pub(crate) struct Begun<'a> {
    report: &'a Report,
    key: Key,
}

impl Begun<'_> {
    pub(crate) fn passed(self) {
        self.report.set(self.key, Result::Passed);
    }
}

impl Report {
    pub(crate) fn add(
        &self,
        server: Server,
        subject: &'static str,
        case: &'static str,
        result: Result,
    ) {
        self.set((subject, case, server), result);
    }

    pub(crate) fn failure_unless_passed(
        &self,
        server: Server,
        subject: &'static str,
        case: &'static str,
    ) -> Begun<'_> {
        let key = (subject, case, server);
        self.set(key, Result::Failed);
        Begun { report: self, key }
    }

    fn set(&self, key: Key, result: Result) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key, result);
    }

    /// One row per subject: how many of its cases passed on each server. Below, what was left out and what failed.
    pub(crate) fn table(&self) -> String {
        let results = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut subjects: BTreeMap<&str, ()> = BTreeMap::new();
        subjects.extend(results.keys().map(|(subject, _, _)| (*subject, ())));
        let mut text = format!("{:<24}{:>12}{:>12}\n", "subject", "embedded", "reference");
        for subject in subjects.keys().map(|name| Some(*name)).chain([None]) {
            let mut cells = Vec::new();
            for server in Server::ALL {
                let of_cell = results.iter().filter(|((s, _, on), _)| {
                    *on == server && subject.is_none_or(|name| name == *s)
                });
                cells.push(cell(server, of_cell.map(|(_, result)| *result)));
            }
            // Writing to a String does not fail.
            let _ = writeln!(
                text,
                "{:<24}{:>12}{:>12}",
                subject.unwrap_or("all"),
                cells[0],
                cells[1]
            );
        }
        if !Server::Reference.is_available() {
            let _ = writeln!(
                text,
                "\nreference left out: {} is not set (cargo xtask test sets it)",
                crate::server::REFERENCE
            );
        }
        for ((subject, case, server), result) in results.iter() {
            match result {
                Result::Passed => {}
                Result::Failed => drop(writeln!(text, "failed: {server}::{subject}::{case}")),
                Result::LeftOut(why) => drop(writeln!(
                    text,
                    "left out: {server}::{subject}::{case}: {why}"
                )),
            }
        }
        text
    }
}

fn cell(server: Server, results: impl Iterator<Item = Result>) -> String {
    if !server.is_available() {
        return "-".to_owned();
    }
    let judged: Vec<Result> = results
        .filter(|result| !matches!(result, Result::LeftOut(_)))
        .collect();
    let passed = judged
        .iter()
        .filter(|result| **result == Result::Passed)
        .count();
    format!("{passed}/{}", judged.len())
}

/// Prints to standard output, where the trials' own lines go.
pub(crate) fn say(text: &str) {
    // Nothing is left to do when nobody listens.
    let _ = writeln!(std::io::stdout(), "{text}");
}
