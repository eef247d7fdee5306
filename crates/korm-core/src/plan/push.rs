//! Which parts of a question the server answers.

use serde_json::Value;

use crate::{
    expr::{Compare, Expr, Op, Predicate, demands_presence},
    model::{FieldDef, ModelDef},
    native,
    path::FieldPath,
};

use super::{
    Capabilities, ListRequest, MAX_REQUESTS, is_name, is_namespace,
    selectors::{FieldSelector, LabelSelector},
    text,
};

/// The parts that go to the server.
#[derive(Default)]
pub(super) struct Pushed {
    namespaces: Option<Vec<String>>,
    names: Option<(Vec<String>, Expr)>,
    labels: LabelSelector,
    fields: FieldSelector,
    impossible: bool,
}

impl Pushed {
    /// Takes one part; false when it has (also) to be asked of the results.
    pub(super) fn take(&mut self, def: &ModelDef, part: &Expr, server: &Capabilities) -> bool {
        match part {
            Expr::Test(test) => self.test(def, part, test, server),
            // A negated question of this kind is true of absent values, so it narrows nothing.
            Expr::Not(_) | Expr::Or(_) | Expr::And(_) | Expr::Always(_) => false,
        }
    }

    fn test(
        &mut self,
        def: &ModelDef,
        part: &Expr,
        test: &Predicate,
        server: &Capabilities,
    ) -> bool {
        if test.compare != Compare::Json {
            return false;
        }
        let in_metadata = test
            .path
            .segments()
            .first()
            .is_some_and(|root| root == "metadata");
        if in_metadata && test.default.is_some() {
            return false;
        }
        if is_namespace(&test.path) {
            self.namespace(def, &test.op)
        } else if is_name(&test.path) {
            self.name(part, &test.op)
        } else if let Some(key) = test.path.label_key() {
            self.labels.take(key, &test.op)
        } else if def
            .field_covering(&test.path)
            .is_some_and(|field| field.secret)
        {
            // URLs are written to logs, the server's and those of proxies.
            false
        } else {
            match self.selectable(def, test, server) {
                Some(selectable) => self.field(&selectable, &test.op),
                None => false,
            }
        }
    }

    fn namespace(&mut self, def: &ModelDef, op: &Op) -> bool {
        if !def.is_namespaced() {
            // Objects of the cluster have no namespace.
            self.impossible |= demands_presence(op);
            return true;
        }
        match (op, values(op)) {
            (Op::Eq(_) | Op::In(_), Some(names)) if names.len() <= MAX_REQUESTS => {
                self.namespaces = Some(names);
                true
            }
            (Op::Ne(_) | Op::NotIn(_), Some(names)) if selects_by_namespace(def) => {
                self.fields.all_not("metadata.namespace", &names)
            }
            // Every object of a namespaced kind has one.
            (Op::Exists, _) => true,
            (Op::IsNull, _) => {
                self.impossible = true;
                true
            }
            _ => false,
        }
    }

    fn name(&mut self, part: &Expr, op: &Op) -> bool {
        match (op, values(op)) {
            (Op::Eq(_) | Op::In(_), Some(names)) if names.len() <= MAX_REQUESTS => {
                self.names = Some((names, part.clone()));
                true
            }
            (Op::Ne(_) | Op::NotIn(_), Some(names)) => self.fields.all_not("metadata.name", &names),
            _ => false,
        }
    }

    fn selectable(
        &self,
        def: &ModelDef,
        test: &Predicate,
        server: &Capabilities,
    ) -> Option<Selectable> {
        let path = dotted(&test.path)?;
        if def.native {
            let known = native::selectable_fields(&def.api_version(), &def.kind);
            let field = known.iter().find(|field| field.path == path)?;
            // A default the program declares is nothing the server knows of.
            let known = test.default.is_none() && compares_as_text(native_type(field), &test.op);
            return known.then(|| Selectable {
                path,
                absent: Some(field.absent.to_owned()),
            });
        }
        let field = def.field_at(&test.path).filter(|field| field.selectable)?;
        let comparable = server.selectable_fields && compares_as_text(type_of(field), &test.op);
        if !comparable || test.default != field.default {
            return None;
        }
        // Where the CRD has a default the server has filled it in, and nothing is absent.
        let absent = field.default.is_none().then(String::new);
        Some(Selectable { path, absent })
    }

