//! Serving over TCP: TLS on loopback, for kubectl and any other client.
//!
//! [`Serve`] takes any HTTP service, of course the embedded server first, and listens on
//! `127.0.0.1`. Who wants in needs the certificate authority and the bearer token of the
//! [kubeconfig](Running::kubeconfig), both made afresh at each start. What a browser could be
//! talked into sending is refused: a `Host` that is not loopback (DNS rebinding) and any `Origin`.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), korm_apiserver::serve::ServeError> {
//! use korm_apiserver::serve::Serve;
//! # let service = tower::service_fn(|_request| async {
//! #     Ok::<_, std::convert::Infallible>(http::Response::new(http_body_util::Empty::<bytes::Bytes>::new()))
//! # });
//!
//! let running = Serve::new(service).start().await?;
//! assert!(running.kubeconfig().contains(&running.url()));
//! running.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod connection;
mod ends;
mod error;
mod gate;
mod kubeconfig;
mod listener;
mod token;
mod x509;

#[cfg(test)]
mod tests;

pub use error::ServeError;
pub use listener::{Running, Serve};
