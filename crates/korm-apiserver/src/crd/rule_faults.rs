//! Rules that do not compile, found in the types that defaults are checked against: a default is refused for a rule that
//! is wrong itself.

use std::sync::Arc;

use super::declared_types;
use super::json_schema::{JsonSchema, ValidationRule};
use crate::cel::{self, Declared, Purpose, Surroundings};
use crate::schema::types::{Shape, TypeId, Types};

/// Notes at the rules of a schema, whose type is `id`, why they do not compile.
pub(super) fn note(schema: &JsonSchema, id: TypeId, types: &mut Types) {
    if !schema.validations.is_empty()
        && let Some(own) = declared_types::of(schema, schema.embedded_resource)
    {
        let own = Arc::new(own);
        let faults = schema.validations.iter().map(|rule| fault(rule, &own));
        let rules = types.get_mut(id).rules.as_mut();
        let rules = rules.map_or(&mut [][..], |rules| &mut rules.cel);
        for (rule, fault) in rules.iter_mut().zip(faults) {
            rule.fault = fault;
        }
    }
    for (schema, id) in parts(schema, types.get(id).shape.clone()) {
        note(schema, id, types);
    }
}

fn fault(rule: &ValidationRule, own: &Arc<Declared>) -> Option<Box<str>> {
    let surroundings = Surroundings {
        own,
        optional_old_self: rule.optional_old_self == Some(true),
        purpose: Purpose::Rule,
    };
    let is_empty = rule.rule.trim().is_empty();
    let compiled = (!is_empty).then(|| cel::compile(&rule.rule, surroundings));
    compiled?.err().map(|failure| failure.why.into())
}

fn parts(schema: &JsonSchema, shape: Shape) -> Vec<(&JsonSchema, TypeId)> {
    match shape {
        Shape::Array { items, .. } => {
            let item = schema.item().zip(items);
            item.map(|(schema, item)| (schema, item.ty))
                .into_iter()
                .collect()
        }
        Shape::Object(object) => {
            let properties = object.properties.iter();
            let properties = properties.filter_map(|(name, property)| {
                let schema = schema.properties.get(&**name)?;
                Some((schema, property.ty))
            });
            let additional = schema.additional().zip(object.additional.as_ref());
            properties
                .chain(additional.map(|(schema, additional)| (schema, additional.ty)))
                .collect()
        }
        _ => Vec::new(),
    }
}
