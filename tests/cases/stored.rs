//! What is stored of custom objects, and what is read of it again.

use http::StatusCode;
use korm_tests::{Case, Context, Outcome};
use serde_json::{Value, json};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    what_is_applied_is_read_without_what_its_schema_does_not_know,
    an_applied_empty_list_of_finalizers_goes_with_the_next_write,
    what_the_stored_version_does_not_know_is_not_kept,
    a_status_written_in_another_version_takes_what_it_does_not_write,
    applying_nothing_in_another_version_changes_nothing,
];

const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

fn version(name: &str, stored: bool, spec: Value) -> Value {
    json!({
        "name": name, "served": true, "storage": stored,
        "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}},
    })
}

fn configuration(context: &Context, version: &str, spec: Value) -> Value {
    json!({
        "apiVersion": format!("{}.korm.test/{version}", context.namespace()), "kind": "Peach",
        "metadata": {"name": "p"}, "spec": spec,
    })
}

/// Gives the definition of the peaches at `path` these versions, and waits until each of them is served.
async fn serve(context: &Context, path: &str, versions: &[Value]) -> Outcome {
    let definition = format!("{DEFINITIONS}/peaches.{}.korm.test", context.namespace());
    let change = json!({"spec": {"versions": versions}});
    context
        .patch("merge", &definition, change)
        .await?
        .expect(StatusCode::OK)?;
    for version in versions {
        let name = version["name"].as_str().unwrap_or_default();
        let served = |status: StatusCode, _: &Value| status == StatusCode::OK;
        context.until(&in_version(path, name), served).await?;
    }
    Ok(())
}

/// The path in another version than the first.
fn in_version(path: &str, version: &str) -> String {
    path.replacen("/v1/", &format!("/{version}/"), 1)
}

async fn what_is_applied_is_read_without_what_its_schema_does_not_know(
    context: Context,
) -> Outcome {
    let schema = json!({
        "type": "object", "x-kubernetes-preserve-unknown-fields": true,
        "properties": {"stone": {"type": "object", "properties": {"size": {"type": "integer"}}}},
    });
    let path = context
        .install("peaches", "Peach", version("v1", true, schema))
        .await?;
    let object = format!("{path}/p");
    let sent = configuration(
        &context,
        "v1",
        json!({"stone": {"size": 1, "unknown": 2}, "unknown": 3}),
    );
    let applied = context
        .patch("apply", &format!("{object}?fieldManager=a"), sent)
        .await?
        .expect(StatusCode::CREATED)?;
    let kept = json!({"stone": {"size": 1}, "unknown": 3});
    assert_eq!(applied.at("/spec"), &kept);
    let read = context.get(&object).await?.expect(StatusCode::OK)?;
    assert_eq!(read.at("/spec"), &kept);
    let list = context.get(&path).await?.expect(StatusCode::OK)?;
    assert_eq!(list.at("/items/0/spec"), &kept);
    Ok(())
}

async fn an_applied_empty_list_of_finalizers_goes_with_the_next_write(context: Context) -> Outcome {
    let path = context
        .install(
            "peaches",
            "Peach",
            version("v1", true, json!({"type": "object"})),
        )
        .await?;
    let object = format!("{path}/p");
    let mut sent = configuration(&context, "v1", json!({}));
    sent["metadata"]["finalizers"] = json!([]);
    let applied = context
        .patch("apply", &format!("{object}?fieldManager=a"), sent)
        .await?
        .expect(StatusCode::CREATED)?;
    assert_eq!(applied.at("/metadata/finalizers"), &Value::Null);
    // A patch without content writes the object as it was read, which is not as it was stored; once.
    let mut versions = vec![applied.text("/metadata/resourceVersion").to_owned()];
    for _ in 0..2 {
        let patched = context
            .patch("merge", &object, json!({}))
            .await?
            .expect(StatusCode::OK)?;
        versions.push(patched.text("/metadata/resourceVersion").to_owned());
    }
    assert_ne!(versions[0], versions[1]);
    assert_eq!(versions[1], versions[2]);
    Ok(())
}

