//! Aiming requests at objects that are there: what is refused because nothing is there to change, or because it has
//! changed meanwhile, says little about the change.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Value, json};

use crate::plan::kinds::{Content, Kind};
use crate::plan::metadata::{self, NAMES};
use crate::plan::patches;
use crate::plan::script::Script;
use crate::random::Random;
use crate::step::{Body, Step};

const JSON_PATCH: &str = "application/json-patch+json";

/// An object that some step should have made.
struct Made {
    /// As it is in paths.
    name: String,
    /// The step.
    step: usize,
    /// What the step sent.
    body: Value,
}

/// Begins a sequence with an object of each kind, mostly.
pub(crate) fn plant<'k>(
    random: &mut Random,
    script: &mut Script,
    kinds: impl IntoIterator<Item = &'k Kind>,
) {
    for kind in kinds {
        if random.percent(85) {
            let name = kind.name(random.text(&NAMES));
            let step = create(random, kind, &name);
            script.add(step);
        }
    }
}

/// Lets most requests for one object be for one that was made before, and be of its present state.
pub(crate) fn aim(random: &mut Random, script: &Script, kind: &Kind, step: &mut Step) {
    let Some(name) = name_in(kind, step) else {
        return;
    };
    let made = made(script, kind);
    if made.is_empty() {
        let is_write = matches!(step.method, Method::PUT | Method::PATCH);
        if is_write && !is_apply(step) && random.percent(50) {
            *step = create(random, kind, &name);
        }
        return;
    }
    if random.percent(15) {
        return;
    }
    let found = made.iter().find(|one| one.name == name);
    let one = found.unwrap_or_else(|| random.pick(&made));
    if found.is_none() {
        rename(step, kind, &name, &one.name);
    }
    match step.method {
        Method::PUT => {
            fit(random, kind, step);
            version(random, one, step);
        }
        Method::DELETE => preconditions(random, one, step),
        Method::PATCH => operations(random, kind, one, step),
        _ => {}
    }
}

/// Makes an object for the requests that come.
fn create(random: &mut Random, kind: &Kind, name: &str) -> Step {
    let mut body = kind.plain_body(random);
    body["metadata"] = json!({"name": name, "labels": metadata::labels(random)});
    Step::new(Method::POST, &kind.plural, kind.collection()).json(body)
}

/// The usual name that the request's path has.
fn name_in(kind: &Kind, step: &Step) -> Option<String> {
    let path = step.path.split('?').next()?;
    let name = path.strip_prefix(&kind.collection())?.strip_prefix('/')?;
    let name = name.split('/').next()?;
    let is_usual = NAMES.iter().any(|short| kind.name(short) == name);
    is_usual.then(|| name.to_owned())
}

/// What has been made and not been deleted, if all went as it should.
fn made(script: &Script, kind: &Kind) -> Vec<Made> {
    let mut made: BTreeMap<String, Made> = BTreeMap::new();
    for step in script.so_far() {
        let of_kind = step.resource == kind.plural && step.path.starts_with(&kind.group_path());
        if !of_kind || step.is_dry() {
            continue;
        }
        if step.method == Method::DELETE {
            if let Some(name) = name_in(kind, step) {
                made.remove(&name);
            }
            continue;
        }
        let Some((_, Body::Json(body))) = &step.body else {
            continue;
        };
        let makes = step.method == Method::POST || is_apply(step);
        if let Some(name) = body["metadata"]["name"].as_str().filter(|_| makes) {
            made.entry(name.to_owned()).or_insert_with(|| Made {
                name: name.to_owned(),
                step: step.id,
                body: body.clone(),
            });
        }
    }
    made.into_values().collect()
}

fn is_apply(step: &Step) -> bool {
    let content_type = step.body.as_ref().map(|(content_type, _)| content_type);
    content_type.is_some_and(|content_type| content_type.contains("apply-patch"))
}

/// Puts another name in the place of the one that the path has.
fn rename(step: &mut Step, kind: &Kind, from: &str, to: &str) {
    let collection = kind.collection();
    let rest = step.path.split_off(collection.len() + 1 + from.len());
    step.path = format!("{collection}/{to}{rest}");
    if let Some((_, Body::Json(body))) = &mut step.body
        && body["metadata"]["name"] == from
    {
        body["metadata"]["name"] = json!(to);
    }
}

