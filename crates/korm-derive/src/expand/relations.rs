//! Relations: their descriptions, and what of them is written.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{ext::IdentExt, spanned::Spanned};

use crate::ir::{Link, Model, Relation};

/// The functions that give each relation.
pub(super) fn accessors(model: &Model, private: &TokenStream) -> TokenStream {
    let this = &model.ident;
    let functions = model.relations.iter().map(|relation| {
        let Relation {
            ident,
            vis,
            ty,
            link,
        } = relation;
        let name = ident.unraw().to_string();
        let doc = format!("The relation `{name}`, to be included in a query.");
        let link = of_link(link, ty, private);
        // The type is checked where the user wrote it.
        let new = quote_spanned!(ty.span()=> #private::Relation::new::<#ty>);
        quote! {
            #[doc = #doc]
            #[must_use]
            #[allow(dead_code)]
            #vis fn #ident() -> &'static #private::Relation<Self> {
                static RELATION: ::std::sync::LazyLock<#private::Relation<#this>> =
                    ::std::sync::LazyLock::new(|| #new(#name, #link, |model| &mut model.#ident));
                &RELATION
            }
        }
    });
    quote!(#(#functions)*)
}

/// The function of the trait that lists them; nothing where there are none.
pub(super) fn list(model: &Model, private: &TokenStream) -> TokenStream {
    if model.relations.is_empty() {
        return TokenStream::new();
    }
    let idents = model.relations.iter().map(|relation| &relation.ident);
    quote! {
        fn relations() -> ::std::vec::Vec<&'static #private::Relation<Self>> {
            ::std::vec![#(Self::#idents()),*]
        }
    }
}

/// The metadata to be written: with the owners that are loaded in a relation.
pub(super) fn meta(model: &Model, private: &TokenStream) -> TokenStream {
    let meta = &model.meta.ident;
    let mut written = quote!(&self.#meta);
    for relation in model
        .relations
        .iter()
        .filter(|r| matches!(r.link, Link::Owner))
    {
        // With the type, so that a mistake in it is reported there.
        let (ident, ty) = (&relation.ident, &relation.ty);
        written = quote! {
            &#private::with_owners::<#ty>(
                <Self as #private::Model>::definition(),
                #written,
                &self.#ident,
            )?
        };
    }
    written
}

fn of_link(link: &Link, ty: &syn::Type, private: &TokenStream) -> TokenStream {
    let path = |path: &[String]| quote!(#private::FieldPath::new([#(#path),*]));
    match link {
        Link::Owner => quote!(#private::Link::Owner),
        Link::OwnedBy => quote!(#private::Link::OwnedBy),
        Link::Names(own) => {
            let path = path(own);
            quote!(#private::Link::Names(#path))
        }
        Link::Selector(own) => {
            let path = path(own);
            quote!(#private::Link::Selector(#path))
        }
        Link::Labels(own) => {
            let path = path(own);
            quote!(#private::Link::Labels(#path))
        }
        Link::NamedByPath(theirs) => {
            let path = path(theirs);
            quote!(#private::Link::NamedBy(#path))
        }
        Link::NamedByField(field) => quote! {
            #private::Link::NamedBy(
                <<#ty as #private::RelatedTo>::Target>::#field().path().clone(),
            )
        },
    }
}
