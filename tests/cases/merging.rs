//! Server-side apply as the servers do it: the structured merge, and who owns what afterwards.

use http::StatusCode;
use korm_tests::{Answer, Case, Context, Outcome};
use serde_json::{Value, json};

pub(crate) const CASES: &[Case] = korm_tests::cases![
    an_atomic_list_has_one_owner,
    a_set_is_shared_by_its_members,
    a_map_list_is_shared_by_its_keys,
    a_default_in_a_key_is_the_key,
    an_object_is_shared_unless_it_is_atomic,
    what_is_not_applied_any_more_is_removed_unless_others_own_it,
    an_update_takes_what_it_changes,
    each_subresource_has_managers_of_its_own,
    each_version_has_managers_of_its_own,
    force_takes_over_and_leaves_the_rest,
    applying_the_same_again_keeps_the_version,
];

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// A kind with every way of sharing.
fn version(name: &str, storage: bool) -> Value {
    let port = json!({"type": "object", "required": ["port", "protocol"], "properties": {
        "port": {"type": "integer"}, "protocol": {"type": "string", "default": "TCP"}, "name": {"type": "string"}}});
    let pair =
        json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}});
    let mut atomic = pair.clone();
    atomic["x-kubernetes-map-type"] = "atomic".into();
    json!({"name": name, "served": true, "storage": storage, "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": {"type": "object", "properties": {
            "spec": {"type": "object", "properties": {
                "plain": {"type": "array", "items": {"type": "string"}},
                "set": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
                "ports": {"type": "array", "items": port, "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["port", "protocol"]},
                "granular": pair, "atomic": atomic, "price": {"type": "integer"}}},
            "status": {"type": "object", "properties": {"ripe": {"type": "boolean"}}}}}}})
}

struct Shop {
    context: Context,
    path: String,
    api_version: String,
}

impl Shop {
    async fn open(context: Context) -> Result<Self> {
        let collection = context
            .install("melons", "Melon", version("v1", true))
            .await?;
        Ok(Self {
            path: format!("{collection}/a"),
            api_version: format!("{}.korm.test/v1", context.namespace()),
            context,
        })
    }

    async fn try_apply(&self, manager: &str, spec: Value) -> Result<Answer> {
        self.apply_to("", manager, json!({"spec": spec})).await
    }

    async fn apply_to(&self, suffix: &str, manager: &str, mut part: Value) -> Result<Answer> {
        part["apiVersion"] = self.api_version.as_str().into();
        part["kind"] = "Melon".into();
        part["metadata"] = json!({"name": "a"});
        let path = format!("{}{suffix}", self.path);
        let mark = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{mark}fieldManager={manager}");
        Ok(self.context.patch("apply", &path, part).await?)
    }

    /// Applies, and gives the spec as it is then.
    async fn apply(&self, manager: &str, spec: Value) -> Result<Value> {
        let answer = self.try_apply(manager, spec).await?;
        if !answer.status.is_success() {
            return Err(format!("{manager} was refused: {}", answer.body).into());
        }
        Ok(answer.at("/spec").clone())
    }

    /// Fails unless the apply is a conflict about these fields.
    async fn conflict(&self, manager: &str, spec: Value, fields: &[&str]) -> Outcome {
        let answer = self
            .try_apply(manager, spec)
            .await?
            .expect(StatusCode::CONFLICT)?;
        let causes = answer
            .at("/details/causes")
            .as_array()
            .cloned()
            .unwrap_or_default();
        let about: Vec<_> = causes
            .iter()
            .filter_map(|cause| cause["field"].as_str())
            .collect();
        assert_eq!(about, fields, "{}", answer.body);
        Ok(())
    }

    /// What a manager owns, of the object or of a subresource.
    async fn owned(&self, manager: &str, subresource: &str) -> Result<Value> {
        let object = self.context.get(&self.path).await?;
        let entries = object
            .at("/metadata/managedFields")
            .as_array()
            .cloned()
            .unwrap_or_default();
        let of = |entry: &&Value| {
            entry["manager"] == manager
                && entry["subresource"].as_str().unwrap_or_default() == subresource
        };
        Ok(entries
            .iter()
            .find(of)
            .map_or(Value::Null, |entry| entry["fieldsV1"].clone()))
    }
}

async fn an_atomic_list_has_one_owner(context: Context) -> Outcome {
    let shop = Shop::open(context).await?;
    shop.apply("one", json!({"plain": ["a", "b"]})).await?;
    shop.conflict("two", json!({"plain": ["c"]}), &[".spec.plain"])
        .await?;
    // The same value is no conflict, and has two owners.
    shop.apply("two", json!({"plain": ["a", "b"]})).await?;
    for manager in ["one", "two"] {
        assert_eq!(
            shop.owned(manager, "").await?,
            json!({"f:spec": {"f:plain": {}}})
        );
    }
    Ok(())
}

