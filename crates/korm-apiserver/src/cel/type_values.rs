//! Types as values: `type(self.port) == string`.

use std::sync::Arc;

use kube_cel::cel::Value as Cel;
use kube_cel::cel::common::ast::{Expr, SelectExpr};
use kube_cel::cel::objects::Opaque;

use super::{keyed, optionals, stored};

/// A type, by its name in the language.
#[derive(Debug, PartialEq, Eq)]
struct TypeValue(&'static str);

impl Opaque for TypeValue {
    fn runtime_type_name(&self) -> &str {
        "type"
    }
}

/// Times, which are named in full.
const DURATION: &str = "google.protobuf.Duration";
const TIMESTAMP: &str = "google.protobuf.Timestamp";

const NAMES: &[&str] = &[
    "bool",
    "bytes",
    "double",
    "int",
    "list",
    "map",
    "null_type",
    "optional_type",
    "string",
    "type",
    "uint",
];

fn value(name: &'static str) -> Cel {
    Cel::Opaque(Arc::new(TypeValue(name)))
}

/// The type of this name.
pub(super) fn named(name: &str) -> Option<Cel> {
    let known = NAMES.iter().find(|known| **known == name);
    known.map(|name| value(name))
}

/// The type of this name of several parts.
pub(super) fn qualified(select: &SelectExpr) -> Option<Cel> {
    let Expr::Select(outer) = &select.operand.expr else {
        return None;
    };
    let Expr::Ident(outermost) = &outer.operand.expr else {
        return None;
    };
    match (
        outermost.as_str(),
        outer.field.as_str(),
        select.field.as_str(),
    ) {
        ("google", "protobuf", "Duration") => Some(value(DURATION)),
        ("google", "protobuf", "Timestamp") => Some(value(TIMESTAMP)),
        _ => None,
    }
}

/// The name of the type that the value is, if it is one.
pub(super) fn itself(value: &Cel) -> Option<&'static str> {
    match value {
        Cel::Opaque(value) => value.downcast_ref::<TypeValue>().map(|ty| ty.0),
        _ => None,
    }
}

/// The type of a value.
pub(super) fn of(of: &Cel) -> Cel {
    value(name(of))
}

/// The name of a value's type.
pub(super) fn name(of: &Cel) -> &'static str {
    match of {
        _ if keyed::itself(of).is_some() => "list",
        _ if stored::itself(of).is_some() => "map",
        _ if optionals::itself(of).is_some() => "optional_type",
        Cel::Bool(_) => "bool",
        Cel::Bytes(_) => "bytes",
        Cel::Float(_) => "double",
        Cel::Int(_) => "int",
        Cel::List(_) => "list",
        Cel::Map(_) => "map",
        Cel::Null => "null_type",
        Cel::String(_) => "string",
        Cel::UInt(_) => "uint",
        Cel::Duration(_) => DURATION,
        Cel::Timestamp(_) => TIMESTAMP,
        _ if itself(of).is_some() => "type",
        Cel::Function(..) | Cel::Opaque(_) => "dyn",
    }
}
