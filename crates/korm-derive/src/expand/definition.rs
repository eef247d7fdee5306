//! The expression that makes the model's description.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Expr, ExprLit, Lit, Type, ext::IdentExt, spanned::Spanned};

use crate::{ir, parse::inner};

pub(super) fn of(model: &ir::Model, private: &TokenStream) -> TokenStream {
    let start = match &model.kind {
        ir::Kind::Custom(custom) => of_custom(custom, private),
        ir::Kind::Native(native) => {
            let ir::Native {
                api_version, kind, ..
            } = native;
            quote!(#private::native(#api_version, #kind))
        }
    };
    let description = model.docs.iter().map(|text| quote!(.description(#text)));
    let fields = model.fields.iter().map(|field| {
        let field = of_field(field, private);
        quote!(.field(#field))
    });
    let status = model.status.then(|| quote!(.with_status_subresource()));
    let scale = model.scale.iter().map(|scale| {
        let ir::Scale {
            spec,
            status,
            selector,
        } = scale;
        let selector = optional(
            selector
                .as_ref()
                .map(|s| quote!(::std::string::String::from(#s))),
        );
        quote! {
            .scale(#private::Scale {
                spec_replicas: ::std::string::String::from(#spec),
                status_replicas: ::std::string::String::from(#status),
                label_selector: #selector,
            })
        }
    });
    let columns = model.columns.iter().map(|column| {
        let column = of_column(column, "", private);
        quote!(.column(#column))
    });
    let rules = model.rules.iter().map(|rule| {
        let rule = of_rule(rule, private);
        quote!(.rule(#rule))
    });
    quote! {
        #start #(#description)* #status #(#scale)* #(#fields)* #(#columns)* #(#rules)*
    }
}

/// Stops compilation where a native kind does not exist.
pub(super) fn demand_native(model: &ir::Model, private: &TokenStream) -> TokenStream {
    let ir::Kind::Native(ir::Native {
        api_version,
        kind,
        span,
    }) = &model.kind
    else {
        return TokenStream::new();
    };
    let message = format!(
        "Kubernetes has no kind `{api_version}/{kind}`; write it like `v1/Pod` or `apps/v1/Deployment`"
    );
    quote_spanned! {*span=>
        const _: () = ::core::assert!(#private::is_native(#api_version, #kind), #message);
    }
}

fn of_custom(custom: &ir::Custom, private: &TokenStream) -> TokenStream {
    let ir::Custom {
        group,
        version,
        kind,
        plural,
        short_names,
        categories,
        ..
    } = custom;
    let singular = custom.singular.iter().map(|s| quote!(.singular(#s)));
    let scope = (!custom.namespaced).then(|| quote!(.cluster_scoped()));
    quote! {
        #private::ModelDef::new(#group, #version, #kind, #plural)
            #(#singular)* #scope #(.short_name(#short_names))* #(.category(#categories))*
    }
}

fn of_field(field: &ir::Field, private: &TokenStream) -> TokenStream {
    let ir::Field {
        ident, ty, path, ..
    } = field;
    let name = ident.unraw().to_string();
    let is_text = path.len() == 3
        && path[0] == "metadata"
        && matches!(path[1].as_str(), "labels" | "annotations");
    let schema = if is_text {
        quote!(#private::text_schema::<#ty>())
    } else {
        quote!(#private::field_schema::<#ty>())
    };
    let description = field.docs.iter().map(|text| quote!(.description(#text)));
    let required = (field.shape == ir::Shape::Plain
        && field.default.is_none()
        && !field.flags.read_only
        && path.first().is_none_or(|root| root != "status"))
    .then(|| quote!(.required()));
    let default = field.default.iter().map(|default| {
        let value = default_value(default, ty);
        quote!(.default_value(#private::json(&#value)))
    });
    let flags = [
        (field.flags.selectable, quote!(.selectable())),
        (field.flags.read_only, quote!(.read_only())),
        (field.flags.nullable, quote!(.nullable())),
        (field.flags.secret, quote!(.secret())),
        (field.flags.scale, quote!(.through_scale())),
    ];
    let flags = flags
        .into_iter()
        .filter(|(set, _)| *set)
        .map(|(_, call)| call);
    let constraints = field.constraints.iter().map(|constraint| {
        let ir::Constraint { keyword, value } = constraint;
        quote!(.constrain(#keyword, #private::json(&#value)))
    });
    let rules = field.rules.iter().map(|rule| {
        let rule = of_rule(rule, private);
        quote!(.rule(#rule))
    });
    let column = field.column.iter().map(|column| {
        let column = of_column(column, &heading(&name), private);
        quote!(.column(#column))
    });
    quote! {
        #private::FieldDef::new(#name, #private::FieldPath::new([#(#path),*]), #schema)
            #(#description)* #required #(#default)* #(#flags)* #(#constraints)* #(#rules)* #(#column)*
    }
}

/// The default as a value of the field's own type, so that the compiler checks it where it stands.
fn default_value(default: &ir::Default, ty: &Type) -> TokenStream {
    let ty = inner(ty);
    match default {
        ir::Default::OfType(span) => {
            quote_spanned!(*span=> <#ty as ::core::default::Default>::default())
        }
        ir::Default::Value(value) => {
            let is_string = matches!(ty, Type::Path(path)
                if path.path.segments.last().is_some_and(|s| s.ident == "String"));
            let is_literal = matches!(
                value,
                Expr::Lit(ExprLit {
                    lit: Lit::Str(_),
                    ..
                })
            );
            if is_string && is_literal {
                quote_spanned!(value.span()=> ::std::string::String::from(#value))
            } else {
                quote!({ let value: #ty = #value; value })
            }
        }
    }
}

fn of_rule(rule: &ir::Rule, private: &TokenStream) -> TokenStream {
    let ir::Rule { rule, message } = rule;
    let message = message.iter().map(|text| quote!(.message(#text)));
    quote!(#private::Rule::new(#rule) #(#message)*)
}

fn of_column(column: &ir::Column, heading: &str, private: &TokenStream) -> TokenStream {
    let name = column
        .name
        .as_ref()
        .map_or_else(|| quote!(#heading), |name| quote!(#name));
    let description = column
        .description
        .iter()
        .map(|text| quote!(.description(#text)));
    let priority = column
        .priority
        .iter()
        .map(|number| quote!(.priority(#number)));
    let type_ = column.type_.iter().map(|text| quote!(.type_(#text)));
    let format = column.format.iter().map(|text| quote!(.format(#text)));
    let json_path = column
        .json_path
        .iter()
        .map(|text| quote!(.json_path(#text)));
    quote! {
        #private::Column::new(#name)
            #(#description)* #(#priority)* #(#type_)* #(#format)* #(#json_path)*
    }
}

/// The heading of a column without a name: `outer_diameter` is `Outer Diameter`.
fn heading(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty()).map(|word| {
        let mut letters = word.chars();
        letters
            .next()
            .map_or_else(String::new, |c| c.to_uppercase().chain(letters).collect())
    });
    words.collect::<Vec<String>>().join(" ")
}

fn optional(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
