//! From a refusal of the server to the kind of error it is.

use std::time::Duration;

use korm_core::ModelDef;

use super::invalid::UNKNOWN_FIELD;
use super::{Error, Violation};
use crate::status::{Status, StatusCause};
use crate::transport::Answer;
use crate::{ObjectRef, Outcome};

/// What a request was about, for the message of its failure.
#[derive(Clone, Debug)]
pub(crate) struct Subject<'a> {
    /// The kind.
    pub def: &'a ModelDef,
    /// The object, where it was about one.
    pub object: Option<ObjectRef>,
    /// The verb, in the words of the message: `saving`, `listing` ...
    pub verb: &'static str,
    /// The address of the cluster.
    pub address: &'a str,
}

impl Subject<'_> {
    /// `saving Peach default/cake-peach`, or `listing peaches`.
    pub(crate) fn action(&self) -> String {
        match &self.object {
            Some(object) => format!("{} {object}", self.verb),
            None => format!("{} {}", self.verb, self.def.plural),
        }
    }

    /// The object meant, or the kind as a whole under an empty name.
    fn object(&self) -> ObjectRef {
        self.object
            .clone()
            .unwrap_or_else(|| ObjectRef::new(&self.def.kind, None::<String>, String::new()))
    }

    /// The error that an answer other than success is.
    pub(crate) fn refused(&self, answer: &Answer) -> Error {
        let status = Status::from_body(answer.status.as_u16(), &answer.body);
        if answer.outcome == Outcome::Unknown {
            let status = self.redacted(status);
            let reason = format!("the server answered {}: {}", status.code, status.message);
            return Error::outcome_unknown(self.action(), reason);
        }
        self.status(status)
    }

    /// The error that a `Status` is, wherever it stood.
    pub(crate) fn status(&self, status: Status) -> Error {
        let status = self.redacted(status);
        match status.code {
            401 => Error::unauthorized(self.address.to_owned(), status),
            403 => Error::forbidden(self.action(), status),
            404 => self.missing(&status),
            409 => self.clash(status),
            410 => Error::expired(self.action(), status.message),
            422 => self.invalid(status),
            400 if status.message.contains(STRICT) => self.strict(status),
            429 => Error::throttled(self.action(), retry_after(&status), status),
            _ => Error::rejected(self.action(), status),
        }
    }

    /// Without values that the server quotes, where they are confidential.
    fn redacted(&self, status: Status) -> Status {
        if is_confidential(self.def) {
            status.redacted()
        } else {
            status
        }
    }

    fn missing(&self, status: &Status) -> Error {
        if !status.names_an_object() {
            return Error::not_installed(self.address, self.def);
        }
        let of_namespace = status.details.kind == "namespaces"
            && !(self.def.native && self.def.kind == "Namespace");
        if of_namespace {
            Error::namespace_not_found(self.object())
        } else {
            Error::not_found(self.object())
        }
    }

    fn clash(&self, status: Status) -> Error {
        if status.reason == "AlreadyExists" {
            return Error::already_exists(self.object());
        }
        let of_apply =
            |cause: &StatusCause| cause.reason == "FieldManagerConflict" && !cause.field.is_empty();
        if status.details.causes.iter().any(of_apply) {
            return Error::apply_conflict(self.object(), &status.details.causes);
        }
        Error::conflict(self.object(), Vec::new())
    }

    fn invalid(&self, status: Status) -> Error {
        let violations = status
            .details
            .causes
            .iter()
            .map(|cause| Violation {
                path: cause.field.clone(),
                reason: cause.reason.clone(),
                message: cause.message.clone(),
            })
            .collect();
        Error::invalid(self.object(), violations, Some(status))
    }

    /// `fieldValidation=Strict` tells of unknown and doubled fields in one sentence of a 400:
    /// `... strict decoding error: unknown field "spec.a", duplicate field "spec.b"`.
    fn strict(&self, status: Status) -> Error {
        let list = status
            .message
            .split_once(STRICT)
            .map_or("", |(_, list)| list);
        let violations = list
            .split(", ")
            .map(|fault| {
                let path = fault.split('"').nth(1).unwrap_or_default().to_owned();
                let message = match fault.split(" \"").next() {
                    Some("unknown field") => UNKNOWN_FIELD.to_owned(),
                    _ => fault.to_owned(),
                };
                Violation {
                    path,
                    reason: "FieldValueForbidden".to_owned(),
                    message,
                }
            })
            .collect();
        Error::invalid(self.object(), violations, Some(status))
    }
}

const STRICT: &str = "strict decoding error: ";

/// Whether values of this kind must not appear in messages.
pub(crate) fn is_confidential(def: &ModelDef) -> bool {
    def.group.is_empty() && def.kind == "Secret"
}

fn retry_after(status: &Status) -> Option<Duration> {
    let seconds = status.details.retry_after_seconds;
    (seconds > 0).then(|| Duration::from_secs(seconds.into()))
}
