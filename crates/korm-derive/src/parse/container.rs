//! The attributes of the struct.

use proc_macro2::Span;
use syn::{DeriveInput, Error, Ident, LitStr, Path, Result, meta::ParseNestedMeta, parse_quote};

use super::{Mistakes, value};
use crate::{ir, names};

const KNOWN: [&str; 16] = [
    "group",
    "version",
    "kind",
    "plural",
    "singular",
    "short_name",
    "short_names",
    "categories",
    "namespaced",
    "cluster",
    "native",
    "status",
    "scale",
    "column",
    "rule",
    "crate",
];

/// What stands on the struct, as it stands there.
#[derive(Default)]
struct Attributes {
    group: Option<LitStr>,
    version: Option<LitStr>,
    kind: Option<LitStr>,
    plural: Option<LitStr>,
    singular: Option<LitStr>,
    short_names: Vec<LitStr>,
    categories: Vec<LitStr>,
    namespaced: Option<Span>,
    cluster: Option<Span>,
    native: Option<LitStr>,
    status: bool,
    scale: Option<ir::Scale>,
    columns: Vec<ir::Column>,
    rules: Vec<ir::Rule>,
    krate: Option<Path>,
}

/// What the attributes of the struct say.
pub(super) struct Container {
    kind: ir::Kind,
    krate: Path,
    docs: Option<String>,
    status: bool,
    scale: Option<ir::Scale>,
    columns: Vec<ir::Column>,
    rules: Vec<ir::Rule>,
}

impl Container {
    pub(super) fn into_model(
        self,
        input: &DeriveInput,
        meta: ir::MetaField,
        fields: Vec<ir::Field>,
        relations: Vec<ir::Relation>,
        skipped: Vec<Ident>,
    ) -> ir::Model {
        ir::Model {
            ident: input.ident.clone(),
            krate: self.krate,
            kind: self.kind,
            docs: self.docs,
            meta,
            fields,
            relations,
            skipped,
            columns: self.columns,
            rules: self.rules,
            scale: self.scale,
            status: self.status,
        }
    }
}

pub(super) fn parse(input: &DeriveInput) -> Result<Container> {
    let mut attributes = Attributes::default();
    let mut mistakes = Mistakes::default();
    let mut any = false;
    for attr in input
        .attrs
        .iter()
        .filter(|attr| attr.path().is_ident("korm"))
    {
        any = true;
        mistakes.note(attr.parse_nested_meta(|meta| attributes.take(&meta)));
    }
    if !any {
        return Err(Error::new(
            input.ident.span(),
            "a model is bound to a kind: add `#[korm(group = \"example.com\", version = \"v1\", plural = \"..\", namespaced)]` or `#[korm(native = \"apps/v1/Deployment\")]`",
        ));
    }
    mistakes.into_result()?;
    attributes.check(input)
}

/// What the crate `korm` is called, as far as the attributes can be read.
pub(crate) fn krate(input: &DeriveInput) -> Path {
    let mut attributes = Attributes::default();
    for attr in input
        .attrs
        .iter()
        .filter(|attr| attr.path().is_ident("korm"))
    {
        // Its mistakes have been told already.
        drop(attr.parse_nested_meta(|meta| attributes.take(&meta)));
    }
    attributes.krate()
}

impl Attributes {
    fn krate(&self) -> Path {
        self.krate.clone().unwrap_or_else(|| parse_quote!(::korm))
    }

    fn take(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        match value::word(meta).as_str() {
            "group" => set(&mut self.group, value::text(meta)?, meta)?,
            "version" => set(&mut self.version, value::some_text(meta)?, meta)?,
            "kind" => set(&mut self.kind, value::some_text(meta)?, meta)?,
            "plural" => set(&mut self.plural, value::text(meta)?, meta)?,
            "singular" => set(&mut self.singular, value::some_text(meta)?, meta)?,
            "short_name" | "short_names" => self.short_names.extend(value::texts(meta)?),
            "categories" => self.categories.extend(value::texts(meta)?),
            "namespaced" => self.namespaced = Some(span(meta)),
            "cluster" => self.cluster = Some(span(meta)),
            "native" => set(&mut self.native, value::some_text(meta)?, meta)?,
            "status" => self.status = true,
            "scale" => set(&mut self.scale, scale(meta)?, meta)?,
            "column" => self.columns.push(column(meta)?),
            "rule" => self.rules.push(value::rule(meta)?),
            "crate" => self.krate = Some(value::text(meta)?.parse()?),
            _ => return Err(value::unknown(meta, "a model", &KNOWN)),
        }
        Ok(())
    }

    fn check(self, input: &DeriveInput) -> Result<Container> {
        let mut mistakes = Mistakes::default();
        let kind = match &self.native {
            Some(native) => mistakes.take(self.native(native)).map(ir::Kind::Native),
            None => self.custom(input, &mut mistakes).map(ir::Kind::Custom),
        };
        mistakes.into_result()?;
        let Some(kind) = kind else {
            // Missing only with a mistake noted, which has returned above.
            return Err(Error::new(
                input.ident.span(),
                "this struct cannot be a model",
            ));
        };
        Ok(Container {
            kind,
            krate: self.krate(),
            docs: value::docs(&input.attrs),
            status: self.status,
            scale: self.scale,
            columns: self.columns,
            rules: self.rules,
        })
    }

