//! Relations that cannot be.
use korm::{Meta, Model, ToMany, ToOne};

#[derive(Model)]
#[korm(group = "example.com", version = "v1", plural = "trees", namespaced)]
struct Tree {
    meta: Meta,
    #[korm(spec)]
    orchard_name: String,
    #[korm(belongs_to(field = "orchard_nme"))]
    orchard: ToOne<Tree>,
    #[korm(has_many(parent))]
    children: ToMany<Tree>,
    #[korm(belongs_to(owner), has_many(owner))]
    both: ToMany<Tree>,
    #[korm(has_many(owner), spec)]
    mapped: ToMany<Tree>,
    #[korm(has_many(selector = "nothing"))]
    selected: ToMany<Tree>,
}

#[derive(Model)]
#[korm(group = "example.com", version = "v1", plural = "fruits", namespaced)]
struct Fruit {
    meta: Meta,
    #[korm(belongs_to(owner))]
    tree: Option<Tree>,
}

fn main() {}