/// Content that fits the schema of a custom kind, now and then.
fn fit(random: &mut Random, kind: &Kind, step: &mut Step) {
    let is_scale = step.resource.ends_with("/scale");
    if is_scale || matches!(kind.content, Content::Native(_)) || random.percent(60) {
        return;
    }
    if let Some((_, Body::Json(body))) = &mut step.body {
        let mut fitting = kind.plain_body(random);
        fitting["metadata"] = body["metadata"].take();
        *body = fitting;
    }
}

/// The version that the object has, which custom kinds insist on.
fn version(random: &mut Random, one: &Made, step: &mut Step) {
    let Some((_, Body::Json(body))) = &mut step.body else {
        return;
    };
    if !body["metadata"].is_object() {
        return;
    }
    let id = one.step;
    if random.percent(70) {
        body["metadata"]["resourceVersion"] = json!(format!("@{{now:{id}}}"));
    }
    if body["metadata"].get("uid").is_some() && random.percent(60) {
        body["metadata"]["uid"] = json!(format!("@{{own:{id}}}"));
    }
}

/// Preconditions that hold, in the place of others.
fn preconditions(random: &mut Random, one: &Made, step: &mut Step) {
    let (now, own) = (
        format!("@{{now:{}}}", one.step),
        format!("@{{own:{}}}", one.step),
    );
    if random.percent(60) {
        step.path = step
            .path
            .replace("?uid=other", &format!("?uid={own}"))
            .replace("?resourceVersion=1", &format!("?resourceVersion={now}"));
    }
    let Some((_, Body::Json(body))) = &mut step.body else {
        return;
    };
    let Some(conditions) = body.get_mut("preconditions") else {
        return;
    };
    for (name, value) in [("uid", own), ("resourceVersion", now)] {
        if let Some(condition) = conditions.get_mut(name)
            && random.percent(75)
        {
            *condition = json!(value);
        }
    }
}

/// Operations of a JSON patch that speak of what the object has.
fn operations(random: &mut Random, kind: &Kind, one: &Made, step: &mut Step) {
    let Some((content_type, Body::Json(body))) = &mut step.body else {
        return;
    };
    if content_type != JSON_PATCH || random.percent(20) {
        return;
    }
    let mut operations = Vec::new();
    let id = one.step;
    if random.percent(12) {
        operations.push(
            json!({"op": "test", "path": "/metadata/uid", "value": format!("@{{own:{id}}}")}),
        );
    }
    if random.percent(12) {
        let value = format!("@{{now:{id}}}");
        let op = random.text(&["test", "replace"]);
        operations.push(json!({"op": op, "path": "/metadata/resourceVersion", "value": value}));
    }
    let more = if random.percent(60) {
        0
    } else {
        random.below(3)
    };
    for _ in 0..=more {
        operations.push(patches::operation_on(random, kind, &one.body));
    }
    *body = Value::Array(operations);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::natives;

    fn config_maps() -> Kind {
        natives().swap_remove(0)
    }

    fn add(script: &mut Script, kind: &Kind, name: &str) {
        let body = json!({"metadata": {"name": name}, "data": {"k": "v"}});
        script.add(Step::new(Method::POST, &kind.plural, kind.collection()).json(body));
    }

    #[test]
    fn most_requests_meet_what_was_made() {
        let kind = config_maps();
        let mut script = Script::new();
        add(&mut script, &kind, "b");
        add(&mut script, &kind, "c");
        let path = |name: &str| format!("{}/{name}", kind.collection());
        script.add(Step::new(Method::DELETE, &kind.plural, path("c")));
        let (mut met, mut pinned) = (0, 0);
        for number in 0..100 {
            let mut random = Random::new(1, number);
            let body = json!({"metadata": {"name": "a"}});
            let mut step = Step::new(Method::PUT, &kind.plural, path("a")).json(body);
            aim(&mut random, &script, &kind, &mut step);
            let text = step.line();
            assert!(!text.contains("/configmaps/c"), "{text}");
            assert_eq!(step.path == path("b"), text.contains(r#""name":"b""#));
            met += usize::from(step.path == path("b"));
            pinned += usize::from(text.contains("@{now:1}"));
        }
        assert!((70..98).contains(&met), "{met}");
        assert!((40..80).contains(&pinned), "{pinned}");
    }

    #[test]
    fn where_nothing_is_to_be_changed_something_is_made() {
        let kind = config_maps();
        let path = format!("{}/a", kind.collection());
        let made = (0..100).filter(|number| {
            let mut step = Step::new(Method::PUT, &kind.plural, path.clone()).json(json!({}));
            let script = Script::new();
            aim(&mut Random::new(1, *number), &script, &kind, &mut step);
            step.method == Method::POST
        });
        assert!((30..70).contains(&made.count()));
    }
}
