//! Writing: create, replace, status, scale, delete, and what is no proper request.

use std::sync::LazyLock;

use http::Method;
use regex::Regex;
use serde_json::{Value, json};

use crate::plan::kinds::Kind;
use crate::plan::reads::object;
use crate::plan::{metadata, statuses};
use crate::random::Random;
use crate::step::{Body, Step, Then};

/// The beginning of a member of an object, in a body's text.
#[allow(
    clippy::expect_used,
    reason = "the pattern is a constant, and used by a test"
)]
static MEMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"[{,]"[^"\\]*":"#).expect("a constant pattern"));

/// Query parameters of a write.
pub(crate) fn options(random: &mut Random) -> String {
    let mut query = Vec::new();
    if random.percent(8) {
        query.push(random.text(&[
            "dryRun=All",
            "dryRun=All",
            "dryRun=Some",
            "dryRun=All&dryRun=All",
        ]));
    }
    if random.percent(25) {
        query.push(random.text(&[
            "fieldValidation=Strict",
            "fieldValidation=Warn",
            "fieldValidation=Ignore",
            "fieldValidation=Strict",
            "fieldValidation=Other",
        ]));
    }
    if random.percent(20) {
        query.push(random.text(&[
            "fieldManager=one",
            "fieldManager=two",
            "fieldManager=one",
            "fieldManager=a%09b",
        ]));
    }
    if random.percent(2) {
        query.push("unknown=parameter");
    }
    if query.is_empty() {
        String::new()
    } else {
        format!("?{}", query.join("&"))
    }
}

pub(crate) fn create(random: &mut Random, kind: &Kind) -> Step {
    let mut body = kind.body(random);
    let name = metadata::name(random);
    body["metadata"] = metadata::metadata(random, kind, &name);
    if random.percent(5) {
        // Each prefix once, so that the random ends decide no order.
        let prefix = kind.name(&format!("gen{}-", random.below(100_000)));
        body["metadata"]["generateName"] = json!(prefix);
        if let Some(metadata) = body["metadata"].as_object_mut() {
            metadata.remove("name");
        }
    }
    if random.percent(4) {
        identity_noise(random, &mut body);
    }
    let path = format!("{}{}", kind.collection(), options(random));
    let mut step = Step::new(Method::POST, &kind.plural, path).json(body);
    if random.percent(6)
        && let Some((content_type, _)) = &mut step.body
    {
        *content_type = "application/yaml".to_owned();
    }
    step
}

/// A kind, version or body that does not fit the path.
fn identity_noise(random: &mut Random, body: &mut Value) {
    match random.below(6) {
        0 => body["kind"] = json!("Pod"),
        1 => body["apiVersion"] = json!("apps/v9"),
        2 => drop(body.as_object_mut().and_then(|body| body.remove("kind"))),
        3 => drop(
            body.as_object_mut()
                .and_then(|body| body.remove("apiVersion")),
        ),
        4 => body["metadata"] = json!("text"),
        _ => body["kind"] = json!(5),
    }
}

/// The same field twice, somewhere in the body, mostly with another value: only its text can say so.
pub(crate) fn duplicate(random: &mut Random, step: &mut Step) {
    let Some((content_type, body)) = &mut step.body else {
        return;
    };
    if content_type.contains("protobuf") {
        return;
    }
    let text = body.text();
    let members: Vec<usize> = MEMBER
        .find_iter(&text)
        .map(|found| found.start() + 1)
        .collect();
    if members.is_empty() {
        return;
    }
    let at = *random.pick(&members);
    let name = text[at..].split('"').nth(1).unwrap_or_default();
    let value = random.text(&["\"v0\"", "\"v0\"", "{}", "null", "1"]);
    *body = Body::Text(format!("{}\"{name}\":{value},{}", &text[..at], &text[at..]));
    if !step.path.contains("fieldValidation") && random.percent(70) {
        let glue = if step.path.contains('?') { '&' } else { '?' };
        let how = random.text(&["Strict", "Strict", "Warn", "Ignore"]);
        step.path.push_str(&format!("{glue}fieldValidation={how}"));
    }
}

pub(crate) fn replace(random: &mut Random, kind: &Kind, earlier: usize) -> Step {
    let mut body = kind.body(random);
    let name = metadata::name(random);
    body["metadata"] = metadata::metadata(random, kind, &name);
    versioned(random, &mut body, earlier);
    let path = if random.percent(95) {
        format!("{}/{}", kind.collection(), kind.name(&name))
    } else {
        object(random, kind)
    };
    Step::new(
        Method::PUT,
        &kind.plural,
        format!("{path}{}", options(random)),
    )
    .json(body)
}

/// A resourceVersion and a uid, sometimes right ones.
fn versioned(random: &mut Random, body: &mut Value, earlier: usize) {
    match random.below(10) {
        0..=2 => body["metadata"]["resourceVersion"] = json!(format!("@{{orv:{earlier}}}")),
        3 => body["metadata"]["resourceVersion"] = json!("1"),
        4 if random.percent(30) => body["metadata"]["resourceVersion"] = json!("none"),
        _ => {}
    }
    if random.percent(12) {
        body["metadata"]["uid"] = json!(if random.percent(70) {
            format!("@{{uid:{earlier}}}")
        } else {
            "other".to_owned()
        });
    }
}

pub(crate) fn status(random: &mut Random, kind: &Kind, earlier: usize) -> Step {
    let name = *random.pick(&metadata::NAMES);
    let path = format!("{}/{}/status", kind.collection(), kind.name(name));
    let mut body = statuses::body(random, kind);
    if random.percent(25) {
        return Step::new(Method::GET, &format!("{}/status", kind.plural), path);
    }
    let resource = format!("{}/status", kind.plural);
    if random.percent(50) {
        body["metadata"] = json!({"labels": {"from": "status"}});
        let content_type = if random.percent(15) {
            "application/apply-patch+yaml"
        } else {
            "application/merge-patch+json"
        };
        let query = if content_type.contains("apply") {
            "?fieldManager=st"
        } else {
            ""
        };
        return Step::new(Method::PATCH, &resource, format!("{path}{query}"))
            .typed(content_type, body);
    }
    body["metadata"] = metadata::metadata(random, kind, name);
    versioned(random, &mut body, earlier);
    Step::new(Method::PUT, &resource, format!("{path}{}", options(random))).json(body)
}

pub(crate) fn scale(random: &mut Random, kind: &Kind, earlier: usize) -> Step {
    let name = *random.pick(&metadata::NAMES);
    let path = format!("{}/{}/scale", kind.collection(), kind.name(name));
    let resource = format!("{}/scale", kind.plural);
    let replicas = random
        .pick(&[json!(0), json!(3), json!(-1), json!("x"), json!(7)])
        .clone();
    match random.below(3) {
        0 => Step::new(Method::GET, &resource, path),
        1 => Step::new(Method::PATCH, &resource, path).typed(
            "application/merge-patch+json",
            json!({"spec": {"replicas": replicas}}),
        ),
        _ => {
            let mut body = json!({
                "apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": kind.name(name)},
                "spec": {"replicas": replicas},
            });
            if kind.namespaced {
                body["metadata"]["namespace"] = json!("@{ns}");
            }
            versioned(random, &mut body, earlier);
            Step::new(Method::PUT, &resource, path).json(body)
        }
    }
}

