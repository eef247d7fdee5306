//! What the programs of a schedule write.

use korm_derive::Model;

use crate::Meta;

/// One object that everybody writes to.
#[derive(Model, Clone, Debug, PartialEq)]
#[korm(
    crate = "crate",
    group = "schedules.korm.example",
    version = "v1",
    plural = "peaches",
    namespaced
)]
pub(super) struct Peach {
    pub(super) meta: Meta,
    #[korm(spec)]
    pub(super) variety: String,
    #[korm(spec, default = 0)]
    pub(super) price: i64,
    #[korm(status)]
    pub(super) ripe: Option<String>,
}

/// The part of it that is written by server-side apply.
#[derive(Model, Clone, Debug, PartialEq)]
#[korm(
    crate = "crate",
    group = "schedules.korm.example",
    version = "v1",
    kind = "Peach",
    plural = "peaches",
    namespaced
)]
pub(super) struct Memo {
    pub(super) meta: Meta,
    #[korm(annotation = "memo")]
    pub(super) memo: Option<String>,
}

pub(super) const NAMESPACE: &str = "default";

pub(super) fn peach(meta: Meta, variety: &str) -> Peach {
    Peach {
        meta: meta.in_namespace(NAMESPACE),
        variety: variety.to_owned(),
        price: 0,
        ripe: None,
    }
}
