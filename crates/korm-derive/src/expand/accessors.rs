//! The functions that start an expression.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use crate::ir::{Field, Model};

pub(super) fn of(model: &Model, private: &TokenStream) -> TokenStream {
    let meta = &model.meta;
    let (vis, ident) = (&meta.vis, &meta.ident);
    let fields = model.fields.iter().enumerate().map(|(index, field)| {
        let Field { ident, vis, ty, .. } = field;
        let doc = format!(
            "The field `{}`, to be asked about in a query.",
            ident.unraw()
        );
        quote! {
            #[doc = #doc]
            #[must_use]
            #[allow(dead_code)]
            #vis fn #ident() -> #private::Field<Self, #ty> {
                #private::field::<Self, #ty>(#index)
            }
        }
    });
    quote! {
        #[doc = "The metadata, to be asked about in a query."]
        #[must_use]
        #[allow(dead_code)]
        #vis fn #ident() -> #private::MetaFields<Self> {
            #private::MetaFields::new()
        }

        #(#fields)*
    }
}
