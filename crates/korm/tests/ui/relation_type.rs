//! A relation of a type that is none.
use korm::{Meta, Model};

#[derive(Model)]
#[korm(group = "example.com", version = "v1", plural = "peaches", namespaced)]
struct Peach {
    meta: Meta,
    #[korm(belongs_to(owner))]
    tree: Option<String>,
}

fn main() {}
