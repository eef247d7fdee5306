//! Namespaces that go: what is in them goes before, and what holds it holds them.

use http::Method;
use serde_json::{Value, json};

use crate::plan::kinds::{Kind, natives};
use crate::plan::pool::Pool;
use crate::plan::script::Script;
use crate::plan::{reads, writes};
use crate::random::Random;
use crate::step::Step;

const NAMES: [&str; 3] = ["a", "b", "c"];
const NAMESPACE: &str = "/api/v1/namespaces/@{ns}";

/// Objects of a few kinds, some of which something holds; then the namespace is deleted, and they are let go.
pub(crate) fn sequence(random: &mut Random, pool: &Pool) -> Vec<Step> {
    let mut script = Script::new();
    let kinds = kinds(random, pool);
    for _ in 0..2 + random.below(5) {
        let kind = random.pick(&kinds);
        let body = object(random, kind);
        script.add(Step::new(Method::POST, &kind.plural, kind.collection()).json(body));
    }
    if random.percent(20) {
        let body = json!({"metadata": {"finalizers": ["korm.test/hold"]}});
        script.add(merge(NAMESPACE, "namespaces", body));
    }
    script.add(Step::new(Method::DELETE, "namespaces", NAMESPACE));
    script.agree("namespaces", NAMESPACE);
    for kind in &kinds {
        script.agree_on(kind);
    }
    for _ in 0..3 + random.below(4) {
        let kind = random.pick(&kinds);
        let step = in_the_meantime(random, &script, kind);
        let writes = step.method != Method::GET;
        script.add(step);
        // What is answered next depends on what the controller of namespaces has seen: that has to be what there is.
        if writes {
            script.agree("namespaces", NAMESPACE);
        }
    }
    let body = json!({"metadata": {"finalizers": null}});
    for kind in &kinds {
        for name in NAMES {
            let path = format!("{}/{name}", kind.collection());
            script.add(merge(&path, &kind.plural, body.clone()));
        }
    }
    script.agree("namespaces", NAMESPACE);
    script.add(merge(NAMESPACE, "namespaces", body));
    script.agree("namespaces", NAMESPACE);
    script.steps()
}

/// Kinds in namespaces, none of which any controller makes objects of.
fn kinds(random: &mut Random, pool: &Pool) -> Vec<Kind> {
    let mut natives = natives();
    natives.retain(|kind| matches!(kind.plural.as_str(), "secrets" | "leases" | "configmaps"));
    let first = random.pick(&natives).clone();
    let custom = pool.families.iter().filter_map(|family| family.first());
    let custom: Vec<&Kind> = custom.filter(|kind| kind.namespaced).collect();
    if custom.is_empty() || random.percent(40) {
        vec![first]
    } else {
        vec![first, (*random.pick(&custom)).clone()]
    }
}

fn object(random: &mut Random, kind: &Kind) -> Value {
    let mut body = kind.body(random);
    body["metadata"] = json!({"name": random.text(&NAMES), "labels": {"seq": "@{ns}"}});
    if random.percent(40) {
        body["metadata"]["finalizers"] = json!(random.pick(&[
            vec!["korm.test/hold"],
            vec!["korm.test/more", "korm.test/hold"]
        ]));
    }
    body
}

fn merge(path: &str, resource: &str, body: Value) -> Step {
    Step::new(Method::PATCH, resource, path).typed("application/merge-patch+json", body)
}

/// What is asked of a namespace that is going.
fn in_the_meantime(random: &mut Random, script: &Script, kind: &Kind) -> Step {
    let earlier = script.next() - 1;
    match random.below(8) {
        0 => Step::new(Method::POST, &kind.plural, kind.collection()).json(object(random, kind)),
        1 => {
            let path = format!("{}/z?fieldManager=one", kind.collection());
            let body = json!({"apiVersion": kind.api_version, "kind": kind.kind, "metadata": {"name": "z"}});
            Step::new(Method::PATCH, &kind.plural, path).typed("application/apply-patch+yaml", body)
        }
        2 => Step::new(Method::DELETE, "namespaces", NAMESPACE),
        3 => merge(
            NAMESPACE,
            "namespaces",
            json!({"metadata": {"labels": {"colour": "red"}}}),
        ),
        4 => Step::new(Method::POST, "namespaces", "/api/v1/namespaces")
            .json(json!({"metadata": {"name": "@{ns}"}})),
        5 => reads::get(random, kind),
        6 => reads::list(random, kind, earlier),
        _ => writes::replace(random, kind, earlier),
    }
}
