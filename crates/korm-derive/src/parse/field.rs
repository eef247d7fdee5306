//! The attributes of a field.

use proc_macro2::Span;
use syn::{
    Error, Expr, Field, Ident, LitStr, Result, Token, ext::IdentExt, meta::ParseNestedMeta,
    spanned::Spanned,
};

use super::{
    Mistakes, constraints,
    relation::{self, Relation},
    shape, value,
};
use crate::{
    ir::{self, Shape},
    names,
};

const OWN: [&str; 21] = [
    "spec",
    "status",
    "root",
    "metadata",
    "label",
    "annotation",
    "rename",
    "path",
    "default",
    "selectable",
    "read_only",
    "nullable",
    "secret",
    "immutable",
    "scale",
    "column",
    "rule",
    "skip",
    "meta",
    "belongs_to",
    "has_many",
];

/// What a field of the struct is.
pub(super) enum Parsed {
    Meta(Box<ir::MetaField>),
    Mapped(Box<ir::Field>),
    Skipped(Ident),
    Relation(Box<Relation>),
}

/// Where a field lives.
enum Place {
    /// One key (or a deeper path) below this part of the object.
    Below(&'static str),
    Root,
    Label(LitStr),
    Annotation(LitStr),
}

/// What stands on the field, as it stands there.
#[derive(Default)]
struct Attributes {
    place: Option<(Place, Span)>,
    rename: Option<LitStr>,
    path: Option<LitStr>,
    default: Option<ir::Default>,
    flags: ir::Flags,
    column: Option<ir::Column>,
    constraints: Vec<ir::Constraint>,
    rules: Vec<ir::Rule>,
    skip: bool,
    meta: bool,
    any: bool,
}

pub(super) fn parse(field: &Field) -> Result<Parsed> {
    let Some(ident) = field.ident.clone() else {
        return Err(Error::new(field.span(), "a field of a model has a name"));
    };
    if let Some(relation) = relation::parse(field, &ident)? {
        return Ok(Parsed::Relation(Box::new(relation)));
    }
    let mut attributes = Attributes::default();
    let mut mistakes = Mistakes::default();
    for attr in field
        .attrs
        .iter()
        .filter(|attr| attr.path().is_ident("korm"))
    {
        attributes.any = true;
        mistakes.note(attr.parse_nested_meta(|meta| attributes.take(&meta, field)));
    }
    mistakes.into_result()?;
    if attributes.skip {
        return attributes.skipped(ident);
    }
    if attributes.meta && !shape::is_meta(field) {
        return Err(Error::new(
            field.ty.span(),
            "the metadata of a model is a `korm::Meta`",
        ));
    }
    if attributes.meta || (shape::is_meta(field) && !attributes.any) {
        let (vis, ty) = (field.vis.clone(), field.ty.clone());
        return Ok(Parsed::Meta(Box::new(ir::MetaField { ident, vis, ty })));
    }
    shape::demand_owned(&field.ty)?;
    attributes
        .mapped(field, ident)
        .map(|field| Parsed::Mapped(Box::new(field)))
}

impl Attributes {
    fn take(&mut self, meta: &ParseNestedMeta<'_>, field: &Field) -> Result<()> {
        if let Some(constraints) = constraints::parse(meta, &field.ty)? {
            self.constraints.extend(constraints);
            return Ok(());
        }
        match value::word(meta).as_str() {
            "spec" => self.place(meta, Place::Below("spec"))?,
            "status" => self.place(meta, Place::Below("status"))?,
            "metadata" => {
                self.flags.read_only = true;
                self.place(meta, Place::Below("metadata"))?;
            }
            "root" => self.place(meta, Place::Root)?,
            "label" => {
                let key = key(meta)?;
                self.place(meta, Place::Label(key))?;
            }
            "annotation" => {
                let key = key(meta)?;
                self.place(meta, Place::Annotation(key))?;
            }
            "rename" => self.rename = Some(value::some_text(meta)?),
            "path" => self.path = Some(value::some_text(meta)?),
            "default" => self.default = Some(default(meta)?),
            "selectable" => self.flags.selectable = true,
            "read_only" => self.flags.read_only = true,
            "nullable" => self.flags.nullable = true,
            "secret" => self.flags.secret = true,
            "scale" => self.flags.scale = true,
            "immutable" => self.rules.push(ir::Rule {
                rule: "self == oldSelf".into(),
                message: Some("is immutable".into()),
            }),
            "column" => self.column = Some(value::column(meta)?),
            "rule" => self.rules.push(value::rule(meta)?),
            "skip" => self.skip = true,
            "meta" => self.meta = true,
            _ => {
                let known: Vec<&str> = OWN.into_iter().chain(constraints::KNOWN).collect();
                return Err(value::unknown(meta, "a field", &known));
            }
        }
        Ok(())
    }

