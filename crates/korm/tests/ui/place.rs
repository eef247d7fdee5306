//! Where a field lives is not said, said twice, or taken.
use korm::{Meta, Model};

#[derive(Model)]
#[korm(group = "example.com", version = "v1", plural = "peaches", namespaced)]
struct Peach {
    meta: Meta,
    variety: String,
    #[korm(spec, status)]
    price: Option<i64>,
    #[korm(skip, spec)]
    cache: Option<i64>,
    #[korm(root, rename = "spec")]
    everything: String,
    #[korm(metadata)]
    name: String,
    #[korm(spec, path = "a..b")]
    deep: String,
    #[korm(spec, path = "a.b", rename = "b")]
    both: String,
}

fn main() {}
