//! The Python package: its surroundings, its tests, its checks.

pub(crate) mod sdist;
mod versions;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Context;
use crate::test::{Surroundings, keyword};
use crate::{Failure, Result, process, workspace};

/// What the tests and checks need beyond what the package itself asks for.
const TOOLS: [&str; 5] = [
    "maturin>=1.9,<2",
    "pytest>=8",
    "mypy>=1.14",
    "pyright>=1.1",
    "ruff>=0.9",
];

/// Builds the package into the virtual environment and runs its tests.
pub(crate) fn test(surroundings: &Surroundings, filter: Option<&str>) -> Result<String> {
    let environment = Environment::prepare()?;
    environment.install_package()?;
    let mut pytest = environment.command("pytest");
    pytest
        .arg("-q")
        .args(keyword(filter))
        .envs(surroundings.variables())
        .env("KORM_BIN", command_line()?);
    passed(&mut pytest, filter)
}

/// Runs a part of the tests on the other versions of Python that are installed; after [`test`], which builds.
pub(crate) fn test_versions() -> Result<String> {
    let environment = Environment::prepare()?;
    versions::test(&environment.program("python"))
}

/// Runs pytest, and gives its last line, which has the counts.
fn passed(pytest: &mut Command, filter: Option<&str>) -> Result<String> {
    let mut last = String::new();
    let status = process::follow(pytest, |line| {
        if !line.trim().is_empty() {
            line.clone_into(&mut last);
        }
    })?;
    match status.code() {
        Some(0) => Ok(last),
        // pytest's own code for "no test has that name".
        Some(5) if filter.is_some() => Ok("no test of that name".to_owned()),
        _ => Err(Failure::new(format!("{last}; pytest ended with {status}"))),
    }
}

/// Runs the static checks: the stub against the built module, the types of package and examples, style.
pub(crate) fn check() -> Result<String> {
    let environment = Environment::prepare()?;
    environment.install_package()?;
    process::run(environment.command("stubtest").args([
        "--mypy-config-file=pyproject.toml",
        "--allowlist=stubtest.allow",
        "--ignore-unused-allowlist",
        "pykorm",
    ]))?;
    process::run(environment.command("mypy").arg("--strict"))?;
    process::run(&mut environment.command("pyright"))?;
    process::run(environment.command("ruff").args(["check", "."]))?;
    process::run(environment.command("ruff").args(["format", "--check", "."]))?;
    Ok("stubtest, mypy, pyright, ruff".to_owned())
}

/// The built `korm` command, with which the tests serve a cluster.
fn command_line() -> Result<PathBuf> {
    let cargo = env!("CARGO");
    process::run(Command::new(cargo).current_dir(workspace::root()).args([
        "build",
        "--quiet",
        "--package",
        "korm-cli",
    ]))?;
    Ok(workspace::target()
        .join("debug")
        .join(format!("korm{}", std::env::consts::EXE_SUFFIX)))
}

fn package() -> PathBuf {
    workspace::root().join("crates/pykorm")
}

/// A virtual environment below `target/`, with all tools.
struct Environment {
    dir: PathBuf,
}

impl Environment {
    fn prepare() -> Result<Self> {
        let dir = workspace::target().join("python");
        let environment = Self { dir };
        if !environment.program("python").is_file() {
            let python = ["python3", "python"].into_iter().find_map(process::find).ok_or_else(|| {
                Failure::new("the Python package needs Python 3.10 or newer, and there is no `python3` on PATH")
            })?;
            process::run(
                Command::new(python)
                    .args(["-m", "venv"])
                    .arg(&environment.dir),
            )?;
        }
        environment.install_tools()?;
        Ok(environment)
    }

    /// Installs the tools once per list of them.
    fn install_tools(&self) -> Result<()> {
        let list = TOOLS.join("\n");
        let done = self.dir.join("installed-tools");
        if std::fs::read_to_string(&done).is_ok_and(|installed| installed == list) {
            return Ok(());
        }
        let mut pip = self.command("python");
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ])
        .args(TOOLS);
        process::run(&mut pip)?;
        std::fs::write(&done, list).context(|| format!("cannot write {}", done.display()))
    }

    /// Builds the extension and installs the package so that changed Python files count at once.
    fn install_package(&self) -> Result<()> {
        process::run(self.command("maturin").args([
            "develop",
            "--quiet",
            "--profile",
            "dev",
            "--extras",
            "test",
        ]))
    }

    /// A command that runs in the package's folder and in this environment.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.program(program));
        let mut path = vec![programs_in(&self.dir)];
        path.extend(
            std::env::var_os("PATH")
                .iter()
                .flat_map(std::env::split_paths),
        );
        // Joining fails only where a folder's name contains the separator, which PATH could not have held.
        if let Ok(path) = std::env::join_paths(path) {
            command.env("PATH", path);
        }
        command
            .env("VIRTUAL_ENV", &self.dir)
            // The backend calls maturin, and maturin cannot know that.
            .env("MATURIN_NO_MISSING_BUILD_BACKEND_WARNING", "1")
            .current_dir(package());
        command
    }

    fn program(&self, name: &str) -> PathBuf {
        program_in(&self.dir, name)
    }
}

/// Where a virtual environment has its programs.
fn programs_in(environment: &Path) -> PathBuf {
    environment.join(if cfg!(windows) { "Scripts" } else { "bin" })
}

/// A program of a virtual environment.
fn program_in(environment: &Path, name: &str) -> PathBuf {
    programs_in(environment).join(Path::new(name).with_extension(std::env::consts::EXE_EXTENSION))
}
