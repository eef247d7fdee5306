//! Fields that hold objects of another kind.

use syn::{Error, Field, Ident, LitStr, Result, meta::ParseNestedMeta};

use super::value;
use crate::{ir, names};

/// A relation as it is written, before the fields it names are looked up.
pub(super) struct Relation {
    field: Field,
    ident: Ident,
    link: Link,
}

enum Link {
    Owner,
    OwnedBy,
    /// The name of a field of ours, and what it holds.
    Own(LitStr, Holds),
    NamedByField(LitStr),
    NamedByPath(LitStr),
}

#[derive(Clone, Copy)]
enum Holds {
    Names,
    Selector,
    Labels,
}

/// The attribute of a relation, when a field has one.
pub(super) fn parse(field: &Field, ident: &Ident) -> Result<Option<Relation>> {
    let mut link = None;
    for attr in field
        .attrs
        .iter()
        .filter(|attr| attr.path().is_ident("korm"))
    {
        let mut other = None;
        attr.parse_nested_meta(|meta| {
            let found = match value::word(&meta).as_str() {
                "belongs_to" => belongs_to(&meta)?,
                "has_many" => has_many(&meta)?,
                _ => {
                    other = Some(meta.path.clone());
                    value::skip(&meta)?;
                    return Ok(());
                }
            };
            if link.replace(found).is_some() {
                let message = "a relation links in one way, and this is a second one";
                return Err(Error::new_spanned(&meta.path, message));
            }
            Ok(())
        })?;
        if let (Some(_), Some(path)) = (&link, other) {
            let message = "a relation is no mapped field; remove this";
            return Err(Error::new_spanned(path, message));
        }
    }
    Ok(link.map(|link| Relation {
        field: field.clone(),
        ident: ident.clone(),
        link,
    }))
}

fn belongs_to(meta: &ParseNestedMeta<'_>) -> Result<Link> {
    let mut link = None;
    meta.parse_nested_meta(|meta| {
        link = Some(match value::word(&meta).as_str() {
            "owner" => Link::Owner,
            "field" => Link::Own(value::some_text(&meta)?, Holds::Names),
            _ => return Err(value::unknown(&meta, "`belongs_to`", &["owner", "field"])),
        });
        Ok(())
    })?;
    link.ok_or_else(|| {
        let message = "`belongs_to` needs `owner` or `field = \"..\"`, a field that holds the name";
        Error::new_spanned(&meta.path, message)
    })
}

fn has_many(meta: &ParseNestedMeta<'_>) -> Result<Link> {
    const KNOWN: [&str; 5] = ["owner", "field", "path", "selector", "labels"];
    let mut link = None;
    meta.parse_nested_meta(|meta| {
        link = Some(match value::word(&meta).as_str() {
            "owner" => Link::OwnedBy,
            "field" => Link::NamedByField(value::some_text(&meta)?),
            "path" => Link::NamedByPath(value::some_text(&meta)?),
            "selector" => Link::Own(value::some_text(&meta)?, Holds::Selector),
            "labels" => Link::Own(value::some_text(&meta)?, Holds::Labels),
            _ => return Err(value::unknown(&meta, "`has_many`", &KNOWN)),
        });
        Ok(())
    })?;
    link.ok_or_else(|| {
        let message = "`has_many` needs `owner`, `field` or `path` (of the other kind), `selector` or `labels` (a field of this one)";
        Error::new_spanned(&meta.path, message)
    })
}

impl Relation {
    /// The relation with the fields it names looked up among the mapped ones.
    pub(super) fn resolve(self, fields: &[ir::Field]) -> Result<ir::Relation> {
        let link = match self.link {
            Link::Owner => ir::Link::Owner,
            Link::OwnedBy => ir::Link::OwnedBy,
            Link::NamedByField(name) => ir::Link::NamedByField(name.parse()?),
            Link::NamedByPath(path) => ir::Link::NamedByPath(value::dotted(&path)?),
            Link::Own(name, holds) => {
                let path = own_path(&name, fields)?;
                match holds {
                    Holds::Names => ir::Link::Names(path),
                    Holds::Selector => ir::Link::Selector(path),
                    Holds::Labels => ir::Link::Labels(path),
                }
            }
        };
        let Field { vis, ty, .. } = self.field;
        Ok(ir::Relation {
            ident: self.ident,
            vis,
            ty,
            link,
        })
    }
}

fn own_path(name: &LitStr, fields: &[ir::Field]) -> Result<Vec<String>> {
    let text = name.value();
    if let Some(field) = fields.iter().find(|field| field.ident == text) {
        return Ok(field.path.clone());
    }
    let known: Vec<String> = fields.iter().map(|field| field.ident.to_string()).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let message = match names::nearest(&text, &known) {
        Some(near) => format!("there is no mapped field `{text}`; did you mean `{near}`?"),
        None => format!("there is no mapped field `{text}` in this model"),
    };
    Err(Error::new(name.span(), message))
}
