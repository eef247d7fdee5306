//! The kinds that take part.

use serde_json::{Value, json};

use crate::plan::schema::Schema;
use crate::random::Random;

/// One served kind.
#[derive(Clone, Debug)]
pub(crate) struct Kind {
    pub(crate) api_version: String,
    pub(crate) kind: String,
    pub(crate) plural: String,
    pub(crate) namespaced: bool,
    pub(crate) served: bool,
    pub(crate) status: bool,
    pub(crate) scale: bool,
    pub(crate) content: Content,
    /// Field selectors that the kind knows beyond its name and namespace.
    pub(crate) selectable: Vec<String>,
}

/// What an object of the kind is made of, beyond its metadata.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// A native kind; the function makes a body without metadata.
    Native(fn(&mut Random) -> Value),
    /// A kind of the run's own.
    Custom(Schema),
}

impl Kind {
    /// The path of all objects of the kind in the sequence's scope.
    pub(crate) fn collection(&self) -> String {
        if self.namespaced {
            format!("{}/namespaces/@{{ns}}/{}", self.root(), self.plural)
        } else {
            self.everywhere()
        }
    }

    /// The path of all objects of the kind, whatever namespace they are in.
    pub(crate) fn everywhere(&self) -> String {
        format!("{}/{}", self.root(), self.plural)
    }

    /// A body without metadata that is most likely to be taken.
    pub(crate) fn plain_body(&self, random: &mut Random) -> Value {
        let Content::Custom(schema) = &self.content else {
            return self.body(random);
        };
        let mut body = schema.plain(random);
        body["apiVersion"] = json!(self.api_version);
        body["kind"] = json!(self.kind);
        body
    }

    /// How the paths of all versions of the kind begin.
    pub(crate) fn group_path(&self) -> String {
        match self.api_version.split_once('/') {
            Some((group, _)) => format!("/apis/{group}/"),
            None => format!("/api/{}/", self.api_version),
        }
    }

    fn root(&self) -> String {
        if self.api_version.contains('/') {
            format!("/apis/{}", self.api_version)
        } else {
            format!("/api/{}", self.api_version)
        }
    }

    /// The name of an object outside a namespace carries the sequence's own, so that sequences do not meet.
    pub(crate) fn name(&self, short: &str) -> String {
        if self.namespaced {
            short.to_owned()
        } else {
            format!("@{{ns}}-{short}")
        }
    }

    /// A body without metadata.
    pub(crate) fn body(&self, random: &mut Random) -> Value {
        let mut body = match &self.content {
            Content::Native(make) => make(random),
            Content::Custom(schema) => schema.object(random),
        };
        body["apiVersion"] = json!(self.api_version);
        body["kind"] = json!(self.kind);
        body
    }
}

fn native(api_version: &str, kind: &str, plural: &str, make: fn(&mut Random) -> Value) -> Kind {
    Kind {
        api_version: api_version.to_owned(),
        kind: kind.to_owned(),
        plural: plural.to_owned(),
        namespaced: true,
        served: true,
        status: false,
        scale: false,
        content: Content::Native(make),
        selectable: Vec::new(),
    }
}

/// The native kinds, each as often in the list as it should come up.
pub(crate) fn natives() -> Vec<Kind> {
    let mut kinds = vec![
        native("v1", "ConfigMap", "configmaps", config_map),
        native("v1", "ConfigMap", "configmaps", config_map),
        native("v1", "ConfigMap", "configmaps", config_map),
        native("v1", "Secret", "secrets", secret),
        native("v1", "ServiceAccount", "serviceaccounts", service_account),
        native("v1", "Service", "services", service),
        native("coordination.k8s.io/v1", "Lease", "leases", lease),
        native("apps/v1", "Deployment", "deployments", deployment),
        native(
            "rbac.authorization.k8s.io/v1",
            "ClusterRole",
            "clusterroles",
            role,
        ),
        native("v1", "Node", "nodes", node),
    ];
    for kind in &mut kinds {
        match kind.plural.as_str() {
            "secrets" => kind.selectable.push("type".to_owned()),
            "nodes" => {
                kind.namespaced = false;
                kind.status = true;
                kind.selectable.push("spec.unschedulable".to_owned());
            }
            "clusterroles" => kind.namespaced = false,
            "services" => kind.status = true,
            "deployments" => {
                kind.status = true;
                kind.scale = true;
            }
            _ => {}
        }
    }
    kinds
}