    fn native(&self, native: &LitStr) -> Result<ir::Native> {
        let mut mistakes = Mistakes::default();
        let fixed = [
            ("group", self.group.as_ref().map(LitStr::span)),
            ("version", self.version.as_ref().map(LitStr::span)),
            ("kind", self.kind.as_ref().map(LitStr::span)),
            ("plural", self.plural.as_ref().map(LitStr::span)),
            ("singular", self.singular.as_ref().map(LitStr::span)),
            ("namespaced", self.namespaced),
            ("cluster", self.cluster),
        ];
        for (name, at) in fixed {
            if let Some(span) = at {
                let text = format!("`{name}` of a native kind is known to Kubernetes; remove it");
                mistakes.add(Error::new(span, text));
            }
        }
        mistakes.into_result()?;
        let text = native.value();
        let parts: Vec<&str> = text.split('/').collect();
        let (api_version, kind) = match parts.as_slice() {
            [version, kind] => ((*version).to_owned(), (*kind).to_owned()),
            [group, version, kind] => (format!("{group}/{version}"), (*kind).to_owned()),
            _ => {
                return Err(Error::new(
                    native.span(),
                    format!("`{text}` names no kind; write `v1/Pod` or `apps/v1/Deployment`"),
                ));
            }
        };
        Ok(ir::Native {
            api_version,
            kind,
            span: native.span(),
        })
    }

    fn custom(&self, input: &DeriveInput, mistakes: &mut Mistakes) -> Option<ir::Custom> {
        let missing = |what: &str, example: &str| {
            Error::new(
                input.ident.span(),
                format!("a model needs `{what}`: add `{example}`"),
            )
        };
        let guess = format!("{}s", input.ident.to_string().to_lowercase());
        match &self.group {
            None => mistakes.add(missing("group", "group = \"example.com\"")),
            Some(group) => mistakes.note(names::demand_group(group)),
        }
        match &self.version {
            None => mistakes.add(missing("version", "version = \"v1\"")),
            Some(version) => {
                mistakes.note(names::demand_label("the version", version, "v1"));
            }
        }
        match &self.plural {
            None => mistakes.add(missing("plural", &format!("plural = \"{guess}\""))),
            Some(plural) => {
                let lower = plural.value().to_lowercase();
                let example = if names::is_dns_label(&lower) {
                    &lower
                } else {
                    &guess
                };
                mistakes.note(names::demand_label("the plural", plural, example));
            }
        }
        if let Some(singular) = &self.singular {
            let example = input.ident.to_string().to_lowercase();
            mistakes.note(names::demand_label("the singular", singular, &example));
        }
        for name in &self.short_names {
            mistakes.note(names::demand_label("the short name", name, "pch"));
        }
        for name in &self.categories {
            mistakes.note(names::demand_label("the category", name, "all"));
        }
        match (self.namespaced, self.cluster) {
            (None, None) => mistakes.add(Error::new(
                input.ident.span(),
                "say where objects of this kind live: add `namespaced` or `cluster`",
            )),
            (Some(_), Some(cluster)) => mistakes.add(Error::new(
                cluster,
                "a kind is either `namespaced` or `cluster`, not both",
            )),
            _ => {}
        }
        Some(ir::Custom {
            group: self.group.clone()?,
            version: self.version.clone()?,
            kind: self
                .kind
                .as_ref()
                .map_or_else(|| input.ident.to_string(), LitStr::value),
            plural: self.plural.clone()?,
            singular: self.singular.clone(),
            short_names: self.short_names.clone(),
            categories: self.categories.clone(),
            namespaced: self.namespaced.is_some(),
        })
    }
}

fn span(meta: &ParseNestedMeta<'_>) -> Span {
    syn::spanned::Spanned::span(&meta.path)
}

fn set<T>(slot: &mut Option<T>, value: T, meta: &ParseNestedMeta<'_>) -> Result<()> {
    if slot.is_some() {
        let message = format!("`{}` is given twice", value::word(meta));
        return Err(Error::new_spanned(&meta.path, message));
    }
    *slot = Some(value);
    Ok(())
}

fn column(meta: &ParseNestedMeta<'_>) -> Result<ir::Column> {
    let column = value::column(meta)?;
    if column.name.is_none() || column.json_path.is_none() {
        let message =
            "a column on the struct needs `name` and `json_path`; one of a field goes on the field";
        return Err(Error::new_spanned(&meta.path, message));
    }
    Ok(column)
}

fn scale(meta: &ParseNestedMeta<'_>) -> Result<ir::Scale> {
    let (mut spec, mut status, mut selector) = (None, None, None);
    meta.parse_nested_meta(|meta| {
        match value::word(&meta).as_str() {
            "spec" => spec = Some(value::json_path(&meta)?),
            "status" => status = Some(value::json_path(&meta)?),
            "selector" => selector = Some(value::json_path(&meta)?),
            _ => {
                return Err(value::unknown(
                    &meta,
                    "`scale`",
                    &["spec", "status", "selector"],
                ));
            }
        }
        Ok(())
    })?;
    match (spec, status) {
        (Some(spec), Some(status)) => Ok(ir::Scale {
            spec,
            status,
            selector,
        }),
        _ => Err(Error::new_spanned(
            &meta.path,
            "`scale` needs `spec = \".spec.replicas\"` and `status = \".status.replicas\"`",
        )),
    }
}
