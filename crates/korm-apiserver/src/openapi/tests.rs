use serde_json::json;

use super::*;
use crate::facts;

fn peaches(price: &str) -> Value {
    json!({"spec": {"group": "schema.korm.io", "scope": "Namespaced",
        "names": {"plural": "peaches", "kind": "Peach", "listKind": "PeachList"},
        "versions": [{"name": "v1", "served": true, "storage": true,
            "subresources": {"status": {}, "scale": {}},
            "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                "spec": {"type": "object", "description": "what is wanted", "properties": {
                    "price": {"type": price, "default": 1}, "port": {"x-kubernetes-int-or-string": true}}}}}}}]}})
}

fn all_references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value.as_str() {
                    Some(name) if key == "$ref" => found.push(name),
                    _ => all_references(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| all_references(item, found)),
        _ => {}
    }
}

#[test]
fn custom_resources_are_published() {
    let crd = peaches("integer");
    let api = Api::custom("schema.korm.io", "v1", std::iter::once(&crd));
    assert_eq!(api.path(), "apis/schema.korm.io/v1");
    let document = v3_document(&api);
    let schema = &document["components"]["schemas"]["io.korm.schema.v1.Peach"];
    assert_eq!(
        schema["x-kubernetes-group-version-kind"],
        json!([{"group": "schema.korm.io", "version": "v1", "kind": "Peach"}])
    );
    let spec = &schema["properties"]["spec"];
    assert_eq!(spec["description"], "what is wanted");
    assert_eq!(
        spec["properties"]["port"]["anyOf"],
        json!([{"type": "integer"}, {"type": "string"}])
    );
    assert_eq!(
        schema["properties"]["metadata"]["allOf"][0]["$ref"],
        "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
    );
    let paths = &document["paths"];
    let item = &paths["/apis/schema.korm.io/v1/namespaces/{namespace}/peaches/{name}"];
    assert_eq!(
        item["patch"]["operationId"],
        "patchSchemaKormIoV1NamespacedPeach"
    );
    assert_eq!(item["patch"]["tags"], json!(["schemaKormIo_v1"]));
    assert_eq!(item["patch"]["parameters"][2]["name"], "fieldValidation");
    assert_eq!(
        paths["/apis/schema.korm.io/v1/peaches"]["get"]["operationId"],
        "listSchemaKormIoV1PeachForAllNamespaces"
    );
    let scale = "/apis/schema.korm.io/v1/namespaces/{namespace}/peaches/{name}/scale";
    assert_eq!(
        paths[scale]["put"]["operationId"],
        "replaceSchemaKormIoV1NamespacedPeachScale"
    );
}

#[test]
fn every_reference_of_a_native_document_leads_somewhere() {
    for gv in facts::group_versions().take(6) {
        let document = v3_document(&Api::native(gv));
        let mut references = Vec::new();
        all_references(&document, &mut references);
        assert!(!references.is_empty());
        for reference in references {
            let name = reference.strip_prefix("#/components/schemas/").unwrap();
            assert!(
                document["components"]["schemas"].get(name).is_some(),
                "{reference} in {}/{}",
                gv.group,
                gv.version
            );
        }
    }
}

#[test]
fn the_index_changes_with_the_schema() {
    let url = |price: &str| {
        let crd = peaches(price);
        let api = Api::custom("schema.korm.io", "v1", std::iter::once(&crd));
        v3_index(&[api])["paths"]["apis/schema.korm.io/v1"]["serverRelativeURL"].clone()
    };
    assert_eq!(url("integer"), url("integer"));
    assert_ne!(url("integer"), url("string"));
    let url = url("integer");
    assert!(
        url.as_str()
            .unwrap()
            .starts_with("/openapi/v3/apis/schema.korm.io/v1?hash=")
    );
}

#[test]
fn v2_leaves_out_what_it_does_not_know() {
    let crd = peaches("integer");
    let api = Api::custom("schema.korm.io", "v1", std::iter::once(&crd));
    let document = v2_document(&[api]);
    let schema = &document["definitions"]["io.korm.schema.v1.Peach"];
    assert_eq!(
        schema["properties"]["metadata"],
        json!({"$ref": "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"})
    );
    assert_eq!(
        schema["properties"]["spec"]["properties"]["price"],
        json!({"type": "integer"})
    );
    let path = "/apis/schema.korm.io/v1/namespaces/{namespace}/peaches";
    let body = document["paths"][path]["post"]["parameters"]
        .as_array()
        .unwrap()
        .last()
        .unwrap();
    assert_eq!(
        body["schema"]["$ref"],
        "#/definitions/io.korm.schema.v1.Peach"
    );
}
