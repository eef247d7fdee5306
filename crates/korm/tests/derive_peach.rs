//! The derived model of the guided tour: its description, and the way to JSON and back.

use korm::{Meta, Model};
use serde_json::json;

/// A fruit.
#[derive(Model, Clone, Debug, PartialEq)]
#[korm(
    group = "pykorm.infomaniak.com",
    version = "v1",
    plural = "peaches",
    namespaced
)]
struct Peach {
    meta: Meta,
    #[korm(
        spec,
        column(name = "Variety", description = "The variety of the peach")
    )]
    variety: String,
    /// In francs.
    #[korm(spec, default = 1)]
    price: i64,
    #[korm(label = "orchard")]
    orchard: Option<String>,
    #[korm(status)]
    ripe: Option<bool>,
}

fn peach() -> Peach {
    Peach {
        meta: Meta::named("cake-peach")
            .in_namespace("default")
            .label("app", "shop"),
        variety: "Frost".into(),
        price: 1,
        orchard: None,
        ripe: None,
    }
}

#[test]
fn describes_itself() {
    let def = Peach::definition();
    def.check().unwrap();
    assert_eq!((&*def.kind, &*def.singular), ("Peach", "peach"));
    assert_eq!(def.description.as_deref(), Some("A fruit."));
    assert!(def.is_namespaced() && def.status_subresource);
    let price = def.field_named("price").unwrap();
    assert_eq!(price.path.to_string(), "spec.price");
    assert_eq!(price.schema, json!({"type": "integer", "format": "int64"}));
    assert_eq!(price.default, Some(json!(1)));
    assert!(!price.required);
    assert!(def.field_named("variety").unwrap().required);
    assert_eq!(
        def.field_named("orchard").unwrap().path.to_string(),
        "metadata.labels[orchard]"
    );
}

#[test]
fn writes_what_is_set() {
    let mut peach = peach();
    let want = json!({
        "apiVersion": "pykorm.infomaniak.com/v1",
        "kind": "Peach",
        "metadata": {"name": "cake-peach", "namespace": "default", "labels": {"app": "shop"}},
        "spec": {"variety": "Frost", "price": 1},
    });
    assert_eq!(peach.encode().unwrap(), want);

    peach.orchard = Some("north".into());
    peach.ripe = Some(true);
    let object = peach.encode().unwrap();
    assert_eq!(
        object["metadata"]["labels"],
        json!({"app": "shop", "orchard": "north"})
    );
    assert_eq!(object["status"], json!({"ripe": true}));
}

#[test]
fn a_field_is_not_also_in_the_labels() {
    let mut peach = peach();
    peach.meta.labels.insert("orchard", "south");
    let error = peach.encode().unwrap_err().to_string();
    assert_eq!(
        error,
        "Peach default/cake-peach cannot be written: metadata.labels[orchard] (field `orchard`): \
         is a field of the model; set that instead of the entry in the metadata"
    );
}

#[test]
fn reads_what_is_there() {
    let object = json!({
        "metadata": {
            "name": "cake-peach", "namespace": "default", "uid": "u", "resourceVersion": "7",
            "creationTimestamp": "2026-01-02T03:04:05Z",
            "labels": {"app": "shop", "orchard": "north"},
            "managedFields": [{"manager": "kubectl"}],
        },
        "spec": {"variety": "Frost", "more": {"kept": true}},
    });
    let read = Peach::decode(object.clone()).unwrap();
    assert_eq!(
        read.price, 1,
        "the declared default stands where the field is absent"
    );
    assert_eq!(read.orchard.as_deref(), Some("north"));
    assert_eq!(read.ripe, None);
    assert_eq!(read.meta.labels.len(), 1);
    assert_eq!(read.meta.uid.as_deref(), Some("u"));
    let snapshot = read.snapshot().unwrap();
    assert_eq!(
        (snapshot.uid(), snapshot.resource_version()),
        (Some("u"), Some("7"))
    );
    assert_eq!(snapshot.raw()["spec"], json!({"variety": "Frost"}));

    let mut fresh = peach();
    fresh.absorb(object).unwrap();
    assert_eq!(fresh, read);
}

#[test]
fn says_where_an_object_is_broken() {
    let object = json!({
        "metadata": {"name": "bad", "namespace": "default"},
        "spec": {"variety": 7},
    });
    let error = Peach::decode(object).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Peach default/bad cannot be read: spec.variety (field `variety`): \
         invalid type: integer `7`, expected a string"
    );
    let object = json!({"metadata": {"name": "bad", "namespace": "default"}});
    assert_eq!(
        Peach::decode(object).unwrap_err().to_string(),
        "Peach default/bad cannot be read: spec.variety (field `variety`): \
         is missing, and has no default"
    );
}

#[test]
fn starts_expressions() {
    let expr = Peach::variety().eq("Frost").and(Peach::price().gt(2));
    assert_eq!(
        expr.to_string(),
        r#"spec.variety == "Frost" and spec.price > 2"#
    );
    let expr = !(Peach::orchard().eq("north") | Peach::ripe().is_null());
    assert_eq!(
        expr.to_string(),
        r#"not (metadata.labels[orchard] == "north" or status.ripe is null)"#
    );
    let expr = Peach::meta().name().starts_with("cake-");
    assert_eq!(expr.to_string(), r#"metadata.name starts with "cake-""#);
}
