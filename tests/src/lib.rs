//! The harness of the suite: one list of cases, each run unchanged against the embedded server and against the
//! reference server.
//!
//! A case is an async function that takes a [`Context`]; `tests/cases/` has one file per subject, with its cases in
//! one list (see [`cases!`]). A case fails by a panic or by returning an error. The trial of case `c` of subject `s`
//! is named `embedded::s::c` or `reference::s::c`; everything that libtest's own command line can do (filters,
//! `--exact`, `--list`) works on these names.
//!
//! The reference server is the one that the kubeconfig named by the environment variable
//! `KORM_REFERENCE_KUBECONFIG` leads to; without the variable its trials are left out, which the report says.
//! `cargo xtask test` starts one and sets the variable.

mod case;
mod context;
mod history;
mod report;
mod requests;
mod runner;
mod server;
mod setup;

pub use case::{Case, Outcome};
pub use context::{Answer, Context};
pub use requests::{Logged, RequestLog};
pub use runner::main;
pub use server::Server;
