//! What stands in for the implementation of a model that has mistakes.
//!
//! Without it, each use of the model in the program would be told as a mistake too, and the one that is to be mended would
//! be lost among them. It comes only beside a `compile_error!`, so none of it ever runs.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Field, Fields};

use crate::parse;

/// Nothing where it could not be an implementation: for enums, and structs with parameters or without names of fields.
pub(crate) fn of(input: &DeriveInput) -> TokenStream {
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => &fields.named,
            _ => return TokenStream::new(),
        },
        Data::Enum(_) | Data::Union(_) => return TokenStream::new(),
    };
    if !input.generics.params.is_empty() {
        return TokenStream::new();
    }
    let ident = &input.ident;
    let krate = parse::krate(input);
    let private = quote!(#krate::__private);
    let accessors = fields.iter().map(|field| accessor(field, &private));
    quote! {
        #[automatically_derived]
        impl #private::Model for #ident {
            fn definition() -> &'static #private::ModelDef {
                ::core::unreachable!()
            }

            fn encode(
                &self,
            ) -> ::core::result::Result<#private::Value, #private::EncodeError> {
                ::core::unreachable!()
            }

            fn decode(
                _: #private::Value,
            ) -> ::core::result::Result<Self, #private::DecodeError> {
                ::core::unreachable!()
            }

            fn snapshot(&self) -> ::core::option::Option<&#private::Snapshot> {
                ::core::unreachable!()
            }

            fn key(&self) -> #private::ObjectKey {
                ::core::unreachable!()
            }
        }

        #[automatically_derived]
        #[allow(dead_code)]
        impl #ident {
            #(#accessors)*
        }
    }
}

fn accessor(field: &Field, private: &TokenStream) -> TokenStream {
    let Field { ident, vis, ty, .. } = field;
    let given = if parse::is_meta(field) {
        quote!(#private::MetaFields<Self>)
    } else if parse::is_relation(field) {
        quote!(&'static #private::Relation<Self>)
    } else {
        quote!(#private::Field<Self, #ty>)
    };
    quote! {
        #vis fn #ident() -> #given {
            ::core::unreachable!()
        }
    }
}
