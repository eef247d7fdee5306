//! `cargo xtask tidy`: what no compiler checks.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::failure::Context;
use crate::{Failure, Result, console, process, workspace};

/// A file longer than this is more than one subject.
const LONGEST: usize = 800;

/// Arrows of the design that must not exist: the first may never come to depend on the second.
const FORBIDDEN: [(&str, &str, &str); 10] = [
    (
        "korm-apiserver",
        "korm",
        "client and server must not agree on a mistake they share",
    ),
    (
        "korm-apiserver",
        "korm-core",
        "client and server must not agree on a mistake they share",
    ),
    (
        "korm-apiserver",
        "korm-derive",
        "client and server must not agree on a mistake they share",
    ),
    (
        "korm-apiserver",
        "kube",
        "the server is judged through clients, it is none",
    ),
    ("korm-core", "tokio", "korm-core is pure: no async, no I/O"),
    ("korm-core", "kube", "korm-core is pure: no async, no I/O"),
    (
        "korm-core",
        "korm-apiserver",
        "client and server must not agree on a mistake they share",
    ),
    ("korm-derive", "korm", "the macro depends on none of ours"),
    (
        "korm-derive",
        "korm-core",
        "the macro depends on none of ours",
    ),
    (
        "korm-derive",
        "korm-apiserver",
        "the macro depends on none of ours",
    ),
];

/// What may not be found in any file, and why.
const UNWELCOME: [(&str, &str); 3] = [
    (concat!("/wo", "rk/"), "a path of one machine"),
    (concat!("/ro", "ot/"), "a path of one machine"),
    (concat!("DO NOT ", "SUBMIT"), "a note not to submit this"),
];

/// What every checkout must have.
const NEEDED: [&str; 8] = [
    "LICENSE",
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    ".ci/run",
    "testbed/go.sum",
    "Cargo.lock",
];

/// Checks the tree, and lists all that is wrong with it.
pub(crate) fn run() -> Result<()> {
    let root = workspace::root();
    let files = tracked(root)?;
    let mut wrong = Vec::new();
    wrong.extend(
        NEEDED
            .iter()
            .filter(|name| !root.join(name).is_file())
            .map(|name| format!("{name} is missing")),
    );
    for file in &files {
        // What is no text has no lines to check.
        let Ok(text) = fs::read_to_string(root.join(file)) else {
            continue;
        };
        wrong.extend(file_faults(file, &text));
    }
    wrong.extend(forbidden_arrows(&metadata(root)?));
    if wrong.is_empty() {
        console::say(format_args!("{} files are tidy", files.len()));
        return Ok(());
    }
    Err(Failure::new(format!(
        "the tree is not tidy:\n  {}",
        wrong.join("\n  ")
    )))
}

/// The files that git knows, and those it would add.
fn tracked(root: &Path) -> Result<Vec<String>> {
    let text = process::output(Command::new("git").current_dir(root).args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    Ok(text
        .lines()
        .map(str::to_owned)
        .filter(|file| root.join(file).is_file())
        .collect())
}

fn file_faults(file: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let is_source = [".rs", ".py", ".pyi", ".go"]
        .iter()
        .any(|end| file.ends_with(end));
    let lines = text.lines().count();
    if is_source && lines > LONGEST {
        faults.push(format!(
            "{file} has {lines} lines, more than {LONGEST}: split it by subject"
        ));
    }
    for (number, line) in text.lines().enumerate() {
        for (what, why) in UNWELCOME {
            if line.contains(what) {
                faults.push(format!("{file}:{}: {what:?} is {why}", number + 1));
            }
        }
        if is_source && line.ends_with([' ', '\t']) {
            faults.push(format!(
                "{file}:{}: space at the end of the line",
                number + 1
            ));
        }
    }
    if is_source && !text.is_empty() && !text.ends_with('\n') {
        faults.push(format!("{file}: the last line has no end"));
    }
    faults
}

fn metadata(root: &Path) -> Result<Value> {
    let text = process::output(Command::new(env!("CARGO")).current_dir(root).args([
        "metadata",
        "--format-version=1",
        "--no-deps",
        "--offline",
    ]))?;
    serde_json::from_str(&text).context(|| "cannot read what cargo metadata printed".to_owned())
}

/// The forbidden arrows among the workspace's normal and build dependencies.
fn forbidden_arrows(metadata: &Value) -> Vec<String> {
    let mut arrows = BTreeSet::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            // Tests of a crate may look at what the crate itself must not know.
            if dependency["kind"] == "dev" {
                continue;
            }
            if let (Some(from), Some(to)) = (package["name"].as_str(), dependency["name"].as_str())
            {
                arrows.insert((from, to));
            }
        }
    }
    let found = FORBIDDEN
        .iter()
        .filter(|(from, to, _)| arrows.contains(&(*from, *to)));
    found
        .map(|(from, to, why)| format!("{from} depends on {to}: {why}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_long_file_a_machine_path_and_a_loose_end_are_faults() {
        assert!(file_faults("a.rs", "fn main() {}\n").is_empty());
        assert_eq!(file_faults("a.rs", &"x\n".repeat(LONGEST + 1)).len(), 1);
        assert_eq!(
            file_faults("a.toml", concat!("path = \"/ro", "ot/x\"\n")).len(),
            1
        );
        assert_eq!(file_faults("a.rs", "fn main() {} ").len(), 2);
    }

    #[test]
    fn a_forbidden_arrow_is_found_but_not_in_tests() {
        let package = |kind: Value| {
            json!({"packages": [{
                "name": "korm-apiserver", "dependencies": [{"name": "korm-core", "kind": kind}],
            }]})
        };
        assert_eq!(forbidden_arrows(&package(json!(null))).len(), 1);
        assert!(forbidden_arrows(&package(json!("dev"))).is_empty());
    }
}
