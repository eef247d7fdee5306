//! A network that is farther away: passes connections on, with each byte so much later.

use std::io::Write;
use std::time::Duration;

use anyhow::Context;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::Instant;

use korm_benches::options::Options;

/// Says the port it listens on, and passes on until standard input ends. The delay is that of a round trip: half of it
/// each way.
pub(crate) async fn run(options: &Options, delay: u64) -> anyhow::Result<()> {
    let server = options.config().await?.cluster_url;
    let host = server.host().context("the server has no host")?.to_owned();
    let to = (host, server.port_u16().unwrap_or(443));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    writeln!(std::io::stdout(), "{}", listener.local_addr()?.port())?;
    std::io::stdout().flush()?;
    let one_way = Duration::from_micros(delay * 500);
    let serve = async {
        loop {
            let (client, _) = listener.accept().await?;
            let server = TcpStream::connect((to.0.as_str(), to.1)).await?;
            client.set_nodelay(true)?;
            server.set_nodelay(true)?;
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            tokio::spawn(pass(from_client, to_server, one_way));
            tokio::spawn(pass(from_server, to_client, one_way));
        }
    };
    let mut stdin = tokio::io::stdin();
    let mut ignored = [0; 16];
    tokio::select! {
        ended = serve => ended,
        _ = stdin.read(&mut ignored) => Ok(()),
    }
}

/// Reading goes on while earlier bytes wait: the way gets longer, not narrower.
async fn pass(
    mut from: impl AsyncRead + Unpin + Send + 'static,
    mut to: impl AsyncWrite + Unpin,
    delay: Duration,
) {
    let (send, mut waiting) = mpsc::channel::<(Instant, Vec<u8>)>(1024);
    let read = tokio::spawn(async move {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(size @ 1..) = from.read(&mut buffer).await {
            let due = Instant::now() + delay;
            if send.send((due, buffer[..size].to_vec())).await.is_err() {
                return;
            }
        }
    });
    while let Some((due, bytes)) = waiting.recv().await {
        tokio::time::sleep_until(due).await;
        if to.write_all(&bytes).await.is_err() {
            break;
        }
    }
    read.abort();
    let _ = to.shutdown().await;
}
