//! From the intermediate form to the implementation.

mod accessors;
mod codec;
mod definition;
mod placeholder;
mod relations;

use proc_macro2::TokenStream;
use quote::quote;

use crate::ir;
pub(crate) use placeholder::of as placeholder;

/// The implementation of `Model`, and a function for each field that starts an expression.
pub(crate) fn model(model: &ir::Model) -> TokenStream {
    let ir::Model {
        ident, krate, meta, ..
    } = model;
    let private = quote!(#krate::__private);
    let definition = definition::of(model, &private);
    let known = definition::demand_native(model, &private);
    let encode = codec::encode(model, &private);
    let decode = codec::decode(model, &private);
    let decode_scanned = codec::decode_scanned(model, &private);
    let absorb = codec::absorb(model, &private);
    let absorb_scanned = codec::absorb_scanned(model, &private);
    let accessors = accessors::of(model, &private);
    let relation_accessors = relations::accessors(model, &private);
    let relations = relations::list(model, &private);
    let meta = &meta.ident;
    quote! {
        #known

        #[automatically_derived]
        impl #private::Model for #ident {
            fn definition() -> &'static #private::ModelDef {
                static DEFINITION: ::std::sync::LazyLock<#private::ModelDef> =
                    ::std::sync::LazyLock::new(|| #definition);
                &DEFINITION
            }

            fn encode(
                &self,
            ) -> ::core::result::Result<#private::Value, #private::EncodeError> {
                #encode
            }

            fn decode(
                object: #private::Value,
            ) -> ::core::result::Result<Self, #private::DecodeError> {
                #decode
            }

            fn absorb(
                &mut self,
                object: #private::Value,
            ) -> ::core::result::Result<(), #private::DecodeError> {
                #absorb
            }

            fn snapshot(&self) -> ::core::option::Option<&#private::Snapshot> {
                self.#meta.snapshot()
            }

            fn key(&self) -> #private::ObjectKey {
                self.#meta.key()
            }

            fn scanner() -> ::core::option::Option<&'static #private::Scanner> {
                static SCANNER: ::std::sync::LazyLock<
                    ::core::option::Option<#private::Scanner>,
                > = ::std::sync::LazyLock::new(|| {
                    #private::Scanner::new(<#ident as #private::Model>::definition())
                });
                SCANNER.as_ref()
            }

            fn decode_scanned(
                scanned: &#private::Scanned<'_>,
            ) -> ::core::option::Option<Self> {
                #decode_scanned
            }

            fn absorb_scanned(
                &mut self,
                scanned: &#private::Scanned<'_>,
            ) -> ::core::option::Option<()> {
                #absorb_scanned
            }

            #relations
        }

        // A field may be called as the type is, or `new`.
        #[automatically_derived]
        #[allow(clippy::self_named_constructors, clippy::new_ret_no_self)]
        impl #ident {
            #accessors
            #relation_accessors
        }
    }
}
