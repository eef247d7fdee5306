//! What a model is.
//!
//! A [`ModelDef`] describes one Kubernetes kind as a program sees it: its group, version and names,
//! and the fields with their paths, schemas and flags. The [`Model`] trait ties a Rust type to such
//! a description.

mod check;
mod def;
mod field;
mod key;

pub(crate) use def::identity_paths;
pub use def::{ModelDef, Rule, Scale, Scope};
pub use field::{Column, FieldDef};
pub use key::{Identity, ObjectKey};

use serde_json::Value;

use crate::{
    error::{DecodeError, EncodeError},
    relate::Relation,
    scan::{Scanned, Scanner},
    snapshot::Snapshot,
};

/// A Rust type whose values are objects of one Kubernetes kind.
///
/// `#[derive(Model)]` implements it. Everything that talks to a cluster works on the description
/// and on plain JSON; this trait is the way there and back.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "this type is not bound to a Kubernetes kind",
    note = "put `#[derive(Model)]` and `#[korm(group = \"..\", version = \"..\", plural = \"..\")]` on it, or use a type of k8s-openapi"
)]
pub trait Model: Sized + Send + Sync + 'static {
    /// The description of the kind; the same for every call.
    fn definition() -> &'static ModelDef;

    /// The object of this value: `apiVersion`, `kind`, the part of `metadata` a client may set, and
    /// the mapped fields. Absent fields are absent, not null. uid and resourceVersion are not part of
    /// it; they are in the [`snapshot`](Self::snapshot).
    ///
    /// # Errors
    ///
    /// When a field's value cannot be written as JSON, or does not fit where it belongs.
    fn encode(&self) -> Result<Value, EncodeError>;

    /// Reads an object, and keeps what was read as the [`snapshot`](Self::snapshot).
    ///
    /// # Errors
    ///
    /// When a mapped field is missing or has another shape than its type; names the object and the
    /// path of the fault.
    fn decode(object: Value) -> Result<Self, DecodeError>;

    /// Takes over the state of a newer reading of the same object, as after a save. Fields that are
    /// not mapped keep their values.
    ///
    /// # Errors
    ///
    /// As [`decode`](Self::decode); the value is then as it was before.
    fn absorb(&mut self, object: Value) -> Result<(), DecodeError> {
        *self = Self::decode(object)?;
        Ok(())
    }

    /// What was read when this value came from a cluster; `None` for one that was never stored, and
    /// for types that have no room for it.
    fn snapshot(&self) -> Option<&Snapshot>;

    /// Which object this was read as, and at which version; `None` for one that was never stored.
    fn identity(&self) -> Option<Identity<'_>> {
        let snapshot = self.snapshot()?;
        Some(Identity {
            uid: snapshot.uid()?,
            resource_version: snapshot.resource_version(),
        })
    }

    /// Namespace and name.
    fn key(&self) -> ObjectKey;

    /// How to read objects of many straight from their text, where the model has a way.
    fn scanner() -> Option<&'static Scanner> {
        None
    }

    /// Reads an object that was scanned by [`scanner`](Self::scanner): exactly as
    /// [`decode`](Self::decode) reads the same text, or not at all.
    fn decode_scanned(_scanned: &Scanned<'_>) -> Option<Self> {
        None
    }

    /// [`absorb`](Self::absorb)s an object that was scanned, exactly as from the same text, or not at all: then the value is
    /// as it was before.
    fn absorb_scanned(&mut self, scanned: &Scanned<'_>) -> Option<()> {
        *self = Self::decode_scanned(scanned)?;
        Some(())
    }

    /// The relations to other kinds.
    fn relations() -> Vec<&'static Relation<Self>> {
        Vec::new()
    }

    /// What this model would write had it just read `raw` and changed nothing. The difference
    /// between this and [`encode`](Self::encode) is what the program changed.
    ///
    /// # Errors
    ///
    /// As [`decode`](Self::decode) and [`encode`](Self::encode), both told as a [`DecodeError`].
    fn normalize(raw: Value) -> Result<Value, DecodeError> {
        Self::decode(raw)?.encode().map_err(|e| DecodeError {
            model: e.model,
            object: e.object,
            fault: e.fault,
        })
    }
}
