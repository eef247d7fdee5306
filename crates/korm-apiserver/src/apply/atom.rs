//! A type as merging sees it: what a value may be, and how its parts relate.
//!
//! This is `sigs.k8s.io/structured-merge-diff/schema` on top of the types that validation uses
//! too, with the rules of `k8s.io/kube-openapi/pkg/schemaconv`.

use crate::facts;
use crate::schema::{ListType, ObjectShape, Shape, Type, TypeId, Types};
use serde_json::Value;
use std::sync::Arc;

/// The types of one kind in one version.
#[derive(Debug, Clone)]
pub(crate) struct Schema {
    types: Arc<Types>,
    root: TypeId,
    /// ObjectMeta, for custom resources: their schema does not describe it.
    meta: Option<(Arc<Types>, TypeId)>,
}

impl Schema {
    /// A native kind.
    pub(crate) fn native(types: Arc<Types>, root: TypeId) -> Self {
        Self {
            types,
            root,
            meta: None,
        }
    }

    /// A custom resource; apiVersion, kind and metadata are added to its schema.
    pub(crate) fn custom(types: Arc<Types>, root: TypeId) -> Self {
        Self {
            types,
            root,
            meta: facts::types("", "v1", "ObjectMeta"),
        }
    }

    /// The type of a whole object.
    pub(super) fn root(&self) -> Ref<'_> {
        let meta = self.meta.as_ref().map(|(types, id)| (&**types, *id));
        Ref::Typed(Typed {
            types: &self.types,
            id: self.root,
            preserve: false,
            root: true,
            meta,
        })
    }
}

/// A reference to a type.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ref<'a> {
    Typed(Typed<'a>),
    /// apiVersion and kind.
    Text,
    /// Whatever the value is: maps are merged, lists are replaced.
    Deduced,
    /// Replaced as a whole.
    Untyped,
    /// No value is allowed.
    Nothing,
}

/// A type of an arena, and what is inherited on the way to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Typed<'a> {
    types: &'a Types,
    id: TypeId,
    /// A type above keeps unknown fields.
    preserve: bool,
    /// A whole object.
    root: bool,
    meta: Option<(&'a Types, TypeId)>,
}

/// What a value may be; several at once where the type leaves it open.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Atom<'a> {
    pub(super) scalar: Option<Scalar>,
    pub(super) list: Option<List<'a>>,
    pub(super) map: Option<MapAtom<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    Numeric,
    String,
    Boolean,
    Untyped,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct List<'a> {
    /// Items are told apart: by these keys, or by their value where there are none.
    pub(super) associative: bool,
    pub(super) keys: &'a [Box<str>],
    pub(super) items: Ref<'a>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct MapAtom<'a> {
    pub(super) atomic: bool,
    object: Option<&'a ObjectShape>,
    at: Option<Typed<'a>>,
    element: Ref<'a>,
}

/// Which of the three a value is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Map,
    Scalar,
    List,
}

impl<'a> Ref<'a> {
    /// What a value of this type may be.
    pub(super) fn atom(self) -> Atom<'a> {
        let scalar = |scalar| Atom {
            scalar: Some(scalar),
            ..Atom::default()
        };
        match self {
            Self::Nothing => Atom::default(),
            Self::Text => scalar(Scalar::String),
            Self::Untyped => open(Self::Untyped, true),
            Self::Deduced => open(Self::Deduced, false),
            Self::Typed(typed) => typed.atom(),
        }
    }

    pub(super) fn is_nothing(self) -> bool {
        matches!(self, Self::Nothing)
    }

    pub(super) fn is_deduced(self) -> bool {
        matches!(self, Self::Deduced)
    }
}

