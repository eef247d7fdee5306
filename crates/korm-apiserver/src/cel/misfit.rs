//! Values that are not of their type: 2.0 is a float64 to Kubernetes until it is stored, although its schema takes it for
//! an integer, and an old value may be of another schema. A rule that uses one cannot be evaluated.

use std::sync::Arc;

use kube_cel::cel::objects::Opaque;
use kube_cel::cel::{ExecutionError, ResolveResult, Value as Cel};

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

/// The value, if it is none of them.
pub(super) fn sound(value: Cel) -> ResolveResult {
    match itself(&value) {
        Some(why) => Err(ExecutionError::function_error("invalid", why)),
        None => Ok(value),
    }
}
