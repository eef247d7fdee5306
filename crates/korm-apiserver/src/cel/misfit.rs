//! Numbers that their schema takes for integers and Kubernetes does not: 2.0 is a float64 to it until it is stored, and
//! a rule that uses it cannot be evaluated.

use std::sync::Arc;

use kube_cel::cel::Value as Cel;
use kube_cel::cel::objects::Opaque;

/// Why nothing can be done with such a value.
pub(super) const WHY: &str = "invalid data, expected int, got float64";

#[derive(Debug, PartialEq, Eq)]
struct Misfit;

impl Opaque for Misfit {
    fn runtime_type_name(&self) -> &str {
        "misfit"
    }
}

/// A value that no operator takes.
pub(super) fn value() -> Cel {
    Cel::Opaque(Arc::new(Misfit))
}

/// Whether it is such a value.
pub(super) fn is_misfit(value: &Cel) -> bool {
    matches!(value, Cel::Opaque(value) if value.downcast_ref::<Misfit>().is_some())
}

/// Whether there is such a value in it.
pub(super) fn is_within(value: &Cel) -> bool {
    match value {
        Cel::List(items) => items.iter().any(is_within),
        Cel::Map(map) => map.map.values().any(is_within),
        _ => is_misfit(value),
    }
}
