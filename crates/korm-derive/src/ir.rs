//! The intermediate form: everything the attributes say, checked and named.

use proc_macro2::{Span, TokenStream};
use syn::{Expr, Ident, LitStr, Path, Type, Visibility};

/// A struct that is a model.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) ident: Ident,
    /// The path of the crate `korm`.
    pub(crate) krate: Path,
    pub(crate) kind: Kind,
    pub(crate) docs: Option<String>,
    pub(crate) meta: MetaField,
    pub(crate) fields: Vec<Field>,
    pub(crate) relations: Vec<Relation>,
    /// Fields that are not mapped.
    pub(crate) skipped: Vec<Ident>,
    pub(crate) columns: Vec<Column>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) scale: Option<Scale>,
    /// The status subresource, asked for without a field in status.
    pub(crate) status: bool,
}

/// Which kind it is bound to.
#[derive(Debug)]
pub(crate) enum Kind {
    Custom(Custom),
    Native(Native),
}

/// A kind of one's own.
#[derive(Debug)]
pub(crate) struct Custom {
    pub(crate) group: LitStr,
    pub(crate) version: LitStr,
    pub(crate) kind: String,
    pub(crate) plural: LitStr,
    pub(crate) singular: Option<LitStr>,
    pub(crate) short_names: Vec<LitStr>,
    pub(crate) categories: Vec<LitStr>,
    pub(crate) namespaced: bool,
}

/// A kind Kubernetes brings itself, `apps/v1/Deployment`.
#[derive(Debug)]
pub(crate) struct Native {
    pub(crate) api_version: String,
    pub(crate) kind: String,
    pub(crate) span: Span,
}

/// The field that holds the metadata.
#[derive(Debug)]
pub(crate) struct MetaField {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    /// Checked to be korm's `Meta` by the expansion.
    pub(crate) ty: Type,
}

/// One mapped field.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) ty: Type,
    pub(crate) shape: Shape,
    /// From the root of the object.
    pub(crate) path: Vec<String>,
    pub(crate) docs: Option<String>,
    pub(crate) default: Option<Default>,
    pub(crate) flags: Flags,
    pub(crate) column: Option<Column>,
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) rules: Vec<Rule>,
}

/// A field that holds objects of another kind.
#[derive(Debug)]
pub(crate) struct Relation {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) ty: Type,
    pub(crate) link: Link,
}

/// How the objects belong together.
#[derive(Debug)]
pub(crate) enum Link {
    /// Our owner references point there.
    Owner,
    /// A field of ours names them.
    Names(Vec<String>),
    /// Their owner references point to us.
    OwnedBy,
    /// A field of theirs, by its name in their struct, names us.
    NamedByField(Ident),
    /// A path of theirs names us.
    NamedByPath(Vec<String>),
    /// A field of ours holds a label selector.
    Selector(Vec<String>),
    /// A field of ours holds labels.
    Labels(Vec<String>),
}

/// Switches of a field.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flags {
    pub(crate) selectable: bool,
    pub(crate) read_only: bool,
    pub(crate) nullable: bool,
    pub(crate) secret: bool,
    pub(crate) scale: bool,
}

/// What absence means for the type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Absent is `None`.
    Option,
    /// Absent is empty.
    Collection,
    /// Must be there, or have a default.
    Plain,
}

/// What the server fills in.
#[derive(Debug)]
pub(crate) enum Default {
    /// `default`: the default of the type.
    OfType(Span),
    /// `default = value`.
    Value(Expr),
}

/// A keyword of the schema and its value.
#[derive(Debug)]
pub(crate) struct Constraint {
    pub(crate) keyword: &'static str,
    /// An expression of a type that serde_json can turn into a value.
    pub(crate) value: TokenStream,
}

/// A column of `kubectl get`.
#[derive(Debug, Default)]
pub(crate) struct Column {
    pub(crate) name: Option<LitStr>,
    pub(crate) description: Option<LitStr>,
    pub(crate) priority: Option<i32>,
    pub(crate) type_: Option<LitStr>,
    pub(crate) format: Option<LitStr>,
    pub(crate) json_path: Option<LitStr>,
}

/// A CEL rule.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) rule: String,
    pub(crate) message: Option<String>,
}

/// The scale subresource.
#[derive(Debug)]
pub(crate) struct Scale {
    pub(crate) spec: LitStr,
    pub(crate) status: LitStr,
    pub(crate) selector: Option<LitStr>,
}
