//! What Kubernetes takes as a name, and help with misspelt words.

use syn::{LitStr, Result, ext::IdentExt};

/// `outer_diameter` as it is written in an object: `outerDiameter`.
pub(crate) fn camel_case(ident: &syn::Ident) -> String {
    let text = ident.unraw().to_string();
    let mut out = String::with_capacity(text.len());
    let mut upper = false;
    for c in text.chars() {
        if c == '_' {
            upper = !out.is_empty();
        } else if upper {
            out.extend(c.to_uppercase());
            upper = false;
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether this is an RFC 1035 label: at most 63 characters.
pub(crate) fn is_dns_label(text: &str) -> bool {
    text.len() <= 63
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// Demands a plural, singular, short name or version: an RFC 1035 label.
pub(crate) fn demand_label(what: &str, lit: &LitStr, example: &str) -> Result<()> {
    if is_dns_label(&lit.value()) {
        return Ok(());
    }
    let text = lit.value();
    Err(syn::Error::new(
        lit.span(),
        format!(
            "{what} `{text}` must be lower-case letters, digits and `-`, beginning with a letter, such as `{example}`"
        ),
    ))
}

/// Demands a group: a DNS name with a dot.
pub(crate) fn demand_group(lit: &LitStr) -> Result<()> {
    let text = lit.value();
    let part = |part: &str| {
        let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        part.starts_with(inner)
            && part.ends_with(inner)
            && part.chars().all(|c| inner(c) || c == '-')
    };
    if text.contains('.') && text.len() <= 253 && text.split('.').all(part) {
        return Ok(());
    }
    Err(syn::Error::new(
        lit.span(),
        format!("the group `{text}` must be a DNS name with a dot, such as `example.com`"),
    ))
}

/// Demands the key of a label or annotation: `name` or `prefix/name` (API conventions, qualified name).
pub(crate) fn demand_qualified_name(lit: &LitStr) -> Result<()> {
    let text = lit.value();
    let (prefix, name) = match text.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, text.as_str()),
    };
    let edge = |c: char| c.is_ascii_alphanumeric();
    let good_name = name.len() <= 63
        && name.starts_with(edge)
        && name.ends_with(edge)
        && name
            .chars()
            .all(|c| edge(c) || matches!(c, '-' | '_' | '.'));
    let good_prefix = prefix.is_none_or(|prefix| {
        !prefix.is_empty()
            && prefix.len() <= 253
            && prefix.split('.').all(|part| {
                let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
                part.starts_with(inner)
                    && part.ends_with(inner)
                    && part.chars().all(|c| inner(c) || c == '-')
            })
    });
    if good_name && good_prefix {
        return Ok(());
    }
    Err(syn::Error::new(
        lit.span(),
        format!(
            "`{text}` is no key of a label or annotation; write it like `orchard` or `example.com/orchard`"
        ),
    ))
}

/// The known word nearest to `word`, when it is near: not more than two letters away.
pub(crate) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    known
        .iter()
        .map(|k| (strsim::osa_distance(word, k), *k))
        .filter(|(d, k)| *d <= 2.min(k.len() / 2))
        .min()
        .map(|(_, k)| k)
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;
    use syn::Ident;

    use super::*;

    #[test]
    fn camel() {
        let camel = |s: &str| camel_case(&Ident::new(s, Span::call_site()));
        assert_eq!(camel("outer_diameter"), "outerDiameter");
        assert_eq!(camel("variety"), "variety");
        assert_eq!(camel("_hidden_x2"), "hiddenX2");
    }

    #[test]
    fn near_words() {
        assert_eq!(nearest("spce", &["spec", "status"]), Some("spec"));
        assert_eq!(
            nearest("selectible", &["selectable", "spec"]),
            Some("selectable")
        );
        assert_eq!(nearest("wholly", &["spec", "status"]), None);
    }

    #[test]
    fn keys() {
        let good = |s: &str| demand_qualified_name(&LitStr::new(s, Span::call_site())).is_ok();
        assert!(good("orchard") && good("example.com/orchard") && good("A_b.c-d"));
        assert!(!good("") && !good("a b") && !good("/a") && !good("Ex.com/a") && !good("a/b/c"));
    }
}
