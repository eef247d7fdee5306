//! One request, written so that it can be sent to either server.
//!
//! What a server chooses by itself (versions, uids, tokens, generated names) is referred to by placeholders, filled in
//! from that server's own earlier answers: `@{rv:3}` is the resourceVersion that step 3 answered with, `@{orv:3}` the same
//! if it is an object's (a list's may by chance be the newest object's, on one of the servers). `@{ns}` is the namespace
//! of the attempt.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use http::Method;
use serde_json::Value;

/// Versions that the sequences make up are not above this; installing the kinds has taken either server past it.
pub(crate) const MADE_UP: u64 = 5;

/// A request of a sequence.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Stays the same when other steps are taken out of the sequence.
    pub(crate) id: usize,
    pub(crate) method: Method,
    /// Path and query, with placeholders.
    pub(crate) path: String,
    /// The plural of the resource that this is about, for grouping what is found.
    pub(crate) resource: String,
    pub(crate) accept: Option<String>,
    pub(crate) body: Option<(String, Body)>,
    pub(crate) then: Then,
}

/// A request body, with placeholders in its text.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Json(Value),
    Text(String),
}

impl Body {
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Json(value) => value.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

/// How the answer is taken.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Then {
    /// It is read whole.
    Read,
    /// It is a stream, read until the sequence is over.
    Watch,
    /// It is read again and again until it says on the second server what it said on the first, or long enough: for
    /// what controllers bring about in their own time.
    Agree,
    /// It is read whole; then, where the delete is finished by a controller, that is waited for.
    Settle,
}

impl Step {
    /// A request without a body.
    pub(crate) fn new(method: Method, resource: &str, path: impl Into<String>) -> Self {
        let path = path.into();
        Self {
            id: 0,
            method,
            path,
            resource: resource.to_owned(),
            accept: None,
            body: None,
            then: Then::Read,
        }
    }

    pub(crate) fn json(mut self, body: Value) -> Self {
        self.body = Some(("application/json".to_owned(), Body::Json(body)));
        self
    }

    pub(crate) fn typed(mut self, content_type: &str, body: Value) -> Self {
        self.body = Some((content_type.to_owned(), Body::Json(body)));
        self
    }

    /// The whole request in one line.
    pub(crate) fn line(&self) -> String {
        let body = self.body.as_ref();
        let body = body.map(|(content_type, body)| format!(" {content_type} {}", body.text()));
        format!("{} {}{}", self.method, self.path, body.unwrap_or_default())
    }

    /// The request as a person can repeat it: `$S` is the server, `rq` the shell function that the report explains.
    pub(crate) fn curl(&self) -> String {
        let mut line = format!("# step {}\nrq {} '{}'", self.id, self.method, self.path);
        if let Some(accept) = &self.accept {
            // Writing to a String does not fail.
            let _ = write!(line, " -H 'accept: {accept}'");
        }
        if let Some((content_type, body)) = &self.body {
            let text = body.text().replace('\'', "'\\''");
            let _ = write!(line, " -H 'content-type: {content_type}' -d '{text}'");
        }
        if self.then == Then::Watch {
            line.push_str(" -N &");
        }
        line
    }
}

/// Whether a watch of the sequence may end at any moment: a definition that changes ends those of its objects some time
/// after it has reached the server's handlers.
pub(crate) fn may_end(watch: &Step, steps: &[Step]) -> bool {
    let is_change = |step: &Step| {
        step.resource.starts_with("customresourcedefinitions") && step.method != Method::GET
    };
    watch.then == Then::Watch
        && steps
            .iter()
            .any(|step| step.id > watch.id && is_change(step) && !step.path.contains("dryRun"))
}

/// What one server has answered so far, for filling in placeholders.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    pub(crate) namespace: String,
    bodies: BTreeMap<usize, Value>,
}

impl Answers {
    pub(crate) fn new(namespace: &str) -> Self {
        Self {
            namespace: namespace.to_owned(),
            bodies: BTreeMap::new(),
        }
    }

    pub(crate) fn add(&mut self, step: usize, body: Value) {
        self.bodies.insert(step, body);
    }

    /// The text with its placeholders filled in; one that refers to nothing becomes empty.
    pub(crate) fn fill(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("@{") {
            filled.push_str(&rest[..start]);
            rest = &rest[start + 2..];
            let end = rest.find('}').unwrap_or(rest.len());
            filled.push_str(&self.value(&rest[..end]));
            rest = rest.get(end + 1..).unwrap_or_default();
        }
        filled.push_str(rest);
        filled
    }

    fn value(&self, placeholder: &str) -> String {
        let Some((what, step)) = placeholder.split_once(':') else {
            return self.namespace.clone();
        };
        let pointer = match what {
            "rv" | "orv" => "/metadata/resourceVersion",
            "uid" => "/metadata/uid",
            "name" => "/metadata/name",
            _ => "/metadata/continue",
        };
        let body = step
            .parse()
            .ok()
            .and_then(|step: usize| self.bodies.get(&step));
        let is_object = |body: &&Value| body.get("items").is_none() && body.get("rows").is_none();
        let body = body.filter(|body| what != "orv" || is_object(body));
        let value = body
            .and_then(|body| body.pointer(pointer))
            .and_then(Value::as_str);
        let value = value.unwrap_or_default();
        // A dry run answers with the version that the sequence made up; what a server still knows of its time
        // depends on its age.
        if what == "rv" && value.parse().is_ok_and(|version: u64| version <= MADE_UP) {
            return String::new();
        }
        value.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn placeholders_are_filled_in_from_earlier_answers() {
        let mut answers = Answers::new("space");
        answers.add(
            3,
            json!({"metadata": {"resourceVersion": "17", "uid": "u"}}),
        );
        assert_eq!(
            answers.fill("/a/@{ns}?rv=@{rv:3}&u=@{uid:3}&c=@{continue:3}!"),
            "/a/space?rv=17&u=u&c=!"
        );
        answers.add(
            4,
            json!({"metadata": {"resourceVersion": "18"}, "rows": []}),
        );
        assert_eq!(answers.fill("@{rv:4} @{orv:4} @{orv:3}"), "18  17");
        assert_eq!(answers.fill("@{rv:9}"), "");
        answers.add(5, json!({"metadata": {"resourceVersion": "5"}}));
        assert_eq!(answers.fill("@{rv:5} @{orv:5}"), " 5");
        assert_eq!(answers.fill("plain"), "plain");
    }

    #[test]
    fn a_watch_may_end_when_a_definition_changes_after_it() {
        let step = |id: usize, method: Method, resource: &str, path: &str| Step {
            id,
            ..Step::new(method, resource, path)
        };
        let mut watch = step(2, Method::GET, "things", "/things?watch=1");
        watch.then = Then::Watch;
        let change = |id, path| step(id, Method::PATCH, "customresourcedefinitions", path);
        assert!(may_end(&watch, &[change(3, "/x")]));
        assert!(!may_end(&watch, &[change(1, "/x")]));
        assert!(!may_end(&watch, &[change(3, "/x?dryRun=All")]));
        assert!(!may_end(
            &step(2, Method::GET, "things", "/things"),
            &[change(3, "/x")]
        ));
    }

    #[test]
    fn a_step_reads_as_a_command() {
        let step = Step::new(Method::POST, "configmaps", "/x").json(json!({"it": "'s"}));
        assert_eq!(
            step.curl(),
            "# step 0\nrq POST '/x' -H 'content-type: application/json' -d '{\"it\":\"'\\''s\"}'"
        );
    }
}