fn text(random: &mut Random) -> Value {
    json!(*random.pick(&[
        "",
        "a",
        "b",
        "some text",
        "ä€",
        "1",
        "true",
        "line\nline",
        "<&>"
    ]))
}

fn config_map(random: &mut Random) -> Value {
    let mut body = json!({});
    if random.percent(85) {
        for key in ["k", "m", "file.txt", "bad key"] {
            let chance = if key == "bad key" { 2 } else { 45 };
            if random.percent(chance) {
                body["data"][key] = text(random);
            }
        }
    }
    if random.percent(10) {
        body["binaryData"]["bin"] = json!(*random.pick(&["AAEC", "", "not base64!", "AA=="]));
    }
    if random.percent(4) {
        body["immutable"] = json!(random.percent(60));
    }
    if random.percent(3) {
        body["data"] = json!(*random.pick(&["text", ""]));
    } else if random.percent(3) {
        body["data"]["number"] = json!(5);
    }
    if random.percent(5) {
        body[*random.pick(&["dada", "spec", "Data"])] = json!({"k": "v"});
    }
    body
}

fn secret(random: &mut Random) -> Value {
    let mut body = json!({});
    if random.percent(70) {
        body["data"]["k"] = json!(*random.pick(&["dg==", "", "AAEC", "not base64!"]));
    }
    if random.percent(40) {
        body["stringData"]["s"] = text(random);
    }
    if random.percent(40) {
        body["type"] = json!(*random.pick(&["Opaque", "korm.test/own", ""]));
    }
    if random.percent(5) {
        body["immutable"] = json!(true);
    }
    body
}

fn service_account(random: &mut Random) -> Value {
    let mut body = json!({});
    if random.percent(50) {
        body["automountServiceAccountToken"] = json!(random.percent(50));
    }
    if random.percent(40) {
        body["imagePullSecrets"] = json!([{"name": "one"}, {"name": "two"}]);
    }
    if random.percent(40) {
        body["secrets"] = json!([{"name": "s", "namespace": "x"}]);
    }
    body
}

fn service(random: &mut Random) -> Value {
    let mut body = json!({"spec": {"type": "ExternalName", "externalName": "a.example"}});
    if random.percent(70) {
        let mut ports =
            vec![json!({"name": "one", "port": 80, "protocol": "TCP", "targetPort": 8080})];
        if random.percent(50) {
            ports.push(json!({"name": "two", "port": 81, "protocol": "UDP", "targetPort": "web"}));
        }
        body["spec"]["ports"] = json!(ports);
    }
    if random.percent(40) {
        body["spec"]["selector"] = json!({"app": "x"});
    }
    body
}

fn lease(random: &mut Random) -> Value {
    let mut body = json!({"spec": {}});
    if random.percent(70) {
        body["spec"]["holderIdentity"] = json!("me");
        body["spec"]["leaseDurationSeconds"] = json!(1 + random.below(50));
    }
    if random.percent(40) {
        body["spec"]["renewTime"] = json!("2020-01-02T03:04:05.678901Z");
        body["spec"]["acquireTime"] = json!("2020-01-02T03:04:05Z");
    }
    body
}

fn deployment(random: &mut Random) -> Value {
    let mut first = json!({"name": "c", "image": "i:1"});
    if random.percent(50) {
        first["env"] = json!([{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]);
    }
    let mut containers = vec![first];
    if random.percent(40) {
        containers.push(json!({"name": "d", "image": "j"}));
    }
    json!({"spec": {
        "replicas": random.below(4),
        "selector": {"matchLabels": {"app": "x"}},
        "template": {"metadata": {"labels": {"app": "x"}}, "spec": {"containers": containers}},
    }})
}

fn role(random: &mut Random) -> Value {
    let mut rules =
        vec![json!({"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]})];
    if random.percent(50) {
        rules.push(json!({"nonResourceURLs": ["/healthz"], "verbs": ["get"]}));
    }
    json!({"rules": rules})
}

fn node(random: &mut Random) -> Value {
    let mut body = json!({"spec": {}});
    if random.percent(50) {
        body["spec"]["unschedulable"] = json!(random.percent(50));
    }
    if random.percent(40) {
        body["spec"]["taints"] = json!([{"key": "t", "value": "v", "effect": "NoSchedule"}]);
    }
    body
}
