//! Keys that are no keys of labels, and names for what has one.
use korm::{Meta, Model};

#[derive(Model)]
#[korm(group = "example.com", version = "v1", plural = "peaches", namespaced)]
struct Peach {
    meta: Meta,
    #[korm(label = "my orchard")]
    orchard: Option<String>,
    #[korm(annotation = "a/b/c")]
    note: Option<String>,
    #[korm(label = "tree", rename = "Tree")]
    tree: Option<String>,
    #[korm(label = "row", default = "first")]
    row: Option<String>,
}

fn main() {}