/// Anything at all.
fn open(element: Ref<'_>, atomic: bool) -> Atom<'_> {
    Atom {
        scalar: Some(Scalar::Untyped),
        list: Some(List {
            associative: false,
            keys: &[],
            items: Ref::Untyped,
        }),
        map: Some(MapAtom {
            atomic,
            object: None,
            at: None,
            element,
        }),
    }
}

impl<'a> Typed<'a> {
    fn atom(self) -> Atom<'a> {
        let ty = self.types.get(self.id);
        let here = Self {
            preserve: self.preserve || keeps_unknown(ty),
            ..self
        };
        let name = ty.name.as_deref().unwrap_or_default();
        if name.ends_with(".api.resource.Quantity") {
            return Atom {
                scalar: Some(Scalar::Untyped),
                ..Atom::default()
            };
        }
        if name.ends_with(".runtime.RawExtension") {
            return Ref::Untyped.atom();
        }
        let mut atom = match &ty.shape {
            Shape::Any => Ref::Deduced.atom(),
            Shape::Boolean => one(Scalar::Boolean),
            Shape::Integer { .. } | Shape::Number => one(Scalar::Numeric),
            Shape::String { format } => match format.as_deref() {
                None | Some("" | "byte") => one(Scalar::String),
                Some(_) => one(Scalar::Untyped),
            },
            Shape::Object(object) => Atom {
                map: Some(here.map(ty, object)),
                ..Atom::default()
            },
            Shape::Array { items, list } => {
                let items = items
                    .as_ref()
                    .map_or(Ref::Untyped, |items| here.inner(items.ty));
                let (associative, keys) = match list {
                    ListType::Atomic => (false, &[][..]),
                    ListType::Set => (true, &[][..]),
                    ListType::Map { keys } => (true, keys.as_slice()),
                };
                Atom {
                    list: Some(List {
                        associative,
                        keys,
                        items,
                    }),
                    ..Atom::default()
                }
            }
        };
        // A schema without `type` says where parts are, should the value be of that form.
        if ty.untyped || ty.int_or_string {
            let any = Ref::Deduced.atom();
            atom.scalar = Some(Scalar::Untyped);
            atom.list = atom.list.or(any.list);
            atom.map = atom.map.or(any.map);
        }
        atom
    }

    fn map(self, ty: &Type, object: &'a ObjectShape) -> MapAtom<'a> {
        let element = match &object.additional {
            Some(additional) => self.inner(additional.ty),
            None if self.preserve || object.properties.is_empty() && !self.root => Ref::Deduced,
            None => Ref::Nothing,
        };
        let at = Self {
            root: self.root || ty.embedded_resource,
            ..self
        };
        MapAtom {
            atomic: object.atomic,
            object: Some(object),
            at: Some(at),
            element,
        }
    }

    fn inner(self, id: TypeId) -> Ref<'a> {
        Ref::Typed(Self {
            id,
            root: false,
            ..self
        })
    }
}

fn one<'a>(scalar: Scalar) -> Atom<'a> {
    Atom {
        scalar: Some(scalar),
        ..Atom::default()
    }
}

/// Native free-form types are no reason for what is below them to be free-form.
fn keeps_unknown(ty: &Type) -> bool {
    ty.preserve_unknown && ty.name.is_none()
}

impl<'a> MapAtom<'a> {
    /// The type of a declared field.
    pub(super) fn declared(&self, name: &str) -> Option<Ref<'a>> {
        if let Some(Typed {
            root: true,
            meta: Some((types, id)),
            ..
        }) = self.at
        {
            match name {
                "apiVersion" | "kind" => return Some(Ref::Text),
                "metadata" => {
                    let meta = Typed {
                        types,
                        id,
                        preserve: false,
                        root: false,
                        meta: None,
                    };
                    return Some(Ref::Typed(meta));
                }
                _ => {}
            }
        }
        let property = self.object?.properties.get(name)?;
        Some(self.at?.inner(property.ty))
    }

    /// The type of a field: declared, or as every other.
    pub(super) fn field(&self, name: &str) -> Ref<'a> {
        self.declared(name).unwrap_or(self.element)
    }

    /// The default of a declared field.
    pub(super) fn default_of(&self, name: &str) -> Option<&'a Value> {
        self.object?.properties.get(name)?.default.as_ref()
    }

    /// No fields are declared and any are allowed.
    pub(super) fn is_free(&self) -> bool {
        self.element.is_deduced()
            && self
                .object
                .is_none_or(|object| object.properties.is_empty())
    }
}

impl Atom<'_> {
    /// What a value is taken for: what it is, if the type allows that; else the first that the
    /// type allows. `None` for a type that allows nothing.
    pub(super) fn kind(&self, value: Option<&Value>) -> Option<Kind> {
        match value {
            Some(Value::Array(_)) if self.list.is_some() => return Some(Kind::List),
            Some(Value::Object(_)) if self.map.is_some() => return Some(Kind::Map),
            Some(Value::Bool(_) | Value::Number(_) | Value::String(_)) if self.scalar.is_some() => {
                return Some(Kind::Scalar);
            }
            _ => {}
        }
        if self.map.is_some() {
            Some(Kind::Map)
        } else if self.scalar.is_some() {
            Some(Kind::Scalar)
        } else {
            self.list.map(|_| Kind::List)
        }
    }
}
