//! Attributes nobody knows, with a guess at what was meant.
use korm::{Meta, Model};

#[derive(Model)]
#[korm(group = "example.com", version = "v1", plural = "peaches", namspaced)]
struct Peach {
    meta: Meta,
    #[korm(spec, selectible)]
    variety: String,
    #[korm(spec, wholly)]
    price: i64,
    #[korm(spec, column(title = "Size"))]
    size: i64,
}

fn main() {}
