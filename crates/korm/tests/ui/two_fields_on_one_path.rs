//! Two fields on one path, and one inside another.
use korm::{Meta, Model};

#[derive(Model)]
#[korm(group = "example.com", version = "v1", plural = "peaches", namespaced)]
struct Peach {
    meta: Meta,
    #[korm(spec)]
    variety: String,
    #[korm(spec, rename = "variety")]
    kind: String,
    #[korm(label = "orchard")]
    orchard: Option<String>,
    #[korm(label = "orchard")]
    garden: Option<String>,
    #[korm(spec, path = "size.diameter")]
    diameter: i64,
    #[korm(spec)]
    size: String,
}

fn main() {}
