//! Label and field selectors.

use serde_json::Value;

use crate::expr::{Op, demands_presence};

use super::labels::is_label_value;

/// Selectors are part of the URL, whose length servers and proxies bound; beyond this many bytes the
/// rest is asked of the results.
const MAX_SELECTOR: usize = 4096;

/// A label selector in the making.
#[derive(Default)]
pub(super) struct LabelSelector {
    terms: Vec<String>,
}

impl LabelSelector {
    /// Takes a question about one label; false when it has (also) to be asked of the results.
    pub(super) fn take(&mut self, key: &str, op: &Op) -> bool {
        let exact = match op {
            Op::Exists => Some(key.to_owned()),
            Op::IsNull => Some(format!("!{key}")),
            Op::Eq(value) => one(value).map(|value| format!("{key}={value}")),
            Op::Ne(value) => one(value).map(|value| format!("{key}!={value}")),
            Op::In(values) => many(values).map(|values| format!("{key} in ({values})")),
            Op::NotIn(values) => many(values).map(|values| format!("{key} notin ({values})")),
            _ => None,
        };
        if exact.is_some_and(|term| self.push(term)) {
            return true;
        }
        // Whatever is asked, only objects that have the label can answer it.
        if demands_presence(op) {
            self.push(key.to_owned());
        }
        false
    }

    fn push(&mut self, term: String) -> bool {
        if self.terms.contains(&term) {
            return true;
        }
        let length: usize = self.terms.iter().map(|term| term.len() + 1).sum();
        let fits = length + term.len() <= MAX_SELECTOR;
        if fits {
            self.terms.push(term);
        }
        fits
    }

    pub(super) fn into_text(self) -> Option<String> {
        (!self.terms.is_empty()).then(|| self.terms.join(","))
    }
}

fn one(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| is_label_value(text))
}

/// The values of a set; an empty one among them is written as nothing between commas.
fn many(values: &[Value]) -> Option<String> {
    let texts: Vec<&str> = values.iter().map(one).collect::<Option<_>>()?;
    Some(texts.join(","))
}

/// A field selector in the making.
#[derive(Default)]
pub(super) struct FieldSelector {
    terms: Vec<String>,
}

impl FieldSelector {
    /// `path=value`.
    pub(super) fn equal(&mut self, path: &str, value: &str) -> bool {
        self.push(vec![format!("{path}={}", escaped(value))])
    }

    /// `path!=value` for each.
    pub(super) fn all_not(&mut self, path: &str, values: &[String]) -> bool {
        self.push(
            values
                .iter()
                .map(|value| format!("{path}!={}", escaped(value)))
                .collect(),
        )
    }

    fn push(&mut self, terms: Vec<String>) -> bool {
        let length: usize = self
            .terms
            .iter()
            .chain(&terms)
            .map(|term| term.len() + 1)
            .sum();
        let fits = length <= MAX_SELECTOR;
        if fits {
            self.terms.extend(terms);
        }
        fits
    }

    /// The selector, for the object of this name where one is given.
    pub(super) fn with_name(&self, name: Option<&str>) -> Option<String> {
        let name = name.map(|name| format!("metadata.name={}", escaped(name)));
        let terms: Vec<&str> = name
            .as_deref()
            .into_iter()
            .chain(self.terms.iter().map(String::as_str))
            .collect();
        (!terms.is_empty()).then(|| terms.join(","))
    }
}

/// A value with `\`, `,` and `=` escaped, as `fields.EscapeValue` of k8s.io/apimachinery does.
fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        if matches!(c, '\\' | ',' | '=') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
