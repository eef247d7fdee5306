//! What storing does to an object.

use serde_json::{Value, json};

use crate::facts::{self, Field, Message, Wire};

/// Takes the empty lists out of an object of a message type, as storing it in protobuf does: afterwards there is none.
pub(super) fn forget_empty_lists(name: &str, object: &mut Value) {
    // Definitions of custom kinds are stored in JSON.
    if !name.starts_with("k8s.io.apiextensions-apiserver.") {
        message(name, object);
    }
}

fn message(name: &str, object: &mut Value) {
    match facts::message(name).as_deref() {
        Some(Message::Struct { fields, .. }) => fields_of(fields, object),
        Some(Message::Items(items)) => list(items, object),
        _ => {}
    }
}

fn fields_of(fields: &[Field], object: &mut Value) {
    for field in fields {
        // An embedded struct: its fields are found in the object itself.
        let member = match field.inline {
            true => Some(&mut *object),
            false => object.get_mut(&*field.json),
        };
        if let Some(member) = member {
            value(&field.wire, member);
        }
    }
}

fn value(wire: &Wire, of: &mut Value) {
    match wire {
        Wire::Scalar(_) => {}
        Wire::List(items) => list(items, of),
        Wire::Map(values) => of
            .as_object_mut()
            .into_iter()
            .flat_map(|members| members.values_mut())
            .for_each(|member| value(values, member)),
        Wire::Message(name) => message(name, of),
    }
}

fn list(items: &Wire, of: &mut Value) {
    if *of == json!([]) {
        *of = Value::Null;
    }
    of.as_array_mut()
        .into_iter()
        .flatten()
        .for_each(|item| value(items, item));
}
