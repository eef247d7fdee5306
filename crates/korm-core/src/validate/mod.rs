//! Validating an object before it is sent, with the words the server would use.
//!
//! [`violations`] does with a model's schema what apiextensions-apiserver does with that of a
//! `CustomResourceDefinition`: fills in defaults, then checks types, required members, enumerations, bounds,
//! patterns, formats, alternatives, that sets and maps hold nothing twice, and, where types and sizes are in
//! order, the CEL rules. Each violation is told as the cause in the server's `Status`: field, reason and message
//! are the same, letter by letter.
//!
//! ```
//! use korm_core::{FieldDef, FieldPath, ModelDef, validate::violations};
//! use serde_json::json;
//!
//! let price = FieldDef::new("price", FieldPath::spec("price"), json!({"type": "integer", "minimum": 1}));
//! let def = ModelDef::new("example.com", "v1", "Peach", "peaches").field(price.required());
//!
//! let found = violations(&def, &json!({"spec": {"price": 0}}));
//! assert_eq!(found[0].field, "spec.price");
//! assert_eq!(found[0].reason, "FieldValueInvalid");
//! assert_eq!(
//!     found[0].message,
//!     "Invalid value: 0: spec.price in body should be greater than or equal to 1",
//! );
//! ```
//!
//! What only the server can know is not checked here: what admission plugins and webhooks say. A rule that
//! cannot be evaluated here is left to the server, and so is one that compares elements of lists with what
//! they were. The formats of strings are those the server checks, all of them; of e-mail addresses, those with
//! comments, quotes or encoded words are left to the server.

mod defaults;
mod format;
mod lists;
mod number;
mod report;
#[cfg(feature = "cel")]
mod rules;
mod schema;
mod text;

pub use defaults::fill_defaults;
pub use report::Violation;

use serde_json::Value;

use crate::{crd, model::ModelDef};
use report::Report;

/// Everything wrong with a new object by its model's schema, in the order of the fields. Native kinds have
/// no schema here and are not checked.
pub fn violations(def: &ModelDef, object: &Value) -> Vec<Violation> {
    violations_of_change(def, object, None)
}

/// Everything wrong with an object that replaces `old`, with the rules that compare the two.
pub fn violations_of_change(def: &ModelDef, object: &Value, old: Option<&Value>) -> Vec<Violation> {
    if def.native {
        return Vec::new();
    }
    against(&crd::object_schema(def), object, old)
}

/// Everything wrong with an object by a structural schema, such as `openAPIV3Schema` of an installed
/// `CustomResourceDefinition`; `old` is what it replaces, where it replaces something.
pub fn against(schema: &Value, object: &Value, old: Option<&Value>) -> Vec<Violation> {
    let mut object = object.clone();
    fill_defaults(&mut object, schema);
    let mut report = Report::default();
    schema::check(schema, "", &object, &mut report);
    lists::check(schema, "", &object, &mut report);
    #[cfg(feature = "cel")]
    if rules::are_there(schema) {
        // As on the server: rules may rely on types and sizes being in order.
        if report.keeps_rules_from_being_checked() {
            report.rules_left_out();
        } else {
            rules::check(schema, "", &object, old, &mut report);
        }
    }
    #[cfg(not(feature = "cel"))]
    let _ = old;
    report.into_violations()
}

#[cfg(test)]
mod tests;
