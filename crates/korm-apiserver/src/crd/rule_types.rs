//! What rules know of the values of the schemas that they are in: found out once for the outermost schema with rules, and
//! handed down from there (apiextensions' `CELSchemaContext`).

use std::sync::Arc;

use super::declared_types;
use super::json_schema::JsonSchema;
use crate::cel::{self, Declared};

/// What is known where rules apply.
#[derive(Clone, Copy)]
pub(super) enum RuleTypes<'a> {
    /// There are no rules here, nor around.
    Unneeded,
    /// The values, or some around them, have no type that rules could know.
    Untyped,
    /// The values.
    Known(&'a Arc<Declared>),
}

/// Which part a schema is of the one around it.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    /// None that rules could know.
    Other,
    /// A field of this name.
    Field(&'a str),
    /// An item of a list, or a value of a map.
    Element,
}

impl RuleTypes<'_> {
    /// What is known of a part; the outer `Option` tells whether anybody asks.
    pub(super) fn of(
        self,
        part: Part<'_>,
        schema: &JsonSchema,
        resource: bool,
    ) -> Option<Option<Arc<Declared>>> {
        let own = || declared_types::of(schema, resource).map(Arc::new);
        match self {
            Self::Unneeded if schema.validations.is_empty() => None,
            Self::Unneeded => Some(own()),
            Self::Untyped => Some(None),
            Self::Known(around) => {
                let known = match part {
                    Part::Field(name) => cel::escape(name)
                        .and_then(|name| around.field(&name))
                        .cloned(),
                    Part::Element => around.element().cloned(),
                    Part::Other => None,
                };
                Some(known.or_else(own))
            }
        }
    }

    /// The same, to look at.
    pub(super) fn from(known: &Option<Option<Arc<Declared>>>) -> RuleTypes<'_> {
        match known {
            None => RuleTypes::Unneeded,
            Some(None) => RuleTypes::Untyped,
            Some(Some(known)) => RuleTypes::Known(known),
        }
    }
}
