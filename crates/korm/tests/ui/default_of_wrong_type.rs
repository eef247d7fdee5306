//! Defaults that are no values of their fields.
use korm::{Meta, Model};

#[derive(Model)]
#[korm(group = "example.com", version = "v1", plural = "peaches", namespaced)]
struct Peach {
    meta: Meta,
    #[korm(spec, default = "one")]
    price: i64,
    #[korm(spec, default = 1)]
    variety: String,
    #[korm(spec, default = 1.5)]
    ripe: Option<bool>,
}

fn main() {}
