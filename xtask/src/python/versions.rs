//! The package on other versions of Python than the one that the tests run on: one build serves all of them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{command_line, package, passed, program_in};
use crate::{Result, console, process, workspace};

/// The minor versions of Python 3 that the package promises to run on.
const MINORS: std::ops::RangeInclusive<u32> = 10..=14;

/// What differs between versions: annotations, descriptors, asyncio, signals, the interpreter's end. What the engine does
/// is the same on all of them.
const TESTS: [&str; 6] = [
    "tests/test_async.py",
    "tests/test_conditions.py",
    "tests/test_help.py",
    "tests/test_models.py",
    "tests/test_processes.py",
    "tests/test_types.py",
];

/// Runs a part of the tests on every other version that is installed, with the extension that was built for `python`; the
/// reference server is left out.
pub(crate) fn test(python: &Path) -> Result<String> {
    let tested = minor_of(python);
    let mut counts = Vec::new();
    for minor in MINORS.filter(|minor| Some(*minor) != tested) {
        let Some(python) = find(minor) else {
            console::say(format_args!(
                "Python 3.{minor} left out: it is not installed"
            ));
            continue;
        };
        let mut pytest = prepared(minor, &python)?;
        pytest.env("KORM_BIN", command_line()?);
        counts.push(format!("3.{minor}: {}", passed(&mut pytest, None)?));
    }
    Ok(if counts.is_empty() {
        "no other version is installed".to_owned()
    } else {
        counts.join("; ")
    })
}

/// pytest on a version, in an environment of its own; the package is taken from where it was built in place.
fn prepared(minor: u32, python: &Path) -> Result<Command> {
    let dir = workspace::target().join(format!("python-3.{minor}"));
    let program = program_in(&dir, "python");
    let ready = dir.join("ready");
    if !ready.is_file() {
        process::run(
            Command::new(python)
                .args(["-m", "venv", "--clear"])
                .arg(&dir),
        )?;
        process::run(Command::new(&program).args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "pytest>=8",
            "trio>=0.25",
        ]))?;
        // What is wrong with this shows when pytest is run.
        let _ = std::fs::write(&ready, "");
    }
    let package = package();
    let mut pytest = Command::new(program);
    pytest
        .args(["-m", "pytest", "-q", "-p", "pykorm.pytest_plugin"])
        .args(TESTS)
        .env("PYTHONPATH", package.join("python"))
        .current_dir(package);
    Ok(pytest)
}

/// An interpreter of this version: on `PATH`, or one that pyenv or uv installed.
fn find(minor: u32) -> Option<PathBuf> {
    let name = format!("python3.{minor}");
    let on_path = process::find(&name).into_iter();
    let home = std::env::home_dir().unwrap_or_default();
    let installed = [".pyenv/versions", ".local/share/uv/python"]
        .into_iter()
        .filter_map(|folder| std::fs::read_dir(home.join(folder)).ok())
        .flat_map(|entries| entries.flatten())
        .map(|entry| entry.path().join("bin").join(&name));
    on_path
        .chain(installed)
        .find(|python| minor_of(python) == Some(minor))
}

/// The minor version of an interpreter; nothing if it does not run, as a shim of pyenv without a version.
fn minor_of(python: &Path) -> Option<u32> {
    let output = Command::new(python)
        .args(["-c", "import sys; print(sys.version_info[1])"])
        .stderr(Stdio::null())
        .output()
        .ok()?;
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}
