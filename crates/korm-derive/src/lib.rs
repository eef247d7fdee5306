//! `#[derive(Model)]` for korm, the object mapper for Kubernetes.
//!
//! Programs use it through the crate `korm`, which documents it. It works in two steps: the whole
//! input is parsed into an intermediate form (`ir`), and every mistake is reported on the tokens that
//! make it, as many at once as can be found; only then is the implementation written out.

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

mod expand;
mod ir;
mod names;
mod parse;
#[cfg(test)]
mod snapshots;

/// Binds a struct to a Kubernetes kind.
///
/// See the documentation of `korm::Model` for all attributes; this is the shape:
///
/// ```text
/// #[derive(Model, Clone, Debug, PartialEq)]
/// #[korm(group = "example.com", version = "v1", plural = "peaches", namespaced)]
/// struct Peach {
///     meta: Meta,
///     #[korm(spec)]
///     variety: String,
/// }
/// ```
#[proc_macro_derive(Model, attributes(korm))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    match parse::model(&input) {
        Ok(model) => expand::model(&model).into(),
        Err(error) => {
            let mut tokens = error.into_compile_error();
            tokens.extend(expand::placeholder(&input));
            tokens.into()
        }
    }
}
