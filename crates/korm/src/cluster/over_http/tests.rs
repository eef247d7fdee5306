use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use k8s_openapi::api::core::v1::ConfigMap;
use kube::config::{AuthInfo, ExecConfig, ExecInteractiveMode};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::Cluster;

/// What was seen: a line for each.
type Seen = Arc<Mutex<Vec<String>>>;

/// Reads the head of a request: its lines, in lower case, the last one empty.
async fn head(stream: &mut BufReader<TcpStream>) -> Vec<String> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or_default() == 0 {
            return lines;
        }
        let line = line.trim_end().to_ascii_lowercase();
        lines.push(line.clone());
        if line.is_empty() {
            return lines;
        }
    }
}

/// A server whose every answer is one ConfigMap, and what credentials it was shown.
async fn server() -> (String, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let seen = Seen::default();
    let see = seen.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let see = see.clone();
            tokio::spawn(async move {
                let mut stream = BufReader::new(stream);
                loop {
                    let lines = head(&mut stream).await;
                    if lines.is_empty() {
                        return;
                    }
                    let credentials = lines.iter().find(|line| line.starts_with("authorization:"));
                    see.lock()
                        .unwrap()
                        .push(credentials.cloned().unwrap_or_default());
                    let map = r#"{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","namespace":"default","uid":"u","resourceVersion":"1"}}"#;
                    let mut answer =
                        String::from("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n");
                    write!(answer, "content-length: {}\r\n\r\n{map}", map.len()).unwrap();
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            });
        }
    });
    (address, seen)
}

/// A proxy, and what it was asked for.
async fn proxy_that<F>(
    greet: impl Fn(BufReader<TcpStream>, Seen) -> F + Send + 'static,
) -> (String, Seen)
where
    F: Future<Output = (BufReader<TcpStream>, String)> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let seen = Seen::default();
    let see = seen.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let greeted = greet(BufReader::new(stream), see.clone());
            tokio::spawn(async move {
                let (mut client, target) = greeted.await;
                let mut server = TcpStream::connect(target).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    (address, seen)
}

/// RFC 9110, section 9.3.6.
async fn http_proxy() -> (String, Seen) {
    proxy_that(|mut client, seen| async move {
        let lines = head(&mut client).await;
        let target = lines[0].split(' ').nth(1).unwrap().to_owned();
        let credentials = lines
            .iter()
            .find(|line| line.starts_with("proxy-authorization:"));
        seen.lock()
            .unwrap()
            .push(credentials.cloned().unwrap_or_default());
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        (client, target)
    })
    .await
}

/// RFC 1928, with the user name and password of RFC 1929.
async fn socks_proxy() -> (String, Seen) {
    proxy_that(|mut client, seen| async move {
        let mut greeting = [0; 2];
        client.read_exact(&mut greeting).await.unwrap();
        let mut methods = vec![0; greeting[1].into()];
        client.read_exact(&mut methods).await.unwrap();
        client.write_all(&[5, 2]).await.unwrap();
        let mut version = [0; 1];
        client.read_exact(&mut version).await.unwrap();
        let mut words = Vec::new();
        for _ in 0..2 {
            let mut word = vec![0; client.read_u8().await.unwrap().into()];
            client.read_exact(&mut word).await.unwrap();
            words.push(String::from_utf8(word).unwrap());
        }
        seen.lock().unwrap().push(words.join(" "));
        client.write_all(&[1, 0]).await.unwrap();
        let mut request = [0; 4];
        client.read_exact(&mut request).await.unwrap();
        assert_eq!(request, [5, 1, 0, 1], "a connection to an IPv4 address");
        let address = client.read_u32().await.unwrap();
        let port = client.read_u16().await.unwrap();
        client
            .write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
            .await
            .unwrap();
        (
            client,
            format!("{}:{port}", std::net::Ipv4Addr::from(address)),
        )
    })
    .await
}

/// A certificate of 127.0.0.1, which is its own authority.
struct Certificate(rcgen::CertifiedKey<rcgen::KeyPair>);

impl Certificate {
    fn new() -> Self {
        Self(rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap())
    }

    fn der(&self) -> Vec<u8> {
        self.0.cert.der().to_vec()
    }

    /// The address at which what is spoken in the clear at `inner` is spoken over TLS.
    async fn in_front_of(&self, inner: String) -> String {
        let key = self.0.signing_key.serialize_der().try_into().unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.0.cert.der().clone()], key)
            .unwrap();
        let tls = tokio_rustls::TlsAcceptor::from(Arc::new(tls));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, inner) = (tls.clone(), inner.clone());
                tokio::spawn(async move {
                    // Whoever does not trust the certificate goes away.
                    let Ok(mut client) = tls.accept(stream).await else {
                        return;
                    };
                    let mut server = TcpStream::connect(inner).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        address
    }
}

