//! Metadata of custom resources: it is not described by their schema but decoded as ObjectMeta,
//! as apiextensions' `schema/objectmeta` does.

use std::sync::LazyLock;

use serde_json::Value;

use super::{Decoded, Node, decode_native};
use crate::native::normalize_message;
use crate::schema::field_error::{FieldError, FieldPath};
use crate::schema::types::{ObjectShape, Property, Shape, Type, TypeId, Types};

/// Decodes a `metadata` value as ObjectMeta. Complaints name fields below `metadata`.
///
/// The value is as Go writes it again: without empty lists and maps.
pub(crate) fn decode_metadata(metadata: Value) -> Result<Decoded, String> {
    let (types, root) = &*OBJECT_META;
    let mut decoded = decode_native(types, *root, Node::from(metadata))?;
    decoded.value = normalize_message(OBJECT_META_MESSAGE, &decoded.value);
    Ok(decoded)
}

const OBJECT_META_MESSAGE: &str = "k8s.io.apimachinery.pkg.apis.meta.v1.ObjectMeta";

/// Checks and cleans apiVersion, kind and metadata of every embedded resource, and gives the paths
/// of unknown fields, sorted. The object's own are not looked at.
pub(crate) fn coerce_embedded(
    types: &Types,
    root: TypeId,
    value: &mut Value,
) -> Result<Vec<String>, FieldError> {
    let mut unknown = Vec::new();
    coerce(types, root, value, &FieldPath::ROOT, &mut unknown)?;
    unknown.sort();
    Ok(unknown)
}

fn coerce(
    types: &Types,
    id: TypeId,
    value: &mut Value,
    path: &FieldPath<'_>,
    unknown: &mut Vec<String>,
) -> Result<(), FieldError> {
    let ty = types.get(id);
    match value {
        Value::Object(fields) => {
            for (key, value) in fields.iter_mut() {
                if ty.embedded_resource {
                    coerce_field(key, value, path, unknown)?;
                }
                let Shape::Object(object) = &ty.shape else {
                    continue;
                };
                if let Some(property) = object.properties.get(key.as_str()) {
                    coerce(types, property.ty, value, &path.child(key), unknown)?;
                } else if let Some(property) = &object.additional {
                    coerce(types, property.ty, value, &path.key(key), unknown)?;
                }
            }
        }
        Value::Array(items) => {
            if let Shape::Array {
                items: Some(item), ..
            } = &ty.shape
            {
                for (i, value) in items.iter_mut().enumerate() {
                    coerce(types, item.ty, value, &path.index(i), unknown)?;
                }
            }
        }
        _ => {}
    }
    Ok(())
}

fn coerce_field(
    key: &str,
    value: &mut Value,
    path: &FieldPath<'_>,
    unknown: &mut Vec<String>,
) -> Result<(), FieldError> {
    match key {
        "apiVersion" | "kind" if !value.is_string() => {
            let path = path.child(key);
            Err(FieldError::invalid(
                &path,
                value.clone(),
                "must be a string",
            ))
        }
        "metadata" => {
            let path = path.child(key);
            let decoded = decode_metadata(value.clone())
                .map_err(|error| FieldError::invalid(&path, value.clone(), error))?;
            let prefix = path.to_string();
            unknown.extend(decoded.strict.iter().filter_map(|complaint| {
                let field = complaint.split('"').nth(1)?;
                Some(format!("{prefix}.{field}"))
            }));
            *value = match decoded.value {
                Value::Null => Value::Object(serde_json::Map::new()),
                metadata => metadata,
            };
            Ok(())
        }
        _ => Ok(()),
    }
}

static OBJECT_META: LazyLock<(Types, TypeId)> = LazyLock::new(object_meta);

/// The Go struct `metav1.ObjectMeta`.
fn object_meta() -> (Types, TypeId) {
    let mut types = Types::default();
    let string = types.push(Type::of(Shape::String { format: None }));
    let boolean = types.push(Type::of(Shape::Boolean));
    let int64 = types.push(Type::of(Shape::Integer {
        format: Some("int64".into()),
    }));
    let any = types.push(Type::of(Shape::Any));
    let uid = types.push(named(
        "io.k8s.apimachinery.pkg.types.UID",
        Shape::String { format: None },
    ));
    let time = types.push(named(
        "io.k8s.apimachinery.pkg.apis.meta.v1.Time",
        Shape::String { format: None },
    ));
    let strings = types.push(array_of(string));
    let string_map = types.push(Type::of(Shape::Object(ObjectShape {
        additional: Some(Box::new(Property::of(string))),
        ..ObjectShape::default()
    })));
    let owner = types.push(named(
        "io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference",
        fields(&[
            ("apiVersion", string),
            ("kind", string),
            ("name", string),
            ("uid", uid),
            ("controller", boolean),
            ("blockOwnerDeletion", boolean),
        ]),
    ));
    let owners = types.push(array_of(owner));
    let managed = types.push(named(
        "io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry",
        fields(&[
            ("manager", string),
            ("operation", string),
            ("apiVersion", string),
            ("time", time),
            ("fieldsType", string),
            ("fieldsV1", any),
            ("subresource", string),
        ]),
    ));
    let managed_fields = types.push(array_of(managed));
    let root = types.push(named(
        "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta",
        fields(&[
            ("name", string),
            ("generateName", string),
            ("namespace", string),
            ("selfLink", string),
            ("uid", uid),
            ("resourceVersion", string),
            ("generation", int64),
            ("creationTimestamp", time),
            ("deletionTimestamp", time),
            ("deletionGracePeriodSeconds", int64),
            ("labels", string_map),
            ("annotations", string_map),
            ("ownerReferences", owners),
            ("finalizers", strings),
            ("managedFields", managed_fields),
        ]),
    ));
    (types, root)
}

pub(super) fn named(name: &str, shape: Shape) -> Type {
    Type {
        name: Some(name.into()),
        ..Type::of(shape)
    }
}

pub(super) fn array_of(item: TypeId) -> Type {
    Type::of(Shape::Array {
        items: Some(Box::new(Property::of(item))),
        list: Default::default(),
    })
}

pub(super) fn fields(list: &[(&str, TypeId)]) -> Shape {
    Shape::Object(ObjectShape {
        properties: list
            .iter()
            .map(|(name, ty)| ((*name).into(), Property::of(*ty)))
            .collect(),
        ..ObjectShape::default()
    })
}
