use super::*;
use serde_json::json;

/// What the reference server answered to a dry-run create, without its own metadata.
#[test]
fn values_not_given_appear_and_empty_ones_disappear() {
    let given = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a",
        "labels": {}, "unknown": 1, "creationTimestamp": null}, "data": null,
        "binaryData": {"x": "AA=\n="}, "immutable": false});
    let expected = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"},
        "binaryData": {"x": "AA=="}, "immutable": false});
    assert_eq!(decode("", "v1", "ConfigMap", &given), Ok(expected));

    let given = json!({"metadata": {"name": "d"}, "spec": {"selector": null, "template": {
        "spec": {"containers": [{"name": "a", "resources": {"limits": {"cpu": 1.5,
            "memory": "1024Ki"}}, "livenessProbe": {"httpGet": {"port": "http"}}}],
            "volumes": [{"name": "v", "emptyDir": {}}]}}}});
    let expected = json!({"metadata": {"name": "d"}, "spec": {"selector": null, "strategy": {},
        "template": {"metadata": {}, "spec": {"containers": [{"name": "a",
            "resources": {"limits": {"cpu": "1500m", "memory": "1Mi"}},
            "livenessProbe": {"httpGet": {"port": "http"}}}],
            "volumes": [{"name": "v", "emptyDir": {}}]}}}, "status": {}});
    assert_eq!(decode("apps", "v1", "Deployment", &given), Ok(expected));
}

#[test]
fn custom_resource_definitions_keep_their_free_forms() {
    let crd = json!({"metadata": {"name": "a"}, "spec": {"group": "g", "scope": "Namespaced",
        "names": {"plural": "as", "kind": "A"}, "versions": [{"name": "v1", "served": true,
            "storage": true, "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                "a": {"default": {"x": null, "n": 1.5}, "additionalProperties": false,
                    "items": {"type": "string", "enum": ["x", 1, null]}, "maximum": 1.0},
                "b": {"additionalProperties": {"type": "string"}, "minimum": 0}}}}}]}});
    let decoded = decode(
        "apiextensions.k8s.io",
        "v1",
        "CustomResourceDefinition",
        &crd,
    )
    .unwrap();
    let schema = &decoded["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"];
    assert_eq!(
        *schema,
        json!({"a": {"default": {"x": null, "n": 1.5}, "additionalProperties": false,
            "items": {"type": "string", "enum": ["x", 1, null]}, "maximum": 1},
            "b": {"additionalProperties": {"type": "string"}, "minimum": 0}})
    );
    assert_eq!(
        decoded["status"],
        json!({"conditions": null, "acceptedNames": {"plural": "", "kind": ""},
            "storedVersions": null})
    );
}

/// Each recorded from the reference server.
#[test]
fn mismatches_are_worded_as_go_does() {
    let container = |container: Value| json!({"spec": {"containers": [container]}});
    for (kind, object, error) in [
        (
            "ConfigMap",
            json!({"data": {"x": 1}}),
            "json: cannot unmarshal number into Go struct field ConfigMap.data of type string",
        ),
        (
            "ConfigMap",
            json!({"metadata": {"labels": []}}),
            "json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type \
             map[string]string",
        ),
        (
            "ConfigMap",
            json!({"metadata": {"creationTimestamp": 1}}),
            "json: cannot unmarshal number into Go struct field \
             ObjectMeta.metadata.creationTimestamp of type string",
        ),
        (
            "ConfigMap",
            json!({"metadata": {"deletionGracePeriodSeconds": 1.5}}),
            "json: cannot unmarshal number 1.5 into Go struct field \
             ObjectMeta.metadata.deletionGracePeriodSeconds of type int64",
        ),
        (
            "ConfigMap",
            json!({"metadata": {"ownerReferences": {}}}),
            "json: cannot unmarshal object into Go struct field \
             ObjectMeta.metadata.ownerReferences of type []v1.OwnerReference",
        ),
        (
            "ConfigMap",
            json!({"metadata": []}),
            "json: cannot unmarshal array into Go struct field ConfigMap.metadata of type \
             v1.ObjectMeta",
        ),
        (
            "ConfigMap",
            json!({"binaryData": {"x": "???"}}),
            "illegal base64 data at input byte 0",
        ),
        (
            "ConfigMap",
            json!({"binaryData": {"x": 1}}),
            "json: cannot unmarshal number into Go struct field ConfigMap.binaryData of type \
             []uint8",
        ),
        (
            "Pod",
            container(json!({"image": 1})),
            "json: cannot unmarshal number into Go struct field Container.spec.containers.image \
             of type string",
        ),
        (
            "Pod",
            container(json!({"resources": {"limits": {"cpu": true}}})),
            "quantities must match the regular expression \
             '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
        ),
        (
            "Pod",
            container(json!({"ports": [{"containerPort": 99999999999u64}]})),
            "json: cannot unmarshal number 99999999999 into Go struct field \
             ContainerPort.spec.containers.ports.containerPort of type int32",
        ),
        (
            "Pod",
            container(json!({"livenessProbe": {"httpGet": {"port": {}}}})),
            "json: cannot unmarshal object into Go struct field \
             HTTPGetAction.spec.containers.livenessProbe.ProbeHandler.httpGet.port of type int32",
        ),
        (
            "Pod",
            container(json!({"livenessProbe": {"httpGet": 1}})),
            "json: cannot unmarshal number into Go struct field \
             Probe.spec.containers.livenessProbe.ProbeHandler.httpGet of type v1.HTTPGetAction",
        ),
        (
            "Pod",
            json!({"spec": {"restartPolicy": 1}}),
            "json: cannot unmarshal number into Go struct field PodSpec.spec.restartPolicy of \
             type v1.RestartPolicy",
        ),
    ] {
        assert_eq!(
            decode("", "v1", kind, &object),
            Err(error.to_owned()),
            "{object}"
        );
    }
}
