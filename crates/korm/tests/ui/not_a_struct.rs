//! What cannot be a model.
use korm::{Meta, Model};

#[derive(Model)]
enum Fruit {
    Peach,
}

#[derive(Model)]
struct Tuple(Meta);

#[derive(Model)]
#[korm(group = "example.com", version = "v1", plural = "boxes", namespaced)]
struct Boxed<T> {
    meta: Meta,
    #[korm(skip)]
    content: Option<T>,
}

#[derive(Model)]
struct Bare {
    meta: Meta,
}

fn main() {}