pub(crate) fn delete(random: &mut Random, kind: &Kind, earlier: usize) -> Step {
    let mut step = Step::new(Method::DELETE, &kind.plural, object(random, kind));
    let mut options = json!({});
    if random.percent(30) {
        let policy = *random.pick(&[
            "Background",
            "Background",
            "Foreground",
            "Orphan",
            "Sideways",
        ]);
        options["propagationPolicy"] = json!(policy);
        if matches!(policy, "Foreground" | "Orphan") {
            step.then = Then::Settle;
        }
    }
    if random.percent(15) {
        options["preconditions"]["uid"] = json!(if random.percent(60) {
            format!("@{{uid:{earlier}}}")
        } else {
            "other".to_owned()
        });
    }
    if random.percent(12) {
        options["preconditions"]["resourceVersion"] = json!(if random.percent(60) {
            format!("@{{orv:{earlier}}}")
        } else {
            "1".to_owned()
        });
    }
    if random.percent(12) {
        options["gracePeriodSeconds"] = random
            .pick(&[json!(0), json!(5), json!(-1), json!("x")])
            .clone();
    }
    if random.percent(10) {
        options["dryRun"] = json!([*random.pick(&["All", "All", "Some"])]);
    }
    if random.percent(2) {
        options["orphanDependents"] = json!(true);
        step.then = Then::Settle;
    }
    if random.percent(2) {
        options[random.text(&[
            "unknown",
            "ignoreStoreReadErrorWithClusterBreakingPotential",
        ])] = json!(true);
    }
    if options
        .as_object()
        .is_some_and(|options| options.is_empty())
    {
        if random.percent(10) {
            step.path.push_str(random.text(&[
                "?dryRun=All",
                "?gracePeriodSeconds=0",
                "?propagationPolicy=Background",
                "?dryRun=x",
                "?uid=other",
                "?resourceVersion=1",
            ]));
        }
        return step;
    }
    if random.percent(50) {
        options["kind"] = json!("DeleteOptions");
        options["apiVersion"] = json!(*random.pick(&["v1", "v1", "meta.k8s.io/v1"]));
    }
    step.json(options)
}

