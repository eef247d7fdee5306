//! Group, version and short name are missing or no names.
use korm::{Meta, Model};

#[derive(Model)]
#[korm(plural = "peaches", namespaced)]
struct Peach {
    meta: Meta,
}

#[derive(Model)]
#[korm(group = "example", version = "1.0", plural = "plums", short_name = "P", singular = "a plum", namespaced)]
struct Plum {
    meta: Meta,
}

#[derive(Model)]
#[korm(group = "example.com", group = "example.org", version = "v1", plural = "pears", namespaced)]
struct Pear {
    meta: Meta,
}

fn main() {}
