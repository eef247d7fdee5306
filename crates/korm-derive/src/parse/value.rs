//! Values in attributes.

use syn::{
    Error, Expr, ExprLit, Lit, LitStr, Result, Token, meta::ParseNestedMeta, parenthesized,
    punctuated::Punctuated,
};

use crate::{ir, names};

/// The word of a nested attribute; empty for one that is no single word.
pub(super) fn word(meta: &ParseNestedMeta<'_>) -> String {
    meta.path
        .get_ident()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// An error on an attribute nobody knows, with the nearest one that exists.
pub(super) fn unknown(meta: &ParseNestedMeta<'_>, place: &str, known: &[&str]) -> Error {
    let word = word(meta);
    let message = match names::nearest(&word, known) {
        Some(near) => format!("{place} has no attribute `{word}`; did you mean `{near}`?"),
        None => format!(
            "{place} has no attribute `{word}`; there are {}",
            list(known)
        ),
    };
    Error::new_spanned(&meta.path, message)
}

fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

/// Goes over whatever follows the word of an attribute.
pub(super) fn skip(meta: &ParseNestedMeta<'_>) -> Result<()> {
    if meta.input.peek(Token![=]) {
        meta.value()?.parse::<Expr>()?;
    } else if meta.input.peek(syn::token::Paren) {
        let content;
        parenthesized!(content in meta.input);
        content.parse::<proc_macro2::TokenStream>()?;
    }
    Ok(())
}

/// `= "text"`.
pub(super) fn text(meta: &ParseNestedMeta<'_>) -> Result<LitStr> {
    let value: Expr = meta.value()?.parse()?;
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Ok(text),
        other => Err(Error::new_spanned(
            other,
            format!("`{}` takes a string", word(meta)),
        )),
    }
}

/// `= "text"` that is not empty.
pub(super) fn some_text(meta: &ParseNestedMeta<'_>) -> Result<LitStr> {
    let text = text(meta)?;
    if text.value().is_empty() {
        return Err(Error::new(
            text.span(),
            format!("`{}` cannot be empty", word(meta)),
        ));
    }
    Ok(text)
}

/// `("a", "b")` or `= "a"`.
pub(super) fn texts(meta: &ParseNestedMeta<'_>) -> Result<Vec<LitStr>> {
    if meta.input.peek(Token![=]) {
        return Ok(vec![some_text(meta)?]);
    }
    let content;
    parenthesized!(content in meta.input);
    let texts = Punctuated::<LitStr, Token![,]>::parse_terminated(&content)?;
    if texts.is_empty() {
        let message = format!("`{}` takes at least one string", word(meta));
        return Err(Error::new_spanned(&meta.path, message));
    }
    Ok(texts.into_iter().collect())
}

/// `= 7`, `= -1`.
pub(super) fn small_integer(meta: &ParseNestedMeta<'_>) -> Result<i32> {
    let value: Expr = meta.value()?.parse()?;
    let (negative, inner) = match &value {
        Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Neg(_)) => (true, &*unary.expr),
        other => (false, other),
    };
    match inner {
        Expr::Lit(ExprLit {
            lit: Lit::Int(digits),
            ..
        }) => {
            let number: i32 = digits.base10_parse()?;
            Ok(if negative { -number } else { number })
        }
        other => Err(Error::new_spanned(
            other,
            format!("`{}` takes an integer", word(meta)),
        )),
    }
}

/// `("self.a < self.b")` or `("self == oldSelf", message = "is immutable")`.
pub(super) fn rule(meta: &ParseNestedMeta<'_>) -> Result<ir::Rule> {
    let content;
    parenthesized!(content in meta.input);
    let rule: LitStr = content.parse()?;
    let mut message = None;
    while !content.is_empty() {
        content.parse::<Token![,]>()?;
        if content.is_empty() {
            break;
        }
        let name: syn::Ident = content.parse()?;
        if name != "message" {
            let text = format!("a rule has no `{name}`; there is `message`");
            return Err(Error::new(name.span(), text));
        }
        content.parse::<Token![=]>()?;
        message = Some(content.parse::<LitStr>()?.value());
    }
    Ok(ir::Rule {
        rule: rule.value(),
        message,
    })
}

const COLUMN: [&str; 6] = [
    "name",
    "description",
    "priority",
    "type",
    "format",
    "json_path",
];

/// `column`, `column = "Name"`, `column(name = "Name", priority = 1)`.
pub(super) fn column(meta: &ParseNestedMeta<'_>) -> Result<ir::Column> {
    let mut column = ir::Column::default();
    if meta.input.peek(Token![=]) {
        column.name = Some(some_text(meta)?);
    } else if meta.input.peek(syn::token::Paren) {
        meta.parse_nested_meta(|meta| {
            match word(&meta).as_str() {
                "name" => column.name = Some(some_text(&meta)?),
                "description" => column.description = Some(text(&meta)?),
                "priority" => column.priority = Some(small_integer(&meta)?),
                "type" => column.type_ = Some(column_type(&meta)?),
                "format" => column.format = Some(some_text(&meta)?),
                "json_path" => column.json_path = Some(json_path(&meta)?),
                _ => return Err(unknown(&meta, "a column", &COLUMN)),
            }
            Ok(())
        })?;
    }
    Ok(column)
}

fn column_type(meta: &ParseNestedMeta<'_>) -> Result<LitStr> {
    const TYPES: [&str; 5] = ["string", "integer", "number", "boolean", "date"];
    let text = some_text(meta)?;
    if TYPES.contains(&text.value().as_str()) {
        return Ok(text);
    }
    Err(Error::new(
        text.span(),
        format!("the type of a column is one of {}", list(&TYPES)),
    ))
}

/// A JSON path as a CRD takes it, beginning with a dot.
pub(super) fn json_path(meta: &ParseNestedMeta<'_>) -> Result<LitStr> {
    let text = some_text(meta)?;
    if text.value().starts_with('.') {
        return Ok(text);
    }
    let message = format!("a JSON path begins with a dot: `.{}`", text.value());
    Err(Error::new(text.span(), message))
}

/// The keys of a path such as `template.spec.nodeName`.
pub(super) fn dotted(path: &LitStr) -> Result<Vec<String>> {
    let parts: Vec<String> = path.value().split('.').map(str::to_owned).collect();
    if parts
        .iter()
        .any(|part| part.is_empty() || part.contains(['[', ']', '/']))
    {
        let message = "a path is keys with dots between them, such as `template.spec.nodeName`; it cannot lead into a list";
        return Err(Error::new(path.span(), message));
    }
    Ok(parts)
}

/// The doc comment, its first paragraph on one line.
pub(super) fn docs(attrs: &[syn::Attribute]) -> Option<String> {
    let mut text = String::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("doc")) {
        let syn::Meta::NameValue(doc) = &attr.meta else {
            continue;
        };
        let Expr::Lit(ExprLit {
            lit: Lit::Str(line),
            ..
        }) = &doc.value
        else {
            continue;
        };
        let line = line.value();
        let line = line.trim();
        if line.is_empty() && !text.is_empty() {
            break;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(line);
    }
    (!text.is_empty()).then_some(text)
}
