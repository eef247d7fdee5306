//! No metadata, and too much of it.
use korm::{Meta, Model};

#[derive(Model)]
#[korm(group = "example.com", version = "v1", plural = "peaches", namespaced)]
struct None {
    #[korm(spec)]
    variety: String,
}

#[derive(Model)]
#[korm(group = "example.com", version = "v1", plural = "peaches", namespaced)]
struct Two {
    meta: Meta,
    more: Meta,
}

#[derive(Model)]
#[korm(group = "example.com", version = "v1", plural = "peaches", namespaced)]
struct Other {
    #[korm(meta)]
    meta: String,
}

fn main() {}
