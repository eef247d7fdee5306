//! Attributes that constrain the values of a field: keywords of its schema.

use quote::quote;
use syn::{
    Error, Expr, ExprLit, Lit, Result, Token, Type, meta::ParseNestedMeta, parenthesized,
    punctuated::Punctuated,
};

use super::{shape, value};
use crate::ir::Constraint;

/// Every attribute that constrains.
pub(super) const KNOWN: [&str; 18] = [
    "min",
    "max",
    "exclusive_min",
    "exclusive_max",
    "multiple_of",
    "min_length",
    "max_length",
    "pattern",
    "format",
    "min_items",
    "max_items",
    "min_properties",
    "max_properties",
    "values",
    "list_map",
    "list_set",
    "list_atomic",
    "map_atomic",
];

/// What kind of values a keyword is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    Numbers,
    Text,
    Lists,
    Maps,
}

impl About {
    fn words(self) -> &'static str {
        match self {
            Self::Numbers => "numbers",
            Self::Text => "strings",
            Self::Lists => "lists",
            Self::Maps => "maps and structs",
        }
    }

    /// What a type is, as far as its name tells.
    fn of(ty: &Type) -> Option<Self> {
        match shape::name(shape::inner(ty))?.as_str() {
            "i8" | "i16" | "i32" | "i64" | "isize" | "u8" | "u16" | "u32" | "u64" | "usize"
            | "f32" | "f64" => Some(Self::Numbers),
            "String" => Some(Self::Text),
            "Vec" | "VecDeque" | "BTreeSet" | "HashSet" => Some(Self::Lists),
            "BTreeMap" | "HashMap" => Some(Self::Maps),
            _ => None,
        }
    }
}

/// The keywords of one attribute; `None` when it is no constraint.
pub(super) fn parse(meta: &ParseNestedMeta<'_>, ty: &Type) -> Result<Option<Vec<Constraint>>> {
    let word = value::word(meta);
    let demand = |about: About| match About::of(ty) {
        Some(is) if is != about => Err(Error::new_spanned(
            &meta.path,
            format!(
                "`{word}` is about {}, and this field holds {}",
                about.words(),
                is.words()
            ),
        )),
        _ => Ok(()),
    };
    let constraints = match word.as_str() {
        "min" => demand(About::Numbers).and_then(|()| number(meta, "minimum")),
        "max" => demand(About::Numbers).and_then(|()| number(meta, "maximum")),
        "exclusive_min" => {
            demand(About::Numbers).and_then(|()| exclusive(meta, "minimum", "exclusiveMinimum"))
        }
        "exclusive_max" => {
            demand(About::Numbers).and_then(|()| exclusive(meta, "maximum", "exclusiveMaximum"))
        }
        "multiple_of" => demand(About::Numbers).and_then(|()| number(meta, "multipleOf")),
        "min_length" => demand(About::Text).and_then(|()| size(meta, "minLength")),
        "max_length" => demand(About::Text).and_then(|()| size(meta, "maxLength")),
        "pattern" => demand(About::Text).and_then(|()| text(meta, "pattern")),
        "format" => text(meta, "format"),
        "min_items" => demand(About::Lists).and_then(|()| size(meta, "minItems")),
        "max_items" => demand(About::Lists).and_then(|()| size(meta, "maxItems")),
        "min_properties" => demand(About::Maps).and_then(|()| size(meta, "minProperties")),
        "max_properties" => demand(About::Maps).and_then(|()| size(meta, "maxProperties")),
        "values" => values(meta),
        "list_map" => demand(About::Lists).and_then(|()| list_map(meta)),
        "list_set" => demand(About::Lists).map(|()| fixed("x-kubernetes-list-type", "set")),
        "list_atomic" => demand(About::Lists).map(|()| fixed("x-kubernetes-list-type", "atomic")),
        "map_atomic" => demand(About::Maps).map(|()| fixed("x-kubernetes-map-type", "atomic")),
        _ => return Ok(None),
    };
    constraints.map(Some)
}

fn fixed(keyword: &'static str, text: &str) -> Vec<Constraint> {
    vec![Constraint {
        keyword,
        value: quote!(#text),
    }]
}

/// A literal number, with or without a sign.
fn number(meta: &ParseNestedMeta<'_>, keyword: &'static str) -> Result<Vec<Constraint>> {
    let value: Expr = meta.value()?.parse()?;
    let inner = match &value {
        Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Neg(_)) => &*unary.expr,
        other => other,
    };
    match inner {
        Expr::Lit(ExprLit {
            lit: Lit::Int(_) | Lit::Float(_),
            ..
        }) => Ok(vec![Constraint {
            keyword,
            value: quote!(#value),
        }]),
        other => Err(Error::new_spanned(
            other,
            format!("`{}` takes a number", value::word(meta)),
        )),
    }
}

fn exclusive(
    meta: &ParseNestedMeta<'_>,
    bound: &'static str,
    keyword: &'static str,
) -> Result<Vec<Constraint>> {
    let mut constraints = number(meta, bound)?;
    constraints.push(Constraint {
        keyword,
        value: quote!(true),
    });
    Ok(constraints)
}

/// A literal number of things: an integer that is not negative.
fn size(meta: &ParseNestedMeta<'_>, keyword: &'static str) -> Result<Vec<Constraint>> {
    let value: Expr = meta.value()?.parse()?;
    match &value {
        Expr::Lit(ExprLit {
            lit: Lit::Int(digits),
            ..
        }) => {
            let number: u32 = digits.base10_parse()?;
            Ok(vec![Constraint {
                keyword,
                value: quote!(#number),
            }])
        }
        other => {
            let message = format!(
                "`{}` takes a number of things, 0 or more",
                value::word(meta)
            );
            Err(Error::new_spanned(other, message))
        }
    }
}

fn text(meta: &ParseNestedMeta<'_>, keyword: &'static str) -> Result<Vec<Constraint>> {
    let text = value::some_text(meta)?;
    Ok(vec![Constraint {
        keyword,
        value: quote!(#text),
    }])
}

/// `values("a", "b")`, `values(1, 2)`: the only values allowed.
fn values(meta: &ParseNestedMeta<'_>) -> Result<Vec<Constraint>> {
    let content;
    parenthesized!(content in meta.input);
    let values = Punctuated::<Lit, Token![,]>::parse_terminated(&content)?;
    if values.is_empty() {
        return Err(Error::new_spanned(
            &meta.path,
            "`values` takes at least one value",
        ));
    }
    let values = values.iter();
    Ok(vec![Constraint {
        keyword: "enum",
        value: quote!([#(#values),*]),
    }])
}

/// `list_map("name")`: the elements are objects told apart by these keys.
fn list_map(meta: &ParseNestedMeta<'_>) -> Result<Vec<Constraint>> {
    let keys = value::texts(meta)?;
    let mut constraints = fixed("x-kubernetes-list-type", "map");
    constraints.push(Constraint {
        keyword: "x-kubernetes-list-map-keys",
        value: quote!([#(#keys),*]),
    });
    Ok(constraints)
}
