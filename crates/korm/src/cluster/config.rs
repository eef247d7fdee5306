//! Finding and reading the configuration, with errors that name the file and what is wrong with it.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};

use kube::config::{Config, Kubeconfig, KubeconfigError};

use crate::Result;
use crate::error::{ConfigurationFault as Fault, Error};

/// How long to wait for a connection before it is tried again or given up.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The kubeconfig files that were looked for, and those that there are.
#[derive(Debug)]
pub(super) struct Files {
    pub tried: Vec<PathBuf>,
    pub exist: Vec<PathBuf>,
}

impl Files {
    /// Those of kubectl: one given by name, which must exist; else all of `KUBECONFIG`, of which some may be missing;
    /// else `~/.kube/config`.
    pub(super) fn find(given: Option<&Path>) -> Self {
        match given {
            Some(path) => Self {
                tried: vec![path.to_owned()],
                exist: vec![path.to_owned()],
            },
            None => Self::of(env::var_os("KUBECONFIG"), env::home_dir()),
        }
    }

    fn of(kubeconfig: Option<OsString>, home: Option<PathBuf>) -> Self {
        let tried: Vec<PathBuf> = match kubeconfig.filter(|list| !list.is_empty()) {
            Some(list) => env::split_paths(&list)
                .filter(|path| !path.as_os_str().is_empty())
                .collect(),
            None => home
                .map(|home| home.join(".kube").join("config"))
                .into_iter()
                .collect(),
        };
        let exist = tried.iter().filter(|path| path.exists()).cloned().collect();
        Self { tried, exist }
    }

    /// Reads and merges them: where two say something about the same name, the first wins. If there are none, the first
    /// that was looked for is what cannot be read.
    pub(super) fn read(&self) -> Result<Kubeconfig> {
        let mut whole = Kubeconfig::default();
        let files = if self.exist.is_empty() {
            &self.tried
        } else {
            &self.exist
        };
        for path in files {
            let next = Kubeconfig::read_from(path).map_err(|error| unreadable(path, error))?;
            whole = whole.merge(next).map_err(|error| unreadable(path, error))?;
        }
        Ok(whole)
    }
}

/// The configuration of a pod, if this is one.
pub(super) fn in_cluster() -> Result<Option<Config>> {
    if env::var_os("KUBERNETES_SERVICE_HOST").is_none() {
        return Ok(None);
    }
    let config = Config::incluster().map_err(|error| {
        Error::configuration(Fault::InCluster {
            reason: error.to_string(),
        })
    })?;
    Ok(Some(config))
}

/// The names of the contexts.
pub(super) fn contexts(kubeconfig: &Kubeconfig) -> Vec<String> {
    kubeconfig
        .contexts
        .iter()
        .map(|context| context.name.clone())
        .collect()
}

/// Whether the cluster of a context has a proxy of its own, instead of that of the environment.
pub(super) fn names_a_proxy(kubeconfig: &Kubeconfig, context: Option<&str>) -> bool {
    let chosen = context.or(kubeconfig.current_context.as_deref());
    let context = kubeconfig
        .contexts
        .iter()
        .find(|context| Some(context.name.as_str()) == chosen)
        .and_then(|context| context.context.as_ref());
    kubeconfig
        .clusters
        .iter()
        .find(|cluster| context.is_some_and(|context| context.cluster == cluster.name))
        .and_then(|cluster| cluster.cluster.as_ref()?.proxy_url.as_ref())
        .is_some_and(|url| !url.is_empty())
}

fn unreadable(path: &Path, error: KubeconfigError) -> Error {
    let path = path.to_owned();
    Error::configuration(match error {
        KubeconfigError::ReadConfig(error, _) => Fault::Unreadable {
            path,
            reason: error.to_string(),
        },
        // The parser's own message quotes from the file, where the credentials are.
        KubeconfigError::Parse(error) => {
            let place = error
                .location()
                .map(|at| format!(" (line {}, column {})", at.line(), at.column()))
                .unwrap_or_default();
            Fault::Malformed {
                path,
                reason: format!("it is no valid kubeconfig in YAML{place}"),
            }
        }
        other => Fault::Malformed {
            path,
            reason: other.to_string(),
        },
    })
}

/// What is wrong with a kubeconfig that could be read.
pub(super) fn explain(
    error: KubeconfigError,
    files: &Files,
    contexts: Vec<String>,
    asked_for: Option<&str>,
) -> Error {
    let files = files.exist.clone();
    Error::configuration(match error {
        KubeconfigError::LoadContext(context) => Fault::NoSuchContext {
            files,
            context,
            contexts,
        },
        KubeconfigError::CurrentContextNotSet => Fault::NoCurrentContext { files, contexts },
        KubeconfigError::LoadClusterOfContext(cluster) => Fault::Unusable {
            address: of_context(asked_for),
            reason: format!("it names the cluster `{cluster}`, which the kubeconfig does not have"),
        },
        other => Fault::Unusable {
            address: of_context(asked_for),
            reason: other.to_string(),
        },
    })
}