pub(crate) fn delete_collection(random: &mut Random, kind: &Kind) -> Step {
    let selector = *random.pick(&[
        "seq%3D@{ns},colour%3Dred",
        "seq%3D@{ns}",
        "seq%3D@{ns},colour!%3Dred",
        "seq%3D@{ns},colour%20in%20(red,blue)",
        "seq%3D@{ns},colour%20in%20(",
    ]);
    let mut path = format!("{}?labelSelector={selector}", kind.collection());
    if random.percent(35) {
        path.push_str(random.text(&[
            "&dryRun=All",
            "&dryRun=Some",
            "&limit=1",
            "&limit=2",
            "&fieldSelector=metadata.name%3Da",
            "&fieldSelector=metadata.name!%3Da",
            "&fieldSelector=nonsense",
            "&gracePeriodSeconds=0",
            "&propagationPolicy=Background",
            "&propagationPolicy=Sideways",
            "&resourceVersion=0",
            "&resourceVersionMatch=Exact",
            "&ignoreStoreReadErrorWithClusterBreakingPotential=true",
        ]));
    }
    let step = Step::new(Method::DELETE, &kind.plural, path);
    if random.percent(75) {
        return step;
    }
    let bodies = [
        json!({"propagationPolicy": "Background"}),
        json!({"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0}),
        json!({"gracePeriodSeconds": -1}),
        json!({"propagationPolicy": "Sideways"}),
        json!({"dryRun": ["All"]}),
        json!({"dryRun": ["Some"]}),
        json!({"preconditions": {"uid": "other"}}),
        json!({"kind": "ConfigMap", "apiVersion": "v1"}),
        json!({"kind": "DeleteOptions", "apiVersion": "v9"}),
        json!({}),
    ];
    step.json(random.pick(&bodies).clone())
}

/// A body that cannot be read, or is of a type that nobody takes.
pub(crate) fn malformed(random: &mut Random, kind: &Kind) -> Step {
    let texts = [
        "",
        "{",
        "[1]",
        "null",
        "\"text\"",
        "{\"metadata\": {\"name\": \"a\"}} x",
        "a: b: c",
        "{}",
        "7",
    ];
    let types = [
        "application/json",
        "application/json",
        "application/yaml",
        "text/plain",
        "application/xml",
        "application/json; charset=utf-8",
    ];
    let content_type = (*random.pick(&types)).to_owned();
    let (method, path) = match random.below(4) {
        0 => (Method::PUT, object(random, kind)),
        1 => (Method::PATCH, object(random, kind)),
        2 => (
            Method::DELETE,
            format!("{}/{}", kind.collection(), kind.name("none")),
        ),
        _ => (Method::POST, kind.collection()),
    };
    let content_type = if method == Method::PATCH {
        (*random.pick(&[
            "application/merge-patch+json",
            "application/json-patch+json",
            "application/strategic-merge-patch+json",
            "application/apply-patch+yaml",
            "application/json",
        ]))
        .to_owned()
    } else {
        content_type
    };
    let mut step = Step::new(method, &kind.plural, path);
    step.body = Some((content_type, Body::Text((*random.pick(&texts)).to_owned())));
    step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duplicate_stands_before_the_member_that_it_repeats() {
        let mut step = Step::new(Method::POST, "things", "/things").json(json!({"a": {"b": "c"}}));
        duplicate(&mut Random::new(1, 1), &mut step);
        let text = step.body.map(|(_, body)| body.text()).unwrap_or_default();
        let twice = |name: &str| text.matches(&format!("\"{name}\":")).count() == 2;
        assert!(twice("a") || twice("b"), "{text}");
    }
}
