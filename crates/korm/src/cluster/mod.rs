//! A connection to one Kubernetes API.

mod config;
mod connect;
#[cfg(feature = "embedded")]
mod embedded;
mod layer;
mod over_http;
mod settings;

use std::{fmt, sync::Arc, time::Duration};

use http::request::Parts;

pub use self::connect::Connect;
pub use self::layer::Connection;
pub(crate) use self::settings::Settings;
use crate::transport::{Deadline, Exchange, Hooks, Http, Queues, Refusal, RequestLog, Transport};

/// A connection to one Kubernetes API: by kubeconfig, in-cluster, or embedded.
///
/// Cheap to clone; clones share the connections. The methods that start with `with_`, and [`dry_run`](Self::dry_run) and
/// [`refuse_residual`](Self::refuse_residual), give a further handle to the same cluster that behaves differently, and
/// leave this one as it is.
///
/// Nothing is sent before something is asked for: connecting only reads the configuration.
#[derive(Clone)]
pub struct Cluster {
    pub(crate) transport: Arc<Transport>,
    pub(crate) settings: Arc<Settings>,
    /// When the call that is under way has to end; nothing in the handles that programs have.
    ends: Option<Deadline>,
}

impl Cluster {
    fn new(client: kube::Client, address: String) -> Self {
        let namespace = client.default_namespace().to_owned();
        Self {
            transport: Arc::new(Transport {
                client,
                http: None,
                address: address.into(),
                hooks: Hooks::default(),
                queues: Queues::default(),
            }),
            settings: Arc::new(Settings::new(namespace)),
            ends: None,
        }
    }

    fn over_http(http: Http, client: kube::Client, address: String) -> Self {
        let mut cluster = Self::new(client, address);
        Arc::make_mut(&mut cluster.transport).http = Some(http);
        cluster
    }

    /// A cluster behind a [`kube::Client`] that exists already. `address` is for messages only.
    ///
    /// Retries that the client makes by itself (`Config::default_retry`) should be off: korm knows better which request
    /// may be repeated.
    pub fn from_client(client: kube::Client, address: impl Into<String>) -> Self {
        Self::new(client, address.into())
    }

    /// A cluster behind any HTTP service, such as one with tower layers around it. `address` is for messages only, and
    /// `namespace` is the [default](Self::default_namespace).
    ///
    /// Must be called within a tokio runtime.
    pub fn from_service<S, B>(service: S, address: impl Into<String>, namespace: &str) -> Self
    where
        S: tower::Service<http::Request<kube::client::Body>, Response = http::Response<B>>
            + Send
            + 'static,
        S::Future: Send + 'static,
        S::Error: Into<tower::BoxError>,
        B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: Into<tower::BoxError>,
    {
        Self::new(kube::Client::new(service, namespace), address.into())
    }

    /// The `kube::Client` below, for everything that korm does not do.
    pub fn client(&self) -> kube::Client {
        self.transport.client.clone()
    }

    /// Where the cluster is, as for messages: a URL, or `embedded`.
    pub fn address(&self) -> &str {
        &self.transport.address
    }

    /// The namespace of the kubeconfig's context or of the pod; `default` if there is none.
    ///
    /// Objects without a namespace are *not* put there: a namespaced model needs its namespace set.
    pub fn default_namespace(&self) -> &str {
        &self.settings.namespace
    }

    fn with(&self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::clone(&self.settings);
        change(&mut settings);
        Self {
            transport: self.transport.clone(),
            settings: Arc::new(settings),
            ends: None,
        }
    }

    /// A handle whose calls may take this long each, with all requests, retries and waits that belong to the call. The
    /// default is 60 seconds.
    ///
    /// Streams of pages and of objects may take this long for each page; writes of many objects, for each object. Watches
    /// have no end.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        self.with(|settings| settings.timeout = timeout)
    }

    /// A handle that writes under this name in `managedFields`. The default is `korm`.
    #[must_use]
    pub fn with_field_manager(&self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.with(|settings| settings.field_manager = name)
    }

    /// A handle that reads lists in pages of this many objects. The default is 500; 0 means everything at once.
    #[must_use]
    pub fn with_page_size(&self, objects: u32) -> Self {
        self.with(|settings| settings.page_size = objects)
    }

    /// A handle whose writes are checked by the server in full, and not stored (`dryRun=All`).
    #[must_use]
    pub fn dry_run(&self) -> Self {
        self.with(|settings| settings.dry_run = true)
    }

    /// A handle that refuses queries of which a part would have to be evaluated here.
    #[must_use]
    pub fn refuse_residual(&self) -> Self {
        self.with(|settings| settings.refuse_residual = true)
    }

    /// A handle on which `hook` sees every request before it is sent, each attempt of it, and may change its headers or
    /// refuse it: for tenancy.
    #[must_use]
    pub fn with_request_hook(
        &self,
        hook: impl Fn(&mut Parts) -> Result<(), Refusal> + Send + Sync + 'static,
    ) -> Self {
        let mut cluster = self.clone();
        Arc::make_mut(&mut cluster.transport).hooks.add_before(hook);
        cluster
    }

    /// A handle on which `hook` sees every request after its answer came or failed: for audit.
    #[must_use]
    pub fn with_audit(&self, hook: impl Fn(&Exchange<'_>) + Send + Sync + 'static) -> Self {
        let mut cluster = self.clone();
        Arc::make_mut(&mut cluster.transport).hooks.add_after(hook);
        cluster
    }

    /// A handle that records its requests, and the record.
    ///
    /// ```
    #[doc = include_str!("../tour/peach.rs.txt")]
    /// # #[tokio::main] async fn main() -> korm::Result<()> {
    /// # let cluster = orchard().await?;
    /// let (cluster, log) = cluster.recorded();
    /// cluster.query::<Peach>().in_namespace("default").count().await?;
    /// let sent = log.take();
    /// assert_eq!(sent.len(), 1);
    /// assert_eq!(
    ///     sent[0].path_and_query,
    ///     "/apis/pykorm.infomaniak.com/v1/namespaces/default/peaches?limit=1"
    /// );
    /// # Ok(()) }
    /// ```
    pub fn recorded(&self) -> (Self, RequestLog) {
        let log = RequestLog::default();
        let record = log.clone();
        (self.with_audit(move |exchange| record.push(exchange)), log)
    }

    /// When a call that begins now, or has begun, has to end.
    pub(crate) fn deadline(&self) -> Deadline {
        self.ends
            .unwrap_or_else(|| Deadline::after(self.settings.timeout))
    }

    /// This handle for the requests of one call, which share one deadline.
    pub(crate) fn begun(&self) -> Self {
        self.until(self.deadline())
    }

    /// This handle for requests that have to end by then.
    pub(crate) fn until(&self, deadline: Deadline) -> Self {
        Self {
            ends: Some(deadline),
            ..self.clone()
        }
    }
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster")
            .field("address", &self.address())
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
