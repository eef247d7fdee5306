//! What the person at the terminal sees.

use std::io::Write as _;

use serde_json::Value;

use crate::compare::{Difference, Divergence};
use crate::step::Step;

/// Differences shown of one divergence.
const SHOWN: usize = 6;
/// Characters shown of one value.
const WIDTH: usize = 700;

/// Prints a line.
pub(crate) fn say(line: &str) {
    // Nothing is left to do when nobody listens.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Prints the first divergence of its kind, as it is found.
pub(crate) fn found(sequence: u32, divergence: &Divergence) {
    say(&format!(
        "sequence {sequence}, step {}: {}",
        divergence.step, divergence.signature
    ));
    differences(&divergence.differences[..divergence.differences.len().min(1)]);
}

/// Prints a divergence with the requests that show it; without them only what differed.
pub(crate) fn divergence(steps: &[Step], divergence: &Divergence, sequences: &[u32]) {
    let some: Vec<String> = sequences.iter().take(5).map(ToString::to_string).collect();
    say(&format!(
        "\n═══ {}\n    {} sequences, such as {}",
        divergence.signature,
        sequences.len(),
        some.join(", ")
    ));
    for step in steps {
        say(&step.curl());
    }
    say(&format!("the answers to step {} differ:", divergence.step));
    differences(&divergence.differences[..divergence.differences.len().min(SHOWN)]);
    if divergence.differences.len() > SHOWN {
        say(&format!(
            "  and {} more",
            divergence.differences.len() - SHOWN
        ));
    }
}

/// Prints the embedded server's answer to a request, and what the other's has otherwise.
pub(crate) fn answers(step: &Step, embedded: &Value, found: &[Difference]) {
    let mut line = step.curl();
    line.push_str(
        &format!("\n  {embedded}")
            .chars()
            .take(2 * WIDTH)
            .collect::<String>(),
    );
    say(&line);
    differences(found);
}

fn differences(found: &[Difference]) {
    for difference in found {
        let shown = |value: &Option<Value>| match value {
            Some(value) => value.to_string().chars().take(WIDTH).collect::<String>(),
            None => "(absent)".to_owned(),
        };
        say(&format!(
            "  {}\n    embedded:  {}\n    reference: {}",
            difference.at,
            shown(&difference.embedded),
            shown(&difference.reference)
        ));
    }
}
