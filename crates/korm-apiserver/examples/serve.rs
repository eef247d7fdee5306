//! Serves the embedded server until Ctrl-C, with its kubeconfig in a file.

use std::error::Error;
use std::io::Write;

use korm_apiserver::Server;
use korm_apiserver::serve::Serve;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "kubeconfig".to_owned());
    let server = Server::builder().build()?;
    let running = Serve::new(server.clone()).start().await?;
    std::fs::write(&path, running.kubeconfig())?;
    writeln!(
        std::io::stdout(),
        "kubectl --kubeconfig {path} get namespaces"
    )?;
    tokio::signal::ctrl_c().await?;
    server.end_watches();
    running.shutdown().await;
    Ok(())
}