async fn read_over(proxy_url: Option<String>, server: &str) {
    read_over_trusting(None, proxy_url, &format!("http://{server}")).await;
}

async fn read_over_trusting(trusted: Option<Vec<u8>>, proxy_url: Option<String>, server: &str) {
    let mut config = Config::new(server.parse().unwrap());
    config.root_cert = trusted.map(|certificate| vec![certificate]);
    config.proxy_url = proxy_url.map(|url| url.parse().unwrap());
    let cluster = Cluster::from_config(config).unwrap();
    let map = cluster.get::<ConfigMap>(("default", "a")).await.unwrap();
    assert_eq!(map.metadata.uid.as_deref(), Some("u"));
}

#[tokio::test]
async fn proxies_are_gone_through_with_their_credentials() {
    let (server, _) = server().await;
    let (proxy, seen) = http_proxy().await;
    read_over(Some(format!("http://ada:p%40ss@{proxy}")), &server).await;
    read_over(Some(format!("http://{proxy}")), &server).await;
    // "ada:p@ss" in base64, in the lower case of this test.
    assert_eq!(
        *seen.lock().unwrap(),
        ["proxy-authorization: basic ywrhonbac3m=", ""]
    );
    let (proxy, seen) = socks_proxy().await;
    read_over(Some(format!("socks5://ada:p%40ss@{proxy}")), &server).await;
    assert_eq!(*seen.lock().unwrap(), ["ada p@ss"]);
}

#[tokio::test]
async fn a_proxy_is_reached_over_tls_and_servers_behind_it_too() {
    let (server, _) = server().await;
    let (proxy, seen) = http_proxy().await;
    let certificate = Certificate::new();
    let proxy = certificate.in_front_of(proxy).await;
    let secure = certificate.in_front_of(server.clone()).await;
    let proxy_url = || Some(format!("https://ada:p%40ss@{proxy}"));
    for server in [format!("http://{server}"), format!("https://{secure}")] {
        read_over_trusting(Some(certificate.der()), proxy_url(), &server).await;
        let credentials = std::mem::take(&mut *seen.lock().unwrap());
        assert_eq!(credentials, ["proxy-authorization: basic ywrhonbac3m="]);
    }
}

