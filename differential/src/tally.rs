//! What a run was made of: how often each kind of request was sent, and how often it was granted. A path that is rarely met
//! is hardly compared.

use std::collections::BTreeMap;

use http::Method;
use serde_json::Value;

use crate::run::Observations;
use crate::step::{Step, Then};

/// Counts by kind of request.
#[derive(Debug, Default)]
pub(crate) struct Tally(BTreeMap<String, Count>);

#[derive(Debug, Default)]
struct Count {
    sent: usize,
    granted: usize,
    /// How often it was refused, by status.
    refused: BTreeMap<u64, usize>,
}

impl Tally {
    /// Counts the steps of a sequence with what was answered to them.
    pub(crate) fn add(&mut self, steps: &[Step], seen: &Observations) {
        for step in steps {
            let status = seen.get(&step.id).map_or(0, status);
            for label in labels(step, seen) {
                let count = self.0.entry(label).or_default();
                count.sent += 1;
                if (200..300).contains(&status) {
                    count.granted += 1;
                } else {
                    *count.refused.entry(status).or_default() += 1;
                }
            }
        }
    }

    /// A line for each kind of request.
    pub(crate) fn lines(&self) -> Vec<String> {
        let widest = self.0.keys().map(|label| label.chars().count()).max();
        let width = widest.unwrap_or_default();
        let lines = self.0.iter().map(|(label, count)| {
            let refused = count.refused.iter();
            let refused: String = refused
                .map(|(status, times)| format!(" {status}x{times}"))
                .collect();
            format!(
                "{label:width$} {:>7} sent {:>7} granted{refused}",
                count.sent, count.granted
            )
        });
        lines.collect()
    }
}

fn status(observation: &Value) -> u64 {
    observation["status"].as_u64().unwrap_or_default()
}

/// What the request is an example of: its kind, and everything about it that has a rule of its own.
fn labels(step: &Step, seen: &Observations) -> Vec<String> {
    let verb = verb(step);
    let mut labels = vec![verb.clone()];
    let mut also = |what: &str| labels.push(format!("{verb}, {what}"));
    let (path, query) = step.path.split_once('?').unwrap_or((&step.path, ""));
    if path.contains("korm.test/") {
        also("custom kind");
    }
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        match name {
            "watch" => {}
            "resourceVersionMatch"
            | "fieldValidation"
            | "propagationPolicy"
            | "sendInitialEvents"
            | "dryRun"
            | "force"
            | "includeObject" => also(&format!("{name}={value}")),
            "resourceVersion" if value.starts_with("@{") => also("resourceVersion of an answer"),
            "resourceVersion" if value == "0" => also("resourceVersion=0"),
            "continue" => also(continuation(value, seen)),
            _ => also(name),
        }
    }
    if let Some(accept) = &step.accept {
        let form = accept.split(',').next().unwrap_or_default();
        also(&format!(
            "answered as {}",
            form.split(";v=").next().unwrap_or_default()
        ));
    }
    if let Some((content_type, body)) = &step.body {
        let text = body.text();
        let holds = |what: &str| text.contains(&format!("\"{what}\""));
        if step.method != Method::PATCH && content_type != "application/json" {
            also(&format!("sent as {content_type}"));
        }
        for what in [
            "finalizers",
            "ownerReferences",
            "generateName",
            "preconditions",
            "propagationPolicy",
            "gracePeriodSeconds",
            "dryRun",
            "managedFields",
            "resourceVersion",
        ] {
            if holds(what) {
                also(&format!("{what} in the body"));
            }
        }
        if is_told_twice(&text) {
            also("a field twice");
        }
    }
    labels
}

fn verb(step: &Step) -> String {
    let (path, _) = step.path.split_once('?').unwrap_or((&step.path, ""));
    let part = step.resource.split_once('/').map_or("", |(_, part)| part);
    let base = step.resource.split('/').next().unwrap_or_default();
    let collection = path.rsplit('/').next() == Some(base);
    let content_type = step
        .body
        .as_ref()
        .map_or("", |(content_type, _)| content_type);
    let verb = match (step.then.clone(), step.method.as_str()) {
        (Then::Watch, _) => "watch",
        (Then::Agree, _) => "read until both rest",
        (_, "GET") if step.resource == "discovery" => "discovery",
        (_, "GET") if step.resource == "none" => "get of nothing",
        (_, "GET") if collection => "list",
        (_, "GET") => "get",
        (_, "POST") => "create",
        (_, "PUT") => "replace",
        (_, "DELETE") if collection => "deletecollection",
        (_, "DELETE") => "delete",
        (_, "PATCH") => match content_type {
            "application/merge-patch+json" => "merge patch",
            "application/json-patch+json" => "json patch",
            "application/strategic-merge-patch+json" => "strategic patch",
            "application/apply-patch+yaml" => "apply",
            _ => "patch of another type",
        },
        (_, other) => other,
    };
    match (part, base) {
        ("", "customresourcedefinitions" | "namespaces") => format!("{verb} of {base}"),
        ("", _) => verb.to_owned(),
        _ => format!("{verb} of /{part}"),
    }
}

/// Whether the token is one that a list gave.
fn continuation(value: &str, seen: &Observations) -> &'static str {
    let Some(rest) = value.strip_prefix("@{continue:") else {
        return "a token of nobody's";
    };
    let step: Option<usize> = rest
        .split('}')
        .next()
        .and_then(|number| number.parse().ok());
    let answer = step.and_then(|step| seen.get(&step));
    let token = answer.and_then(|answer| answer.pointer("/body/metadata/continue"));
    match token.and_then(Value::as_str) {
        Some(token) if !token.is_empty() => "the next page",
        _ => "an empty token",
    }
}

/// Whether the text says some member twice in a row, as the sequences do it.
fn is_told_twice(text: &str) -> bool {
    let names: Vec<&str> = text
        .split("\":")
        .filter_map(|part| part.rsplit('"').next())
        .collect();
    names
        .windows(2)
        .any(|pair| pair[0] == pair[1] && !pair[0].is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn requests_are_counted_by_what_is_special_about_them() {
        let mut list = Step::new(
            Method::GET,
            "things",
            "/apis/g.korm.test/v1/things?limit=2&continue=@{continue:0}",
        );
        list.id = 1;
        let mut patch = Step::new(Method::PATCH, "things/scale", "/x/things/a/scale")
            .typed("application/merge-patch+json", json!({}));
        patch.id = 2;
        let seen = Observations::from([
            (0, json!({"body": {"metadata": {"continue": "more"}}})),
            (1, json!({"status": 200})),
            (2, json!({"status": 404})),
        ]);
        let mut tally = Tally::default();
        tally.add(&[list, patch], &seen);
        let lines: Vec<String> = tally
            .lines()
            .iter()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(
            lines,
            [
                "list 1 sent 1 granted",
                "list, custom kind 1 sent 1 granted",
                "list, limit 1 sent 1 granted",
                "list, the next page 1 sent 1 granted",
                "merge patch of /scale 1 sent 0 granted 404x1",
            ]
        );
        assert!(is_told_twice(r#"{"a":1,"a":2}"#) && !is_told_twice(r#"{"a":1,"b":2}"#));
    }
}
