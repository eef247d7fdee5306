//! Faults on purpose, and a record of what was asked: for the tests of programs.
//!
//! [`Faults`] and [`RequestLog`] are layers around any HTTP service that speaks to Kubernetes: the
//! embedded server in process, the same behind `serve`, or the client of a real
//! cluster. A program under test meets, exactly when the test says so, what happens in production
//! once a month: an answer lost after its write was done, a watch cut in the middle of a line, a
//! 410 within a stream.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), tower::BoxError> {
//! use http::{Method, Request};
//! use korm_apiserver::faults::{Fault, Faults, RequestLog, When};
//! use tower::{Layer, ServiceExt};
//! # let server = tower::service_fn(|_request: Request<String>| async {
//! #     Ok::<_, std::convert::Infallible>(http::Response::new(http_body_util::Empty::<bytes::Bytes>::new()))
//! # });
//!
//! let faults = Faults::new();
//! let log = RequestLog::new();
//! // Inside, the log sees what reaches the server; outside, what the program tried.
//! let server = faults.layer().layer(log.layer().layer(server));
//!
//! faults.on(When::method(Method::PATCH)).inject(Fault::lose_answer());
//! let patch = || Request::patch("/api/v1/namespaces/default").body(String::new());
//! assert!(server.clone().oneshot(patch()?).await.is_err()); // done, but who knows?
//! assert!(server.clone().oneshot(patch()?).await.is_ok()); // the rule held once
//! assert_eq!(log.lines(), ["PATCH /api/v1/namespaces/default"; 2]);
//! # Ok(())
//! # }
//! ```
//!
//! Delays and stalls use tokio's clock: with the clock paused, hours pass in an instant.

mod body;
mod fault;
mod log;
mod log_bodies;
mod random;
mod script;
mod service;
mod storm;
mod when;

#[cfg(test)]
mod tests;

pub use body::FaultyBody;
pub use fault::{Answer, Fault};
pub use log::{Logged, LoggedLayer, LoggedRequest, RequestLog};
pub use log_bodies::{BodyLogged, BodyLoggedLayer};
pub use script::{Faults, Injected, Trigger};
pub use service::{Faulty, FaultyLayer, LostConnection};
pub use when::When;
