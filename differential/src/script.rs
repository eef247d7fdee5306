//! Requests of one's own, sent to both servers: for trying out what a report shows, or what one wonders about.
//!
//! One request per line, written as in a `witness` of DIVERGENCES.md. Steps count from 1; `@{ns}` is there already, and
//! `@{run}` is a word that is new each time, for the groups of definitions. Those are sent first. A line that begins with
//! `#` says nothing.

use std::path::Path;
use std::time::Duration;

use http::Method;
use serde_json::json;
use tokio::time::sleep;

use crate::compare::differences;
use crate::judge::Judge;
use crate::known::witness;
use crate::plan::DEFINITIONS;
use crate::report;
use crate::session::Error;
use crate::step::Step;

/// How long the reference server takes until it serves a kind.
const UNTIL_SERVED: Duration = Duration::from_secs(3);

/// Sends the requests of a file, and shows both answers to each of them; true when none differs, listed or not.
pub(crate) async fn run(judge: &Judge, file: &Path) -> Result<bool, Error> {
    let text = std::fs::read_to_string(file)?.replace("@{run}", &judge.run);
    let mut definitions = Vec::new();
    let mut steps = vec![
        Step::new(Method::POST, "namespaces", "/api/v1/namespaces")
            .json(json!({"metadata": {"name": "@{ns}"}})),
    ];
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let is_definition = line.starts_with(&format!("POST {DEFINITIONS}"));
        let into = if is_definition {
            &mut definitions
        } else {
            &mut steps
        };
        into.push(witness(line, into.len())?);
    }
    let mut same = show(judge, &definitions).await;
    if !definitions.is_empty() {
        sleep(UNTIL_SERVED).await;
    }
    same &= show(judge, &steps).await;
    Ok(same)
}

async fn show(judge: &Judge, steps: &[Step]) -> bool {
    let verdict = judge.compare(steps).await;
    let mut same = true;
    for step in steps {
        let (ours, theirs) = verdict.answers(step.id);
        let mut found = Vec::new();
        differences(ours, theirs, "", &mut found);
        report::answers(step, ours, &found);
        same &= found.is_empty();
    }
    same
}
