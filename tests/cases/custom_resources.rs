//! Kinds of the user's own: schemas, defaults, pruning, status, scale, columns.

use http::StatusCode;
use korm_tests::{Case, Context, Outcome};
use serde_json::{Value, json};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    objects_of_a_new_kind_can_be_made,
    the_schema_fills_in_prunes_and_refuses,
    the_generation_counts_changes_of_the_spec,
    the_status_is_written_on_its_own,
    a_status_that_says_to_be_of_another_kind_is_nobodys,
    a_default_is_the_number_that_is_stored,
    the_scale_reads_and_writes_replicas,
    defaults_that_a_scale_lets_in_are_stored_by_the_next_write,
    a_scale_leaves_what_was_written_in_a_version_that_is_gone,
    columns_make_the_table,
    fields_of_the_kind_can_be_selected,
    a_definition_with_a_wrong_name_is_invalid,
    a_definition_without_versions_or_with_half_a_webhook_is_invalid,
    a_strategic_patch_is_refused,
];

fn version(schema: Value) -> Value {
    json!({
        "name": "v1", "served": true, "storage": true,
        "schema": {"openAPIV3Schema": {"type": "object", "properties": schema}},
    })
}

fn fruit() -> Value {
    version(json!({
        "spec": {
            "type": "object",
            "required": ["variety"],
            "properties": {
                "variety": {"type": "string", "maxLength": 10},
                "price": {"type": "integer", "minimum": 1, "default": 1},
                "sort": {"type": "string", "enum": ["yellow", "white"]},
                "replicas": {"type": "integer"},
            },
        },
        "status": {"type": "object", "properties": {"ripe": {"type": "boolean"}, "replicas": {"type": "integer"}}},
    }))
}

