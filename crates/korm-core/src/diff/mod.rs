//! What a program changed, as a compare-and-set patch.
//!
//! Three views of an object take part:
//!
//! - `raw`: the object as the server gave it, at least at the mapped paths.
//! - `base`: what the model would write had it read `raw` and changed nothing (for a typed model,
//!   [`Model::normalize`](crate::Model::normalize)). It differs from `raw` where reading and writing
//!   is no identity: a default filled in, `1.0` read as an integer, an unknown member not read.
//! - `now`: what the model writes at present.
//!
//! What differs between `base` and `now` is what the program changed; nothing else is touched.
//! [`changes`] writes that as a JSON Patch (RFC 6902) against `raw`: first a `test` of the uid and of
//! the raw old value of every place that changes, then the changes. The server applies all of it or
//! nothing, so it succeeds only while nobody else has changed the same places.
//!
//! ```
//! use korm_core::{FieldDef, FieldPath, ModelDef, diff::changes};
//! use serde_json::json;
//!
//! let def = ModelDef::new("example.com", "v1", "Peach", "peaches")
//!     .field(FieldDef::new("price", FieldPath::spec("price"), json!({"type": "integer"})));
//! let raw = json!({"metadata": {"name": "a", "uid": "u"}, "spec": {"price": 1, "other": true}});
//! let base = json!({"metadata": {"name": "a"}, "spec": {"price": 1}});
//! let now = json!({"metadata": {"name": "a"}, "spec": {"price": 3}});
//!
//! let changes = changes(&def, &raw, &base, &now).unwrap();
//! assert_eq!(
//!     serde_json::to_value(&changes.main).unwrap(),
//!     json!([
//!         {"op": "test", "path": "/metadata/uid", "value": "u"},
//!         {"op": "test", "path": "/spec/price", "value": 1},
//!         {"op": "replace", "path": "/spec/price", "value": 3},
//!     ])
//! );
//! assert!(changes.status.is_empty());
//! ```
//!
//! # How fine it is
//!
//! Objects are compared member by member, to any depth. A list is one value, tested and replaced as a
//! whole, unless its schema says more (`x-kubernetes-list-type`): of a `set` single elements are added
//! and removed, and of a `map` single elements by their keys, and members within them. Members the
//! model does not know stay, within list elements too. A map or struct with
//! `x-kubernetes-map-type: atomic` is one value.
//!
//! When the server refuses a patch because a `test` failed it does not say which; [`three_way`] finds
//! out from the object as it is then.

mod go_json;
mod list;
mod merge;
mod overlay;
mod patch;
mod place;
mod same;
mod write;

pub(crate) use go_json::to_vec as go_json;
pub use merge::{FieldConflict, ThreeWay, three_way};
pub use patch::{Patch, PatchOp};
pub use write::{ChangeError, Changes, FieldChange, changes};

#[cfg(test)]
mod tests;
