//! A tower layer around the connection.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use kube::client::Body;
use tower::{BoxError, Layer, Service};

use super::Cluster;

/// The connection of a cluster as a tower service; what a layer of [`Cluster::with_layer`] is put around.
#[derive(Clone)]
pub struct Connection(kube::Client);

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

impl Service<Request<Body>> for Connection {
    type Response = Response<Body>;
    type Error = kube::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    /// The client below queues by itself.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let client = self.0.clone();
        Box::pin(async move { client.send(request).await })
    }
}

impl Cluster {
    /// A handle whose requests go through a tower layer: for tenancy, limits, caches, or faults in tests. Each attempt of
    /// a request goes through it.
    ///
    /// Must be called within a tokio runtime.
    #[must_use]
    pub fn with_layer<L, B>(&self, layer: &L) -> Self
    where
        L: Layer<Connection>,
        L::Service: Service<Request<Body>, Response = Response<B>> + Send + 'static,
        <L::Service as Service<Request<Body>>>::Future: Send + 'static,
        <L::Service as Service<Request<Body>>>::Error: Into<BoxError>,
        B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let service = layer.layer(Connection(self.client()));
        let mut cluster = self.clone();
        let client = kube::Client::new(service, self.default_namespace());
        let transport = Arc::make_mut(&mut cluster.transport);
        (transport.client, transport.http) = (client, None);
        cluster
    }
}
