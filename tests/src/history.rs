use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use http::Request;
use kube::config::Kubeconfig;
use tokio::sync::{OwnedRwLockReadGuard, RwLock};

use crate::case::Outcome;

/// Where the testbed's kubeconfig says how its history is forgotten.
const COMPACT: &str = "korm.dev/testbed-compact";

/// Every case on the reference server has a share of it, so that nobody's history is forgotten in the middle.
static SHARED: LazyLock<Arc<RwLock<()>>> = LazyLock::new(Arc::default);

/// What a server knows of states before the present one, and how it is made to forget them.
#[derive(Clone)]
pub(crate) enum History {
    /// Nobody else's.
    Embedded(korm_apiserver::ApiServer),
    /// That of all cases.
    Reference(Shared),
}

#[derive(Clone)]
pub(crate) struct Shared {
    url: Option<String>,
    share: Arc<Mutex<Option<OwnedRwLockReadGuard<()>>>>,
}

impl History {
    /// That of the reference server, which cannot be forgotten as long as this lives.
    pub(crate) async fn of_reference(kubeconfig: &Kubeconfig) -> Self {
        let share = SHARED.clone().read_owned().await;
        Self::Reference(Shared {
            url: compact_url(kubeconfig),
            share: Arc::new(Mutex::new(Some(share))),
        })
    }

    pub(crate) async fn forget(&self) -> Outcome {
        match self {
            Self::Embedded(server) => {
                server.compact();
                Ok(())
            }
            Self::Reference(shared) => shared.forget().await,
        }
    }
}

impl Shared {
    /// Waits until no other case is in the middle of anything.
    async fn forget(&self) -> Outcome {
        let url = self.url.as_deref().ok_or_else(|| {
            format!("the kubeconfig does not say how the reference server forgets ({COMPACT}): `cargo xtask testbed` does")
        })?;
        self.keep(None);
        let all = SHARED.clone().write_owned().await;
        let client = kube::Client::try_from(kube::Config::new(url.parse()?))?;
        let answer = client
            .request_text(Request::post("/").body(Vec::new())?)
            .await;
        self.keep(Some(all.downgrade()));
        answer?;
        Ok(())
    }

    fn keep(&self, share: Option<OwnedRwLockReadGuard<()>>) {
        *self.share.lock().unwrap_or_else(PoisonError::into_inner) = share;
    }
}

fn compact_url(kubeconfig: &Kubeconfig) -> Option<String> {
    let clusters = kubeconfig.clusters.iter();
    let mut extensions = clusters
        .filter_map(|named| named.cluster.as_ref()?.extensions.as_ref())
        .flatten();
    let named = extensions.find(|named| named.name == COMPACT)?;
    Some(named.extension.as_str()?.to_owned())
}
