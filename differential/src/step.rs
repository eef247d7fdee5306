//! One request, written so that it can be sent to either server.
//!
//! What a server chooses by itself (versions, uids, tokens, generated names) is referred to by placeholders, filled in
//! from that server's own earlier answers: `@{rv:3}` is the resourceVersion that step 3 answered with, `@{orv:3}` the same
//! if it is an object's (a list's may by chance be the newest object's, on one of the servers). `@{now:3}` is the newest
//! resourceVersion that was answered of the object that step 3 is about, whatever became of that step, `@{own:3}` its
//! uid. `@{ns}` is the namespace of the attempt.

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

    /// Whether nothing is to become of it.
    pub(crate) fn is_dry(&self) -> bool {
        let body = self.body.as_ref();
        self.path.contains("dryRun") || body.is_some_and(|(_, body)| body.text().contains("dryRun"))
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
    /// The object that each step was about.
    about: BTreeMap<usize, String>,
    /// The metadata of each object as it was answered last.
    newest: BTreeMap<String, Value>,
}

impl Answers {
    pub(crate) fn new(namespace: &str) -> Self {
        Self {
            namespace: namespace.to_owned(),
            ..Self::default()
        }
    }

    pub(crate) fn add(&mut self, step: &Step, body: Value) {
        let object = self.object(step, &body);
        let metadata = &body["metadata"];
        if metadata["uid"].is_string() && !step.is_dry() {
            self.newest.insert(object.clone(), metadata.clone());
        }
        self.about.insert(step.id, object);
        self.bodies.insert(step.id, body);
    }

    /// Which object a step is about: its path without the version of its kind, which others are versions of the same.
    fn object(&self, step: &Step, answer: &Value) -> String {
        let path = self.fill(step.path.split('?').next().unwrap_or_default());
        let part = step.resource.split_once('/').map_or("", |(_, part)| part);
        let path = path.trim_end_matches(part).trim_end_matches('/');
        let mut names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
        if names.first() == Some(&"apis") && names.len() > 2 {
            names.remove(2);
        }
        let mut object = names.join("/");
        if step.method == Method::POST {
            let sent = step.body.as_ref().map(|(_, body)| self.fill(&body.text()));
            let sent: Value = sent
                .and_then(|text| serde_json::from_str(&text).ok())
                .unwrap_or_default();
            let name = |body: &Value| body["metadata"]["name"].as_str().map(str::to_owned);
            let name = name(answer).or_else(|| name(&sent)).unwrap_or_default();
            object.push('/');
            object.push_str(&name);
        }
        object
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
        let step: Option<usize> = step.parse().ok();
        if let "now" | "own" = what {
            let object = step.and_then(|step| self.about.get(&step));
            let metadata = object.and_then(|object| self.newest.get(object));
            let name = if what == "now" {
                "resourceVersion"
            } else {
                "uid"
            };
            let value = metadata.and_then(|metadata| metadata[name].as_str());
            return value.unwrap_or_default().to_owned();
        }
        let pointer = match what {
            "rv" | "orv" => "/metadata/resourceVersion",
            "uid" => "/metadata/uid",
            "name" => "/metadata/name",
            _ => "/metadata/continue",
        };
        let body = step.and_then(|step| self.bodies.get(&step));
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
        let step = |id: usize| Step {
            id,
            ..Step::new(Method::GET, "things", "/things")
        };
        answers.add(
            &step(3),
            json!({"metadata": {"resourceVersion": "17", "uid": "u"}}),
        );
        assert_eq!(
            answers.fill("/a/@{ns}?rv=@{rv:3}&u=@{uid:3}&c=@{continue:3}!"),
            "/a/space?rv=17&u=u&c=!"
        );
        answers.add(
            &step(4),
            json!({"metadata": {"resourceVersion": "18"}, "rows": []}),
        );
        assert_eq!(answers.fill("@{rv:4} @{orv:4} @{orv:3}"), "18  17");
        assert_eq!(answers.fill("@{rv:9}"), "");
        answers.add(&step(5), json!({"metadata": {"resourceVersion": "5"}}));
        assert_eq!(answers.fill("@{rv:5} @{orv:5}"), " 5");
        assert_eq!(answers.fill("plain"), "plain");
    }

    #[test]
    fn the_newest_of_an_object_is_known_by_any_step_about_it() {
        let mut answers = Answers::new("space");
        let add = |answers: &mut Answers, id, step: Step, version: &str| {
            let body = json!({"metadata": {"name": "a", "resourceVersion": version, "uid": "u"}});
            let refused = json!({"kind": "Status", "metadata": {}});
            let body = if version.is_empty() { refused } else { body };
            answers.add(&Step { id, ..step }, body);
        };
        let create = Step::new(Method::POST, "things", "/apis/g/v1/things");
        let create = create.json(json!({"metadata": {"name": "a"}}));
        let scale = "/apis/g/v2/things/a/scale?x=y";
        let scale = Step::new(Method::PUT, "things/scale", scale);
        let dry = Step::new(Method::PATCH, "things", "/apis/g/v1/things/a?dryRun=All");
        add(&mut answers, 1, create.clone(), "");
        add(&mut answers, 2, create, "7");
        add(&mut answers, 3, scale, "8");
        add(&mut answers, 4, dry, "9");
        assert_eq!(
            answers.fill("@{now:1} @{now:3} @{own:4} @{now:5}"),
            "8 8 u "
        );
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
