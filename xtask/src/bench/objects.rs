//! The measured programs, and the objects they are measured with.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use std::io::{BufRead, BufReader};

use super::report::Case;
use crate::failure::Context;
use crate::{Failure, Result, console, process, workspace};

/// The measured programs, built, and where the server is.
#[derive(Clone)]
pub(super) struct Programs {
    kubeconfig: PathBuf,
}

/// The Rust programs: each library has one of its own, which links nothing of the others.
#[derive(Clone, Copy)]
pub(super) enum Program {
    Bare,
    Kube,
    Korm,
}

impl Program {
    fn name(self) -> &'static str {
        match self {
            Self::Bare => "korm-bench-bare",
            Self::Kube => "korm-bench-kube",
            Self::Korm => "korm-bench-korm",
        }
    }

    /// Where it is when it is built.
    fn path(self) -> PathBuf {
        let name = format!("{}{}", self.name(), std::env::consts::EXE_SUFFIX);
        workspace::target().join("release").join(name)
    }
}

impl Programs {
    /// Builds the Rust programs as users build theirs: optimised.
    pub(super) fn build(kubeconfig: &Path) -> Result<Self> {
        Self::of(kubeconfig, &[Program::Bare, Program::Kube, Program::Korm])
    }

    /// Builds no more than what prepares the objects.
    pub(super) fn build_bare(kubeconfig: &Path) -> Result<Self> {
        Self::of(kubeconfig, &[Program::Bare])
    }

    fn of(kubeconfig: &Path, programs: &[Program]) -> Result<Self> {
        console::say(format_args!("building the programs to be measured"));
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(workspace::root()).args([
            "build",
            "--quiet",
            "--release",
            "--package",
            "korm-benches",
        ]);
        for program in programs {
            cargo.args(["--bin", program.name()]);
        }
        process::run(&mut cargo)?;
        Ok(Self {
            kubeconfig: std::path::absolute(kubeconfig)
                .context(|| format!("cannot use {}", kubeconfig.display()))?,
        })
    }

    /// A case of the Rust programs.
    pub(super) fn rust(
        &self,
        program: Program,
        case: &str,
        namespace: &str,
        arguments: &[String],
    ) -> Command {
        let mut command = Command::new(program.path());
        command.arg("--kubeconfig").arg(&self.kubeconfig);
        command
            .args(["--namespace", namespace])
            .args(arguments)
            .arg(case);
        command
    }

    /// The Go program, built.
    pub(super) fn go(&self) -> Result<PathBuf> {
        let module = workspace::root().join("benches").join("go");
        let path = workspace::cache()?.join(format!("bench-go{}", std::env::consts::EXE_SUFFIX));
        process::run(
            Command::new("go")
                .current_dir(module)
                .args(["build", "-o"])
                .arg(&path)
                .arg("."),
        )?;
        Ok(path)
    }

    pub(super) fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// Makes sure of the namespace with so many objects, if there is anything to be measured with it.
    pub(super) fn prepare(&self, cases: &[Case], objects: u32) -> Result<()> {
        if !cases.is_empty() {
            self.prepared(objects)?;
        }
        Ok(())
    }

    /// The namespace with so many objects, which are made unless they are there.
    pub(super) fn prepared(&self, objects: u32) -> Result<String> {
        let namespace = format!("bench-{objects}");
        console::say(format_args!(
            "making sure of {objects} objects in {namespace}"
        ));
        process::output(&mut self.rust(
            Program::Bare,
            "prepare",
            &namespace,
            &flag("objects", objects),
        ))?;
        Ok(namespace)
    }

    /// A proxy before the server, that makes each round trip so many milliseconds longer.
    pub(super) fn proxy(&self, delay: u32) -> Result<Proxy> {
        let mut command = self.rust(Program::Bare, "proxy", "default", &[]);
        command
            .arg(format!("--delay={delay}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .context(|| "cannot start the proxy".to_owned())?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut line)
                .context(|| "the proxy does not say its port".to_owned())?;
        }
        let port = line.trim().parse();
        let proxy = Proxy {
            child,
            port: *port.as_ref().unwrap_or(&0),
        };
        match port {
            Ok(_) => Ok(proxy),
            Err(_) => Err(Failure::new(format!(
                "the proxy says no port, but {line:?}"
            ))),
        }
    }
}

/// A flag with its value.
pub(super) fn flag(name: &str, value: impl std::fmt::Display) -> [String; 1] {
    [format!("--{name}={value}")]
}

/// A proxy that runs until this is dropped.
pub(super) struct Proxy {
    child: Child,
    pub(super) port: u16,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // It stops when its standard input is closed; by force is quicker.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
