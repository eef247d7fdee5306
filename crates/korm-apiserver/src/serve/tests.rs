//! A service behind TLS, asked by hyper's own client.

use std::convert::Infallible;
use std::time::Duration;

use futures::StreamExt;
use http::header::{AUTHORIZATION, HOST, ORIGIN};
use http::{StatusCode, Version};
use http_body::Frame;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tower::{BoxError, service_fn};

use super::*;

type Body = http_body_util::combinators::UnsyncBoxBody<bytes::Bytes, Infallible>;

/// Answers with the path; a watch sends one line and never ends; `/slow` takes 200 ms; `/fail`
/// is a lost answer.
async fn demo(
    request: http::Request<hyper::body::Incoming>,
) -> Result<http::Response<Body>, BoxError> {
    assert!(!request.headers().contains_key(AUTHORIZATION));
    let path = request.uri().path().to_owned();
    match path.as_str() {
        "/slow" => tokio::time::sleep(Duration::from_millis(200)).await,
        "/fail" => return Err("lost".into()),
        _ => {}
    }
    let body = if request.uri().query() == Some("watch=true") {
        let first = futures::stream::iter([Ok(Frame::data("event\n".into()))]);
        StreamBody::new(first.chain(futures::stream::pending())).boxed_unsync()
    } else {
        Full::from(path).boxed_unsync()
    };
    Ok(http::Response::new(body))
}

async fn start() -> Running {
    Serve::new(service_fn(demo)).start().await.unwrap()
}

/// A connection that trusts the server's authority and nothing else.
async fn connect(running: &Running, name: &'static str, alpn: &[u8]) -> TlsStream<TcpStream> {
    let mut roots = rustls::RootCertStore::empty();
    let pem = running.authority_pem().as_bytes();
    let authority =
        <rustls::pki_types::CertificateDer<'_> as rustls::pki_types::pem::PemObject>::from_pem_slice(
            pem,
        );
    roots.add(authority.unwrap()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![alpn.to_vec()];
    let stream = TcpStream::connect(running.address()).await.unwrap();
    let connector = TlsConnector::from(std::sync::Arc::new(config));
    let stream = connector
        .connect(name.try_into().unwrap(), stream)
        .await
        .unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(alpn));
    stream
}

async fn http1_to(running: &Running) -> http1::SendRequest<Full<bytes::Bytes>> {
    let stream = connect(running, "127.0.0.1", b"http/1.1").await;
    let (send, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    send
}

fn request(running: &Running, path: &str) -> http::request::Builder {
    http::Request::get(path)
        .header(HOST, running.address().to_string())
        .header(AUTHORIZATION, format!("Bearer {}", running.token()))
}

async fn text(answer: http::Response<hyper::body::Incoming>) -> String {
    String::from_utf8(
        answer
            .into_body()
            .collect()
            .await
            .unwrap()
            .to_bytes()
            .into(),
    )
    .unwrap()
}

#[tokio::test]
async fn http1_and_http2_by_alpn_under_every_name() {
    let running = start().await;
    let mut one = http1_to(&running).await;
    let asked = request(&running, "/one").body(Full::default()).unwrap();
    let answer = one.send_request(asked).await.unwrap();
    assert_eq!(answer.version(), Version::HTTP_11);
    assert_eq!(text(answer).await, "/one");

    for name in ["localhost", "127.0.0.1", "::1"] {
        let stream = connect(&running, name, b"h2").await;
        let (mut two, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        let asked = http::Request::get(format!("{}/two", running.url()))
            .header(AUTHORIZATION, format!("Bearer {}", running.token()))
            .body(Full::<bytes::Bytes>::default())
            .unwrap();
        let answer = two.send_request(asked).await.unwrap();
        assert_eq!(answer.version(), Version::HTTP_2);
        assert_eq!(text(answer).await, "/two");
    }
    running.shutdown().await;
}

#[tokio::test]
async fn without_the_token_a_status_401() {
    let running = start().await;
    let mut send = http1_to(&running).await;
    for credential in [None, Some("Bearer wrong")] {
        let mut asked = http::Request::get("/").header(HOST, "localhost");
        if let Some(credential) = credential {
            asked = asked.header(AUTHORIZATION, credential);
        }
        let asked = asked.body(Full::default()).unwrap();
        let answer = send.send_request(asked).await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(answer.headers()["content-type"], "application/json");
        let status: Value = serde_json::from_str(&text(answer).await).unwrap();
        assert_eq!(
            status,
            json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                "message": "Unauthorized", "reason": "Unauthorized", "code": 401})
        );
    }
}