/// Which configuration it is, where its address is not known.
fn of_context(asked_for: Option<&str>) -> String {
    asked_for.map_or_else(
        || "the current context".to_owned(),
        |context| format!("the context `{context}`"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Connect;

    const GOOD: &str = "
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]
users: [{name: u, user: {token: hunter2}}]
contexts: [{name: north, context: {cluster: c, user: u, namespace: orchard}}, {name: south, context: {cluster: c, user: u}}]
";

    async fn connect(text: &str, context: Option<&str>) -> (String, crate::Result<crate::Cluster>) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config");
        std::fs::write(&path, text).unwrap();
        let mut connect = Connect::new().kubeconfig(&path);
        if let Some(context) = context {
            connect = connect.context(context);
        }
        (path.display().to_string(), connect.cluster().await)
    }

    #[tokio::test]
    async fn a_context_can_be_chosen() {
        let cluster = connect(GOOD, Some("north")).await.1.unwrap();
        assert_eq!(
            (cluster.address(), cluster.default_namespace()),
            ("http://127.0.0.1:1", "orchard")
        );
        assert!(!format!("{cluster:?}").contains("hunter2"));
        let (path, cluster) = connect(GOOD, Some("west")).await;
        assert_eq!(
            cluster.unwrap_err().to_string(),
            format!(
                "the kubeconfig {path} has no context `west` (it has: north, south)\n  hint: `kubectl config \
                 get-contexts` lists the contexts"
            )
        );
        let (path, cluster) = connect(GOOD, None).await;
        assert_eq!(
            cluster.unwrap_err().to_string(),
            format!(
                "the kubeconfig {path} has no current context (it has: north, south)\n  hint: choose one with `kubectl \
                 config use-context` or `Cluster::connect_to`"
            )
        );
    }

    #[tokio::test]
    async fn a_context_names_a_cluster_that_is_there() {
        let text = GOOD.replace("cluster: c, user: u}}]", "cluster: d, user: u}}]");
        let error = connect(&text, Some("south")).await.1.unwrap_err();
        assert_eq!(
            error.to_string(),
            "the configuration for the context `south` cannot be used: it names the cluster `d`, which the kubeconfig does not \
             have\n  hint: compare with `kubectl config view --minify`"
        );
    }

    #[test]
    fn a_context_of_no_file_at_all_says_where_it_was_looked_for() {
        let files = Files::of(Some("/nowhere/config".into()), None);
        let error = files.read().unwrap_err().to_string();
        assert!(
            error.starts_with("the kubeconfig /nowhere/config cannot be read: No such file"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_missing_file_is_named() {
        let error = Connect::new()
            .kubeconfig("/nowhere/config")
            .cluster()
            .await
            .unwrap_err();
        assert!(error.is_configuration());
        assert_eq!(
            error.to_string(),
            "the kubeconfig /nowhere/config cannot be read: No such file or directory (os error 2)\n  hint: check that \
             the file exists and that you may read it"
        );
    }

    #[tokio::test]
    async fn a_malformed_file_is_named_with_the_place_and_without_its_contents() {
        let (path, cluster) =
            connect("users:\n- name: u\n  user: {token: [hunter2]}\n", None).await;
        let text = cluster.unwrap_err().to_string();
        assert!(
            text.starts_with(&format!("the kubeconfig {path} is malformed: ")),
            "{text}"
        );
        assert!(text.contains("(line 3, column "), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
        let (_, cluster) = connect("{{{", None).await;
        assert!(cluster.unwrap_err().to_string().contains("is malformed"));
    }

    #[tokio::test]
    async fn a_context_whose_certificate_is_missing_cannot_be_used() {
        let text = GOOD.replace(
            "server: 'http://127.0.0.1:1'",
            "server: 'https://127.0.0.1:1', certificate-authority: /no/ca.crt",
        );
        let error = connect(&text, Some("north"))
            .await
            .1
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("cannot be used") && error.contains("/no/ca.crt"),
            "{error}"
        );
    }

    #[test]
    fn files_are_looked_for_where_kubectl_does() {
        let directory = tempfile::tempdir().unwrap();
        let here = directory.path().join("here");
        std::fs::write(&here, GOOD).unwrap();
        let list = env::join_paths([&PathBuf::from("/nowhere"), &here]).unwrap();
        let files = Files::of(Some(list), None);
        assert_eq!(files.tried, [PathBuf::from("/nowhere"), here.clone()]);
        assert_eq!(files.exist, [here]);
        let files = Files::of(Some(OsString::new()), Some("/home/me".into()));
        assert_eq!(files.tried, [PathBuf::from("/home/me/.kube/config")]);
        assert!(files.exist.is_empty());
    }

    #[test]
    fn without_any_configuration_the_error_says_where_it_looked() {
        let error = Error::configuration(Fault::Nothing {
            tried: vec!["/home/me/.kube/config".into()],
        });
        assert_eq!(
            error.to_string(),
            "no cluster is configured: there is no kubeconfig at /home/me/.kube/config and this is not a pod\n  hint: set \
             KUBECONFIG or create ~/.kube/config; without a cluster, use `Cluster::embedded()` or `korm serve`"
        );
    }
}