async fn a_set_is_shared_by_its_members(context: Context) -> Outcome {
    let shop = Shop::open(context).await?;
    shop.apply("one", json!({"set": ["a", "b"]})).await?;
    let spec = shop.apply("two", json!({"set": ["b", "c"]})).await?;
    assert_eq!(spec["set"], json!(["a", "b", "c"]));
    assert_eq!(
        shop.owned("two", "").await?,
        json!({"f:spec": {"f:set": {"v:\"b\"": {}, "v:\"c\"": {}}}})
    );
    // What one manager takes back stays where the other one owns it.
    let spec = shop.apply("one", json!({"set": []})).await?;
    assert_eq!(spec["set"], json!(["b", "c"]));
    Ok(())
}

async fn a_map_list_is_shared_by_its_keys(context: Context) -> Outcome {
    let shop = Shop::open(context).await?;
    let web = json!({"port": 80, "protocol": "TCP", "name": "web"});
    let dns = json!({"port": 53, "protocol": "UDP", "name": "dns"});
    shop.apply("one", json!({"ports": [web]})).await?;
    let spec = shop.apply("two", json!({"ports": [dns]})).await?;
    assert_eq!(spec["ports"], json!([web, dns]));
    shop.conflict(
        "two",
        json!({"ports": [dns, {"port": 80, "protocol": "TCP", "name": "other"}]}),
        &[r#".spec.ports[port=80,protocol="TCP"].name"#],
    )
    .await?;
    let spec = shop.apply("one", json!({"ports": []})).await?;
    assert_eq!(spec["ports"], json!([dns]));
    Ok(())
}

async fn a_default_in_a_key_is_the_key(context: Context) -> Outcome {
    let shop = Shop::open(context).await?;
    shop.apply("one", json!({"ports": [{"port": 80, "name": "web"}]}))
        .await?;
    let key = r#"k:{"port":80,"protocol":"TCP"}"#;
    let owned = shop.owned("one", "").await?;
    assert!(!owned["f:spec"]["f:ports"][key].is_null(), "{owned}");
    // The same element, whether the default is said or not.
    shop.conflict(
        "two",
        json!({"ports": [{"port": 80, "protocol": "TCP", "name": "other"}]}),
        &[r#".spec.ports[port=80,protocol="TCP"].name"#],
    )
    .await?;
    let spec = shop
        .apply(
            "two",
            json!({"ports": [{"port": 80, "protocol": "UDP", "name": "other"}]}),
        )
        .await?;
    assert_eq!(spec["ports"].as_array().map(Vec::len), Some(2));
    Ok(())
}

async fn an_object_is_shared_unless_it_is_atomic(context: Context) -> Outcome {
    let shop = Shop::open(context).await?;
    shop.apply("one", json!({"granular": {"a": "1"}, "atomic": {"a": "1"}}))
        .await?;
    let spec = shop.apply("two", json!({"granular": {"b": "2"}})).await?;
    assert_eq!(spec["granular"], json!({"a": "1", "b": "2"}));
    shop.conflict("two", json!({"atomic": {"b": "2"}}), &[".spec.atomic"])
        .await?;
    assert_eq!(
        shop.owned("one", "").await?,
        json!({"f:spec": {"f:atomic": {}, "f:granular": {"f:a": {}}}})
    );
    Ok(())
}

async fn what_is_not_applied_any_more_is_removed_unless_others_own_it(context: Context) -> Outcome {
    let shop = Shop::open(context).await?;
    shop.apply("three", json!({"set": ["x"]})).await?;
    shop.apply("one", json!({"price": 1, "granular": {"a": "1"}}))
        .await?;
    shop.apply("two", json!({"price": 1})).await?;
    let spec = shop.apply("one", json!({})).await?;
    assert_eq!(
        spec,
        json!({"price": 1, "set": ["x"]}),
        "the price has another owner"
    );
    let spec = shop.apply("two", json!({})).await?;
    assert_eq!(spec, json!({"set": ["x"]}));
    for manager in ["one", "two"] {
        assert_eq!(shop.owned(manager, "").await?, json!({"f:spec": {}}));
    }
    Ok(())
}

async fn an_update_takes_what_it_changes(context: Context) -> Outcome {
    let shop = Shop::open(context).await?;
    shop.apply("one", json!({"price": 1, "set": ["a"]})).await?;
    let path = format!("{}?fieldManager=two", shop.path);
    let patch = json!({"spec": {"price": 2}});
    shop.context
        .patch("merge", &path, patch)
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(
        shop.owned("two", "").await?,
        json!({"f:spec": {"f:price": {}}})
    );
    assert_eq!(
        shop.owned("one", "").await?,
        json!({"f:spec": {"f:set": {"v:\"a\"": {}}}}),
        "an update needs no force"
    );
    shop.conflict("one", json!({"price": 1, "set": ["a"]}), &[".spec.price"])
        .await?;
    let object = shop.context.get(&shop.path).await?;
    let operations: Vec<_> = object
        .at("/metadata/managedFields")
        .as_array()
        .into_iter()
        .flatten()
        .map(|entry| (entry["manager"].clone(), entry["operation"].clone()))
        .collect();
    assert_eq!(
        json!(operations),
        json!([["one", "Apply"], ["two", "Update"]])
    );
    Ok(())
}

async fn each_subresource_has_managers_of_its_own(context: Context) -> Outcome {
    let shop = Shop::open(context).await?;
    shop.apply("one", json!({"price": 1})).await?;
    let status = json!({"status": {"ripe": true}});
    shop.apply_to("/status", "one", status)
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(
        shop.owned("one", "").await?,
        json!({"f:spec": {"f:price": {}}})
    );
    assert_eq!(
        shop.owned("one", "status").await?,
        json!({"f:status": {"f:ripe": {}}})
    );
    // The one does not take back what the other applied.
    let answer = shop.try_apply("one", json!({"price": 2})).await?;
    assert_eq!(answer.at("/status"), &json!({"ripe": true}));
    Ok(())
}

async fn each_version_has_managers_of_its_own(context: Context) -> Outcome {
    let group = format!("{}.versions.korm.test", context.namespace());
    let definition = json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("melons.{group}")},
        "spec": {"group": group, "scope": "Namespaced", "names": {"plural": "melons", "kind": "Melon"},
            "versions": [version("v1beta1", false), version("v1", true)]}});
    let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    context
        .post(definitions, definition)
        .await?
        .expect(StatusCode::CREATED)?;
    let shop = |version: &str| Shop {
        path: format!(
            "/apis/{group}/{version}/namespaces/{}/melons/a",
            context.namespace()
        ),
        api_version: format!("{group}/{version}"),
        context: context.clone(),
    };
    let (old, new) = (shop("v1beta1"), shop("v1"));
    for version in [&old, &new] {
        let collection = version.path.trim_end_matches("/a").to_owned();
        context
            .until(&collection, |status, _| status == StatusCode::OK)
            .await?;
    }
    // The first write to a new kind may come before the server is ready for it.
    for _ in 0..600 {
        match old.try_apply("one", json!({"set": ["a"]})).await?.status {
            StatusCode::CREATED | StatusCode::OK => break,
            _ => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
        }
    }
    let spec = new.apply("two", json!({"set": ["b"]})).await?;
    assert_eq!(spec["set"], json!(["a", "b"]));
    let object = context.get(&new.path).await?;
    let entries = object
        .at("/metadata/managedFields")
        .as_array()
        .cloned()
        .unwrap_or_default();
    let versions: Vec<_> = entries
        .iter()
        .map(|entry| (entry["manager"].clone(), entry["apiVersion"].clone()))
        .collect();
    assert_eq!(
        json!(versions),
        json!([["one", old.api_version], ["two", new.api_version]])
    );
    // The same manager in another version is the same manager, and takes back what it does not say any more.
    let spec = new.apply("one", json!({"price": 1})).await?;
    assert_eq!(spec, json!({"price": 1, "set": ["b"]}));
    Ok(())
}

