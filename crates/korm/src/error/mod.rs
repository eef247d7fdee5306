//! Everything that can go wrong, one kind per file.
//!
//! [`Error`] is what every fallible call of korm returns. Ask it with the `is_*` predicates, or match on
//! [`Error::kind`]; the details of a kind are behind the accessor of the same name (`as_conflict`, `as_invalid` ...).
//! `Display` says what happened, to which object and field, and ends with a hint about what to do next where there is
//! one. `Debug` prints the same text, because `fn main() -> korm::Result<()>` prints errors with `Debug`.

mod already_exists;
mod apply_conflict;
mod bad_answer;
mod configuration;
mod conflict;
mod deadline;
mod decode;
mod expired;
mod forbidden;
mod from_answer;
mod invalid;
mod model;
mod not_found;
mod not_installed;
mod number_of_objects;
mod outcome_unknown;
mod rejected;
mod residual;
mod throttled;
mod unauthorized;
mod unreachable;
mod usage;
mod wait_failed;

use std::fmt;

use crate::{Endpoint, Outcome};

pub use self::already_exists::AlreadyExists;
pub use self::apply_conflict::{ApplyConflict, OwnedByOther};
pub use self::bad_answer::BadAnswer;
pub use self::configuration::{Configuration, ConfigurationFault};
pub use self::conflict::{Conflict, FieldConflict};
pub use self::deadline::DeadlineExceeded;
pub use self::decode::Undecodable;
pub use self::expired::Expired;
pub use self::forbidden::Forbidden;
pub(crate) use self::from_answer::{Subject, is_confidential};
pub use self::invalid::{Invalid, Violation};
pub use self::model::BadModel;
pub use self::not_found::NotFound;
pub(crate) use self::not_installed::Instead;
pub use self::not_installed::NotInstalled;
pub use self::number_of_objects::NumberOfObjects;
pub use self::outcome_unknown::OutcomeUnknown;
pub use self::rejected::Rejected;
pub use self::residual::ResidualRefused;
pub use self::throttled::Throttled;
pub use self::unauthorized::Unauthorized;
pub use self::unreachable::Unreachable;
pub use self::usage::Usage;
pub(crate) use self::usage::malformed;
pub use self::wait_failed::WaitFailed;

/// The result of every fallible call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong. See the [module](self) documentation.
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    /// What the call had written before it failed.
    written: Vec<Endpoint>,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident($detail:ty)),+ $(,)?) => {
        pub(crate) enum Kind {
            $($kind($detail),)+
        }

        /// The kinds of [`Error`], to match on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorKind {
            $($(#[$doc])* $kind,)+
        }

        impl Error {
            /// Which kind of error it is.
            pub fn kind(&self) -> ErrorKind {
                match self.inner() {
                    $(Kind::$kind(_) => ErrorKind::$kind,)+
                }
            }

            fn detail(&self) -> &(dyn std::error::Error + 'static) {
                match self.inner() {
                    $(Kind::$kind(detail) => detail,)+
                }
            }

            /// What to do about it, where korm knows.
            pub fn hint(&self) -> Option<String> {
                match self.inner() {
                    $(Kind::$kind(detail) => detail.hint(),)+
                }
            }
        }
    };
}

kinds! {
    /// No usable configuration: kubeconfig missing, malformed, or naming a missing context.
    Configuration(Configuration),
    /// No cluster answered, and nothing was sent.
    Unreachable(Unreachable),
    /// The server does not know who we are (401).
    Unauthorized(Unauthorized),
    /// The server knows who we are and says no (403).
    Forbidden(Forbidden),
    /// The object, or its namespace, is not there (404).
    NotFound(NotFound),
    /// The server does not serve the kind: its CRD is not installed, or is another one than the model says.
    NotInstalled(NotInstalled),
    /// An object of that name is there already (409).
    AlreadyExists(AlreadyExists),
    /// Somebody else changed the same fields.
    Conflict(Conflict),
    /// Another field manager owns fields of a server-side apply (409).
    ApplyConflict(ApplyConflict),
    /// The object breaks rules of its schema (422), or its name is invalid.
    Invalid(Invalid),
    /// An object of the cluster does not fit the model.
    Undecodable(Undecodable),
    /// The answer is not what a Kubernetes API answers.
    BadAnswer(BadAnswer),
    /// The time allowed for the call was over before anything was changed.
    DeadlineExceeded(DeadlineExceeded),
    /// A write was sent and its answer got lost: nobody knows whether it happened.
    OutcomeUnknown(OutcomeUnknown),
    /// The resource version or continue token is too old (410).
    Expired(Expired),
    /// The server is busy and asked to come back later than the deadline allows (429).
    Throttled(Throttled),
    /// Any other refusal by the server.
    Rejected(Rejected),
    /// A query for exactly one object found none or several.
    NumberOfObjects(NumberOfObjects),
    /// The query has a part that no server can evaluate, and the handle refuses such queries.
    ResidualRefused(ResidualRefused),
    /// While waiting, something happened that rules the goal out.
    WaitFailed(WaitFailed),
    /// The model's description contradicts itself, or the CRD in the cluster.
    BadModel(BadModel),
    /// A call that cannot be right, such as a namespaced object without a namespace.
    Usage(Usage),
}

/// What each kind's detail can say beyond its sentence.
pub(crate) trait Hint {
    fn hint(&self) -> Option<String> {
        None
    }
}

impl Error {
    pub(crate) fn new(kind: Kind) -> Self {
        Self(Box::new(Inner {
            kind,
            written: Vec::new(),
        }))
    }

    pub(crate) fn inner(&self) -> &Kind {
        &self.0.kind
    }

    fn inner_mut(&mut self) -> &mut Kind {
        &mut self.0.kind
    }

    /// The same error of a call that had written to these endpoints before, ahead of those that are known already.
    pub(crate) fn after_writing(mut self, endpoints: &[Endpoint]) -> Self {
        self.0.written.splice(0..0, endpoints.iter().copied());
        self
    }

    /// What the call had written before it failed, in order. A save that changes the object, its status and its scale sends
    /// a request to each; where a later one is refused, the earlier ones stay. Empty for nearly all errors: then nothing was
    /// written.
    pub fn written(&self) -> &[Endpoint] {
        &self.0.written
    }

    /// What became of the write that failed with this error: [`Outcome::Unknown`] where nobody can tell,
    /// [`Outcome::Rejected`] where it certainly did not happen. Of a call that writes to several endpoints it tells about
    /// the one that failed; [`written`](Self::written) has those before it.
    pub fn outcome(&self) -> Outcome {
        if self.is_outcome_unknown() {
            Outcome::Unknown
        } else {
            Outcome::Rejected
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.detail())?;
        if !self.0.written.is_empty() {
            let written: Vec<_> = self.0.written.iter().map(ToString::to_string).collect();
            write!(f, "\n  written before that: {}", written.join(", "))?;
        }
        match self.hint() {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.detail().source()
    }
}

#[cfg(test)]
mod tests;
