//! What the type of a field says by how it is written.

use syn::{Error, Field, GenericArgument, PathArguments, PathSegment, Result, Type};

use crate::ir::Shape;

/// The last segment of a path type: `Option<String>` of `std::option::Option<String>`.
fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(path) if path.qself.is_none() => path.path.segments.last(),
        Type::Group(group) => last_segment(&group.elem),
        Type::Paren(paren) => last_segment(&paren.elem),
        _ => None,
    }
}

/// The name of a type, without its path and parameters.
pub(super) fn name(ty: &Type) -> Option<String> {
    last_segment(ty).map(|segment| segment.ident.to_string())
}

/// What absence means for a type.
pub(super) fn of(ty: &Type) -> Shape {
    match name(ty).as_deref() {
        Some("Option") => Shape::Option,
        Some(
            "Vec" | "VecDeque" | "BTreeMap" | "HashMap" | "BTreeSet" | "HashSet" | "IndexMap"
            | "IndexSet",
        ) => Shape::Collection,
        _ => Shape::Plain,
    }
}

/// What an `Option` holds; the type itself where it is none.
pub(crate) fn inner(ty: &Type) -> &Type {
    if of(ty) != Shape::Option {
        return ty;
    }
    let Some(PathArguments::AngleBracketed(arguments)) = last_segment(ty).map(|s| &s.arguments)
    else {
        return ty;
    };
    match arguments.args.first() {
        Some(GenericArgument::Type(inner)) => inner,
        _ => ty,
    }
}

/// Whether a field is the metadata by the name of its type.
pub(crate) fn is_meta(field: &Field) -> bool {
    name(&field.ty).as_deref() == Some("Meta")
}

/// Whether a field is a relation by the name of its type.
pub(crate) fn is_relation(field: &Field) -> bool {
    matches!(name(&field.ty).as_deref(), Some("ToOne" | "ToMany"))
}

/// Refuses types that no value read from JSON can have.
pub(super) fn demand_owned(ty: &Type) -> Result<()> {
    match ty {
        Type::Reference(_) => Err(Error::new_spanned(
            ty,
            "a model owns its data; use `String` or another owned type",
        )),
        Type::Ptr(_)
        | Type::BareFn(_)
        | Type::TraitObject(_)
        | Type::ImplTrait(_)
        | Type::Never(_)
        | Type::Infer(_) => Err(Error::new_spanned(
            ty,
            "no field of an object can have this type",
        )),
        Type::Path(_) if matches!(name(ty).as_deref(), Some("i128" | "u128")) => Err(
            Error::new_spanned(ty, "integers of an object have 64 bits; use `i64` or `u64`"),
        ),
        Type::Tuple(tuple) if tuple.elems.is_empty() => Err(Error::new_spanned(
            ty,
            "no field of an object can have this type",
        )),
        _ => Ok(()),
    }
}
