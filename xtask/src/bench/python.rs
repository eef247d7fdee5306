//! pykorm beside the Python clients.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Options;
use super::goals::Goals;
use super::objects::Programs;
use super::report::{Case, Table};
use crate::{Failure, Result, console, process, workspace};

/// Objects listed.
const OBJECTS: u32 = 5_000;

/// Objects saved one after the other.
const SAVES: u32 = 1_000;

/// What pykorm is compared with. The original is of the same name, and gets an environment of its own.
const CLIENTS: [&str; 4] = ["kubernetes", "lightkube", "pykube-ng", "kr8s"];
const ORIGINAL: [&str; 1] = ["pykorm==0.60.0"];

/// Measures everything, and prints the tables and what they were to be.
pub(super) fn run(options: &Options, kubeconfig: &Path) -> Result<()> {
    let programs = Programs::build_bare(kubeconfig)?;
    let clients = Environment::make("clients", &CLIENTS)?;
    clients.install_pykorm()?;
    let original = Environment::make("original", &ORIGINAL)?;
    let listed = programs.prepared(OBJECTS)?;
    let saved = programs.prepared(SAVES)?;

    let mut text = String::from("## pykorm beside other clients\n");
    let mut goals = Goals::default();
    let list =
        |environment: &Environment, case: &str| environment.program(kubeconfig, &[case, &listed]);
    let cases = options.wanted(vec![
        Case::new("http.client + json.loads", list(&clients, "list_http")),
        Case::new("http.client, bytes alone", list(&clients, "list_bytes")),
        Case::new("pykorm", list(&clients, "list_pykorm")),
        Case::new("lightkube", list(&clients, "list_lightkube")),
        Case::new("kubernetes", list(&clients, "list_kubernetes")),
        Case::new("pykube-ng", list(&clients, "list_pykube")),
        Case::new("kr8s", list(&clients, "list_kr8s")),
        Case::new("pykorm 0.60", list(&original, "list_pykorm")),
    ]);
    let title = format!("List of {OBJECTS} objects, one attribute of each read");
    let table = Table::measure(title, &cases, options.runs)?;
    if let (Some(floor), Some(pykorm)) = (
        table.medians("http.client + json.loads"),
        table.medians("pykorm"),
    ) {
        goals.at_most(
            "CPU of connecting and listing, to http.client + json.loads",
            pykorm.work / floor.work,
            0.4,
        );
        goals.at_most("peak memory of the list, in MB", pykorm.peak, 45.0);
    }
    text += &table.markdown();
    text += &table.work();

    let start = |case: &str| clients.program(kubeconfig, &[case, &saved]);
    let cases = options.wanted(vec![
        Case::new("the interpreter alone", start("start_nothing")),
        Case::new("import kubernetes", start("start_kubernetes")),
        Case::new("import pykorm", start("start_pykorm")),
        Case::new("one object by lightkube", start("one_lightkube")),
        Case::new("one object by pykorm", start("one_pykorm")),
    ]);
    let table = Table::measure("Start".to_owned(), &cases, options.runs.max(5))?;
    let beyond = |name: &str| {
        let floor = table.medians("the interpreter alone")?;
        Some(table.medians(name)?.wall - floor.wall)
    };
    if let (Some(pykorm), Some(other)) = (beyond("import pykorm"), beyond("import kubernetes")) {
        goals.at_most("import, to that of kubernetes", pykorm / other, 0.1);
    }
    if let (Some(pykorm), Some(other)) = (
        beyond("one object by pykorm"),
        beyond("one object by lightkube"),
    ) {
        goals.at_most(
            "import, connect and list one, to lightkube's",
            pykorm / other,
            0.25,
        );
    }
    text += &table.markdown();

    let number = SAVES.to_string();
    let save = |case: &str| clients.program(kubeconfig, &[case, &saved, &number]);
    let cases = options.wanted(vec![
        Case::new("http.client", save("save_http")),
        Case::new("http.client, asked as pykorm asks", save("save_asked")),
        Case::new("pykorm", save("save_pykorm")),
    ]);
    let title = format!("{SAVES} saves of one field, one after the other");
    let table = Table::measure(title, &cases, options.runs)?;
    for (client, what) in [
        ("http.client", "saves per second, to http.client's"),
        (
            "http.client, asked as pykorm asks",
            "saves per second, to those of http.client's that are the same requests",
        ),
    ] {
        if let (Some(floor), Some(pykorm)) = (table.medians(client), table.medians("pykorm")) {
            goals.at_least(what, floor.seconds / pykorm.seconds, 1.0);
        }
    }
    text += &table.markdown();
    text += &goals.markdown();
    console::print(format_args!("{text}"));
    Ok(())
}

/// A virtual environment.
struct Environment {
    python: PathBuf,
}

impl Environment {
    /// The environment of this name with these packages, made unless it is there.
    fn make(name: &str, packages: &[&str]) -> Result<Self> {
        let dir = workspace::cache()?.join("bench-python").join(name);
        let python = dir.join(if cfg!(windows) {
            "Scripts/python.exe"
        } else {
            "bin/python"
        });
        if !python.is_file() {
            let outside = ["python3", "python"]
                .into_iter()
                .find_map(process::find)
                .ok_or_else(|| {
                    Failure::new("there is no Python on PATH: install Python 3.10 or newer")
                })?;
            process::run(Command::new(outside).args(["-m", "venv"]).arg(&dir))?;
        }
        let environment = Self { python };
        environment.pip(packages.iter().map(|package| (*package).to_owned()))?;
        Ok(environment)
    }

    /// Builds this source tree's package, and installs it.
    fn install_pykorm(&self) -> Result<()> {
        let folder = workspace::root().join("crates").join("pykorm");
        console::say(format_args!("building pykorm as pip does"));
        // Without the option pip would keep what it installed from an earlier state of the tree.
        self.pip([
            "--force-reinstall".to_owned(),
            folder.to_string_lossy().into_owned(),
        ])
    }

    fn pip(&self, packages: impl IntoIterator<Item = String>) -> Result<()> {
        let mut command = Command::new(&self.python);
        command.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]);
        process::run(command.args(packages))
    }

    /// One case of the programs in `benches/python`.
    fn program(&self, kubeconfig: &Path, arguments: &[&str]) -> Command {
        let script = workspace::root()
            .join("benches")
            .join("python")
            .join("bench.py");
        let mut command = Command::new(&self.python);
        command
            .arg(script)
            .args(arguments)
            .env("KUBECONFIG", kubeconfig);
        command
    }
}
