//! The plural is missing or no name.
use korm::{Meta, Model};

#[derive(Model)]
#[korm(group = "example.com", version = "v1", namespaced)]
struct Peach {
    meta: Meta,
}

#[derive(Model)]
#[korm(group = "example.com", version = "v1", plural = "Plums!", namespaced)]
struct Plum {
    meta: Meta,
}

fn main() {}