#[tokio::test]
async fn foreign_hosts_and_origins_are_refused_even_with_the_token() {
    let running = start().await;
    let mut send = http1_to(&running).await;
    let with_token = |host: &str| {
        http::Request::get("/")
            .header(HOST, host)
            .header(AUTHORIZATION, format!("Bearer {}", running.token()))
    };
    let rebound = with_token("evil.example").body(Full::default()).unwrap();
    let answer = send.send_request(rebound).await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    let status: Value = serde_json::from_str(&text(answer).await).unwrap();
    assert_eq!(status["reason"], "Forbidden");

    let cross_site = with_token("localhost").header(ORIGIN, "https://evil.example");
    let answer = send
        .send_request(cross_site.body(Full::default()).unwrap())
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn shutdown_ends_watches_and_lets_requests_finish() {
    let running = start().await;
    let mut watcher = http1_to(&running).await;
    let asked = request(&running, "/watched?watch=true")
        .body(Full::default())
        .unwrap();
    let mut watch = watcher.send_request(asked).await.unwrap().into_body();
    let line = watch.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(line, "event\n");

    let mut other = http1_to(&running).await;
    let asked = request(&running, "/slow").body(Full::default()).unwrap();
    let slow = tokio::spawn(async move { text(other.send_request(asked).await.unwrap()).await });
    tokio::time::sleep(Duration::from_millis(50)).await;

    let address = running.address();
    let stopping = tokio::time::timeout(Duration::from_secs(4), running.shutdown());
    let (rest, stopped) = tokio::join!(watch.collect(), stopping);
    stopped.expect("idle connections and watches do not hold it up");
    assert_eq!(rest.expect("a clean end, no cut").to_bytes(), "");
    assert_eq!(slow.await.unwrap(), "/slow");
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn what_outlasts_the_grace_is_cut_and_a_dropped_server_stops() {
    let running = Serve::new(service_fn(demo))
        .grace(Duration::from_millis(10))
        .start()
        .await
        .unwrap();
    let mut send = http1_to(&running).await;
    let asked = request(&running, "/slow").body(Full::default()).unwrap();
    let slow = tokio::spawn(async move { send.send_request(asked).await.map(drop) });
    tokio::time::sleep(Duration::from_millis(50)).await;
    running.shutdown().await;
    assert!(slow.await.unwrap().is_err());

    let dropped = start().await;
    let mut send = http1_to(&dropped).await;
    let asked = request(&dropped, "/?watch=true")
        .body(Full::default())
        .unwrap();
    let watch = send.send_request(asked).await.unwrap().into_body();
    drop(dropped);
    assert_eq!(watch.collect().await.unwrap().to_bytes(), "event\n");
}

#[tokio::test]
async fn a_failing_service_is_a_broken_connection() {
    let running = start().await;
    let mut send = http1_to(&running).await;
    let asked = request(&running, "/fail").body(Full::default()).unwrap();
    assert!(send.send_request(asked).await.is_err());
}

#[tokio::test]
async fn a_taken_port_says_so() {
    let running = start().await;
    let port = running.address().port();
    let error = Serve::new(service_fn(demo))
        .port(port)
        .start()
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with(&format!("cannot listen on 127.0.0.1:{port}: ")),
        "{text}"
    );
    assert!(
        text.ends_with("choose another port, or port 0 for any free one"),
        "{text}"
    );
}

#[tokio::test]
async fn the_kubeconfig_is_yaml_and_debug_keeps_the_secret() {
    let running = start().await;
    let config: Value = serde_saphyr::from_str(&running.kubeconfig()).unwrap();
    assert_eq!(config["current-context"], "korm");
    assert_eq!(config["clusters"][0]["cluster"]["server"], running.url());
    assert_eq!(config["users"][0]["user"]["token"], running.token());
    let authority = config["clusters"][0]["cluster"]["certificate-authority-data"].as_str();
    let authority = base64::Engine::decode(
        &base64::engine::general_purpose::STANDARD,
        authority.unwrap(),
    );
    assert_eq!(authority.unwrap(), running.authority_pem().as_bytes());
    assert!(!format!("{running:?}").contains(running.token()));
}