async fn force_takes_over_and_leaves_the_rest(context: Context) -> Outcome {
    let shop = Shop::open(context).await?;
    shop.apply("one", json!({"price": 1, "granular": {"a": "1"}}))
        .await?;
    let part = json!({"spec": {"price": 2}});
    let answer = shop
        .apply_to("?force=true", "two", part)
        .await?
        .expect(StatusCode::OK)?;
    assert_eq!(
        answer.at("/spec"),
        &json!({"price": 2, "granular": {"a": "1"}})
    );
    assert_eq!(
        shop.owned("one", "").await?,
        json!({"f:spec": {"f:granular": {"f:a": {}}}})
    );
    assert_eq!(
        shop.owned("two", "").await?,
        json!({"f:spec": {"f:price": {}}})
    );
    Ok(())
}

async fn applying_the_same_again_keeps_the_version(context: Context) -> Outcome {
    let shop = Shop::open(context).await?;
    let spec = json!({"set": ["a"], "ports": [{"port": 80}], "granular": {"a": "1"}});
    let first = shop
        .try_apply("one", spec.clone())
        .await?
        .expect(StatusCode::CREATED)?;
    // Managers are timed to the second.
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let again = shop.try_apply("one", spec).await?.expect(StatusCode::OK)?;
    assert_eq!(again.body, first.body);
    Ok(())
}
