//! What becomes of a body or a patched object that is not what its path says.

use http::StatusCode;
use korm_tests::{Answer, Case, Context, Outcome};
use serde_json::{Value, json};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    another_kind_is_not_pruned,
    another_native_kind_is_decoded_before_it_is_refused,
    another_version_is_warned_of_and_refused,
    a_patch_may_not_take_the_kind_away,
    a_patched_float_is_no_count_of_replicas,
    a_strategic_patch_is_converted,
    each_fault_of_a_native_object_is_told_once,
    a_uid_is_a_precondition_of_a_scale,
    the_first_apply_to_a_scale_of_a_custom_kind_fails,
    ports_that_are_told_twice_are_warned_of,
    a_time_of_a_wrong_type_is_told_with_its_place,
    what_is_strictly_wrong_with_a_scale_of_a_custom_kind_is_not_told,
    writing_the_status_makes_a_service,
];

type Error = Box<dyn std::error::Error + Send + Sync>;

async fn install(context: &Context) -> Result<String, Error> {
    let version = json!({
        "name": "v1", "served": true, "storage": true,
        "subresources": {"scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}},
        "schema": {"openAPIV3Schema": {"type": "object", "properties": {
            "spec": {"type": "object", "properties": {"replicas": {"type": "integer"}}},
            "status": {"type": "object", "properties": {"replicas": {"type": "integer"}}},
        }}},
    });
    context.install("plums", "Plum", version).await
}

fn plum(context: &Context, spec: Value) -> Value {
    json!({
        "apiVersion": format!("{}.korm.test/v1", context.namespace()), "kind": "Plum",
        "metadata": {"name": "p"}, "spec": spec,
    })
}

fn warnings(answer: &Answer) -> Vec<String> {
    answer
        .headers
        .get_all("warning")
        .iter()
        .map(|one| one.to_str().unwrap().to_owned())
        .collect()
}

async fn another_kind_is_not_pruned(context: Context) -> Outcome {
    let path = install(&context).await?;
    let mut sent = plum(&context, json!({"unknown": 1}));
    sent["kind"] = json!("Pod");
    let refused = context.post(&path, sent).await?;
    let refused = refused.expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    assert_eq!(refused.text("/details/causes/0/field"), "kind");
    assert!(warnings(&refused).is_empty());
    Ok(())
}

async fn another_native_kind_is_decoded_before_it_is_refused(context: Context) -> Outcome {
    let path = format!("/api/v1/namespaces/{}/configmaps", context.namespace());
    let cases = [
        (
            json!({"kind": "Pod", "metadata": {"labels": "text"}}),
            "Pod in version \"v1\" cannot be handled as a ConfigMap: json: cannot unmarshal string into Go struct \
             field ObjectMeta.metadata.labels of type map[string]string",
        ),
        (
            json!({"kind": "Pod", "metadata": {}}),
            "Pod in version \"v1\" cannot be handled as a ConfigMap: converting (v1.Pod) to (core.ConfigMap): \
             unknown conversion",
        ),
    ];
    for (sent, message) in cases {
        let refused = context.post(&path, sent).await?;
        let refused = refused.expect(StatusCode::BAD_REQUEST)?;
        assert_eq!(refused.text("/message"), message);
    }
    Ok(())
}

async fn another_version_is_warned_of_and_refused(context: Context) -> Outcome {
    let path = install(&context).await?;
    let mut sent = plum(&context, json!({"replicas": 1}));
    sent["apiVersion"] = json!(format!("{}.korm.test/v9", context.namespace()));
    let refused = context.post(&path, sent).await?;
    let refused = refused.expect(StatusCode::BAD_REQUEST)?;
    assert!(
        refused
            .text("/message")
            .starts_with("the API version in the data")
    );
    assert_eq!(warnings(&refused), [r#"299 - "unknown field \"spec\"""#]);
    Ok(())
}

async fn a_patch_may_not_take_the_kind_away(context: Context) -> Outcome {
    let path = install(&context).await?;
    let made = context.post(&path, plum(&context, json!({}))).await?;
    made.expect(StatusCode::CREATED)?;
    let emptied = json!([{"op": "replace", "path": "", "value": {}}]);
    let refused = context
        .patch("json", &format!("{path}/p"), emptied)
        .await?
        .expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    assert_eq!(
        refused.text("/message"),
        r#" "" is invalid: patch: Invalid value: "{}": Object 'Kind' is missing in '{}'"#
    );
    Ok(())
}

async fn a_patched_float_is_no_count_of_replicas(context: Context) -> Outcome {
    let path = install(&context).await?;
    // A body is read as a whole, and there 2.0 is 2.
    let made = context
        .post(&path, plum(&context, json!({"replicas": 1})))
        .await?;
    made.expect(StatusCode::CREATED)?;
    let refused = context
        .patch(
            "merge",
            &format!("{path}/p"),
            json!({"spec": {"replicas": 2.0}}),
        )
        .await?
        .expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    assert_eq!(
        refused.text("/details/causes/0/message"),
        "Invalid value: 0: .spec.replicas accessor error: 2 is of the type float64, expected int64"
    );
    Ok(())
}

async fn a_strategic_patch_is_converted(context: Context) -> Outcome {
    let path = format!("/api/v1/namespaces/{}/configmaps", context.namespace());
    let made = context
        .post(&path, json!({"metadata": {"name": "a"}}))
        .await?;
    made.expect(StatusCode::CREATED)?;
    for (patch, fault) in [
        (
            json!({"data": {"k": 5}}),
            r#""map[data:map[k:5]]": cannot convert int64 to string"#,
        ),
        (
            json!({"data": {"k": true, "gone": null}}),
            r#""map[data:map[k:true]]": unrecognized type: string"#,
        ),
        (
            json!({"data": "x"}),
            r#""map[data:x]": cannot restore map from string"#,
        ),
    ] {
        let refused = context
            .patch("strategic-merge", &format!("{path}/a"), patch)
            .await?
            .expect(StatusCode::UNPROCESSABLE_ENTITY)?;
        assert_eq!(
            refused.text("/details/causes/0/message"),
            format!("Invalid value: {fault}")
        );
    }
    Ok(())
}

async fn each_fault_of_a_native_object_is_told_once(context: Context) -> Outcome {
    let path = format!("/api/v1/namespaces/{}/configmaps", context.namespace());
    let made = context
        .post(&path, json!({"metadata": {"name": "a"}}))
        .await?;
    made.expect(StatusCode::CREATED)?;
    let sent = json!({"metadata": {"name": "a", "ownerReferences": [{}]}});
    let refused = context
        .put(&format!("{path}/a"), sent)
        .await?
        .expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    let causes = refused.at("/details/causes").as_array().unwrap();
    let fields: Vec<_> = causes
        .iter()
        .map(|cause| cause["field"].as_str().unwrap())
        .collect();
    assert_eq!(
        fields,
        ["apiVersion", "kind", "name", "uid"]
            .map(|field| format!("metadata.ownerReferences[0].{field}"))
    );
    Ok(())
}

async fn a_uid_is_a_precondition_of_a_scale(context: Context) -> Outcome {
    let path = install(&context).await?;
    let made = context
        .post(&path, plum(&context, json!({"replicas": 1})))
        .await?;
    made.expect(StatusCode::CREATED)?;
    let sent = json!({"metadata": {"name": "p", "uid": "other"}, "spec": {"replicas": 2}});
    let refused = context
        .put(&format!("{path}/p/scale"), sent)
        .await?
        .expect(StatusCode::CONFLICT)?;
    assert_eq!(refused.text("/details/kind"), "plums");
    assert!(
        refused
            .text("/message")
            .contains("StorageError: invalid object")
    );
    // A patch does not say what it must be.
    let patch = json!({"metadata": {"uid": "other"}, "spec": {"replicas": 3}});
    let scaled = context
        .patch("merge", &format!("{path}/p/scale"), patch)
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(scaled.at("/spec/replicas"), &json!(3));
    Ok(())
}

async fn writing_the_status_makes_a_service(context: Context) -> Outcome {
    let path = format!(
        "/api/v1/namespaces/{}/services/s/status",
        context.namespace()
    );
    let sent = json!({"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}]}});
    let made = context
        .put(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    // Addresses are given out elsewhere.
    assert!(made.at("/spec/clusterIP").is_null());
    Ok(())
}

async fn the_first_apply_to_a_scale_of_a_custom_kind_fails(context: Context) -> Outcome {
    let path = install(&context).await?;
    let sent = plum(&context, json!({}));
    context
        .post(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    let scale = json!({"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "p"},
        "spec": {"replicas": 2}});
    let apply = async || {
        let path = format!("{path}/p/scale?fieldManager=one");
        context.patch("apply", &path, scale.clone()).await
    };
    // The converter of the custom kind is asked to convert a Scale.
    let refused = apply().await?.expect(StatusCode::INTERNAL_SERVER_ERROR)?;
    assert_eq!(
        refused.text("/message"),
        "failed to create manager for existing fields: failed to convert live object (/; autoscaling/v1, Kind=Scale) \
         to proper version: request to convert CR to an invalid group/version: autoscaling/v1"
    );
    // Once somebody owns the replicas it is not.
    let patch = json!({"spec": {"replicas": 2}});
    context
        .patch("merge", &format!("{path}/p"), patch)
        .await?
        .expect(StatusCode::OK)?;
    apply().await?.expect(StatusCode::OK)?;
    Ok(())
}

async fn ports_that_are_told_twice_are_warned_of(context: Context) -> Outcome {
    let path = format!(
        "/apis/apps/v1/namespaces/{}/deployments",
        context.namespace()
    );
    let container =
        |name: &str| json!({"name": name, "image": "i", "ports": [{"containerPort": 80}]});
    let sent = json!({"metadata": {"name": "d"}, "spec": {
        "replicas": 0, "selector": {"matchLabels": {"app": "x"}},
        "template": {"metadata": {"labels": {"app": "x"}},
            "spec": {"containers": [container("c"), container("d")]}},
    }});
    let made = context
        .post(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    assert_eq!(
        warnings(&made),
        [
            "299 - \"spec.template.spec.containers[1].ports[0]: duplicate port definition with spec.template.spec.containers[0].ports[0]\""
        ]
    );
    // A change of something else does not bring it up again.
    let labelled = context
        .patch(
            "merge",
            &format!("{path}/d"),
            json!({"metadata": {"labels": {"a": "b"}}}),
        )
        .await?
        .expect(StatusCode::OK)?;
    assert!(warnings(&labelled).is_empty());
    Ok(())
}

async fn a_time_of_a_wrong_type_is_told_with_its_place(context: Context) -> Outcome {
    let path = format!(
        "/apis/coordination.k8s.io/v1/namespaces/{}/leases",
        context.namespace()
    );
    let sent = json!({"metadata": {"name": "a"}, "spec": {"acquireTime": 1}});
    let refused = context.post(&path, sent).await?;
    assert_eq!(
        refused.expect(StatusCode::BAD_REQUEST)?.text("/message"),
        "Lease in version \"v1\" cannot be handled as a Lease: json: cannot unmarshal number into Go struct field \
         LeaseSpec.spec.acquireTime of type string"
    );
    Ok(())
}

async fn what_is_strictly_wrong_with_a_scale_of_a_custom_kind_is_not_told(
    context: Context,
) -> Outcome {
    let path = install(&context).await?;
    let sent = plum(&context, json!({"replicas": 1}));
    context
        .post(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    let scale = json!({"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "p"},
        "spec": {"replicas": 2, "unknown": 1}});
    let refused = context
        .put(&format!("{path}/p/scale?fieldValidation=Strict"), scale)
        .await?;
    // The message would name the kind of the Scale, which is not found where custom kinds are.
    assert_eq!(
        refused.expect(StatusCode::BAD_REQUEST)?.text("/message"),
        "no kind is registered for the type v1.Scale in scheme \"pkg/runtime/scheme.go:111\""
    );
    Ok(())
}