    fn place(&mut self, meta: &ParseNestedMeta<'_>, place: Place) -> Result<()> {
        if self.place.is_some() {
            let message = "a field lives in one place, and this is a second one";
            return Err(Error::new_spanned(&meta.path, message));
        }
        self.place = Some((place, meta.path.span()));
        Ok(())
    }

    fn skipped(self, ident: Ident) -> Result<Parsed> {
        match self.place {
            Some((_, span)) => Err(Error::new(
                span,
                "a field with `skip` is not mapped and lives nowhere",
            )),
            None => Ok(Parsed::Skipped(ident)),
        }
    }

    fn mapped(self, field: &Field, ident: Ident) -> Result<ir::Field> {
        let path = self.full_path(&ident)?;
        let shape = shape::of(&field.ty);
        if path.first().is_some_and(|root| root == "status")
            && shape == Shape::Plain
            && self.default.is_none()
        {
            return Err(Error::new_spanned(
                &field.ty,
                "a new object has no status yet: make this an `Option`, or give it a `default`",
            ));
        }
        if let (Some((Place::Label(_) | Place::Annotation(_), span)), Some(_)) =
            (&self.place, &self.default)
        {
            let message =
                "the server fills in no default for a label or annotation; remove `default`";
            return Err(Error::new(*span, message));
        }
        Ok(ir::Field {
            ident,
            vis: field.vis.clone(),
            ty: field.ty.clone(),
            shape,
            path,
            docs: value::docs(&field.attrs),
            default: self.default,
            flags: self.flags,
            column: self.column,
            constraints: self.constraints,
            rules: self.rules,
        })
    }

    fn full_path(&self, ident: &Ident) -> Result<Vec<String>> {
        let Some((place, _)) = &self.place else {
            return Err(Error::new(
                ident.span(),
                format!(
                    "say where `{}` lives: `#[korm(spec)]`, `status`, `label = \"..\"`, `annotation = \"..\"`, `root`, or `skip`",
                    ident.unraw()
                ),
            ));
        };
        let below = match (&self.rename, &self.path) {
            (Some(_), Some(path)) => {
                return Err(Error::new(
                    path.span(),
                    "`rename` and `path` exclude each other",
                ));
            }
            (Some(name), None) => vec![name.value()],
            (None, Some(path)) => value::dotted(path)?,
            (None, None) => vec![names::camel_case(ident)],
        };
        let named = self.rename.as_ref().or(self.path.as_ref());
        let start: Vec<String> = match place {
            Place::Below(part) => vec![(*part).to_owned()],
            Place::Root => Vec::new(),
            Place::Label(key) | Place::Annotation(key) => {
                if let Some(name) = named {
                    let message = "a label or annotation has its key already; remove this";
                    return Err(Error::new(name.span(), message));
                }
                let map = if matches!(place, Place::Label(_)) {
                    "labels"
                } else {
                    "annotations"
                };
                return Ok(vec!["metadata".into(), map.into(), key.value()]);
            }
        };
        let path: Vec<String> = start.into_iter().chain(below).collect();
        demand_free(&path, named.map_or_else(|| ident.span(), LitStr::span))?;
        Ok(path)
    }
}

/// Refuses paths that belong to something else.
fn demand_free(path: &[String], span: Span) -> Result<()> {
    // What korm-core, on which this crate does not depend, has in its `Meta`.
    const CARRIED: [&str; 12] = [
        "name",
        "namespace",
        "generateName",
        "uid",
        "resourceVersion",
        "generation",
        "creationTimestamp",
        "deletionTimestamp",
        "labels",
        "annotations",
        "finalizers",
        "ownerReferences",
    ];
    let words: Vec<&str> = path.iter().map(String::as_str).collect();
    match words.as_slice() {
        [root @ ("apiVersion" | "kind" | "metadata" | "spec" | "status")] => Err(Error::new(
            span,
            format!("no field can be all of `{root}`; bind it to one key below"),
        )),
        ["metadata", key, ..] if CARRIED.contains(key) => Err(Error::new(
            span,
            format!("`metadata.{key}` is part of every model's `Meta`"),
        )),
        _ => Ok(()),
    }
}

fn key(meta: &ParseNestedMeta<'_>) -> Result<LitStr> {
    let key = value::some_text(meta)?;
    names::demand_qualified_name(&key)?;
    Ok(key)
}

fn default(meta: &ParseNestedMeta<'_>) -> Result<ir::Default> {
    if !meta.input.peek(Token![=]) {
        return Ok(ir::Default::OfType(meta.path.span()));
    }
    let value: Expr = meta.value()?.parse()?;
    Ok(ir::Default::Value(value))
}
