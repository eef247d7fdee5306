//! Connections over HTTP: TCP, proxies, TLS, credentials.
//!
//! The parts are kube's (configuration, TLS, credentials) and hyper's. They are put together here and not by
//! `kube::Client::try_from`, for three reasons: its sockets wait with the second half of a request until the first was
//! acknowledged (Nagle's algorithm, up to 40 ms), it runs credential plugins three times, and each of its requests goes
//! through a queue to a task of its own.

use std::net::IpAddr;

use http::uri::Uri;
use hyper::rt::{Read, Write};
use hyper_rustls::{FixedServerNameResolver, HttpsConnector, HttpsConnectorBuilder};
use hyper_timeout::TimeoutConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::legacy::connect::{Connection, HttpConnector};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioExecutor;
use kube::client::middleware::AuthLayer;
use kube::client::{Body, ConfigExt, RustlsTlsError};
use kube::config::Config;
use rustls::pki_types::ServerName;
use tower::util::{BoxCloneSyncService, option_layer};
use tower::{BoxError, Layer, Service, ServiceExt};

use crate::transport::Http;

/// The way to the server of a configuration: directly or by its proxy, with its certificates, credentials, headers and
/// timeouts.
pub(super) fn service(config: &Config) -> kube::Result<Http> {
    let auth = config.auth_layer()?;
    let tls = Tls::of(config, auth.is_some())?;
    let Some(url) = &config.proxy_url else {
        return stack(config, auth, tls.over(tcp()));
    };
    let disabled = || kube::Error::ProxyProtocolUnsupported {
        proxy_url: Box::new(without_credentials(url)),
    };
    let proxy = proxy(url).ok_or_else(disabled)?;
    match proxy.uri().scheme_str() {
        Some("http") => {
            let tunnel = tunnel(&proxy, tcp());
            stack(config, auth, tls.over(tunnel))
        }
        Some("https") => {
            let tunnel = tunnel(&proxy, tls.over(tcp()));
            stack(config, auth, tls.over(tunnel))
        }
        Some("socks5" | "socks5h") => {
            let mut socks = SocksV5::new(proxy.uri().clone(), tcp());
            if let Some((user, password)) = proxy.raw_auth() {
                socks = socks.with_auth(user.to_owned(), password.to_owned());
            }
            stack(config, auth, tls.over(socks))
        }
        _ => Err(disabled()),
    }
}

/// Everything above the connections. kube has a layer more, which logs each answer of failing servers as an error; what
/// may be repeated is known in [`transport`](crate::transport), and told there.
fn stack<C>(config: &Config, auth: Option<AuthLayer>, connector: C) -> kube::Result<Http>
where
    C: Service<Uri> + Clone + Send + Sync + 'static,
    C::Response: Connection + Read + Write + Send + Unpin + 'static,
    C::Future: Send + 'static,
    C::Error: Into<BoxError>,
{
    let mut connector = TimeoutConnector::new(connector);
    connector.set_connect_timeout(config.connect_timeout);
    connector.set_read_timeout(config.read_timeout);
    connector.set_write_timeout(config.write_timeout);
    connector.set_reset_reader_on_write(config.reset_reader_on_write);
    let client: Client<_, Body> = Client::builder(TokioExecutor::new()).build(connector);
    let client = client.map_err(BoxError::from);
    let client = config.extra_headers_layer()?.layer(client);
    let client = option_layer(auth).layer(client);
    let client = config.base_uri_layer().layer(client);
    Ok(BoxCloneSyncService::new(client))
}

/// Sockets that send at once what they are given.
fn tcp() -> HttpConnector {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp
}

/// A proxy and the credentials that its URL has.
fn proxy(url: &Uri) -> Option<Intercept> {
    let any = Uri::from_static("https://any");
    Matcher::builder()
        .all(url.to_string())
        .build()
        .intercept(&any)
}

/// Whether the proxy of the environment is not for this server: it is this machine, or in `NO_PROXY`, as kubectl has it.
/// (kube asks whether the *proxy* is in `NO_PROXY`.)
pub(super) fn is_reached_directly(server: &Uri) -> bool {
    let variable = |name| std::env::var(name).ok().filter(|list| !list.is_empty());
    let exceptions = variable("NO_PROXY").or_else(|| variable("no_proxy"));
    is_excepted(server, &exceptions.unwrap_or_default())
}

fn is_excepted(server: &Uri, exceptions: &str) -> bool {
    let host = server.host().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let here = match address.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost",
    };
    let rest = Matcher::builder().all("http://any").no(exceptions).build();
    here || rest.intercept(server).is_none()
}

fn without_credentials(url: &Uri) -> Uri {
    let host = url.authority().map(|authority| {
        let text = authority.as_str();
        text.rsplit_once('@').map_or(text, |(_, host)| host)
    });
    let mut parts = http::uri::Parts::default();
    parts.scheme = url.scheme().cloned();
    parts.authority = host.and_then(|host| host.parse().ok());
    parts.path_and_query = Some(http::uri::PathAndQuery::from_static("/"));
    Uri::from_parts(parts).unwrap_or_default()
}

fn tunnel<C>(proxy: &Intercept, connector: C) -> Tunnel<C> {
    let tunnel = Tunnel::new(proxy.uri().clone(), connector);
    match proxy.basic_auth() {
        Some(header) => tunnel.with_auth(header.clone()),
        None => tunnel,
    }
}

/// TLS as the configuration wants it.
struct Tls {
    config: rustls::ClientConfig,
    server_name: Option<ServerName<'static>>,
}

impl Tls {
    /// `has_token`: a credential plugin that gave a token gave no certificate, and is not run again to find out.
    fn of(config: &Config, has_token: bool) -> kube::Result<Self> {
        let tls = if has_token && config.auth_info.exec.is_some() {
            let mut config = config.clone();
            config.auth_info.exec = None;
            config.rustls_client_config()?
        } else {
            config.rustls_client_config()?
        };
        let server_name = config.tls_server_name.clone().map(TryInto::try_into);
        let server_name = server_name
            .transpose()
            .map_err(|error| kube::Error::RustlsTls(RustlsTlsError::InvalidServerName(error)))?;
        Ok(Self {
            config: tls,
            server_name,
        })
    }

    fn over<C>(&self, connector: C) -> HttpsConnector<C> {
        let mut https = HttpsConnectorBuilder::new()
            .with_tls_config(self.config.clone())
            .https_or_http();
        if let Some(name) = &self.server_name {
            https = https.with_server_name_resolver(FixedServerNameResolver::new(name.clone()));
        }
        https.enable_http1().wrap_connector(connector)
    }
}

#[cfg(test)]
mod tests;
