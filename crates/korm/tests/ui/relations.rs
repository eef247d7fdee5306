//! Relations that name nothing, link twice, or are mapped too.
use korm::{Meta, Model, ToMany, ToOne};

#[derive(Model)]
#[korm(group = "example.com", version = "v1", plural = "peaches", namespaced)]
struct Peach {
    meta: Meta,
    #[korm(spec)]
    tree_name: String,
    #[korm(belongs_to(field = "tree_nme"))]
    tree: ToOne<Peach>,
    #[korm(has_many(parent))]
    children: ToMany<Peach>,
    #[korm(belongs_to)]
    other: ToOne<Peach>,
    #[korm(belongs_to(owner), has_many(owner))]
    both: ToMany<Peach>,
    #[korm(belongs_to(owner), spec)]
    mapped: ToOne<Peach>,
}

fn main() {}
