//! `cargo xtask testbed`: the reference server for whoever wants to talk to it by hand.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use signal_hook::consts::TERM_SIGNALS;

use crate::failure::Context;
use crate::{Failure, Result, console, go};

const START_TIMEOUT: Duration = Duration::from_secs(90);
const STOP_TIMEOUT: Duration = Duration::from_secs(5);
const PERIOD: Duration = Duration::from_millis(50);

/// How to run the reference server.
#[derive(Debug, Default, clap::Args)]
pub struct Options {
    /// Where to write the kubeconfig once the server is ready [default: testbed.kubeconfig in the temporary folder].
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// Loopback port to serve on; 0 picks a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Older minor version of Kubernetes to behave as, such as 1.34.
    #[arg(long, value_name = "VERSION")]
    emulated_version: Option<String>,
    /// Write the server's log there.
    #[arg(long, value_name = "FILE")]
    log_file: Option<PathBuf>,
}

/// Runs the server until Ctrl-C or SIGTERM.
pub(crate) fn run(options: &Options) -> Result<()> {
    // Before the signals are caught: a build ends with the signal's default.
    go::program(go::Program::Testbed)?;
    let stop = Arc::new(AtomicBool::new(false));
    for signal in TERM_SIGNALS {
        signal_hook::flag::register(*signal, Arc::clone(&stop))
            .context(|| "cannot listen for signals".to_owned())?;
    }
    let Some(mut server) = Running::start_unless(options, &stop)? else {
        return Ok(());
    };
    console::print(format_args!(
        "The reference server is ready after {:.1} s.\n\n    export KUBECONFIG={}\n    kubectl get namespaces\n\n\
         Contexts: `reference` may do everything, `reference-nobody` nothing. Ctrl-C stops the server.",
        server.started_in.as_secs_f64(),
        server.kubeconfig.display()
    ));
    while !stop.load(Ordering::Relaxed) {
        let ended = server.ended()?;
        // Ctrl-C reaches the server too, being of the same process group.
        if let (Some(status), false) = (ended, stop.load(Ordering::Relaxed)) {
            return Err(Failure::new(format!(
                "the reference server ended by itself with {status}"
            )));
        }
        std::thread::sleep(PERIOD);
    }
    Ok(())
}

/// A reference server of this process's own; it stops when this is dropped, and when this process dies.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    kubeconfig: PathBuf,
    started_in: Duration,
}

impl Running {
    /// Starts a server and waits until it is ready.
    pub(crate) fn start(options: &Options) -> Result<Self> {
        Self::start_unless(options, &AtomicBool::new(false))?
            .ok_or_else(|| Failure::new("the reference server was stopped while it started"))
    }

    /// Where the server's kubeconfig is, for as long as the server runs.
    pub(crate) fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    fn start_unless(options: &Options, stop: &AtomicBool) -> Result<Option<Self>> {
        let program = go::program(go::Program::Testbed)?;
        let kubeconfig =
            match &options.kubeconfig {
                Some(path) => std::path::absolute(path)
                    .context(|| format!("cannot use {}", path.display()))?,
                None => std::env::temp_dir()
                    .join(format!("korm-testbed-{}.kubeconfig", std::process::id())),
            };
        if kubeconfig.exists() {
            return Err(Failure::new(format!(
                "{} exists already: name another file, or remove it if no server runs there",
                kubeconfig.display()
            )));
        }
        let begin = Instant::now();
        let mut command = Command::new(program);
        command
            .arg("--kubeconfig")
            .arg(&kubeconfig)
            .arg(format!("--port={}", options.port))
            .arg("--stop-with-stdin")
            .stdin(Stdio::piped())
            .stdout(Stdio::null());
        if let Some(version) = &options.emulated_version {
            command.arg(format!("--emulated-version={version}"));
        }
        if let Some(file) = &options.log_file {
            command.arg("--log-file").arg(file);
        }
        let child = command
            .spawn()
            .context(|| "cannot start the reference server".to_owned())?;
        let mut server = Self {
            child,
            kubeconfig,
            started_in: Duration::ZERO,
        };
        while !server.kubeconfig.exists() {
            if let Some(status) = server.ended()? {
                return Err(Failure::new(format!(
                    "the reference server did not start: {status}"
                )));
            }
            if stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            if begin.elapsed() > START_TIMEOUT {
                return Err(Failure::new(format!(
                    "the reference server was not ready after {} s; --log-file shows its log",
                    START_TIMEOUT.as_secs()
                )));
            }
            std::thread::sleep(PERIOD);
        }
        server.started_in = begin.elapsed();
        Ok(Some(server))
    }

    fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child
            .try_wait()
            .context(|| "cannot watch the reference server".to_owned())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The server stops, and removes its files, when its standard input is closed.
        drop(self.child.stdin.take());
        let begin = Instant::now();
        while begin.elapsed() < STOP_TIMEOUT {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(PERIOD);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
