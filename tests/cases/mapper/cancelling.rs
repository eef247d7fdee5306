//! Calls that are dropped at any await leave no task, no connection and no turn behind.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::StreamExt;
use korm::prelude::*;
use korm_apiserver::serve::Serve;
use korm_tests::{Case, Context, Outcome, Server};
use kube::config::{Config, KubeConfigOptions, Kubeconfig};
use tokio::net::{TcpListener, TcpStream};

use super::model::Peach;

pub(crate) const CASES: &[Case] =
    korm_tests::cases![a_dropped_call_leaves_no_task_and_no_connection];

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Call = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Passes bytes on to a server, and knows how many connections are open.
struct Relay {
    url: String,
    open: Arc<AtomicUsize>,
}

impl Relay {
    async fn to(server: String) -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("https://{}", listener.local_addr()?);
        let open = Arc::new(AtomicUsize::new(0));
        let count = open.clone();
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (server, count) = (server.clone(), count.clone());
                tokio::spawn(async move {
                    count.fetch_add(1, Ordering::SeqCst);
                    if let Ok(mut far) = TcpStream::connect(&server).await {
                        // Ends with the first of the two that closes; how is not the question here.
                        let (mut near_read, mut near_write) = near.split();
                        let (mut far_read, mut far_write) = far.split();
                        tokio::select! {
                            _ = tokio::io::copy(&mut near_read, &mut far_write) => {}
                            _ = tokio::io::copy(&mut far_read, &mut near_write) => {}
                        }
                    }
                    count.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Ok(Self { url, open })
    }

    async fn until_closed(&self) -> Outcome {
        for _ in 0..1_200 {
            if self.open.load(Ordering::SeqCst) == 0 {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let open = self.open.load(Ordering::SeqCst);
        Err(format!("{open} connections stay open").into())
    }
}

/// The configuration of the case's server, or of one like it that can be reached by TCP.
async fn config(
    server: Server,
) -> Result<(Config, Option<korm_apiserver::serve::Running>), Failure> {
    let (kubeconfig, running) = match server {
        Server::Reference => {
            let path = std::env::var("KORM_REFERENCE_KUBECONFIG")?;
            (Kubeconfig::read_from(path)?, None)
        }
        Server::Embedded => {
            let server = korm_apiserver::Server::builder().build()?;
            let running = Serve::new(server).start().await?;
            (Kubeconfig::from_yaml(&running.kubeconfig())?, Some(running))
        }
    };
    let options = KubeConfigOptions::default();
    let config = Config::from_custom_kubeconfig(kubeconfig, &options).await?;
    Ok((config, running))
}

/// One of everything that can be awaited.
fn call(which: usize, cluster: &Cluster, namespace: &str) -> Call {
    let (cluster, namespace) = (cluster.clone(), namespace.to_owned());
    Box::pin(async move {
        let key = (namespace.as_str(), "shared");
        let all = || cluster.query::<Peach>().in_namespace(&namespace);
        let new = || Peach {
            meta: Meta::generated("new-").in_namespace(&namespace),
            variety: "Frost".into(),
            price: 1,
            note: None,
            tags: None,
            row: None,
            origin: None,
            ripe: Some(true),
        };
        // What becomes of a call that is not dropped is not the question here.
        match which {
            0 => drop(cluster.create(&mut new()).await),
            1 => drop(
                cluster
                    .update(key, |peach: &mut Peach| peach.price += 1)
                    .await,
            ),
            2 => drop(all().page_size(1).all().await),
            3 => drop(all().watch().take(3).collect::<Vec<_>>().await),
            4 => drop(cluster.wait::<Peach>(key).until(Peach::price().lt(0)).await),
            5 => {
                let mut many: Vec<_> = (0..6).map(|_| new()).collect();
                drop(cluster.save_all(&mut many).concurrency(3).await);
            }
            6 => drop(all().limit(2).delete().concurrency(2).await),
            7 => drop(all().count().await),
            8 => drop(cluster.kind("peaches.mapper.korm.example").await),
            _ => {
                if let Ok(mut peach) = cluster.get::<Peach>(key).await {
                    peach.ripe = Some(false);
                    peach.price += 1;
                    drop(cluster.save(&mut peach).await);
                }
            }
        }
    })
}

/// Polls so many times at most, each time that the call is woken, and then drops it.
async fn drop_after(polls: usize, mut call: Call) {
    for _ in 0..polls {
        if futures::poll!(&mut call).is_ready() {
            return;
        }
        futures::pending!();
    }
}

/// In a runtime of its own, whose tasks are this case's.
async fn drops(config: Config, namespace: String) -> Outcome {
    let tasks = || {
        let runtime = tokio::runtime::Handle::current();
        runtime.metrics().num_alive_tasks()
    };
    let before = tasks();
    let cluster = Cluster::from_config(config)?;
    for polls in 0..24 {
        for which in 0..10 {
            // What waits for events that do not come is not polled again.
            let dropped = drop_after(polls, call(which, &cluster, &namespace));
            drop(tokio::time::timeout(Duration::from_millis(100), dropped).await);
        }
    }
    // Whoever was dropped while it was his turn does not keep the others waiting.
    let key = (namespace.as_str(), "shared");
    cluster
        .update(key, |peach: &mut Peach| peach.price += 1)
        .await?;
    drop(cluster);
    for _ in 0..1_200 {
        if tasks() <= before {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(format!("{} tasks were left behind", tasks() - before).into())
}

async fn a_dropped_call_leaves_no_task_and_no_connection(context: Context) -> Outcome {
    let (mut config, running) = config(context.server()).await?;
    // Where there is a case's own server behind TCP, it has nothing yet.
    let direct = Cluster::from_config(config.clone())?;
    let namespace = match running {
        Some(_) => "default",
        None => context.namespace(),
    };
    direct.install::<Peach>().await?;
    let mut shared = Peach {
        meta: Meta::named("shared").in_namespace(namespace),
        ..super::model::peach(&context, "")
    };
    // It is not among those that are deleted: a finalizer holds it.
    shared.meta = shared.meta.finalizer("korm.example/hold");
    direct.save(&mut shared).await?;

    let server = config
        .cluster_url
        .authority()
        .ok_or("no address")?
        .to_string();
    let relay = Relay::to(server).await?;
    config.cluster_url = relay.url.parse()?;
    let namespace = namespace.to_owned();
    let work = move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        runtime.block_on(drops(config, namespace))
    };
    tokio::task::spawn_blocking(work).await??;
    relay.until_closed().await?;
    direct.refresh(&mut shared).await?;
    direct
        .remove_finalizer(&mut shared, "korm.example/hold")
        .await?;
    Ok(())
}
