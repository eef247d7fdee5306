//! Calls that are dropped close their connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::StreamExt;
use k8s_openapi::api::core::v1::ConfigMap;
use korm::Cluster;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Connections on which a client waits for something.
#[derive(Clone, Default)]
struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    /// Waits until there are so many; a minute at most, however loaded the machine is.
    async fn until(&self, count: usize) {
        for _ in 0..6_000 {
            if self.0.load(Ordering::SeqCst) == count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let there = self.0.load(Ordering::SeqCst);
        assert_eq!(there, count, "connections that wait");
    }
}

/// Lists nothing, and answers nothing else: watches begin and tell nothing, reads wait for ever.
async fn serve(mut stream: TcpStream, waiting: Waiting) -> std::io::Result<()> {
    let mut unread = Vec::new();
    loop {
        let mut more = [0; 1024];
        let count = stream.read(&mut more).await?;
        if count == 0 {
            return Ok(());
        }
        unread.extend_from_slice(&more[..count]);
        let Some(end) = unread.windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let head: Vec<u8> = unread.drain(..end + 4).collect();
        let line = String::from_utf8_lossy(&head)
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned();
        if line.contains("/configmaps?") && !line.contains("watch=true") {
            let list = r#"{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[]}"#;
            let head = format!(
                "content-type: application/json\r\ncontent-length: {}",
                list.len()
            );
            stream
                .write_all(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{list}").as_bytes())
                .await?;
            continue;
        }
        if line.contains("watch=true") {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
            stream.write_all(head.as_bytes()).await?;
        }
        waiting.0.fetch_add(1, Ordering::SeqCst);
        // Ends with the connection.
        let ended = stream.read(&mut more).await;
        waiting.0.fetch_sub(1, Ordering::SeqCst);
        return ended.map(drop);
    }
}

#[tokio::test]
async fn a_dropped_call_closes_its_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let waiting = Waiting::default();
    let counted = waiting.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, counted.clone()));
        }
    });
    let config = kube::Config::new(address.parse().unwrap());
    let cluster = Cluster::from_config(config).unwrap();

    for _ in 0..3 {
        let reads: Vec<_> = (0..10)
            .map(|n| {
                let cluster = cluster.clone();
                tokio::spawn(async move {
                    let name = format!("m{n}");
                    cluster.get::<ConfigMap>(("default", name.as_str())).await
                })
            })
            .collect();
        let watches: Vec<_> = (0..5)
            .map(|_| {
                let mut watch = cluster.query::<ConfigMap>().in_namespace("default").watch();
                tokio::spawn(async move { while watch.next().await.is_some() {} })
            })
            .collect();
        waiting.until(15).await;
        for read in &reads {
            read.abort();
        }
        waiting.until(5).await;
        for watch in &watches {
            watch.abort();
        }
        waiting.until(0).await;
    }
}
