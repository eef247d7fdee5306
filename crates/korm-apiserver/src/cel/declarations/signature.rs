//! How functions are declared.

use crate::cel::checker::Type;

/// One way to call a function.
#[derive(Clone, Copy, Debug)]
pub(in crate::cel) struct Overload {
    /// It is called on its first argument.
    pub(in crate::cel) is_method: bool,
    pub(in crate::cel) takes: &'static [Sig],
    pub(in crate::cel) gives: Sig,
}

pub(super) const fn function(takes: &'static [Sig], gives: Sig) -> Overload {
    Overload {
        is_method: false,
        takes,
        gives,
    }
}

pub(super) const fn method(takes: &'static [Sig], gives: Sig) -> Overload {
    Overload {
        is_method: true,
        takes,
        gives,
    }
}

/// A type in a declaration.
#[derive(Clone, Copy, Debug)]
pub(in crate::cel) enum Sig {
    Bool,
    Bytes,
    Double,
    Duration,
    Dyn,
    Int,
    String,
    Timestamp,
    Uint,
    /// Any type, the same one wherever the number is the same.
    Any(usize),
    List(&'static Sig),
    Map(&'static Sig, &'static Sig),
    Optional(&'static Sig),
    Kind(&'static Sig),
    /// A type of a library.
    Named(&'static str),
}

impl Sig {
    pub(super) fn instance(
        &self,
        parameters: &mut [Option<Type>; 2],
        free: &mut dyn FnMut() -> Type,
    ) -> Type {
        match self {
            Self::Bool => Type::Bool,
            Self::Bytes => Type::Bytes,
            Self::Double => Type::Double,
            Self::Duration => Type::Duration,
            Self::Dyn => Type::Dyn,
            Self::Int => Type::Int,
            Self::String => Type::String,
            Self::Timestamp => Type::Timestamp,
            Self::Uint => Type::Uint,
            Self::Any(number) => match parameters.get_mut(*number) {
                Some(parameter) => parameter.get_or_insert_with(&mut *free).clone(),
                None => Type::Dyn,
            },
            Self::List(item) => Type::list(item.instance(parameters, free)),
            Self::Map(key, value) => {
                let key = key.instance(parameters, free);
                Type::map(key, value.instance(parameters, free))
            }
            Self::Optional(of) => Type::optional(of.instance(parameters, free)),
            Self::Kind(of) => Type::kind(of.instance(parameters, free)),
            Self::Named(name) => Type::Opaque(name, [].into()),
        }
    }
}

pub(super) const BOOL: Sig = Sig::Bool;
pub(super) const BYTES: Sig = Sig::Bytes;
pub(super) const DOUBLE: Sig = Sig::Double;
pub(super) const DURATION: Sig = Sig::Duration;
pub(super) const DYN: Sig = Sig::Dyn;
pub(super) const INT: Sig = Sig::Int;
pub(super) const STRING: Sig = Sig::String;
pub(super) const TIMESTAMP: Sig = Sig::Timestamp;
pub(super) const UINT: Sig = Sig::Uint;
pub(super) const A: Sig = Sig::Any(0);
pub(super) const B: Sig = Sig::Any(1);

pub(super) const LIST_A: Sig = Sig::List(&A);
pub(super) const LIST_B: Sig = Sig::List(&B);
pub(super) const LIST_BOOL: Sig = Sig::List(&BOOL);
pub(super) const LIST_BYTES: Sig = Sig::List(&BYTES);
pub(super) const LIST_DOUBLE: Sig = Sig::List(&DOUBLE);
pub(super) const LIST_DURATION: Sig = Sig::List(&DURATION);
pub(super) const LIST_DYN: Sig = Sig::List(&DYN);
pub(super) const LIST_INT: Sig = Sig::List(&INT);
pub(super) const LIST_STRING: Sig = Sig::List(&STRING);
pub(super) const LIST_TIMESTAMP: Sig = Sig::List(&TIMESTAMP);
pub(super) const LIST_UINT: Sig = Sig::List(&UINT);
pub(super) const LIST_OPTIONAL_B: Sig = Sig::List(&OPTIONAL_B);
pub(super) const MAP_AB: Sig = Sig::Map(&A, &B);
pub(super) const OPTIONAL_B: Sig = Sig::Optional(&B);
pub(super) const OPTIONAL_LIST_B: Sig = Sig::Optional(&LIST_B);
pub(super) const OPTIONAL_MAP_AB: Sig = Sig::Optional(&MAP_AB);
