//! A program that declares a model.

fn main() {}