#[tokio::test]
async fn a_proxy_whose_certificate_nobody_trusts_gets_no_credentials() {
    let (server, _) = server().await;
    let (proxy, seen) = http_proxy().await;
    let proxy = Certificate::new().in_front_of(proxy).await;
    let mut config = Config::new(format!("http://{server}").parse().unwrap());
    config.root_cert = Some(vec![Certificate::new().der()]);
    config.proxy_url = Some(format!("https://ada:p%40ss@{proxy}").parse().unwrap());
    let cluster = Cluster::from_config(config).unwrap();
    let error = cluster
        .get::<ConfigMap>(("default", "a"))
        .await
        .unwrap_err();
    assert!(error.is_unreachable(), "{error}");
    assert!(
        error.to_string().contains("invalid peer certificate"),
        "{error}"
    );
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_proxy_of_another_kind_is_refused_without_its_password() {
    let mut config = Config::new("http://127.0.0.1:1".parse().unwrap());
    config.proxy_url = Some("gopher://ada:hunter2@proxy:70".parse().unwrap());
    let error = Cluster::from_config(config).unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(error.is_configuration(), "{text}");
    assert!(text.contains("gopher://proxy:70/"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn sockets_send_at_once() {
    let (server, _) = server().await;
    let url = format!("http://{server}").parse().unwrap();
    let socket = tcp().oneshot(url).await.unwrap();
    assert!(socket.inner().nodelay().unwrap());
}

/// A credential plugin that says this, and leaves a line in a file each time it is run.
#[cfg(unix)]
struct Plugin {
    directory: tempfile::TempDir,
}

#[cfg(unix)]
impl Plugin {
    fn that_says(status: &serde_json::Value) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let credential = serde_json::json!({
            "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status
        });
        std::fs::write(directory.path().join("says"), credential.to_string()).unwrap();
        Self { directory }
    }

    fn config(&self, server: &str) -> Config {
        let here = self.directory.path().display();
        let mut config = Config::new(server.parse().unwrap());
        config.auth_info = AuthInfo {
            exec: Some(ExecConfig {
                api_version: Some("client.authentication.k8s.io/v1".to_owned()),
                command: Some("sh".to_owned()),
                args: Some(vec![
                    "-c".to_owned(),
                    format!("echo run >> '{here}/runs'; cat '{here}/says'"),
                ]),
                interactive_mode: Some(ExecInteractiveMode::Never),
                ..serde_json::from_str("{}").unwrap()
            }),
            ..AuthInfo::default()
        };
        config
    }

    /// A kubeconfig with the plugin, which does this before it says anything.
    fn kubeconfig(&self, server: &str, first: &str) -> std::path::PathBuf {
        let exec = self.config(server).auth_info.exec.unwrap();
        let mut exec = serde_json::to_value(exec).unwrap();
        let script = exec["args"][1].as_str().unwrap();
        exec["args"][1] = format!("{first} {script}").into();
        let kubeconfig = serde_json::json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "here",
            "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
            "clusters": [{"name": "c", "cluster": {"server": server}}],
            "users": [{"name": "u", "user": {"exec": exec}}],
        });
        let path = self.directory.path().join("config");
        std::fs::write(&path, kubeconfig.to_string()).unwrap();
        path
    }

    fn runs(&self) -> usize {
        let runs = std::fs::read_to_string(self.directory.path().join("runs"));
        runs.unwrap_or_default().lines().count()
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_credential_plugin_with_a_token_runs_once() {
    let (server, seen) = server().await;
    let status = serde_json::json!({"token": "abc", "expirationTimestamp": "2999-01-01T00:00:00Z"});
    let plugin = Plugin::that_says(&status);
    let cluster = Cluster::from_config(plugin.config(&format!("http://{server}"))).unwrap();
    for _ in 0..2 {
        cluster.get::<ConfigMap>(("default", "a")).await.unwrap();
    }
    assert_eq!(*seen.lock().unwrap(), ["authorization: bearer abc"; 2]);
    assert_eq!(plugin.runs(), 1);
}

#[cfg(unix)]
#[tokio::test]
async fn a_plugin_that_takes_its_time_keeps_nobody_else_waiting() {
    let (server, _) = server().await;
    let plugin = Plugin::that_says(&serde_json::json!({"token": "abc"}));
    let slow = plugin.kubeconfig(&format!("http://{server}"), "sleep 0.3;");
    let ticks = async {
        let mut ticks = 0;
        loop {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            ticks += 1;
            if plugin.runs() > 0 {
                return ticks;
            }
        }
    };
    let connect = crate::Connect::new().kubeconfig(slow).cluster();
    let (cluster, ticks) = tokio::join!(connect, ticks);
    assert!(ticks > 5, "{ticks}");
    cluster
        .unwrap()
        .get::<ConfigMap>(("default", "a"))
        .await
        .unwrap();
    assert_eq!(plugin.runs(), 1);
}

#[cfg(unix)]
#[tokio::test]
async fn a_plugin_that_is_not_there_is_named() {
    let plugin = Plugin::that_says(&serde_json::json!({}));
    let mut config = plugin.config("http://127.0.0.1:1");
    let exec = config.auth_info.exec.as_mut().unwrap();
    exec.command = Some("no-such-plugin".to_owned());
    exec.install_hint = Some("Install it\nfrom example.com".to_owned());
    let error = Cluster::from_config(config).unwrap_err();
    assert!(error.is_configuration());
    assert_eq!(
        error.to_string(),
        "the credential plugin `no-such-plugin` of the kubeconfig's user cannot be run: No such file or directory (os error \
         2)\n  hint: is it installed, and in PATH? The kubeconfig says: Install it from example.com"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_token_that_expires_is_renewed_by_its_plugin() {
    let (server, seen) = server().await;
    let status = serde_json::json!({"token": "abc", "expirationTimestamp": "2001-01-01T00:00:00Z"});
    let plugin = Plugin::that_says(&status);
    let cluster = Cluster::from_config(plugin.config(&format!("http://{server}"))).unwrap();
    cluster.get::<ConfigMap>(("default", "a")).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), ["authorization: bearer abc"]);
    assert_eq!(plugin.runs(), 2);
}

#[cfg(unix)]
#[tokio::test]
async fn a_certificate_of_a_plugin_is_used() {
    let own = rcgen::generate_simple_self_signed(["ada".to_owned()]).unwrap();
    let status = serde_json::json!({
        "clientCertificateData": own.cert.pem(), "clientKeyData": own.signing_key.serialize_pem(),
    });
    let plugin = Plugin::that_says(&status);
    let config = plugin.config("https://127.0.0.1:1");
    assert!(config.auth_layer().unwrap().is_none());
    let tls = Tls::of(&config, false).unwrap();
    assert!(tls.config.client_auth_cert_resolver.has_certs());
}

#[test]
fn the_proxy_of_the_environment_is_not_for_all() {
    let direct = |server: &str, exceptions: &str| is_excepted(&server.parse().unwrap(), exceptions);
    assert!(!direct("https://kube.example.com:6443", ""));
    assert!(!direct(
        "https://kube.example.com",
        "example.org,10.0.0.0/8"
    ));
    assert!(direct("https://kube.example.com", ".example.com"));
    assert!(direct("https://10.1.2.3:6443", "example.org,10.0.0.0/8"));
    assert!(direct("https://kube.example.com", "*"));
    for here in [
        "https://127.0.0.1:6443",
        "https://[::1]:6443",
        "https://localhost",
    ] {
        assert!(direct(here, ""), "{here}");
    }
}