async fn what_the_stored_version_does_not_know_is_not_kept(context: Context) -> Outcome {
    let named = |fields: Value| json!({"type": "object", "properties": fields});
    let small = named(json!({"a": {"type": "string"}}));
    let large = named(json!({"a": {"type": "string"}, "b": {"type": "string"}}));
    let path = context
        .install("peaches", "Peach", version("v1", true, small.clone()))
        .await?;
    let change = async |first: &Value| {
        let versions = [
            version("v1", true, first.clone()),
            version("v2", false, large.clone()),
        ];
        serve(&context, &path, &versions).await
    };
    change(&small).await?;
    let newer = in_version(&path, "v2");
    let sent = configuration(&context, "v2", json!({"a": "1", "b": "2"}));
    let made = context
        .post(&newer, sent)
        .await?
        .expect(StatusCode::CREATED)?;
    assert_eq!(made.at("/spec"), &json!({"a": "1"}));
    // Neither is it there when the stored version learns of it.
    change(&large).await?;
    let learned = json!({"a": "1", "b": "3"});
    let probe = configuration(&context, "v1", learned.clone());
    let dry_run = format!("{path}/p?fieldManager=a&force=true&dryRun=All");
    loop {
        let put = context.patch("apply", &dry_run, probe.clone()).await?;
        if put.at("/spec") == &learned {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    for path in [&path, &newer] {
        let read = context
            .get(&format!("{path}/p"))
            .await?
            .expect(StatusCode::OK)?;
        assert_eq!(read.at("/spec"), &json!({"a": "1"}));
    }
    Ok(())
}

async fn a_status_written_in_another_version_takes_what_it_does_not_write(
    context: Context,
) -> Outcome {
    let spec =
        json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}});
    let with_status = |name: &str, stored: bool| {
        let mut version = version(name, stored, spec.clone());
        version["subresources"] = json!({"status": {}});
        version
    };
    let path = context
        .install("peaches", "Peach", with_status("v1", true))
        .await?;
    let versions = [
        with_status("v1", true),
        with_status("v2", false),
        version("v3", false, spec.clone()),
    ];
    serve(&context, &path, &versions).await?;
    let all = [".", "f:a", "f:b"].map(str::to_owned).to_vec();
    let rest = [".", "f:b"].map(str::to_owned).to_vec();
    // A version without a status has no fields that writing the status leaves alone.
    for (made_in, expected) in [("v2", all), ("v3", rest)] {
        let other = in_version(&path, made_in);
        let mut sent = configuration(&context, made_in, json!({"a": "1", "b": "2"}));
        sent["metadata"]["name"] = json!(made_in);
        context
            .post(&other, sent)
            .await?
            .expect(StatusCode::CREATED)?;
        let status = format!("{path}/{made_in}/status");
        let written = context
            .patch("merge", &status, json!({"spec": {"a": "3"}}))
            .await?
            .expect(StatusCode::OK)?;
        assert_eq!(written.at("/spec/a"), &json!("1"));
        let owned = written.at("/metadata/managedFields/0/fieldsV1/f:spec");
        let owned: Vec<String> = owned
            .as_object()
            .map(|fields| fields.keys().cloned().collect())
            .unwrap_or_default();
        assert_eq!(owned, expected, "made in {made_in}");
    }
    Ok(())
}

async fn applying_nothing_in_another_version_changes_nothing(context: Context) -> Outcome {
    let small = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let large = json!({"type": "object", "properties": {
        "a": {"type": "string"}, "added": {"type": "boolean", "default": true},
    }});
    let path = context
        .install("peaches", "Peach", version("v1", true, small.clone()))
        .await?;
    let versions = [version("v1", true, small), version("v2", false, large)];
    serve(&context, &path, &versions).await?;
    let newer = in_version(&path, "v2");
    let made = context
        .post(&path, configuration(&context, "v1", json!({})))
        .await?
        .expect(StatusCode::CREATED)?;
    // What is not changed gets no defaults of the newer version, which would count as a change.
    let nothing = json!({
        "apiVersion": format!("{}.korm.test/v2", context.namespace()), "kind": "Peach",
        "metadata": {"name": "p"},
    });
    let empty = configuration(&context, "v2", json!({}));
    let change = configuration(&context, "v2", json!({"a": "1"}));
    for (sent, shown, generation) in [
        (nothing.clone(), json!({}), 1),
        (empty, json!({}), 1),
        (change, json!({"a": "1"}), 2),
    ] {
        let says_nothing = sent == nothing;
        let applied = context
            .patch("apply", &format!("{newer}/p?fieldManager=a"), sent)
            .await?
            .expect(StatusCode::OK)?;
        assert_eq!(applied.at("/metadata/generation"), &json!(generation));
        assert_eq!(applied.at("/spec"), &shown);
        let version = "/metadata/resourceVersion";
        assert_eq!(applied.at(version) == made.at(version), says_nothing);
    }
    Ok(())
}
