//! Every attribute of `#[derive(Model)]` at work, and generated code under the strictest lints.
#![deny(
    warnings,
    missing_docs,
    unused,
    clippy::all,
    clippy::pedantic,
    clippy::nursery
)]
#![deny(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::expect_used
)]
#![deny(
    unreachable_pub,
    rust_2018_idioms,
    unused_qualifications,
    missing_debug_implementations
)]
#![forbid(unsafe_code)]

/// Models as a library would declare them.
pub mod models {
    use std::collections::{BTreeMap, BTreeSet};

    use korm::{Meta, Model, ToMany, ToOne};
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    /// Its fields are called as the type is, and as constructors are.
    #[derive(Model, Clone, Debug)]
    #[korm(
        group = "names.example.com",
        version = "v1",
        plural = "memos",
        namespaced
    )]
    pub struct Memo {
        /// Metadata.
        pub meta: Meta,
        /// As the type.
        #[korm(spec)]
        pub memo: Option<String>,
        /// As a constructor.
        #[korm(spec)]
        pub new: Option<bool>,
        /// As a trait's.
        #[korm(spec)]
        pub default: Option<bool>,
        /// A keyword.
        #[korm(spec)]
        pub r#type: Option<String>,
    }

    /// How large it is.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    pub struct Size {
        /// Across, in millimetres.
        pub outer_diameter: f64,
        /// Whatever there is to say.
        pub note: Option<String>,
    }

    /// What it looks like.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    pub enum Color {
        /// As a ripe one.
        #[default]
        Yellow,
        /// As a sunburnt one.
        Red,
    }

    /// A fruit.
    ///
    /// Only the first paragraph describes it.
    #[derive(Model, Clone, Debug, PartialEq)]
    #[korm(
        group = "example.com",
        version = "v1beta1",
        plural = "peaches",
        singular = "peach",
        short_names("pch", "px"),
        categories("all", "fruit"),
        namespaced,
        scale(
            spec = ".spec.count",
            status = ".status.count",
            selector = ".status.selector"
        ),
        column(
            name = "Row",
            json_path = ".spec.place.row",
            type = "integer",
            priority = 1
        ),
        rule("self.spec.count >= 0", message = "no negative peaches")
    )]
    pub struct Peach {
        /// Who it is.
        pub meta: Meta,
        /// The variety.
        #[korm(
            spec,
            selectable,
            pattern = "^[A-Z]",
            min_length = 2,
            max_length = 20,
            immutable
        )]
        pub variety: String,
        /// Its size.
        #[korm(spec)]
        pub size: Option<Size>,
        /// Its color.
        #[korm(spec, default)]
        pub color: Color,
        /// How many there are.
        #[korm(spec, scale, default = 1, min = 0, max = 1000)]
        pub count: i64,
        /// Anything that marks it.
        #[korm(spec, list_set, max_items = 10)]
        pub tags: BTreeSet<String>,
        /// Where it hangs, by name.
        #[korm(spec, list_map("name"))]
        pub branches: Vec<BTreeMap<String, String>>,
        /// Deep in the object.
        #[korm(spec, path = "place.row", exclusive_min = 0)]
        pub row: Option<u32>,
        /// Another word for it.
        #[korm(spec, rename = "type", values("sweet", "sour"))]
        pub r#type: Option<String>,
        /// At the root.
        #[korm(root, map_atomic)]
        pub data: BTreeMap<String, String>,
        /// Not for everybody's eyes.
        #[korm(spec, secret, rule("self != ''", message = "cannot be empty"))]
        pub code: Option<String>,
        /// Null is a value here.
        #[korm(spec, nullable)]
        pub maybe: Option<bool>,
        /// Whatever it is.
        #[korm(spec)]
        pub extra: Option<serde_json::Value>,
        /// The tree it is of, by name.
        #[korm(spec, rename = "treeName")]
        pub tree_name: Option<String>,
        /// Where it grows.
        #[korm(label = "example.com/orchard")]
        pub orchard: Option<String>,
        /// Who said so.
        #[korm(annotation = "example.com/source")]
        pub source: Option<String>,
        /// When it fell.
        #[korm(status, column(name = "Fell", priority = 1))]
        pub fell: Option<korm::Timestamp>,
        /// How many were seen.
        #[korm(status, rename = "count", read_only, column)]
        pub seen_count: Option<i64>,
        /// The tree.
        #[korm(belongs_to(field = "tree_name"))]
        pub tree: ToOne<Tree>,
        /// The tree that owns it.
        #[korm(belongs_to(owner))]
        pub owner: ToOne<Tree>,
        /// Not in the object at all.
        #[korm(skip)]
        pub cache: Option<u64>,
    }

    /// What peaches grow on.
    #[derive(Model, Clone, Debug, PartialEq)]
    #[korm(
        group = "example.com",
        version = "v1",
        plural = "trees",
        cluster,
        status
    )]
    pub struct Tree {
        /// Who it is.
        pub meta: Meta,
        /// The labels of what grows on it.
        #[korm(spec)]
        pub selector: BTreeMap<String, String>,
        /// Those named after it.
        #[korm(has_many(field = "tree_name"))]
        pub peaches: ToMany<Peach>,
        /// Those it owns.
        #[korm(has_many(owner))]
        pub owned: ToMany<Peach>,
        /// Those it selects.
        #[korm(has_many(labels = "selector"))]
        pub selected: ToMany<Peach>,
    }

    /// A part of a Deployment.
    #[derive(Model, Clone, Debug, PartialEq, Eq)]
    #[korm(native = "apps/v1/Deployment")]
    pub struct Deployment {
        /// Who it is.
        pub meta: Meta,
        /// How many are wanted.
        #[korm(spec, scale)]
        pub replicas: Option<i32>,
        /// How many there are.
        #[korm(status, rename = "readyReplicas", read_only)]
        pub ready: Option<i32>,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use std::sync::Arc;

    use korm::{Meta, Model, Related};
    use serde_json::{Value, json};

    use super::models::{Color, Deployment, Peach, Size, Tree};

    fn peach() -> Peach {
        Peach::decode(json!({
            "metadata": {"name": "p", "namespace": "default"}, "spec": {"variety": "Frost"},
        }))
        .unwrap()
    }

    fn schema_of(path: &[&str]) -> Value {
        let crd = korm_core_crd();
        path.iter().fold(
            crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"].clone(),
            |schema, name| schema["properties"][name].clone(),
        )
    }

    fn korm_core_crd() -> Value {
        korm::crd::build(Peach::definition())
    }

    #[test]
    fn described_in_full() {
        let def = Peach::definition();
        def.check().unwrap();
        Tree::definition().check().unwrap();
        Deployment::definition().check().unwrap();
        assert_eq!(def.short_names, ["pch", "px"]);
        assert_eq!(def.description.as_deref(), Some("A fruit."));
        assert_eq!(
            schema_of(&["spec", "variety"]),
            json!({
                "type": "string", "pattern": "^[A-Z]", "minLength": 2, "maxLength": 20,
                "description": "The variety.",
                "x-kubernetes-validations": [{"rule": "self == oldSelf", "message": "is immutable"}],
            })
        );
        assert_eq!(
            schema_of(&["spec", "color"]),
            json!({
                "type": "string", "enum": ["Yellow", "Red"], "default": "Yellow",
                "description": "Its color.",
            })
        );
        assert_eq!(
            schema_of(&["spec", "count"]),
            json!({
                "type": "integer", "format": "int64", "default": 1, "minimum": 0, "maximum": 1000,
                "description": "How many there are.",
            })
        );
        assert_eq!(
            schema_of(&["spec", "place", "row"])["exclusiveMinimum"],
            true
        );
        assert_eq!(
            schema_of(&["spec", "type"])["enum"],
            json!(["sweet", "sour"])
        );
        assert_eq!(
            schema_of(&["spec", "tags"])["x-kubernetes-list-type"],
            "set"
        );
        assert_eq!(
            schema_of(&["spec", "branches"])["x-kubernetes-list-map-keys"],
            json!(["name"])
        );
        assert_eq!(schema_of(&["spec"])["required"], json!(["variety"]));
        assert_eq!(schema_of(&["data"])["x-kubernetes-map-type"], "atomic");
        let columns = korm_core_crd()["spec"]["versions"][0]["additionalPrinterColumns"].clone();
        let names: Vec<&Value> = columns
            .as_array()
            .unwrap()
            .iter()
            .map(|c| &c["name"])
            .collect();
        assert_eq!(names, ["Fell", "Seen Count", "Row"]);
        assert_eq!(columns[0]["type"], "date");
        assert_eq!(columns[1]["jsonPath"], ".status.count");
        let deployment = Deployment::definition();
        assert!(deployment.native && deployment.scale.is_some());
        assert_eq!(deployment.plural, "deployments");
    }

    #[test]
    fn there_and_back() {
        let mut peach = peach();
        assert_eq!(
            (peach.color, peach.count, peach.maybe),
            (Color::Yellow, 1, None)
        );
        peach.size = Some(Size {
            outer_diameter: 7.5,
            note: None,
        });
        peach.tags = ["ripe", "big"].map(str::to_owned).into();
        peach.row = Some(3);
        peach.r#type = Some("sweet".into());
        peach.data = [("k".to_owned(), "v".to_owned())].into();
        peach.extra = Some(json!({"kept": null}));
        peach.orchard = Some("north".into());
        peach.source = Some("me".into());
        peach.fell = Some("2026-05-01T12:00:00Z".parse().unwrap());
        peach.seen_count = Some(9);
        peach.cache = Some(1);
        let object = peach.encode().unwrap();
        let want = json!({
            "apiVersion": "example.com/v1beta1", "kind": "Peach",
            "metadata": {
                "name": "p", "namespace": "default",
                "labels": {"example.com/orchard": "north"},
                "annotations": {"example.com/source": "me"},
            },
            "data": {"k": "v"},
            "spec": {
                "variety": "Frost", "color": "Yellow", "count": 1, "type": "sweet",
                "size": {"outerDiameter": 7.5}, "tags": ["big", "ripe"], "branches": [],
                "place": {"row": 3}, "maybe": null, "extra": {"kept": null},
            },
            "status": {"fell": "2026-05-01T12:00:00Z"},
        });
        assert_eq!(object, want);
        let mut read = Peach::decode(object).unwrap();
        assert_eq!((read.seen_count, read.cache), (None, None));
        read.cache = Some(2);
        let newer = json!({
            "metadata": {"name": "p", "namespace": "default"},
            "spec": {"variety": "Frost"}, "status": {"count": 4},
        });
        read.absorb(newer).unwrap();
        assert_eq!(
            (read.seen_count, read.cache, read.row),
            (Some(4), Some(2), None)
        );
    }

    #[test]
    fn a_fault_deep_inside_is_located() {
        let object = json!({
            "metadata": {"name": "p", "namespace": "default"},
            "spec": {"variety": "Frost", "size": {"outerDiameter": "wide"}},
        });
        assert_eq!(
            Peach::decode(object).unwrap_err().to_string(),
            "Peach default/p cannot be read: spec.size.outerDiameter (field `size`): \
             invalid type: string \"wide\", expected f64"
        );
        let object = json!({
            "metadata": {"name": "p", "namespace": "default"},
            "spec": {"variety": "Frost", "code": 1234},
        });
        let error = Peach::decode(object).unwrap_err().to_string();
        assert!(
            !error.contains("1234") && error.contains("spec.code"),
            "{error}"
        );
    }

    #[test]
    fn relations_are_described_and_filled() {
        let tree = Peach::tree();
        assert_eq!((tree.name(), tree.target().kind.as_str()), ("tree", "Tree"));
        let names: Vec<_> = Tree::relations().iter().map(|r| r.name()).collect();
        assert_eq!(names, ["peaches", "owned", "selected"]);
        assert_eq!(
            *Tree::peaches().link(),
            korm::Link::NamedBy(korm::FieldPath::spec("treeName"))
        );
        let found = json!({"metadata": {"name": "t", "uid": "u"}});
        let mut peach = peach();
        assert_eq!(peach.tree, Related::NotLoaded);
        tree.attach(&mut peach, [tree.decode(found).unwrap()]);
        let name = |tree: &Arc<Tree>| tree.meta.name.clone();
        assert_eq!(
            peach.tree.loaded().unwrap().as_ref().map(name),
            Some("t".to_owned())
        );
        tree.attach(&mut peach, []);
        assert_eq!(peach.tree, Related::Loaded(None));
    }

    #[test]
    fn a_loaded_owner_is_written() {
        let mut peach = peach();
        let stored = Tree::decode(json!({"metadata": {"name": "t", "uid": "u"}})).unwrap();
        peach.owner = Related::Loaded(Some(Arc::new(stored)));
        let owners = peach.encode().unwrap()["metadata"]["ownerReferences"].clone();
        assert_eq!(
            owners,
            json!([{"apiVersion": "example.com/v1", "kind": "Tree", "name": "t", "uid": "u"}])
        );
        let fresh = Tree {
            meta: Meta::named("new"),
            selector: std::collections::BTreeMap::new(),
            peaches: Related::NotLoaded,
            owned: Related::NotLoaded,
            selected: Related::NotLoaded,
        };
        peach.owner = Related::Loaded(Some(Arc::new(fresh)));
        let error = peach.encode().unwrap_err().to_string();
        assert!(
            error.contains("Tree new cannot own anything: it is not stored yet"),
            "{error}"
        );
    }

    #[test]
    fn fields_are_asked_by_their_own_types() {
        let expr = Peach::color().eq(Color::Red) & Peach::row().gt(2_u32);
        assert_eq!(
            expr.to_string(),
            r#"spec.color == "Red" and spec.place.row > 2"#
        );
        let expr =
            Peach::tags().contains("ripe") & Peach::size().child::<f64>("outerDiameter").lt(8.0);
        assert_eq!(
            expr.to_string(),
            r#"spec.tags contains "ripe" and spec.size.outerDiameter < 8.0"#
        );
    }
}
