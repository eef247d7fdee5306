//! Field selectors: `metadata.name=peach,status.phase!=Running`, parsed as
//! `k8s.io/apimachinery/pkg/fields` parses them. Which fields a resource knows is decided by
//! [`crate::resources`].

/// Terms an object all has to meet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldSelector {
    terms: Vec<FieldTerm>,
}

/// One comparison of a field with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FieldTerm {
    field: String,
    value: String,
    /// `=` or `==`; otherwise `!=`.
    equal: bool,
}

impl FieldSelector {
    /// Parses the text of a `fieldSelector` parameter.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = split_terms(text);
        parts.sort_unstable();
        let mut terms = Vec::new();
        for part in parts.into_iter().filter(|p| !p.is_empty()) {
            let (field, equal, value) = split_term(part)
                .ok_or_else(|| format!("invalid selector: '{text}'; can't understand '{part}'"))?;
            terms.push(FieldTerm {
                field: field.to_owned(),
                value: unescape(value)?,
                equal,
            });
        }
        Ok(Self { terms })
    }

    /// The selector that picks the object of one name.
    pub(crate) fn name(name: &str) -> Self {
        let term = FieldTerm {
            field: "metadata.name".to_owned(),
            value: name.to_owned(),
            equal: true,
        };
        Self { terms: vec![term] }
    }

    /// Whether everything matches.
    pub(crate) fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The value that `field` must have, where the selector asks for exactly one.
    pub(crate) fn exact(&self, field: &str) -> Option<&str> {
        self.terms
            .iter()
            .find(|t| t.equal && t.field == field)
            .map(|t| t.value.as_str())
    }

    /// Replaces fields by their canonical names, or refuses those that are not known.
    pub(crate) fn transform<E>(
        mut self,
        canonical: impl Fn(&str, &str) -> Result<String, E>,
    ) -> Result<Self, E> {
        for term in &mut self.terms {
            term.field = canonical(&term.field, &term.value)?;
        }
        Ok(self)
    }

    /// Whether an object matches whose fields are looked up by `value`.
    pub(crate) fn matches(&self, value: impl Fn(&str) -> String) -> bool {
        self.terms
            .iter()
            .all(|t| (value(&t.field) == t.value) == t.equal)
    }
}

fn split_terms(text: &str) -> Vec<&str> {
    let mut terms = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ',' => {
                terms.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    terms.push(&text[start..]);
    terms
}

fn split_term(term: &str) -> Option<(&str, bool, &str)> {
    for (at, _) in term.char_indices() {
        for (operator, equal) in [("!=", false), ("==", true), ("=", true)] {
            if let Some(value) = term[at..].strip_prefix(operator) {
                return Some((&term[..at], equal, value));
            }
        }
    }
    None
}

fn unescape(value: &str) -> Result<String, String> {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(c @ ('\\' | ',' | '=')) => out.push(c),
                Some(c) => {
                    return Err(format!(
                        "invalid field selector: invalid escape sequence: \\{c}"
                    ));
                }
                None => return Err("invalid field selector: invalid escape sequence: \\".into()),
            },
            // Upstream prints the character's number.
            ',' | '=' => {
                return Err(format!(
                    "invalid field selector: unescaped character in value: {}",
                    c as u32
                ));
            }
            c => out.push(c),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_parsed_and_matched() {
        let selector = FieldSelector::parse("metadata.name==a\\,b,status.phase!=Running").unwrap();
        assert_eq!(selector.exact("metadata.name"), Some("a,b"));
        assert_eq!(selector.exact("status.phase"), None);
        assert!(selector.matches(|f| if f == "metadata.name" { "a,b" } else { "" }.to_owned()));
        assert!(!selector.matches(|_| "Running".to_owned()));
        assert!(FieldSelector::parse("").unwrap().is_empty());
    }

    #[test]
    fn faults_are_told_as_kubernetes_does() {
        for (text, message) in [
            ("a", "invalid selector: 'a'; can't understand 'a'"),
            (
                "a=b=c",
                "invalid field selector: unescaped character in value: 61",
            ),
            (
                "a=\\x",
                "invalid field selector: invalid escape sequence: \\x",
            ),
            (
                "a=\\",
                "invalid field selector: invalid escape sequence: \\",
            ),
        ] {
            assert_eq!(FieldSelector::parse(text).unwrap_err(), message);
        }
    }
}
