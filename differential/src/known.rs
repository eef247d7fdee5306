//! The list of known divergences, as the embedded server's documentation has it.
//!
//! Each entry is a section of that page: a heading with the entry's name in backticks, the reason in prose, a code
//! block `divergence` that says which differences it covers, and a code block `witness` with requests that show it:
//! one per line: method, path, and either `as=Table` or the content type, if it is not JSON, and the body. When the witness shows nothing any more, the
//! entry has to go.

use http::Method;
use serde_json::Value;

use crate::compare::Difference;
use crate::step::{Body, Step};

/// The page.
const PAGE: &str = include_str!("../../crates/korm-apiserver/DIVERGENCES.md");

/// All entries.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) entries: Vec<Entry>,
    ignored: Vec<String>,
}

/// One entry.
#[derive(Debug, Default)]
pub(crate) struct Entry {
    pub(crate) name: String,
    rules: Vec<Rule>,
    pub(crate) witness: Vec<Step>,
}

/// Which differences an entry covers; what is not said may be anything.
#[derive(Debug, Default)]
struct Rule {
    /// The whole request: `METHOD path content-type body`.
    request: Option<String>,
    method: Option<String>,
    resource: Option<String>,
    at: Option<String>,
    embedded: Option<String>,
    reference: Option<String>,
    /// The whole answer of the reference server.
    answer: Option<String>,
}

impl Known {
    /// The entries of the page, and patterns of places that are not to be looked at.
    pub(crate) fn read(ignored: &[String]) -> Result<Self, String> {
        Ok(Self {
            ignored: ignored.to_vec(),
            ..Self::parse(PAGE)?
        })
    }

    /// Whether the difference is not to be looked at.
    pub(crate) fn ignores(&self, difference: &Difference) -> bool {
        self.ignored
            .iter()
            .any(|pattern| matches(pattern, &difference.at))
    }

    fn parse(page: &str) -> Result<Self, String> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut block = "";
        for line in page.lines() {
            if let Some(fence) = line.strip_prefix("```") {
                block = if block.is_empty() { fence } else { "" };
                if let ("divergence", Some(entry)) = (block, entries.last_mut()) {
                    entry.rules.push(Rule::default());
                }
            } else if let Some(name) = line
                .strip_prefix("## `")
                .and_then(|rest| rest.strip_suffix('`'))
            {
                entries.push(Entry {
                    name: name.to_owned(),
                    ..Entry::default()
                });
            } else if let Some(entry) = entries.last_mut().filter(|_| !line.trim().is_empty()) {
                match block {
                    "divergence" => entry.rule(line)?,
                    "witness" => {
                        let id = entry.witness.len() + 1;
                        entry.witness.push(witness(line, id)?);
                    }
                    _ => {}
                }
            }
        }
        for entry in &entries {
            if entry.rules.is_empty() || entry.witness.is_empty() {
                return Err(format!(
                    "the entry {} needs a `divergence` and a `witness` block",
                    entry.name
                ));
            }
        }
        Ok(Self {
            entries,
            ignored: Vec::new(),
        })
    }

    /// The entry that covers the difference.
    pub(crate) fn find(
        &self,
        step: &Step,
        difference: &Difference,
        reference: &Value,
    ) -> Option<usize> {
        self.entries.iter().position(|entry| {
            let mut rules = entry.rules.iter();
            rules.any(|rule| rule.covers(step, difference, reference))
        })
    }
}

impl Entry {
    fn rule(&mut self, line: &str) -> Result<(), String> {
        let (key, value) = line
            .split_once(':')
            .ok_or_else(|| format!("{}: not `key: value`: {line}", self.name))?;
        let value = Some(value.trim().to_owned());
        let Some(rule) = self.rules.last_mut() else {
            return Ok(());
        };
        match key.trim() {
            "request" => rule.request = value,
            "method" => rule.method = value,
            "resource" => rule.resource = value,
            "at" => rule.at = value,
            "embedded" => rule.embedded = value,
            "reference" => rule.reference = value,
            "answer" => rule.answer = value,
            other => return Err(format!("{}: a rule has no {other}", self.name)),
        }
        Ok(())
    }
}

