//! Types as values: `type(self.port) == string`.

use std::sync::Arc;

use kube_cel::cel::objects::Opaque;
use kube_cel::cel::{Context, ResolveResult, Value as Cel};

use super::keyed;

/// A type, by its name in the language.
#[derive(Debug, PartialEq, Eq)]
struct TypeValue(&'static str);

impl Opaque for TypeValue {
    fn runtime_type_name(&self) -> &str {
        "type"
    }
}

fn value(name: &'static str) -> Cel {
    Cel::Opaque(Arc::new(TypeValue(name)))
}

/// Adds the function `type` and the names of types.
pub(super) fn add(context: &mut Context<'_>) {
    context.add_function("type", |of: Cel| -> ResolveResult { Ok(type_of(&of)) });
    for name in [
        "bool",
        "bytes",
        "double",
        "int",
        "list",
        "map",
        "null_type",
        "string",
        "uint",
    ] {
        context.add_variable_from_value(name, value(name));
    }
}

fn type_of(of: &Cel) -> Cel {
    value(match of {
        _ if keyed::itself(of).is_some() => "list",
        Cel::Bool(_) => "bool",
        Cel::Bytes(_) => "bytes",
        Cel::Float(_) => "double",
        Cel::Int(_) => "int",
        Cel::List(_) => "list",
        Cel::Map(_) => "map",
        Cel::Null => "null_type",
        Cel::String(_) => "string",
        Cel::UInt(_) => "uint",
        Cel::Duration(_) => "google.protobuf.Duration",
        Cel::Timestamp(_) => "google.protobuf.Timestamp",
        Cel::Function(..) | Cel::Opaque(_) => "dyn",
    })
}
