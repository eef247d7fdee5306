//! A type that serde and schemars do not know.
use korm::{Meta, Model};

struct Size(f64);

#[derive(Model)]
#[korm(group = "example.com", version = "v1", plural = "peaches", namespaced)]
struct Peach {
    meta: Meta,
    #[korm(spec)]
    size: Size,
}

fn main() {}
