//! The types of expressions, as cel-go has and writes them (`common/types/types.go` and `checker/format.go`).

use std::fmt;
use std::sync::Arc;

use crate::cel::declared::{Declared, Shape};

/// What the root of an object is called. In Kubernetes the name ends in a number that is another one each time.
pub(crate) const ROOT: &str = "selfType1";

/// The type of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Type {
    Bool,
    Bytes,
    Double,
    Duration,
    /// Only known when the expression is evaluated.
    Dyn,
    /// Of an expression with an error.
    Error,
    Int,
    Null,
    String,
    Timestamp,
    Uint,
    List(Arc<Type>),
    Map(Arc<(Type, Type)>),
    /// A type of a library, which may have parameters.
    Opaque(&'static str, Arc<[Type]>),
    /// An object of the schema.
    Object(Object),
    /// The type of a type, if it is known which one.
    Kind(Option<Arc<Type>>),
    /// Not known yet; see [`Bindings`](super::bindings::Bindings).
    Free(usize),
}

/// The type of an object of the schema.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    /// Where in the schema it is.
    pub(crate) name: Arc<str>,
    pub(crate) declared: Arc<Declared>,
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// The name of the type of optional values.
pub(crate) const OPTIONAL: &str = "optional_type";

impl Type {
    /// The type of what is declared at a place.
    pub(crate) fn declared(declared: &Arc<Declared>, place: &str) -> Self {
        match &declared.shape {
            Shape::Scalar(scalar) => scalar.clone(),
            Shape::List(item) => Self::list(Self::declared(item, &format!("{place}.@idx"))),
            Shape::Map(value) => Self::map(
                Self::String,
                Self::declared(value, &format!("{place}.@elem")),
            ),
            Shape::Object(_) => Self::Object(Object {
                name: place.into(),
                declared: declared.clone(),
            }),
        }
    }

    pub(crate) fn list(item: Self) -> Self {
        Self::List(Arc::new(item))
    }

    pub(crate) fn map(key: Self, value: Self) -> Self {
        Self::Map(Arc::new((key, value)))
    }

    pub(crate) fn optional(of: Self) -> Self {
        Self::Opaque(OPTIONAL, Arc::new([of]))
    }

    pub(crate) fn kind(of: Self) -> Self {
        Self::Kind(Some(Arc::new(of)))
    }

    /// What an optional holds, if it is one.
    pub(crate) fn within_optional(&self) -> Option<&Self> {
        match self {
            Self::Opaque(OPTIONAL, parameters) => parameters.first(),
            _ => None,
        }
    }

    /// The name that values have of the type when they are evaluated.
    pub(crate) fn runtime_name(&self) -> String {
        match self {
            Self::Duration => "google.protobuf.Duration".to_owned(),
            Self::Timestamp => "google.protobuf.Timestamp".to_owned(),
            Self::Null => "null_type".to_owned(),
            Self::Error => "error".to_owned(),
            Self::List(_) => "list".to_owned(),
            Self::Map(_) => "map".to_owned(),
            Self::Kind(_) => "type".to_owned(),
            Self::Opaque(name, _) => (*name).to_owned(),
            other => other.to_string(),
        }
    }
}

impl Object {
    /// The type of a field.
    pub(crate) fn field(&self, name: &str) -> Option<Type> {
        let Shape::Object(fields) = &self.declared.shape else {
            return None;
        };
        let field = fields.get(name)?;
        Some(Type::declared(field, &format!("{}.{name}", self.name)))
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::Bytes => f.write_str("bytes"),
            Self::Double => f.write_str("double"),
            Self::Duration => f.write_str("duration"),
            Self::Dyn => f.write_str("dyn"),
            Self::Error => f.write_str("!error!"),
            Self::Int => f.write_str("int"),
            Self::Null => f.write_str("null"),
            Self::String => f.write_str("string"),
            Self::Timestamp => f.write_str("timestamp"),
            Self::Uint => f.write_str("uint"),
            Self::List(item) => write!(f, "list({item})"),
            Self::Map(entry) => write!(f, "map({}, {})", entry.0, entry.1),
            Self::Opaque(name, parameters) => {
                f.write_str(name)?;
                let Some((first, rest)) = parameters.split_first() else {
                    return Ok(());
                };
                write!(f, "({first}")?;
                rest.iter().try_for_each(|other| write!(f, ", {other}"))?;
                f.write_str(")")
            }
            Self::Object(object) => f.write_str(&object.name),
            Self::Kind(None) => f.write_str("type"),
            Self::Kind(Some(of)) => write!(f, "type({of})"),
            Self::Free(number) => write!(f, "_var{number}"),
        }
    }
}
