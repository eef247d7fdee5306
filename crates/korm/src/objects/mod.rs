//! Objects as JSON: what the typed calls of [`Cluster`] and the Python package are made of.
//!
//! [`Cluster::objects`] takes the description of a kind, which may be made at run time, and gives its [`Objects`].

mod address;
mod apply;
mod belonging;
mod create;
mod delete;
mod finalizers;
mod get;
mod install;
mod ownership;
pub mod query;
mod save;
mod saved;
mod saving;
#[cfg(test)]
mod tests;
mod wait;
pub mod watch;

use korm_core::{ModelDef, ObjectKey};
use serde_json::Value;

pub use self::belonging::Belonging;
pub use self::delete::{DeleteOptions, Deletion, Propagation};
pub use self::install::Installed;
pub use self::ownership::Ownership;
pub use self::save::Normalize;
pub(crate) use self::saved::Written;
pub use self::saved::{Endpoint, Saved, Stored, StoredText};
pub use self::wait::Goal;
use crate::error::{Error, Subject};
use crate::transport::{Answer, Request};
use crate::{Cluster, Definition, ObjectRef, Result};

/// The objects of one kind in one cluster, as JSON.
#[derive(Clone, Debug)]
pub struct Objects {
    pub(crate) cluster: Cluster,
    pub(crate) def: Definition,
}

impl Cluster {
    /// The objects of a kind that may be known at run time only.
    pub fn objects(&self, def: impl Into<Definition>) -> Objects {
        Objects {
            cluster: self.clone(),
            def: def.into(),
        }
    }
}

impl Objects {
    /// The description of the kind.
    pub fn definition(&self) -> &ModelDef {
        &self.def
    }

    /// The cluster.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// What a request of this kind is about.
    pub(crate) fn subject(&self, verb: &'static str, key: Option<&ObjectKey>) -> Subject<'_> {
        Subject {
            def: &self.def,
            object: key.map(|key| self.object_ref(key)),
            verb,
            address: self.cluster.address(),
        }
    }

    pub(crate) fn object_ref(&self, key: &ObjectKey) -> ObjectRef {
        ObjectRef::new(&self.def.kind, key.namespace.as_deref(), &key.name)
    }

    /// These objects for the requests of one call, which share one deadline.
    pub(crate) fn begun(&self) -> Self {
        Self {
            cluster: self.cluster.begun(),
            def: self.def.clone(),
        }
    }

    /// Sends within the deadline of the call that is under way, or one that starts now.
    pub(crate) async fn send(&self, request: &Request, subject: &Subject<'_>) -> Result<Answer> {
        self.cluster
            .transport
            .send(request, self.cluster.deadline(), subject)
            .await
    }

    /// The parameters of every write.
    fn write(&self, request: Request) -> Request {
        let settings = &self.cluster.settings;
        let request = request
            .param("fieldManager", &settings.field_manager)
            .param("fieldValidation", "Strict");
        self.dry(request)
    }

    fn dry(&self, request: Request) -> Request {
        if self.cluster.settings.dry_run {
            request.param("dryRun", "All")
        } else {
            request
        }
    }

    /// Reads the object of an answer.
    pub(crate) fn decode(&self, answer: &Answer, key: &ObjectKey) -> Result<Value> {
        self.decode_text(&answer.body, key)
    }

    fn decode_text(&self, text: &[u8], key: &ObjectKey) -> Result<Value> {
        crate::wire::decode_object(text).map_err(|error| {
            Error::undecodable(
                self.object_ref(key),
                "",
                format!("the server's answer is no JSON object ({})", place(&error)),
            )
        })
    }
}

/// Where JSON is broken, without quoting from it.
pub(crate) fn place(error: &serde_json::Error) -> String {
    format!("line {}, column {}", error.line(), error.column())
}
