use super::*;
use serde_json::json;

fn completed(group: &str, version: &str, kind: &str, object: Value) -> Value {
    crate::native::complete(group, version, kind, &object)
}

/// As the reference server answers.
#[test]
fn a_deployment_and_its_pods() {
    let container = json!({"name": "c", "image": "i", "ports": [{"containerPort": 80}],
        "livenessProbe": {"httpGet": {"port": 80}}, "resources": {"limits": {"cpu": "100u"}}});
    let object = json!({"metadata": {"name": "a"}, "spec": {"selector": {"matchLabels": {"a": "b"}},
        "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [container],
            "volumes": [{"name": "v"}, {"name": "s", "secret": {"secretName": "x"}}]}}}});
    assert_eq!(
        completed("apps", "v1", "Deployment", object),
        json!({"metadata": {"name": "a"}, "spec": {
            "progressDeadlineSeconds": 600, "replicas": 1, "revisionHistoryLimit": 10,
            "selector": {"matchLabels": {"a": "b"}},
            "strategy": {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"},
                "type": "RollingUpdate"},
            "template": {"metadata": {"labels": {"a": "b"}}, "spec": {
                "containers": [{"name": "c", "image": "i", "imagePullPolicy": "Always",
                    "livenessProbe": {"failureThreshold": 3,
                        "httpGet": {"path": "/", "port": 80, "scheme": "HTTP"},
                        "periodSeconds": 10, "successThreshold": 1, "timeoutSeconds": 1},
                    "ports": [{"containerPort": 80, "protocol": "TCP"}],
                    "resources": {"limits": {"cpu": "1m"}},
                    "terminationMessagePath": "/dev/termination-log",
                    "terminationMessagePolicy": "File"}],
                "dnsPolicy": "ClusterFirst", "restartPolicy": "Always",
                "schedulerName": "default-scheduler", "securityContext": {},
                "terminationGracePeriodSeconds": 30,
                "volumes": [{"name": "v", "emptyDir": {}},
                    {"name": "s", "secret": {"secretName": "x", "defaultMode": 420}}]}}},
            "status": {}})
    );
}

#[test]
fn what_depends_on_other_fields() {
    let service = completed(
        "",
        "v1",
        "Service",
        json!({"spec": {"ports": [{"port": 80}]}}),
    );
    assert_eq!(
        service["spec"],
        json!({"internalTrafficPolicy": "Cluster", "sessionAffinity": "None", "type": "ClusterIP",
            "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}]})
    );
    let pod = json!({"spec": {"hostNetwork": true, "containers": [{"name": "a",
        "ports": [{"containerPort": 80}], "resources": {"limits": {"cpu": "1"}}}]}});
    let pod = completed("", "v1", "Pod", pod);
    assert_eq!(pod["spec"]["enableServiceLinks"], true);
    let container = &pod["spec"]["containers"][0];
    assert_eq!(container["resources"]["requests"], json!({"cpu": "1"}));
    assert_eq!(container["ports"][0]["hostPort"], 80);
    let job = completed("batch", "v1", "Job", json!({"spec": {"parallelism": 2}}));
    assert_eq!(job["spec"]["completions"], Value::Null);
    assert_eq!(job["spec"]["backoffLimit"], 6);
    let binding = json!({"roleRef": {"kind": "Role", "name": "a"},
        "subjects": [{"kind": "User", "name": "x"}, {"kind": "ServiceAccount", "name": "y"}]});
    let binding = completed("rbac.authorization.k8s.io", "v1", "RoleBinding", binding);
    assert_eq!(binding["roleRef"]["apiGroup"], "rbac.authorization.k8s.io");
    assert_eq!(
        binding["subjects"][0]["apiGroup"],
        "rbac.authorization.k8s.io"
    );
    assert_eq!(binding["subjects"][1].get("apiGroup"), None);
    let item = json!({"spec": {"limits": [{"type": "Container", "max": {"cpu": "2"}, "min": {"memory": "1"}}]}});
    let item = completed("", "v1", "LimitRange", item);
    assert_eq!(
        item["spec"]["limits"][0]["defaultRequest"],
        json!({"cpu": "2", "memory": "1"})
    );
}

#[test]
fn completing_twice_is_completing_once() {
    for gv in facts::group_versions() {
        for resource in gv.resources.iter().filter(|r| r.verbs.contains(&"create")) {
            let once = completed(gv.group, gv.version, resource.kind, json!({}));
            let twice = completed(gv.group, gv.version, resource.kind, once.clone());
            assert_eq!(once, twice, "{}", resource.kind);
        }
    }
}
