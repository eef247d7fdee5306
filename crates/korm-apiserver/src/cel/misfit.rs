//! Values that are not of their type: 2.0 is a float64 to Kubernetes until it is stored, although its schema takes it for
//! an integer, and an old value may be of another schema. A rule that uses one cannot be evaluated.

use std::sync::Arc;

use kube_cel::cel::Value as Cel;
use kube_cel::cel::objects::Opaque;

use super::keyed;

/// Holds why.
#[derive(Debug, PartialEq, Eq)]
struct Misfit(String);

impl Opaque for Misfit {
    fn runtime_type_name(&self) -> &str {
        "misfit"
    }
}

/// A value that no operator takes.
pub(super) fn value(why: &str) -> Cel {
    Cel::Opaque(Arc::new(Misfit(why.to_owned())))
}

/// Why it is such a value, if it is one.
pub(super) fn itself(value: &Cel) -> Option<&str> {
    match value {
        Cel::Opaque(value) => value.downcast_ref::<Misfit>().map(|misfit| &*misfit.0),
        _ => None,
    }
}

/// Why the first such value in it is one, if there is any.
pub(super) fn within(value: &Cel) -> Option<&str> {
    if let Some(items) = keyed::items(value) {
        return items.iter().find_map(within);
    }
    match value {
        Cel::Map(map) => map.map.values().find_map(within),
        _ => itself(value),
    }
}
