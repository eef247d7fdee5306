//! Places outside the sequence's objects: its namespace, and paths that lead nowhere or do not take what is sent to them.

use http::Method;
use serde_json::{Value, json};

use crate::random::Random;
use crate::step::{Step, Then};

/// The sequence's own namespace as an object.
pub(crate) fn namespace(random: &mut Random, earlier: usize) -> Step {
    let own = "/api/v1/namespaces/@{ns}";
    let step = |method, path: &str| Step::new(method, "namespaces", path);
    match random.below(12) {
        0 => step(Method::GET, own),
        1 => {
            let body = json!({"metadata": {"labels": {"seq": "@{ns}"}}});
            step(Method::PATCH, own).typed("application/merge-patch+json", body)
        }
        2 => step(
            Method::GET,
            "/api/v1/namespaces?labelSelector=kubernetes.io/metadata.name=@{ns}",
        ),
        3 => step(Method::DELETE, &format!("{own}?dryRun=All")),
        4 => step(Method::POST, "/api/v1/namespaces").json(json!({"metadata": {"name": "A.b"}})),
        5 => {
            let mut watch = step(
                Method::GET,
                &format!(
                    "/api/v1/namespaces?watch=1&resourceVersion=@{{rv:{earlier}}}&fieldSelector=metadata.name=@{{ns}}"
                ),
            );
            watch.then = Then::Watch;
            watch
        }
        6 => {
            let mut table = step(
                Method::GET,
                &format!("/api/v1/namespaces?fieldSelector={}", phase(random)),
            );
            table.accept = Some("application/json;as=Table;v=v1;g=meta.k8s.io".to_owned());
            table
        }
        7 | 8 => changed(random, own),
        9 => {
            let query = random.text(&["", "?force=true", "?dryRun=All"]);
            let manager = random.text(&["one", "two"]);
            let glue = if query.is_empty() { "?" } else { "&" };
            let path = format!("{own}{query}{glue}fieldManager={manager}");
            let colour = *random.pick(&["red", "blue"]);
            let body = json!({
                "apiVersion": "v1", "kind": "Namespace",
                "metadata": {"name": "@{ns}", "labels": {"seq": "@{ns}", "colour": colour}},
            });
            step(Method::PATCH, &path).typed("application/apply-patch+yaml", body)
        }
        10 => step(Method::PUT, own).json(whole(random)),
        _ => step(Method::POST, "/api/v1/namespaces").json(json!({"metadata": {"name": "@{ns}"}})),
    }
}

fn phase(random: &mut Random) -> &'static str {
    random.text(&[
        "metadata.name=@{ns},status.phase=Active",
        "metadata.name=@{ns},status.phase!=Active",
        "metadata.name=@{ns},status.phase=",
        "metadata.name=@{ns},spec.none=1",
    ])
}

/// A namespace as a client would put it back: what holds it, and its phase, are not to be had that way.
fn whole(random: &mut Random) -> Value {
    let mut body = json!({"metadata": {"name": "@{ns}", "labels": {"seq": "@{ns}"}}});
    match random.below(5) {
        0 => body["spec"]["finalizers"] = json!([]),
        1 => body["spec"]["finalizers"] = json!(["kubernetes", "korm.test/more"]),
        2 => body["status"]["phase"] = json!("Terminating"),
        3 => body["metadata"]["labels"]["kubernetes.io/metadata.name"] = json!("other"),
        _ => {}
    }
    body
}

/// Small changes in every type of patch, to the object and to its status.
fn changed(random: &mut Random, own: &str) -> Step {
    let bodies = [
        json!({"metadata": {"labels": null}}),
        json!({"metadata": {"labels": {"kubernetes.io/metadata.name": null}}}),
        json!({"metadata": {"annotations": {"note": "n"}}}),
        json!({"spec": {"finalizers": ["korm.test/more"]}}),
        json!({"status": {"phase": "Terminating"}}),
        json!({"status": {"conditions": [{"type": "Odd", "status": "True"}]}}),
    ];
    let body = random.pick(&bodies).clone();
    let content_type = random.text(&[
        "application/merge-patch+json",
        "application/strategic-merge-patch+json",
    ]);
    let status = random.percent(35);
    let (resource, path) = if status {
        ("namespaces/status", format!("{own}/status"))
    } else {
        ("namespaces", own.to_owned())
    };
    Step::new(Method::PATCH, resource, path).typed(content_type, body)
}

/// A path that leads nowhere, or that does not take what is sent there.
pub(crate) fn nowhere(random: &mut Random) -> Step {
    let paths = [
        "/apis/no.korm.test/v1/things",
        "/api/v1/things",
        "/api/v2/pods",
        "/apis/apps/v1/namespaces/@{ns}/things/a",
        "/api/v1/namespaces/@{ns}/configmaps/a/status",
        "/api/v1/namespaces/@{ns}/configmaps/a/b/c",
        "/nowhere",
        "/api/v1/namespaces/@{ns}/configmaps/",
        "/api/v1/namespaces/@{ns}/deployments",
        "/apis/apps/v1/deployments/a",
        "/apis/apps/v1/namespaces/@{ns}/deployments/a/scale/b",
    ];
    let methods = [Method::GET, Method::POST, Method::DELETE];
    if random.percent(60) {
        return Step::new(random.pick(&methods).clone(), "none", *random.pick(&paths));
    }
    let (method, path) = random
        .pick(&[
            (Method::POST, "/api/v1/namespaces/@{ns}/configmaps/a"),
            (Method::PUT, "/api/v1/namespaces/@{ns}/configmaps"),
            (Method::PATCH, "/api/v1/namespaces/@{ns}/configmaps"),
            (Method::POST, "/api/v1/configmaps"),
            (Method::DELETE, "/api/v1/configmaps"),
            (Method::DELETE, "/api/v1/namespaces"),
            (
                Method::POST,
                "/apis/apps/v1/namespaces/@{ns}/deployments/a/scale",
            ),
            (
                Method::DELETE,
                "/apis/apps/v1/namespaces/@{ns}/deployments/a/status",
            ),
            (Method::OPTIONS, "/api/v1/namespaces/@{ns}/configmaps"),
            (Method::HEAD, "/api/v1/namespaces/@{ns}/configmaps"),
            (Method::POST, "/version"),
            (Method::PUT, "/api/v1"),
        ])
        .clone();
    let mut step = Step::new(method.clone(), "none", path);
    if method == Method::PATCH {
        step = step.typed("application/merge-patch+json", json!({}));
    } else if method == Method::POST || method == Method::PUT {
        step = step.json(json!({"metadata": {"name": "a"}}));
    }
    step
}
