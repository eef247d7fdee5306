//! What the macro writes out, compared with what was looked at and found good.
//!
//! After a change that is meant, run the tests once with `KORM_BLESS=1` and look at the
//! difference.

use std::{env, fs, path::Path};

use crate::{expand, parse};

fn check(name: &str, input: &str) {
    let input = syn::parse_str(input).unwrap();
    let model = parse::model(&input).unwrap();
    let file = syn::parse2(expand::model(&model)).unwrap();
    let written = prettyplease::unparse(&file);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/snapshots/{name}.snap"));
    if env::var_os("KORM_BLESS").is_some() {
        fs::write(&path, &written).unwrap();
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        known == written,
        "the expansion differs from {}; with KORM_BLESS=1 it is replaced:\n{written}",
        path.display()
    );
}

#[test]
fn a_custom_kind() {
    check(
        "custom",
        r#"
        /// A fruit.
        #[korm(group = "example.com", version = "v1", plural = "peaches", short_name = "pch", namespaced)]
        #[korm(rule("self.spec.price > 0", message = "no gifts"))]
        pub struct Peach {
            pub meta: Meta,
            /// The variety.
            #[korm(spec, column(name = "Variety"), pattern = "^[A-Z]", selectable)]
            pub variety: String,
            #[korm(spec, default = 1, min = 1)]
            price: i64,
            #[korm(label = "orchard")]
            orchard: Option<String>,
            #[korm(spec, list_set)]
            tags: Vec<String>,
            #[korm(status)]
            ripe: Option<bool>,
            #[korm(belongs_to(owner))]
            tree: ToOne<Tree>,
            #[korm(skip)]
            cache: u64,
        }
        "#,
    );
}

#[test]
fn a_native_kind() {
    check(
        "native",
        r#"
        #[korm(native = "apps/v1/Deployment", crate = "crate")]
        struct Deployment {
            meta: Meta,
            #[korm(spec, scale)]
            replicas: Option<i32>,
            #[korm(has_many(field = "deployment"))]
            pods: ToMany<Pod>,
        }
        "#,
    );
}

#[test]
fn mistakes_in_relations() {
    let input = syn::parse_str(
        r#"
        #[korm(group = "example.com", version = "v1", plural = "peaches", namespaced)]
        struct Peach {
            meta: Meta,
            #[korm(spec)]
            tree_name: String,
            #[korm(belongs_to(field = "tree_nme"))]
            tree: ToOne<Tree>,
            #[korm(has_many(parent))]
            children: ToMany<Peach>,
            #[korm(belongs_to(owner), has_many(owner))]
            both: ToMany<Peach>,
            #[korm(belongs_to(owner), spec)]
            mapped: ToOne<Tree>,
            #[korm(has_many(path = "spec.containers[0]"))]
            pods: ToMany<Pod>,
        }
        "#,
    )
    .unwrap();
    let mistakes = parse::model(&input).unwrap_err();
    let said: Vec<String> = mistakes
        .into_iter()
        .map(|mistake| mistake.to_string())
        .collect();
    assert_eq!(
        said,
        [
            "`has_many` has no attribute `parent`; there are `owner`, `field`, `path`, `selector`, `labels`",
            "a relation links in one way, and this is a second one",
            "a relation is no mapped field; remove this",
            "there is no mapped field `tree_nme`; did you mean `tree_name`?",
            "a path is keys with dots between them, such as `template.spec.nodeName`; it cannot lead into a list",
        ]
    );
}
