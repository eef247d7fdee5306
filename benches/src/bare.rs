//! Bare HTTP: TLS as kube has it, sockets that send at once, and nothing above. The floor that the others are compared
//! with.

use anyhow::{Context, bail};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use kube::client::ConfigExt;
use secrecy::ExposeSecret;

use crate::options::Options;

/// A client of one server.
#[derive(Clone, Debug)]
pub struct Bare {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    server: String,
    token: String,
}

impl Bare {
    /// Connects as soon as something is sent.
    ///
    /// # Errors
    ///
    /// When the kubeconfig cannot be used, or has no token.
    pub async fn connect(options: &Options) -> anyhow::Result<Self> {
        let config = options.config().await?;
        let token = config
            .auth_info
            .token
            .as_ref()
            .context("the kubeconfig has no token")?;
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        let connector = config.rustls_https_connector_with_connector(tcp)?;
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            server: config
                .cluster_url
                .to_string()
                .trim_end_matches('/')
                .to_owned(),
            token: format!("Bearer {}", token.expose_secret()),
        })
    }

    /// The answer's head, and its body as it comes.
    ///
    /// # Errors
    ///
    /// Any status but success, and what breaks on the way.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        media: &str,
        body: Bytes,
    ) -> anyhow::Result<Response<Incoming>> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.server).parse::<Uri>()?)
            .header(AUTHORIZATION, &self.token)
            .header(CONTENT_TYPE, media)
            .body(Full::from(body))?;
        let answer = self.client.request(request).await?;
        if !answer.status().is_success() {
            let status = answer.status();
            let text = answer.into_body().collect().await?.to_bytes();
            bail!(
                "{method} {path}: {status} {}",
                String::from_utf8_lossy(&text)
            );
        }
        Ok(answer)
    }

    /// The answer's whole body.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn whole(
        &self,
        method: &str,
        path: &str,
        media: &str,
        body: Bytes,
    ) -> anyhow::Result<Bytes> {
        let answer = self.send(method, path, media, body).await?;
        Ok(answer.into_body().collect().await?.to_bytes())
    }

    /// Reads a body without keeping it: its size, and its last bytes.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn skim(&self, path: &str) -> anyhow::Result<(u64, Vec<u8>)> {
        const TAIL: usize = 4096;
        let mut body = self
            .send("GET", path, "application/json", Bytes::new())
            .await?
            .into_body();
        let (mut size, mut tail) = (0, Vec::with_capacity(2 * TAIL));
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame?.into_data() else {
                continue;
            };
            size += data.len() as u64;
            let last = &data[data.len().saturating_sub(TAIL)..];
            tail.drain(
                ..(tail.len() + last.len())
                    .saturating_sub(TAIL)
                    .min(tail.len()),
            );
            tail.extend_from_slice(last);
        }
        Ok((size, tail))
    }
}
