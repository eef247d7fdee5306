use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use crate::Context;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// How long a kind may take to be served: the reference server waits two seconds after it was established.
const PATIENCE: Duration = Duration::from_secs(20);
const PERIOD: Duration = Duration::from_millis(100);

impl Context {
    /// Installs a kind of this case's own and waits until objects of it can be created. `version` is one entry of
    /// the definition's `spec.versions`. Gives the path of its objects in the case's namespace.
    pub async fn install(&self, plural: &str, kind: &str, version: Value) -> Result<String, Error> {
        let group = format!("{}.korm.test", self.namespace());
        let definition = json!({
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": format!("{plural}.{group}")},
            "spec": {
                "group": group,
                "names": {"plural": plural, "kind": kind},
                "scope": "Namespaced",
                "versions": [version],
            },
        });
        let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        let served = definition
            .pointer("/spec/versions/0/name")
            .and_then(Value::as_str)
            .unwrap_or("v1")
            .to_owned();
        self.post(path, definition)
            .await?
            .expect(StatusCode::CREATED)?;
        let objects = format!(
            "/apis/{group}/{served}/namespaces/{}/{plural}",
            self.namespace()
        );
        self.wait_until_served(&objects, kind, &format!("{group}/{served}"))
            .await?;
        self.requests().clear();
        Ok(objects)
    }

    /// Tries a create without effect until the server takes it or refuses it for what it contains.
    async fn wait_until_served(
        &self,
        path: &str,
        kind: &str,
        api_version: &str,
    ) -> Result<(), Error> {
        let probe = json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": "probe"}});
        let begin = tokio::time::Instant::now();
        loop {
            let answer = self
                .post(&format!("{path}?dryRun=All"), probe.clone())
                .await?;
            match answer.status {
                StatusCode::CREATED | StatusCode::UNPROCESSABLE_ENTITY => return Ok(()),
                StatusCode::NOT_FOUND | StatusCode::TOO_MANY_REQUESTS
                    if begin.elapsed() < PATIENCE =>
                {
                    tokio::time::sleep(PERIOD).await;
                }
                _ => return Err(format!("{path} is not served: {}", answer.body).into()),
            }
        }
    }
}
