//! A cluster in this process.

use korm_apiserver::Server;

use super::Cluster;
use crate::Result;
use crate::error::{ConfigurationFault, Error};

impl Cluster {
    /// A Kubernetes API server of its own in this process, empty but for the namespaces that every cluster has. It is
    /// reached without sockets, and ends with the last handle to it.
    ///
    /// It answers as Kubernetes does and runs no controllers but those for namespaces and dependents: no Pod is ever
    /// scheduled. What it deliberately lacks is listed in the documentation of `korm-apiserver`. To configure it, or to put
    /// faults in front of it, build one with `korm_apiserver::Server::builder()` and connect by
    /// [`from_service`](Self::from_service).
    ///
    /// ```
    /// # #[tokio::main]
    /// # async fn main() -> korm::Result<()> {
    /// let cluster = korm::Cluster::embedded().await?;
    /// assert_eq!(cluster.address(), "embedded");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_configuration`](Error::is_configuration) if it cannot be built.
    pub async fn embedded() -> Result<Self> {
        let server = Server::builder().build().map_err(|error| {
            Error::configuration(ConfigurationFault::Unusable {
                address: "the embedded server".to_owned(),
                reason: error.to_string(),
            })
        })?;
        Ok(Self::from_service(server, "embedded", "default"))
    }
}