impl Rule {
    fn covers(&self, step: &Step, difference: &Difference, reference: &Value) -> bool {
        let fits = |glob: &Option<String>, text: &str| {
            glob.as_ref().is_none_or(|glob| matches(glob, text))
        };
        fits(&self.request, &step.line())
            && fits(&self.method, step.method.as_str())
            && fits(&self.resource, &step.resource)
            && fits(&self.at, &difference.at)
            && fits(&self.embedded, &shown(difference.embedded.as_ref()))
            && fits(&self.reference, &shown(difference.reference.as_ref()))
            && (self.answer.is_none() || fits(&self.answer, &reference.to_string()))
    }
}

/// A side of a difference as the page spells it: JSON, or `absent`.
fn shown(value: Option<&Value>) -> String {
    match value {
        None => "absent".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

/// Whether the text fits a pattern in which `*` stands for anything, and ` | ` separates alternatives.
fn matches(pattern: &str, text: &str) -> bool {
    pattern
        .split(" | ")
        .any(|glob| matches_one(glob.trim(), text))
}

fn matches_one(glob: &str, text: &str) -> bool {
    let mut parts = glob.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        let Some(found) = rest.find(part) else {
            return false;
        };
        rest = &rest[found + part.len()..];
    }
    rest.len() >= last.len() && rest.ends_with(last)
}

/// `METHOD path [as=Form] [content-type] [body]`.
pub(crate) fn witness(line: &str, id: usize) -> Result<Step, String> {
    let mut words = line.splitn(3, ' ');
    let (Some(method), Some(path)) = (words.next(), words.next()) else {
        return Err(format!("not a request: {line}"));
    };
    let method =
        Method::from_bytes(method.as_bytes()).map_err(|error| format!("{line}: {error}"))?;
    let mut step = Step::new(method, &resource(path), path);
    step.id = id;
    let (content_type, body) = match words.next() {
        None => return Ok(step),
        Some(form) if form.starts_with("as=") => {
            step.accept = Some(format!("application/json;{form};v=v1;g=meta.k8s.io"));
            return Ok(step);
        }
        Some(rest) if rest.starts_with("application/") || rest.starts_with("text/") => rest
            .split_once(' ')
            .ok_or_else(|| format!("no body: {line}"))?,
        Some(body) => ("application/json", body),
    };
    step.body = Some((content_type.to_owned(), Body::Text(body.to_owned())));
    Ok(step)
}

/// The plural, and the subresource if there is one, in a path.
fn resource(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let mut parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    parts.drain(
        ..parts
            .len()
            .min(if parts.first() == Some(&"api") { 2 } else { 3 }),
    );
    if parts.first() == Some(&"namespaces") && parts.len() > 2 {
        parts.drain(..2);
    }
    match parts.as_slice() {
        [plural, _, subresource, ..] => format!("{plural}/{subresource}"),
        [plural, ..] => (*plural).to_owned(),
        [] => "none".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_page_can_be_read() {
        Known::read(&[]).unwrap();
    }

    #[test]
    fn an_entry_covers_what_it_says_and_no_more() {
        let page = "## `x`\nwhy\n```divergence\nresource: services\nat: /body/spec/*\nembedded: absent\n```\n\
                    ```witness\nGET /api/v1/namespaces/a/services/b/status\n```\n";
        let known = Known::parse(page).unwrap();
        assert_eq!(known.entries[0].witness[0].resource, "services/status");
        let step = Step::new(Method::GET, "services", "/");
        let mut difference = Difference {
            at: "/body/spec/a/b".into(),
            embedded: None,
            reference: Some(json!(1)),
        };
        assert_eq!(known.find(&step, &difference, &Value::Null), Some(0));
        difference.embedded = Some(json!(2));
        assert_eq!(known.find(&step, &difference, &Value::Null), None);
    }

    #[test]
    fn an_entry_without_a_witness_is_refused() {
        assert!(Known::parse("## `x`\n```divergence\nat: *\n```\n").is_err());
    }

    #[test]
    fn stars_stand_for_anything() {
        assert!(
            matches("a*c", "abc")
                && matches("*", "")
                && matches("a", "a")
                && matches("x | a*", "ab")
        );
        assert!(!matches("a*c", "abd") && !matches("a", "ab") && !matches("ab*b", "ab"));
    }
}