async fn objects_of_a_new_kind_can_be_made(context: Context) -> Outcome {
    let path = context.install("peaches", "Peach", fruit()).await?;
    let api_version = format!("{}.korm.test/v1", context.namespace());
    let sent = json!({
        "apiVersion": api_version, "kind": "Peach", "metadata": {"name": "p"}, "spec": {"variety": "Frost"},
    });
    let made = context
        .post(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    assert_eq!(made.at("/metadata/generation"), &json!(1));
    let list = context.get(&path).await?.expect(StatusCode::OK)?;
    assert_eq!(list.text("/kind"), "PeachList");
    assert_eq!(list.at("/items/0"), &made.body);
    Ok(())
}

fn peach(context: &Context, spec: Value) -> Value {
    json!({
        "apiVersion": format!("{}.korm.test/v1", context.namespace()), "kind": "Peach",
        "metadata": {"name": "p"}, "spec": spec,
    })
}

async fn the_schema_fills_in_prunes_and_refuses(context: Context) -> Outcome {
    let path = context.install("peaches", "Peach", fruit()).await?;
    let sent = peach(
        &context,
        json!({"variety": "much too long a name", "price": 0, "sort": "green"}),
    );
    let refused = context
        .post(&path, sent)
        .await?
        .expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    let mut causes: Vec<String> = refused
        .at("/details/causes")
        .as_array()
        .unwrap()
        .iter()
        .map(|cause| {
            format!(
                "{}: {}",
                cause["field"].as_str().unwrap(),
                cause["message"].as_str().unwrap()
            )
        })
        .collect();
    causes.sort();
    assert_eq!(
        causes,
        [
            "spec.price: Invalid value: 0: spec.price in body should be greater than or equal to 1",
            "spec.sort: Unsupported value: \"green\": supported values: \"yellow\", \"white\"",
            "spec.variety: Too long: may not be more than 10 bytes",
        ]
    );
    let sent = peach(&context, json!({"variety": "Frost", "unknown": {"a": 1}}));
    let made = context
        .post(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    assert_eq!(made.at("/spec"), &json!({"variety": "Frost", "price": 1}));
    assert_eq!(
        made.headers.get("warning").unwrap(),
        "299 - \"unknown field \\\"spec.unknown\\\"\""
    );
    let patch = json!({"spec": {"variety": null}});
    let refused = context.patch("merge", &format!("{path}/p"), patch).await?;
    let refused = refused.expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    assert_eq!(refused.text("/details/causes/0/message"), "Required value");
    Ok(())
}

async fn the_generation_counts_changes_of_the_spec(context: Context) -> Outcome {
    let path = context.install("peaches", "Peach", fruit()).await?;
    context
        .post(&path, peach(&context, json!({"variety": "Frost"})))
        .await?
        .expect(StatusCode::CREATED)?;
    let one = format!("{path}/p");
    let labelled = context
        .patch("merge", &one, json!({"metadata": {"labels": {"a": "b"}}}))
        .await?;
    assert_eq!(
        labelled.expect(StatusCode::OK)?.at("/metadata/generation"),
        &json!(1)
    );
    let changed = context
        .patch("merge", &one, json!({"spec": {"price": 2}}))
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(changed.at("/metadata/generation"), &json!(2));
    Ok(())
}

async fn the_status_is_written_on_its_own(context: Context) -> Outcome {
    let mut version = fruit();
    version["subresources"] = json!({"status": {}});
    let path = context.install("peaches", "Peach", version).await?;
    let mut sent = peach(&context, json!({"variety": "Frost"}));
    sent["status"] = json!({"ripe": true});
    let made = context
        .post(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    assert!(made.at("/status").is_null(), "{}", made.body);
    let patch = json!({"spec": {"price": 9}, "status": {"ripe": true}});
    let now = context
        .patch("merge", &format!("{path}/p/status"), patch.clone())
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(now.at("/status"), &json!({"ripe": true}));
    assert_eq!(now.at("/spec/price"), &json!(1));
    assert_eq!(now.at("/metadata/generation"), &json!(1));
    let patch = json!({"spec": {"price": 9}, "status": {"ripe": false}});
    let now = context
        .patch("merge", &format!("{path}/p"), patch)
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(now.at("/status"), &json!({"ripe": true}));
    assert_eq!(now.at("/spec/price"), &json!(9));
    assert_eq!(now.at("/metadata/generation"), &json!(2));
    Ok(())
}

/// All but the status is put back, kind and version, too; whose it is was looked for under what it said.
async fn a_status_that_says_to_be_of_another_kind_is_nobodys(context: Context) -> Outcome {
    let mut version = fruit();
    version["subresources"] = json!({"status": {}});
    let path = context.install("peaches", "Peach", version).await?;
    let sent = peach(&context, json!({"variety": "Frost"}));
    let made = context.post(&path, sent).await?;
    let made = made.expect(StatusCode::CREATED)?;
    let path = format!("{path}/p/status");
    for (ripe, claim, known) in [
        (true, json!({"kind": "Other"}), false),
        (false, json!({}), true),
    ] {
        let mut patch = claim;
        patch["status"] = json!({"ripe": ripe});
        let now = context.patch("merge", &path, patch).await?;
        let now = now.expect(StatusCode::OK)?;
        assert_eq!(now.text("/kind"), "Peach");
        assert_eq!(now.at("/status"), &json!({"ripe": ripe}));
        let (before, after) = (
            made.at("/metadata/managedFields"),
            now.at("/metadata/managedFields"),
        );
        assert_eq!(before != after, known, "{after}");
    }
    Ok(())
}

/// Written as 4.0, a default is 4 once the definition is stored, and so is no change to what has it; the definition itself
/// is changed by what is written otherwise.
async fn a_default_is_the_number_that_is_stored(context: Context) -> Outcome {
    let mut version = fruit();
    let price =
        &mut version["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]["price"];
    *price = json!({"type": "number", "default": 4.0});
    let path = context.install("peaches", "Peach", version.clone()).await?;
    let sent = peach(&context, json!({"variety": "Frost"}));
    context
        .post(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    for (value, generation) in [(json!({}), 1), (json!({"price": 4.0}), 2)] {
        let mut spec = value;
        spec["variety"] = json!("Frost");
        let patch = json!([{"op": "replace", "path": "/spec", "value": spec}]);
        let patched = context.patch("json", &format!("{path}/p"), patch).await?;
        let patched = patched.expect(StatusCode::OK)?;
        assert_eq!(patched.at("/spec/price"), &json!(4));
        assert_eq!(patched.at("/metadata/generation"), &json!(generation));
    }
    let definition = format!(
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/peaches.{}.korm.test",
        context.namespace()
    );
    let same = json!({"spec": {"versions": [version]}});
    let changed = context.patch("merge", &definition, same).await?;
    let changed = changed.expect(StatusCode::OK)?;
    assert_eq!(changed.at("/metadata/generation"), &json!(2));
    Ok(())
}

async fn the_scale_reads_and_writes_replicas(context: Context) -> Outcome {
    let mut version = fruit();
    version["subresources"] = json!({
        "status": {},
        "scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"},
    });
    let path = context.install("peaches", "Peach", version).await?;
    let sent = peach(&context, json!({"variety": "Frost", "replicas": 2}));
    context
        .post(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    let scale = context
        .get(&format!("{path}/p/scale"))
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(scale.text("/apiVersion"), "autoscaling/v1");
    assert_eq!(scale.at("/spec"), &json!({"replicas": 2}));
    assert_eq!(scale.at("/status"), &json!({"replicas": 0}));
    let patch = json!({"spec": {"replicas": 5}});
    let scaled = context
        .patch("merge", &format!("{path}/p/scale"), patch)
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(scaled.at("/spec"), &json!({"replicas": 5}));
    let read = context
        .get(&format!("{path}/p"))
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(read.at("/spec/replicas"), &json!(5));
    Ok(())
}

/// A Scale sets the replicas of what is stored. Defaults beside them are there when that is read, and are written by
/// whatever is written next, be it the same again.
async fn defaults_that_a_scale_lets_in_are_stored_by_the_next_write(context: Context) -> Outcome {
    let mut version = fruit();
    version["schema"]["openAPIV3Schema"]["properties"]["spec"]["required"] = json!([]);
    version["subresources"] = json!({
        "scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"},
    });
    let path = context.install("peaches", "Peach", version).await?;
    let mut sent = peach(&context, json!({}));
    if let Some(sent) = sent.as_object_mut() {
        sent.remove("spec");
    }
    context
        .post(&path, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    let mut versions = Vec::new();
    for _ in 0..3 {
        let scale = json!({
            "apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "p"}, "spec": {"replicas": 7},
        });
        let scaled = context.put(&format!("{path}/p/scale"), scale).await?;
        let scaled = scaled.expect(StatusCode::OK)?;
        versions.push(scaled.text("/metadata/resourceVersion").to_owned());
        let read = context.get(&format!("{path}/p")).await?;
        assert_eq!(read.at("/spec"), &json!({"replicas": 7, "price": 1}));
    }
    assert_ne!(versions[0], versions[1]);
    assert_eq!(versions[1], versions[2]);
    Ok(())
}

async fn a_scale_leaves_what_was_written_in_a_version_that_is_gone(context: Context) -> Outcome {
    let mut version = fruit();
    version["subresources"] = json!({
        "scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"},
    });
    let path = context.install("peaches", "Peach", version.clone()).await?;
    let group = format!("{}.korm.test", context.namespace());
    let definition =
        format!("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/peaches.{group}");
    version["name"] = json!("v2");
    version["storage"] = json!(false);
    let added = json!([{"op": "add", "path": "/spec/versions/-", "value": version}]);
    let added = context.patch("json", &definition, added).await?;
    added.expect(StatusCode::OK)?;
    let second = path.replace("/v1/", "/v2/");
    let is_served = |status, _: &_| status == StatusCode::OK;
    context.until(&second, is_served).await?;
    let mut sent = peach(&context, json!({"variety": "Frost", "replicas": 1}));
    sent["apiVersion"] = json!(format!("{group}/v2"));
    context
        .post(&format!("{second}?fieldManager=old"), sent)
        .await?
        .expect(StatusCode::CREATED)?;
    let gone = json!([{"op": "replace", "path": "/spec/versions/1/served", "value": false}]);
    let gone = context.patch("json", &definition, gone).await?;
    gone.expect(StatusCode::OK)?;
    context.gone(&second).await?;

    let scale = format!("{path}/p/scale?fieldManager=new");
    let scaled = context
        .patch("merge", &scale, json!({"spec": {"replicas": 3}}))
        .await?;
    scaled.expect(StatusCode::OK)?;
    let read = context.get(&format!("{path}/p")).await?;
    let owned = |number: usize| {
        let entry = read.at(&format!("/metadata/managedFields/{number}"));
        (
            entry["manager"].clone(),
            entry["fieldsV1"]["f:spec"].clone(),
        )
    };
    let new = (json!("new"), json!({"f:replicas": {}}));
    let old = (
        json!("old"),
        json!({".": {}, "f:price": {}, "f:variety": {}}),
    );
    assert_eq!([owned(0), owned(1)], [new, old], "{}", read.body);
    Ok(())
}

async fn columns_make_the_table(context: Context) -> Outcome {
    let mut version = fruit();
    version["additionalPrinterColumns"] = json!([
        {"name": "Variety", "type": "string", "jsonPath": ".spec.variety"},
        {"name": "Price", "type": "integer", "jsonPath": ".spec.price", "priority": 1},
    ]);
    let path = context.install("peaches", "Peach", version).await?;
    context
        .post(&path, peach(&context, json!({"variety": "Frost"})))
        .await?
        .expect(StatusCode::CREATED)?;
    let request = http::Request::get(&path)
        .header("accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
        .body(kube::client::Body::from(Vec::new()))?;
    let response = context.client().send(request).await?;
    let bytes = http_body_util::BodyExt::collect(response.into_body())
        .await?
        .to_bytes();
    let table: Value = serde_json::from_slice(&bytes)?;
    let names: Vec<&str> = table["columnDefinitions"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|c| c["name"].as_str())
        .collect();
    assert_eq!(names, ["Name", "Variety", "Price"]);
    assert_eq!(table["rows"][0]["cells"], json!(["p", "Frost", 1]));
    Ok(())
}

async fn fields_of_the_kind_can_be_selected(context: Context) -> Outcome {
    let mut version = fruit();
    version["selectableFields"] = json!([{"jsonPath": ".spec.variety"}]);
    let path = context.install("peaches", "Peach", version).await?;
    for (name, variety) in [("p", "Frost"), ("q", "Elberta")] {
        let mut sent = peach(&context, json!({"variety": variety}));
        sent["metadata"]["name"] = json!(name);
        context
            .post(&path, sent)
            .await?
            .expect(StatusCode::CREATED)?;
    }
    let list = context
        .get(&format!("{path}?fieldSelector=spec.variety=Elberta"))
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(list.text("/items/0/metadata/name"), "q");
    assert!(list.at("/items/1").is_null());
    let refused = context
        .get(&format!("{path}?fieldSelector=spec.price=1"))
        .await?
        .expect(StatusCode::BAD_REQUEST)?;
    assert_eq!(
        refused.text("/message"),
        "field label not supported: spec.price"
    );
    Ok(())
}

async fn a_definition_with_a_wrong_name_is_invalid(context: Context) -> Outcome {
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "wrong"},
        "spec": {
            "group": "korm.test", "scope": "Namespaced", "names": {"plural": "apples", "kind": "Apple"},
            "versions": [version(json!({}))],
        },
    });
    let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    let refused = context
        .post(path, definition)
        .await?
        .expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    assert_eq!(
        refused.text("/details/causes/0/message"),
        "Invalid value: \"wrong\": must be spec.names.plural+\".\"+spec.group"
    );
    Ok(())
}

async fn a_definition_without_versions_or_with_half_a_webhook_is_invalid(
    context: Context,
) -> Outcome {
    let group = format!("{}.korm.test", context.namespace());
    let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    let definition = |versions: Value, conversion: Value| {
        json!({
            "metadata": {"name": format!("apples.{group}")},
            "spec": {
                "group": group, "scope": "Namespaced", "names": {"plural": "apples", "kind": "Apple"},
                "versions": versions, "conversion": conversion,
            },
        })
    };
    for (versions, told) in [(json!([]), "[]"), (Value::Null, "null")] {
        let refused = context
            .post(path, definition(versions, Value::Null))
            .await?;
        let refused = refused.expect(StatusCode::UNPROCESSABLE_ENTITY)?;
        assert_eq!(
            refused.text("/details/causes/0/message"),
            format!(
                "Invalid value: {told}: must have exactly one version marked as storage version"
            )
        );
    }
    let conversion = json!({"strategy": "Webhook"});
    let sent = definition(json!([version(json!({}))]), conversion);
    let refused = context.post(path, sent).await?;
    let refused = refused.expect(StatusCode::UNPROCESSABLE_ENTITY)?;
    assert_eq!(
        refused.text("/message"),
        format!(
            "CustomResourceDefinition.apiextensions.k8s.io \"apples.{group}\" is invalid: \
             [spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook, \
             spec.conversion.conversionReviewVersions: Required value]"
        )
    );
    Ok(())
}

async fn a_strategic_patch_is_refused(context: Context) -> Outcome {
    let path = context.install("peaches", "Peach", fruit()).await?;
    context
        .post(&path, peach(&context, json!({"variety": "Frost"})))
        .await?
        .expect(StatusCode::CREATED)?;
    let refused = context
        .patch("strategic-merge", &format!("{path}/p"), json!({}))
        .await?;
    let refused = refused.expect(StatusCode::UNSUPPORTED_MEDIA_TYPE)?;
    assert_eq!(
        refused.text("/message"),
        "the body of the request was in an unknown format - accepted media types include: \
         application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"
    );
    Ok(())
}
