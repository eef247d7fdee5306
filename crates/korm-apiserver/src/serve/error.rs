//! Why a server did not start.

use std::io;
use std::net::SocketAddr;

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error(
        "cannot listen on {address}: {source}; choose another port, or port 0 for any free one"
    )]
    Bind {
        /// What was to be listened on.
        address: SocketAddr,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The certificates could not be made.
    #[error("cannot make a certificate for the server: {0}")]
    Certificate(#[from] rcgen::Error),
    /// TLS does not take the certificates.
    #[error("cannot set TLS up: {0}")]
    Tls(#[from] rustls::Error),
    /// The operating system gives no randomness for the token.
    #[error("the operating system gives no randomness for the bearer token: {0}")]
    Randomness(#[from] rand::rand_core::OsError),
}
