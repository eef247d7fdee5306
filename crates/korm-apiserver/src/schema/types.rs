//! The one description of types that custom and native kinds share.
//!
//! The nodes live in an arena and point at each other by index, so a recursive type (the schema
//! of a CRD describes itself) needs no reference cycles.

use std::collections::BTreeMap;

use serde_json::Value;

use super::rules::Rules;

/// Index of a [`Type`] in its [`Types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TypeId(pub(crate) u32);

/// All types reachable from one or several roots.
#[derive(Clone, Debug, Default)]
pub(crate) struct Types {
    nodes: Vec<Type>,
}

impl Types {
    /// Adds a type and gives its index.
    pub(crate) fn push(&mut self, ty: Type) -> TypeId {
        // More than four billion types would need hundreds of gigabytes first.
        let id = TypeId(self.nodes.len() as u32);
        self.nodes.push(ty);
        id
    }

    /// Replaces the type at `id`; for filling in a node that was reserved while its children,
    /// which may point back at it, were made.
    pub(crate) fn set(&mut self, id: TypeId, ty: Type) {
        self.nodes[id.0 as usize] = ty;
    }

    /// The type at `id`, to change it.
    pub(crate) fn get_mut(&mut self, id: TypeId) -> &mut Type {
        &mut self.nodes[id.0 as usize]
    }

    /// The type at `id`. Ids are only made by [`push`](Types::push) of the same arena.
    pub(crate) fn get(&self, id: TypeId) -> &Type {
        &self.nodes[id.0 as usize]
    }

    /// All types.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Type> {
        self.nodes.iter()
    }

    /// The type of the field `name` of an object of type `id`: a declared property, else the type
    /// of additional properties.
    pub(crate) fn field(&self, id: TypeId, name: &str) -> Option<&Property> {
        match &self.get(id).shape {
            Shape::Object(object) => object.field(name),
            _ => None,
        }
    }
}

/// One type: its shape and what applies to it whatever the shape.
#[derive(Clone, Debug, Default)]
pub(crate) struct Type {
    /// Name of the definition this came from, for native kinds: `io.k8s.api.core.v1.Pod`.
    pub(crate) name: Option<Box<str>>,
    /// What values look like.
    pub(crate) shape: Shape,
    /// The shape says where to find children, but values of another JSON type are accepted: a
    /// schema without `type`.
    pub(crate) untyped: bool,
    /// `null` is a value (`nullable`).
    pub(crate) nullable: bool,
    /// Unknown fields are kept (`x-kubernetes-preserve-unknown-fields`).
    pub(crate) preserve_unknown: bool,
    /// A whole object with apiVersion, kind and metadata (`x-kubernetes-embedded-resource`).
    pub(crate) embedded_resource: bool,
    /// An integer or a string (`x-kubernetes-int-or-string`).
    pub(crate) int_or_string: bool,
    /// Value validation of custom resources, where there is any.
    pub(crate) rules: Option<Box<Rules>>,
}

impl Type {
    /// A type of this shape with every flag off.
    pub(crate) fn of(shape: Shape) -> Self {
        Self {
            shape,
            ..Self::default()
        }
    }
}

/// What values of a type look like. Formats are those of OpenAPI (`int32`, `date-time`, `byte`).
#[derive(Clone, Debug, Default)]
pub(crate) enum Shape {
    /// Anything.
    #[default]
    Any,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer {
        /// The format, if one is given.
        format: Option<Box<str>>,
    },
    /// Any number.
    Number,
    /// A string.
    String {
        /// The format, if one is given.
        format: Option<Box<str>>,
    },
    /// An object or a map.
    Object(ObjectShape),
    /// A list.
    Array {
        /// The type of every item, with the default that stands for a null item. Without it items
        /// are anything.
        items: Option<Box<Property>>,
        /// How items are told apart when lists are merged.
        list: ListType,
    },
}

/// The fields of an object.
#[derive(Clone, Debug, Default)]
pub(crate) struct ObjectShape {
    /// Declared fields.
    pub(crate) properties: BTreeMap<Box<str>, Property>,
    /// The type of all other fields: makes the object a map.
    pub(crate) additional: Option<Box<Property>>,
    /// The object is replaced as a whole when merged (`x-kubernetes-map-type: atomic`).
    pub(crate) atomic: bool,
    /// Fields that must be there.
    pub(crate) required: Vec<Box<str>>,
}

impl ObjectShape {
    /// The declared property `name`, else what applies to every other field.
    pub(crate) fn field(&self, name: &str) -> Option<&Property> {
        self.properties.get(name).or(self.additional.as_deref())
    }
}

/// A place where a type is used: a field of an object, all its additional fields, or the items of
/// a list.
#[derive(Clone, Debug)]
pub(crate) struct Property {
    /// Type of the value.
    pub(crate) ty: TypeId,
    /// Value where none is given.
    pub(crate) default: Option<Value>,
    /// How a strategic merge patch treats it; only native kinds have one.
    pub(crate) patch: Option<PatchStrategy>,
}

impl Property {
    /// A use of `ty` without default and patch strategy.
    pub(crate) fn of(ty: TypeId) -> Self {
        Self {
            ty,
            default: None,
            patch: None,
        }
    }
}

/// `x-kubernetes-list-type` with `x-kubernetes-list-map-keys`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum ListType {
    /// Replaced as a whole; the default.
    #[default]
    Atomic,
    /// Scalars, each at most once.
    Set,
    /// Objects told apart by these keys.
    Map {
        /// Names of the key fields, in the order the schema gives them.
        keys: Vec<Box<str>>,
    },
}

/// `x-kubernetes-patch-strategy` and `x-kubernetes-patch-merge-key`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PatchStrategy {
    /// Merge instead of replace.
    pub(crate) merge: bool,
    /// Keys not in the patch are cleared (`retainKeys`).
    pub(crate) retain_keys: bool,
    /// The field that tells list items apart.
    pub(crate) merge_key: Option<Box<str>>,
}
