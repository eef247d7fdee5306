//! The functions that expressions may call, as the environment of Kubernetes 1.36 has them, which 1.37 uses for new rules
//! (`pkg/cel/environment/base.go` of k8s.io/apiserver, with the libraries of cel-go that it takes).

mod authorization;
mod kubernetes;
mod lists;
mod signature;
mod standard;
mod texts;

use std::collections::HashMap;
use std::sync::LazyLock;

pub(super) use signature::{Overload, Sig};

use crate::cel::checker::Type;

/// A function: all ways in which it can be called.
pub(super) type Function = (&'static str, &'static [Overload]);

static FUNCTIONS: LazyLock<HashMap<&str, Function>> = LazyLock::new(|| {
    let libraries = [
        standard::FUNCTIONS,
        texts::FUNCTIONS,
        lists::FUNCTIONS,
        kubernetes::FUNCTIONS,
        authorization::FUNCTIONS,
    ];
    let all = libraries.into_iter().flatten();
    all.map(|function| (function.0, *function)).collect()
});

/// The function of this name.
pub(super) fn function(name: &str) -> Option<Function> {
    FUNCTIONS.get(name).copied()
}

/// The type that a name in an expression means. `None` if it means none.
pub(super) fn named_type(name: &str) -> Option<Type> {
    Some(match name {
        "bool" => Type::Bool,
        "bytes" => Type::Bytes,
        "double" => Type::Double,
        "int" => Type::Int,
        "string" => Type::String,
        "uint" => Type::Uint,
        "type" => Type::Kind(None),
        "null_type" => Type::Null,
        "duration" | "google.protobuf.Duration" => Type::Duration,
        "timestamp" | "google.protobuf.Timestamp" => Type::Timestamp,
        "list" | "google.protobuf.ListValue" => Type::list(Type::Dyn),
        "map" => Type::map(Type::Dyn, Type::Dyn),
        "google.protobuf.Struct" => Type::map(Type::String, Type::Dyn),
        "optional_type" => Type::optional(Type::Dyn),
        "net.IP" => Type::Opaque("net.IP", [].into()),
        "net.CIDR" => Type::Opaque("net.CIDR", [].into()),
        "google.protobuf.Value" => Type::Dyn,
        name => {
            let message = name.strip_prefix("google.protobuf.")?;
            let (_, shown) = MESSAGES.iter().find(|(name, _)| *name == message)?;
            Type::Opaque(shown, [].into())
        }
    })
}

/// Messages of protocol buffers that no value is of, with what their types are called.
const MESSAGES: &[(&str, &str)] = &[
    ("Any", "any"),
    ("BoolValue", "wrapper(bool)"),
    ("BytesValue", "wrapper(bytes)"),
    ("DoubleValue", "wrapper(double)"),
    ("Empty", "google.protobuf.Empty"),
    ("FloatValue", "wrapper(double)"),
    ("Int32Value", "wrapper(int)"),
    ("Int64Value", "wrapper(int)"),
    ("StringValue", "wrapper(string)"),
    ("UInt32Value", "wrapper(uint)"),
    ("UInt64Value", "wrapper(uint)"),
];

impl Overload {
    /// What it takes and gives, with types of their own for its parameters.
    pub(super) fn instance(&self, free: &mut dyn FnMut() -> Type) -> (Vec<Type>, Type) {
        let mut parameters = [None, None];
        let mut instance = |sig: &Sig| sig.instance(&mut parameters, free);
        let takes = self.takes.iter().map(&mut instance).collect();
        let gives = instance(&self.gives);
        (takes, gives)
    }

    /// What an index gives of its first argument: an item of a list, or a value of a map.
    pub(super) fn part_of_container(&self) -> Option<&'static str> {
        match self.takes {
            [Sig::List(_), _] => Some("@items"),
            [Sig::Map(..), _] => Some("@values"),
            _ => None,
        }
    }

    /// Whether the last argument is a text.
    pub(super) fn takes_text(&self) -> bool {
        matches!(self.takes, [.., Sig::String])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_function_is_declared_twice() {
        let libraries = [
            standard::FUNCTIONS,
            texts::FUNCTIONS,
            lists::FUNCTIONS,
            kubernetes::FUNCTIONS,
            authorization::FUNCTIONS,
        ];
        let declared: usize = libraries.iter().map(|library| library.len()).sum();
        assert_eq!(FUNCTIONS.len(), declared);
    }

    #[test]
    fn methods_have_something_that_they_are_called_on() {
        for (name, overloads) in FUNCTIONS.values() {
            for overload in *overloads {
                let is_fine = !overload.is_method || !overload.takes.is_empty();
                assert!(is_fine, "{name}");
            }
        }
    }
}
