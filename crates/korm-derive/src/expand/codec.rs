//! Writing a model as an object and reading it back.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::{
    ir::{Field, Model, Shape},
    parse::inner,
};

pub(super) fn encode(model: &Model, private: &TokenStream) -> TokenStream {
    let meta = super::relations::meta(model, private);
    let fields = model.fields.iter().enumerate().map(|(index, field)| {
        let (ident, ty) = (&field.ident, &field.ty);
        quote!(writer.field::<#ty>(#index, &self.#ident)?;)
    });
    let mutable = (!model.fields.is_empty()).then(|| quote!(mut));
    quote! {
        let #mutable writer = #private::Writer::new(
            <Self as #private::Model>::definition(),
            #meta,
        )?;
        #(#fields)*
        ::core::result::Result::Ok(writer.finish())
    }
}

pub(super) fn decode(model: &Model, private: &TokenStream) -> TokenStream {
    let read = read(model, private);
    let built = built(model);
    quote! {
        #read
        ::core::result::Result::Ok(#built)
    }
}

pub(super) fn decode_scanned(model: &Model, private: &TokenStream) -> TokenStream {
    let read = read_scanned(model, private);
    let built = built(model);
    quote! {
        #read
        ::core::option::Option::Some(#built)
    }
}

/// The value made of the locals.
fn built(model: &Model) -> TokenStream {
    let Model { skipped, .. } = model;
    let relations = model.relations.iter().map(|relation| &relation.ident);
    let meta = &model.meta.ident;
    let idents = model.fields.iter().map(|field| &field.ident);
    let values = (0..model.fields.len()).map(local);
    quote! {
        Self {
            #meta: read_meta,
            #(#idents: #values,)*
            #(#relations: ::core::default::Default::default(),)*
            #(#skipped: ::core::default::Default::default(),)*
        }
    }
}

pub(super) fn absorb(model: &Model, private: &TokenStream) -> TokenStream {
    let read = read(model, private);
    let taken = taken(model);
    quote! {
        #read
        #taken
        ::core::result::Result::Ok(())
    }
}

pub(super) fn absorb_scanned(model: &Model, private: &TokenStream) -> TokenStream {
    let read = read_scanned(model, private);
    let taken = taken(model);
    quote! {
        #read
        #taken
        ::core::option::Option::Some(())
    }
}

/// Puts the locals into the value.
fn taken(model: &Model) -> TokenStream {
    let meta = &model.meta.ident;
    let idents = model.fields.iter().map(|field| &field.ident);
    let values = (0..model.fields.len()).map(local);
    quote! {
        self.#meta = read_meta;
        #(self.#idents = #values;)*
    }
}

/// Reads everything into locals.
fn read(model: &Model, private: &TokenStream) -> TokenStream {
    let reader = quote!(#private::Reader::new(<Self as #private::Model>::definition(), &object));
    read_with(model, &reader)
}

/// Reads everything of an object that was scanned.
fn read_scanned(model: &Model, private: &TokenStream) -> TokenStream {
    read_with(
        model,
        &quote!(scanned.reader(<Self as #private::Model>::definition())?),
    )
}

/// The same by another reader, whose methods have the same names.
fn read_with(model: &Model, reader: &TokenStream) -> TokenStream {
    let meta = &model.meta.ty;
    let fields = model.fields.iter().enumerate().map(|(index, field)| {
        let local = local(index);
        let ty = &field.ty;
        let call = call(field);
        quote!(let #local: #ty = reader.#call(#index)?;)
    });
    quote! {
        let reader = #reader;
        let read_meta: #meta = reader.meta()?;
        #(#fields)*
    }
}

/// The call that reads a field. Its type is named, so that the compiler complains about it where the
/// user wrote it.
fn call(field: &Field) -> TokenStream {
    let ty = &field.ty;
    match field.shape {
        _ if field.default.is_some() => quote!(or_declared::<#ty>),
        Shape::Option => {
            let inner = inner(ty);
            quote!(optional::<#inner>)
        }
        Shape::Collection => quote!(or_default::<#ty>),
        Shape::Plain => quote!(required::<#ty>),
    }
}

fn local(index: usize) -> syn::Ident {
    format_ident!("read_{index}")
}
