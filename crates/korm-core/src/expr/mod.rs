//! The query language: questions about the fields of an object.
//!
//! An [`Expr`] is a tree of [`Predicate`]s combined with and, or and not. It is data: it can be written
//! and read as JSON, and the planner takes it apart. Programs build it from the fields of a model,
//! `Peach::variety().eq("Frost").and(Peach::price().gt(2))`, which the compiler checks, or from paths:
//!
//! ```
//! use korm_core::{Expr, FieldPath, Op, expr::Filter};
//! use serde_json::json;
//!
//! let expr = Expr::test(FieldPath::spec("variety"), Op::Eq(json!("Frost")))
//!     .and(Expr::test(FieldPath::spec("price"), Op::Gt(json!(2))));
//! assert_eq!(expr.to_string(), r#"spec.variety == "Frost" and spec.price > 2"#);
//!
//! let filter = Filter::new(&expr).unwrap();
//! assert!(filter.matches(&json!({"spec": {"variety": "Frost", "price": 3}})));
//! ```
//!
//! # Two values, not three
//!
//! Every expression is either true or false of an object; there is no "unknown" as in SQL, so `!e` is
//! true exactly where `e` is false.
//!
//! **Absent and null are the same.** A value is absent where a key on its path is missing, where
//! something on the way is no object, or where it is null. That is how the API conventions treat optional
//! fields, and how `Option::None` is written. Where the model declares a default for the field, an
//! absent value counts as that default, as it does when the attribute is read.
//!
//! | | where the value is absent | where it is there |
//! |---|---|---|
//! | `exists` | false | true |
//! | `is_null` | true | false |
//! | `eq x` | false (true for `eq null`) | it is the same as `x` |
//! | `ne x` | not `eq x`: true | not `eq x` |
//! | `in [..]` | false (true with null among them) | it is the same as one of them |
//! | `not_in [..]` | not `in`: true | not `in` |
//! | `lt`, `le`, `gt`, `ge` | false | both have an order, and it is that one |
//! | `contains`, `starts_with`, `ends_with`, `matches` | false | see below |
//!
//! `ne` and `not_in` being true of absent values is what label selectors do (`orchard!=north` selects
//! objects without that label), and it keeps them the exact complements of `eq` and `in`. Ask for
//! `exists` too where that is not wanted:
//!
//! ```
//! # use korm_core::{Expr, FieldPath, Op, expr::Filter};
//! # use serde_json::json;
//! let orchard = || FieldPath::label("orchard");
//! let elsewhere = Expr::test(orchard(), Op::Ne(json!("north")));
//! let known_elsewhere = elsewhere.clone().and(Expr::test(orchard(), Op::Exists));
//!
//! let unlabelled = json!({"metadata": {"labels": {}}});
//! assert!(Filter::new(&elsewhere).unwrap().matches(&unlabelled));
//! assert!(!Filter::new(&known_elsewhere).unwrap().matches(&unlabelled));
//! ```
//!
//! Note that `!(price < 3)` is therefore not `price >= 3`: where the price is absent the first is true
//! and the second false.
//!
//! # Which values are the same, and which comes first
//!
//! **Numbers** compare by their exact value, whether they are written as integers or floats: 2 equals
//! 2.0, and 9007199254740993 is greater than 9007199254740992.0. **Strings** compare by Unicode code
//! points, without folding case or applying a locale. **Booleans**: false comes before true. **Lists** and
//! **objects** are equal when they have equal elements in the same order, and equal members; they have
//! no order. Values of **different types** are never equal and have no order: `spec.price < 3` is false
//! where the price is the string `"2"`.
//!
//! ```
//! # use korm_core::{Expr, FieldPath, Op, expr::Filter};
//! # use serde_json::json;
//! let cheap = Filter::new(&Expr::test(FieldPath::spec("price"), Op::Lt(json!(2.5)))).unwrap();
//! assert!(cheap.matches(&json!({"spec": {"price": 2}})));
//! assert!(!cheap.matches(&json!({"spec": {"price": "2"}})));
//! ```
//!
//! **Timestamps**: a field whose schema has the format `date-time` ([`Compare::Instant`]) compares by the
//! instant, so `2026-05-01T12:00:00Z` equals `2026-05-01T14:00:00+02:00`. A string that names no instant
//! is equal to nothing and has no order.
//!
//! **Quantities**: with [`Compare::Quantity`] strings and numbers compare as
//! `resource.ParseQuantity` of k8s.io/apimachinery understands them: `1500m` equals `1.5`, `1Gi` equals
//! `1024Mi`; what is finer than a thousand-millionth is rounded away from zero, and 2^63 and more counts as
//! 2^63 - 1. What is no quantity is equal to nothing and has no order.
//!
//! ```
//! # use korm_core::{Compare, Expr, FieldPath, Op, Predicate, expr::Filter};
//! # use serde_json::json;
//! let small = Expr::Test(Predicate {
//!     path: FieldPath::spec("memory"),
//!     compare: Compare::Quantity,
//!     default: None,
//!     op: Op::Le(json!("1Gi")),
//! });
//! let small = Filter::new(&small).unwrap();
//! assert!(small.matches(&json!({"spec": {"memory": "900M"}})));
//! assert!(!small.matches(&json!({"spec": {"memory": "1100Mi"}})));
//! ```
//!
//! # Parts of values
//!
//! - `contains`: a string has the operand as a substring; a list has an element equal to it; an object
//!   has it as a key. False of anything else.
//! - `starts_with`, `ends_with`: of strings; false of anything else.
//! - `matches`: a string in which the regular expression finds a match **anywhere**; anchor it with `^`
//!   and `$` to match the whole. The syntax is that of the crate `regex`, which is RE2's but for
//!   details, and needs time linear in the length of the string. A malformed one is an error before
//!   anything is sent.
//!
//! ```
//! # use korm_core::{Expr, FieldPath, Op, expr::{ExprError, Filter}};
//! # use serde_json::json;
//! let tagged = Filter::new(&Expr::test(FieldPath::spec("tags"), Op::Contains(json!("ripe")))).unwrap();
//! assert!(tagged.matches(&json!({"spec": {"tags": ["big", "ripe"]}})));
//! assert!(tagged.matches(&json!({"spec": {"tags": {"ripe": "yes"}}})));
//! assert!(tagged.matches(&json!({"spec": {"tags": "overripe"}})));
//!
//! let broken = Filter::new(&Expr::test(FieldPath::spec("tags"), Op::Matches("(".into())));
//! assert!(matches!(broken, Err(ExprError::Pattern { .. })));
//! ```
//!
//! # Empty combinations
//!
//! And of nothing is true, or of nothing is false, `in []` is false and `not_in []` is true. An
//! expression that can be seen to be false of everything sends no request at all.

mod compare;
mod field;
mod filter;
mod meta_fields;
mod quantity;
mod redact;
mod show;
mod simplify;
mod tree;

pub use compare::{equal, order};
pub use field::{Field, FieldType, Operand, TextField};
pub use filter::{ExprError, Filter};
pub use meta_fields::MetaFields;
pub(crate) use simplify::demands_presence;
pub use tree::{Compare, Expr, Op, Predicate};

#[cfg(test)]
mod tests;
