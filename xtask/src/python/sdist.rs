//! The source distribution: what pip builds the package from where there is no wheel.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use super::{Environment, program_in};
use crate::failure::Context;
use crate::{Failure, Result, console, process, workspace};

/// What it holds beside what installing from it needs anyway.
const FILES: [&str; 4] = ["Cargo.lock", "LICENSE", "PKG-INFO", "README.md"];

/// What somebody who installed it does, and what else is to be there: run where no source of ours is in sight.
const PROGRAM: &str = r#"
import importlib.metadata, pathlib, sys
import pykorm

@pykorm.k8s_custom_object("sdist.example.com", "v1", "peaches")
class Peach(pykorm.NamespacedModel):
    variety: str = pykorm.Spec("variety")

with pykorm.embedded() as cluster:
    cluster.install(Peach)
    Peach(namespace="default", name="cake", variety="Frost").save(cluster)
    print(Peach.query.using(cluster).one())

folder = pathlib.Path(pykorm.__file__).parent
assert folder.is_relative_to(sys.prefix), folder
for name in ("py.typed", "_native.pyi"):
    assert (folder / name).is_file(), name
installed = importlib.metadata.distribution("pykorm")
assert any(file.name == "LICENSE" for file in installed.files), installed.files
assert installed.entry_points.select(group="pytest11", name="pykorm"), installed.entry_points
"#;

/// What the program prints.
const PRINTED: &str = "<Peach namespace=default, name=cake, variety=Frost>";

/// [`check`], as a chore of its own.
pub(crate) fn run() -> Result<()> {
    let what = check()?;
    console::say(format_args!("the source distribution: {what}"));
    Ok(())
}

/// Builds it, installs from it into a new virtual environment outside the tree, and runs a program there.
///
/// It is compiled as for development, which is quicker and tells the same.
pub(crate) fn check() -> Result<String> {
    let environment = Environment::prepare()?;
    let archive = build(&environment)?;
    contents(&environment, &archive)?;
    let outside = tempfile::tempdir().context(|| "cannot make a temporary folder".to_owned())?;
    let dir = outside.path().join("python");
    process::run(
        Command::new(environment.program("python"))
            .args(["-m", "venv"])
            .arg(&dir),
    )?;
    let python = program_in(&dir, "python");
    process::run(
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--no-cache-dir"])
            .arg("--disable-pip-version-check")
            .arg(&archive)
            .current_dir(outside.path())
            .env("MATURIN_PEP517_ARGS", "--profile dev")
            // What it depends on is compiled once. Its own crates always are, because their files are new.
            .env("CARGO_TARGET_DIR", folder().join("build"))
            .env("CARGO_INCREMENTAL", "0"),
    )?;
    let printed = process::output(
        Command::new(&python)
            .args(["-I", "-c", PROGRAM])
            .current_dir(outside.path()),
    )?;
    if printed.trim() != PRINTED {
        return Err(Failure::new(format!(
            "the package that was installed from {} prints {printed:?} instead of {PRINTED:?}",
            archive.display()
        )));
    }
    Ok("installed from, imported, used".to_owned())
}

fn folder() -> PathBuf {
    workspace::target().join("sdist")
}

/// The archive, with files as old as it is itself: unless told so, maturin gives all files of all times one date, and
/// cargo would not see what changed since the last time.
fn build(environment: &Environment) -> Result<PathBuf> {
    let dir = folder().join("dist");
    if dir.exists() {
        std::fs::remove_dir_all(&dir).context(|| format!("cannot delete {}", dir.display()))?;
    }
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    // What it prints matters where it fails: cargo says of each crate what only one that is published needs.
    process::output(
        environment
            .command("maturin")
            .args(["sdist", "--out"])
            .arg(&dir)
            .env("SOURCE_DATE_EPOCH", now.to_string()),
    )?;
    let archive = std::fs::read_dir(&dir)
        .context(|| format!("cannot read {}", dir.display()))?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|ending| ending == "gz"));
    archive.ok_or_else(|| Failure::new(format!("maturin left no archive in {}", dir.display())))
}

/// Fails unless the archive holds [`FILES`].
fn contents(environment: &Environment, archive: &Path) -> Result<()> {
    let listed = process::output(
        environment
            .command("python")
            .args(["-m", "tarfile", "--list"])
            .arg(archive),
    )?;
    for file in FILES {
        // Each name follows that of the folder which holds all.
        let found = listed.split_whitespace().any(|name| {
            name.split_once('/')
                .is_some_and(|(_, within)| within == file)
        });
        if !found {
            return Err(Failure::new(format!(
                "{} lacks {file}: see [tool.maturin] in crates/pykorm/pyproject.toml",
                archive.display()
            )));
        }
    }
    Ok(())
}
