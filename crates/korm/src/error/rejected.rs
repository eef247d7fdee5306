//! Any other refusal by the server.

use super::{Error, Hint, Kind};
use crate::Status;

/// The server refused for a reason that has no kind of its own.
#[derive(Debug, thiserror::Error)]
#[error("the server refused {action}: {} (status {}{})", status.message, status.code, reason(status))]
pub struct Rejected {
    action: String,
    status: Status,
}

fn reason(status: &Status) -> String {
    if status.reason.is_empty() {
        String::new()
    } else {
        format!(", {}", status.reason)
    }
}

impl Rejected {
    /// The server's answer.
    pub fn status(&self) -> &Status {
        &self.status
    }
}

impl Hint for Rejected {
    fn hint(&self) -> Option<String> {
        let says = |part: &str| self.status.message.contains(part);
        let hint = match self.status.code {
            400 if says("field label not supported") => {
                "a server selects by `metadata.name`, `metadata.namespace` and what the kind declares selectable; ask for any \
                 other field with `filter`"
            }
            400 if says("unable to parse requirement") || says("invalid selector") => {
                "a selector reads like `app in (a, b),!canary`; a filter needs no such notation"
            }
            400 if says("resource version") || says("resourceVersion") => {
                "a resourceVersion is taken as it is from an object or a list of this cluster"
            }
            504 if says("Too large resource version") => {
                "the resourceVersion is newer than anything in this cluster: was it read from another one?"
            }
            405 => "`kubectl api-resources -o wide` lists what can be done with each kind",
            406 | 415 => "korm needs Kubernetes 1.33 or newer, and no proxy that changes requests",
            413 => {
                "an object may have some 1.5 MB in all: keep large contents elsewhere, or divide them"
            }
            500..=599 => {
                "try again; where it stays so, the log of the server, or of the webhook that it names, says more"
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

impl Error {
    pub(crate) fn rejected(action: String, status: Status) -> Self {
        Self::new(Kind::Rejected(Rejected { action, status }))
    }

    /// Whether the server refused for a reason that has no predicate of its own.
    pub fn is_rejected(&self) -> bool {
        matches!(self.inner(), Kind::Rejected(_))
    }

    /// The details, if [`Error::is_rejected`].
    pub fn as_rejected(&self) -> Option<&Rejected> {
        match self.inner() {
            Kind::Rejected(detail) => Some(detail),
            _ => None,
        }
    }
}