    fn field(&mut self, field: &Selectable, op: &Op) -> bool {
        let Some(values) = values(op) else {
            return match op {
                // Present is not the same as not empty, but whatever is not empty is present.
                Op::IsNull if field.absent.is_none() => {
                    self.impossible = true;
                    true
                }
                Op::Exists => field.absent.is_none(),
                _ => false,
            };
        };
        let like_absent = |value: &String| field.absent.as_ref() == Some(value);
        match op {
            // One equality is all a field selector has room for; more are alternatives it has no word
            // for.
            Op::Eq(_) => {
                let [value] = values.as_slice() else {
                    return false;
                };
                self.fields.equal(&field.path, value) && !like_absent(value)
            }
            Op::Ne(_) | Op::NotIn(_) => {
                let (kept, pushed): (Vec<_>, Vec<_>) = values.into_iter().partition(like_absent);
                self.fields.all_not(&field.path, &pushed) && kept.is_empty()
            }
            _ => false,
        }
    }

    pub(super) fn is_impossible(&self) -> bool {
        self.impossible
    }

    /// The requests; names or namespaces that would make too many go back to the rest.
    pub(super) fn into_requests(self, rest: &mut Vec<Expr>) -> Vec<ListRequest> {
        let Self {
            namespaces,
            names,
            labels,
            fields,
            ..
        } = self;
        let (names, name_part): (Option<Vec<String>>, Option<Expr>) = names.unzip();
        let count = |list: &Option<Vec<String>>| list.as_ref().map_or(1, Vec::len);
        let names = if count(&namespaces) * count(&names) > MAX_REQUESTS {
            rest.extend(name_part);
            None
        } else {
            names
        };
        let label_selector = labels.into_text();
        let namespaces = optional(namespaces);
        let names = optional(names);
        let mut requests = Vec::new();
        for namespace in &namespaces {
            for name in &names {
                requests.push(ListRequest {
                    namespace: namespace.clone(),
                    label_selector: label_selector.clone(),
                    field_selector: fields.with_name(name.as_deref()),
                });
            }
        }
        requests
    }
}

/// A field the server can select by.
struct Selectable {
    path: String,
    /// What an absent value looks like to the server; `None` where nothing is absent.
    absent: Option<String>,
}

/// Each of the list, or one `None`.
fn optional(list: Option<Vec<String>>) -> Vec<Option<String>> {
    list.map_or_else(|| vec![None], |list| list.into_iter().map(Some).collect())
}

/// The operands of a question of equality as text; `None` when one of them has none.
fn values(op: &Op) -> Option<Vec<String>> {
    match op {
        Op::Eq(value) | Op::Ne(value) => Some(vec![text(value)?]),
        Op::In(values) | Op::NotIn(values) => values.iter().map(text).collect(),
        _ => None,
    }
}

/// The path as a field selector names it; `None` for keys it cannot name.
fn dotted(path: &FieldPath) -> Option<String> {
    let plain = |segment: &String| {
        !segment.is_empty()
            && segment
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    path.segments()
        .iter()
        .all(plain)
        .then(|| path.segments().join("."))
}

/// Whether the server can select by namespace; a few native kinds only know the name.
fn selects_by_namespace(def: &ModelDef) -> bool {
    !def.native || matches!(def.group.as_str(), "" | "apps" | "batch")
}

fn type_of(field: &FieldDef) -> &str {
    field
        .schema
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The type of a native field, told by what its zero value looks like.
fn native_type(field: &native::SelectableField) -> &'static str {
    match field.absent {
        "false" => "boolean",
        "0" => "integer",
        _ => "string",
    }
}

/// Whether the text of the operands is equal exactly where their values are: the server formats what it
/// finds, so a string may only be compared with strings, and so on.
fn compares_as_text(type_: &str, op: &Op) -> bool {
    let fits = |value: &Value| match type_ {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        _ => false,
    };
    match op {
        Op::Eq(value) | Op::Ne(value) => fits(value),
        Op::In(values) | Op::NotIn(values) => values.iter().all(fits),
        _ => true,
    }
}
