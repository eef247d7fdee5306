//! From the user's tokens to the intermediate form.

mod constraints;
mod container;
mod field;
mod relation;
mod shape;
mod value;

use std::collections::HashMap;

use syn::{Data, DeriveInput, Error, Fields, Result, spanned::Spanned};

use crate::ir;
pub(crate) use container::krate;
pub(crate) use shape::{inner, is_meta, is_relation};

/// Mistakes, collected so that all are told at once.
#[derive(Default)]
struct Mistakes(Option<Error>);

impl Mistakes {
    fn add(&mut self, error: Error) {
        match &mut self.0 {
            None => self.0 = Some(error),
            Some(first) => first.combine(error),
        }
    }

    /// The value, or its mistake noted.
    fn take<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    fn note(&mut self, result: Result<()>) {
        if let Err(error) = result {
            self.add(error);
        }
    }

    fn into_result(self) -> Result<()> {
        self.0.map_or(Ok(()), Err)
    }
}

/// Parses the whole struct.
pub(crate) fn model(input: &DeriveInput) -> Result<ir::Model> {
    let fields = named_fields(input)?;
    let mut mistakes = Mistakes::default();
    if !input.generics.params.is_empty() {
        let message = "a model has no generic parameters: it is one kind";
        mistakes.add(Error::new(input.generics.span(), message));
    }
    let container = mistakes.take(container::parse(input));
    let mut metas = Vec::new();
    let mut mapped = Vec::new();
    let mut skipped = Vec::new();
    let mut related = Vec::new();
    for field in &fields.named {
        match mistakes.take(field::parse(field)) {
            Some(field::Parsed::Meta(meta)) => metas.push(*meta),
            Some(field::Parsed::Mapped(field)) => mapped.push(*field),
            Some(field::Parsed::Skipped(ident)) => skipped.push(ident),
            Some(field::Parsed::Relation(relation)) => related.push(*relation),
            None => {}
        }
    }
    for more in metas.iter().skip(1) {
        let message = "a model has one field for its metadata, and this is a second one";
        mistakes.add(Error::new(more.ident.span(), message));
    }
    overlaps(&mapped, &mut mistakes);
    let resolved: Vec<_> = related
        .into_iter()
        .map(|relation| relation.resolve(&mapped))
        .collect();
    let relations: Vec<_> = resolved
        .into_iter()
        .filter_map(|r| mistakes.take(r))
        .collect();
    let meta = metas.into_iter().next();
    if meta.is_none() && !mistakes_in_meta(fields) {
        mistakes.add(Error::new(
            input.ident.span(),
            "a model needs a field for its metadata: add `meta: korm::Meta`",
        ));
    }
    mistakes.into_result()?;
    match (container, meta) {
        (Some(container), Some(meta)) => {
            Ok(container.into_model(input, meta, mapped, relations, skipped))
        }
        // Either is missing only with a mistake noted, which has returned above.
        _ => Err(Error::new(
            input.ident.span(),
            "this struct cannot be a model",
        )),
    }
}

fn named_fields(input: &DeriveInput) -> Result<&syn::FieldsNamed> {
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Ok(fields),
            _ => Err(Error::new(
                input.ident.span(),
                "a model is a struct with named fields, each bound to one path of the object",
            )),
        },
        Data::Enum(_) | Data::Union(_) => Err(Error::new(
            input.ident.span(),
            "only a struct can be a model; an enum can be the type of one of its fields",
        )),
    }
}

/// Whether a field that would be the metadata was refused, so that it is not also missed.
fn mistakes_in_meta(fields: &syn::FieldsNamed) -> bool {
    fields.named.iter().any(shape::is_meta)
}

/// Two fields on one path, or one inside the other.
fn overlaps(fields: &[ir::Field], mistakes: &mut Mistakes) {
    let mut seen: HashMap<&[String], &ir::Field> = HashMap::new();
    for field in fields {
        let whole = field.path.as_slice();
        if let Some(other) = seen.get(whole) {
            mistakes.add(Error::new(
                field.ident.span(),
                format!(
                    "`{}` and `{}` are both on `{}`",
                    other.ident,
                    field.ident,
                    dotted(whole)
                ),
            ));
            continue;
        }
        let around = (1..whole.len()).find_map(|end| seen.get(&whole[..end]));
        let inside = fields
            .iter()
            .take_while(|f| f.ident != field.ident)
            .find(|other| other.path.len() > whole.len() && other.path.starts_with(whole));
        if let Some(other) = around.copied().or(inside) {
            mistakes.add(Error::new(
                field.ident.span(),
                format!(
                    "`{}` on `{}` and `{}` on `{}` overlap",
                    other.ident,
                    dotted(&other.path),
                    field.ident,
                    dotted(whole)
                ),
            ));
        }
        seen.insert(whole, field);
    }
}

/// How a path reads.
fn dotted(path: &[String]) -> String {
    match path {
        [metadata, map, key]
            if metadata == "metadata" && matches!(map.as_str(), "labels" | "annotations") =>
        {
            format!("metadata.{map}[{key}]")
        }
        _ => path.join("."),
    }
}
