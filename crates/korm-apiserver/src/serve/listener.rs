//! Starting, listening, and stopping.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tower::{BoxError, Service};

use super::connection::{self, Shared};
use super::ends::Ends;
use super::error::ServeError;
use super::kubeconfig;
use super::token::Token;
use super::x509::{self, Identity};

/// How long requests may take to finish once the server is told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// A server about to be started; see the [module](super).
#[derive(Debug, Clone)]
#[must_use = "nothing is served before `start`"]
pub struct Serve<S> {
    service: S,
    port: u16,
    grace: Duration,
}

impl<S> Serve<S> {
    /// Serves this service, on any free port.
    pub fn new(service: S) -> Self {
        Self {
            service,
            port: 0,
            grace: GRACE,
        }
    }

    /// Listens on this port; 0, the default, takes any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// How long [`Running::shutdown`] lets requests finish before it cuts them off; 5 seconds
    /// unless told otherwise. Watches end at once.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Starts to serve on the current tokio runtime; clients are answered once this returns.
    ///
    /// An error of the service is a broken connection to the client: nothing is answered.
    ///
    /// # Errors
    ///
    /// Where the port is taken, or the operating system gives no randomness for the secrets.
    pub async fn start<B>(self) -> Result<Running, ServeError>
    where
        S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let in_the_way = |source| ServeError::Bind {
            address: wanted,
            source,
        };
        let listener = TcpListener::bind(wanted).await.map_err(in_the_way)?;
        let address = listener.local_addr().map_err(in_the_way)?;
        let token = Token::random()?;
        let identity = x509::identity()?;
        let authority_pem = identity.authority_pem.clone();
        let (tell, ends) = Ends::pair();
        let shared = Shared {
            service: self.service,
            token: token.clone(),
            tls: acceptor(identity)?,
            ends,
        };
        let task = tokio::spawn(accept(listener, Arc::new(shared), self.grace));
        Ok(Running {
            address,
            authority_pem,
            token,
            tell,
            task,
        })
    }
}

fn acceptor(identity: Identity) -> Result<TlsAcceptor, rustls::Error> {
    // The provider is named, so that it does not matter which one the process has installed.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(identity.chain, identity.key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Accepts connections until the end, then waits for those that are open.
async fn accept<S, B>(listener: TcpListener, shared: Arc<Shared<S>>, grace: Duration)
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let mut connections = JoinSet::new();
    let mut end = std::pin::pin!(shared.ends.clone().wait());
    loop {
        tokio::select! {
            () = &mut end => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection::serve(stream, Arc::clone(&shared)));
                }
                Err(error) => {
                    // Out of file descriptors, mostly: those come back, but not by asking at once.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    let finished = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(grace, finished).await.is_err() {
        tracing::warn!("requests still running after the grace period are cut off");
        connections.shutdown().await;
    }
}

/// A server that is running. Dropping it stops it too, without waiting for the end.
pub struct Running {
    address: SocketAddr,
    authority_pem: String,
    token: Token,
    tell: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same as a URL, as clients are configured with.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// A kubeconfig whose only context, `korm`, is this server, in the namespace `default`.
    ///
    /// It holds a credential: whoever reads it may do anything on this server. A file for it wants
    /// mode 0600.
    #[must_use]
    pub fn kubeconfig(&self) -> String {
        kubeconfig::text(&self.url(), &self.authority_pem, self.token.secret())
    }

    /// The certificate authority to trust, in PEM. It is no secret.
    #[must_use]
    pub fn authority_pem(&self) -> &str {
        &self.authority_pem
    }

    /// The bearer token that requests have to show: a credential, see
    /// [`kubeconfig`](Self::kubeconfig).
    #[must_use]
    pub fn token(&self) -> &str {
        self.token.secret()
    }

    /// Stops: no new connections, watches end at once and cleanly, other requests may finish
    /// within the [grace period](Serve::grace). Returns when nothing runs any more.
    pub async fn shutdown(self) {
        self.tell.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the server did not stop cleanly");
        }
    }
}
