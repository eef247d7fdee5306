//! Waiting until the server answers.

use std::time::Duration;

use kube::config::{Config, KubeConfigOptions, Kubeconfig};

/// A server on loopback that is silent for longer than this is not coming.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(20);

/// Asks, as a client with this kubeconfig, until the server says that it is ready.
pub(super) async fn wait(kubeconfig: &str) -> Result<(), String> {
    let client = client(kubeconfig)
        .await
        .map_err(|error| error.to_string())?;
    let mut last = String::from("it took no connection");
    let asking = async {
        while let Err(error) = ask(&client).await {
            last = error;
            tokio::time::sleep(PAUSE).await;
        }
    };
    if tokio::time::timeout(PATIENCE, asking).await.is_err() {
        return Err(last);
    }
    Ok(())
}

async fn client(kubeconfig: &str) -> Result<kube::Client, Box<dyn std::error::Error>> {
    let kubeconfig = Kubeconfig::from_yaml(kubeconfig)?;
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?;
    Ok(korm::Cluster::from_config(config)?.client())
}

async fn ask(client: &kube::Client) -> Result<(), String> {
    let request = http::Request::get("/readyz")
        .body(Vec::new())
        .map_err(|error| error.to_string())?;
    client
        .request_text(request)
        .await
        .map(drop)
        .map_err(|error| error.to_string())
}
