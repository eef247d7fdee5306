//! `korm serve`: the embedded server on loopback, for kubectl and any other client.

mod kubeconfig;
mod ready;
mod signals;

use std::io;
use std::path::{Path, PathBuf};

use korm_apiserver::Server;
use korm_apiserver::serve::{Running, Serve, ServeError};

use self::kubeconfig::KubeconfigFile;
use self::signals::Signals;
use crate::output;

/// Serve an embedded Kubernetes API on loopback
///
/// The server keeps its objects in memory: it starts empty and forgets everything when it stops. It listens on
/// 127.0.0.1 with TLS, and lets in who has the token of the kubeconfig it writes. The kubeconfig appears once the
/// server answers, and is removed when it stops (Ctrl-C, SIGTERM).
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The port to listen on; any free one unless given
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    port: u16,

    /// Where to write the kubeconfig; a new file among the temporary ones unless given
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
}

/// Why the server is not running.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("cannot start: {0}")]
    Runtime(#[source] io::Error),
    #[error("{0}")]
    Server(String),
    #[error(
        "port {0} is in use by another program; choose another with --port, or leave it out for any free one"
    )]
    PortInUse(u16),
    #[error("{0}")]
    Serve(#[source] ServeError),
    #[error("cannot write the kubeconfig {path}: {reason}; choose another place with --kubeconfig", path = path.display())]
    Kubeconfig { path: PathBuf, reason: String },
    #[error("the server does not answer: {0}")]
    NoAnswer(String),
}

/// Serves until a signal asks to stop.
pub(crate) fn run(args: &Args) -> Result<(), Error> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Error::Runtime)?
        .block_on(serve(args))
}

async fn serve(args: &Args) -> Result<(), Error> {
    // Before anything is there to be cleaned up, so that a signal always finds somebody who does it.
    let mut signals = Signals::listen().map_err(Error::Runtime)?;
    let file = KubeconfigFile::prepare(args.kubeconfig.as_deref())?;
    let running = start(args.port).await?;
    let text = running.kubeconfig();

    tokio::select! {
        answers = ready::wait(&text) => answers.map_err(Error::NoAnswer)?,
        () = signals.next() => return stop(running, None).await,
    }
    let written = file.write(&text)?;
    output::say(&greeting(&running.url(), written.path()));

    signals.next().await;
    stop(running, Some(written)).await
}

async fn start(port: u16) -> Result<Running, Error> {
    let server = Server::builder()
        .build()
        .map_err(|error| Error::Server(error.to_string()))?;
    Serve::new(server)
        .port(port)
        .start()
        .await
        .map_err(|error| match error {
            ServeError::Bind { address, source } if source.kind() == io::ErrorKind::AddrInUse => {
                Error::PortInUse(address.port())
            }
            other => Error::Serve(other),
        })
}

/// The kubeconfig goes first: who finds one may expect a server behind it.
async fn stop(running: Running, written: Option<kubeconfig::Written>) -> Result<(), Error> {
    let told = written.and_then(kubeconfig::Written::remove);
    running.shutdown().await;
    output::say(&match told {
        Some(path) => format!("stopped; {} is removed", path.display()),
        None => "stopped".to_owned(),
    });
    Ok(())
}

fn greeting(url: &str, kubeconfig: &Path) -> String {
    format!(
        "\
korm serves a Kubernetes API at {url}

  export KUBECONFIG={}
  kubectl get namespaces

Objects are kept in memory. Ctrl-C stops it.",
        quoted(kubeconfig)
    )
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%".contains(c);
    if text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_for_the_shell() {
        assert_eq!(quoted(Path::new("/tmp/a-b.c")), "/tmp/a-b.c");
        assert_eq!(quoted(Path::new("/tmp/a b")), "'/tmp/a b'");
        assert_eq!(quoted(Path::new("/tmp/it's")), r"'/tmp/it'\''s'");
    }
}
