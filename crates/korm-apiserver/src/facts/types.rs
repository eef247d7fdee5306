//! Native kinds in the description of types that custom resources use too.

use super::definitions::{definition, definition_name};
use crate::schema::{ListType, ObjectShape, PatchStrategy, Property, Shape, Type, TypeId, Types};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

type Known = HashMap<String, (Arc<Types>, TypeId)>;

/// The types of a native kind and which of them is the kind's own; `None` for an unknown kind.
///
/// Built on first use and kept: a kind's facts never change.
pub(crate) fn types(group: &str, version: &str, kind: &str) -> Option<(Arc<Types>, TypeId)> {
    static KNOWN: OnceLock<Mutex<Known>> = OnceLock::new();
    let name = definition_name(group, version, kind)?;
    // The map is whole even if a thread panicked: an entry is made before it is put in.
    let mut known = KNOWN
        .get_or_init(Mutex::default)
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some((types, root)) = known.get(&name) {
        return Some((Arc::clone(types), *root));
    }
    let mut builder = Builder::default();
    let root = builder.named(&name);
    let types = Arc::new(builder.types);
    known.insert(name, (Arc::clone(&types), root));
    Some((types, root))
}

#[derive(Default)]
struct Builder {
    types: Types,
    by_name: HashMap<String, TypeId>,
}

impl Builder {
    fn named(&mut self, name: &str) -> TypeId {
        if let Some(id) = self.by_name.get(name) {
            return *id;
        }
        // Reserved before its children are made: a type may contain itself.
        let id = self.types.push(Type::default());
        self.by_name.insert(name.to_owned(), id);
        let mut ty = self.convert(&definition(name).unwrap_or_default());
        ty.name = Some(name.into());
        let free_form = ["RawExtension", "FieldsV1"];
        ty.preserve_unknown = match &ty.shape {
            Shape::Object(_) => free_form.contains(&name.rsplit('.').next().unwrap_or_default()),
            Shape::Any => !ty.int_or_string && !name.ends_with(".Quantity"),
            _ => false,
        };
        self.types.set(id, ty);
        id
    }

    /// The type at a place where a schema is used: a reference, or a schema of its own.
    fn used(&mut self, schema: &Value) -> TypeId {
        let reference = schema["$ref"]
            .as_str()
            .or_else(|| schema["allOf"][0]["$ref"].as_str());
        let Some(name) = reference else {
            let ty = self.convert(schema);
            return self.types.push(ty);
        };
        match schema["x-kubernetes-map-type"].as_str() {
            // The place says how the map is merged, whatever the definition says.
            Some(map_type) => {
                let key = format!("{name}#{map_type}");
                if let Some(id) = self.by_name.get(&key) {
                    return *id;
                }
                let original = self.named(name);
                let mut ty = self.types.get(original).clone();
                if let Shape::Object(object) = &mut ty.shape {
                    object.atomic = map_type == "atomic";
                }
                let id = self.types.push(ty);
                self.by_name.insert(key, id);
                id
            }
            None => self.named(name),
        }
    }

    fn property(&mut self, schema: &Value) -> Property {
        // A strategy that is neither merge nor retainKeys is "replace".
        let patch = schema["x-kubernetes-patch-strategy"]
            .as_str()
            .map(|strategy| PatchStrategy {
                merge: strategy.split(',').any(|s| s == "merge"),
                retain_keys: strategy.split(',').any(|s| s == "retainKeys"),
                merge_key: schema["x-kubernetes-patch-merge-key"]
                    .as_str()
                    .map(Into::into),
            });
        Property {
            ty: self.used(schema),
            default: schema.get("default").cloned(),
            patch,
        }
    }

    fn convert(&mut self, schema: &Value) -> Type {
        let format = schema["format"].as_str().map(Into::into);
        let shape = match schema["type"].as_str() {
            Some("boolean") => Shape::Boolean,
            Some("integer") => Shape::Integer { format },
            Some("number") => Shape::Number,
            Some("string") => Shape::String { format },
            Some("object") => Shape::Object(self.object(schema)),
            Some("array") => Shape::Array {
                items: schema
                    .get("items")
                    .map(|items| Box::new(self.property(items))),
                list: list_type(schema),
            },
            _ => Shape::Any,
        };
        let mut ty = Type::of(shape);
        ty.int_or_string = schema["format"] == "int-or-string";
        ty
    }

    fn object(&mut self, schema: &Value) -> ObjectShape {
        let mut properties = BTreeMap::new();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            properties.insert(name.as_str().into(), self.property(property));
        }
        let additional = schema
            .get("additionalProperties")
            .filter(|additional| additional.is_object())
            .map(|additional| Box::new(self.property(additional)));
        ObjectShape {
            properties,
            additional,
            atomic: schema["x-kubernetes-map-type"] == "atomic",
            required: strings(&schema["required"]),
        }
    }
}

fn list_type(schema: &Value) -> ListType {
    match schema["x-kubernetes-list-type"].as_str() {
        Some("set") => ListType::Set,
        Some("map") => ListType::Map {
            keys: strings(&schema["x-kubernetes-list-map-keys"]),
        },
        _ => ListType::Atomic,
    }
}

fn strings(value: &Value) -> Vec<Box<str>> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(Into::into)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::resources::recorded;
    use super::*;

    fn at<'a>(types: &'a Types, root: TypeId, path: &[&str]) -> &'a Property {
        let mut id = root;
        let mut last = None;
        for part in path {
            let property = match (&types.get(id).shape, *part) {
                (Shape::Array { items, .. }, "[]") => items.as_deref().unwrap(),
                _ => types.field(id, part).unwrap_or_else(|| panic!("no {part}")),
            };
            id = property.ty;
            last = Some(property);
        }
        last.unwrap()
    }

    #[test]
    fn a_pod_has_its_list_types_and_patch_strategies() {
        let (types, root) = types("", "v1", "Pod").unwrap();
        let containers = at(&types, root, &["spec", "containers"]);
        assert_eq!(
            containers.patch.as_ref().unwrap().merge_key.as_deref(),
            Some("name")
        );
        let ports = at(&types, root, &["spec", "containers", "[]", "ports"]);
        let Shape::Array { list, .. } = &types.get(ports.ty).shape else {
            panic!("not a list")
        };
        let keys = vec!["containerPort".into(), "protocol".into()];
        assert_eq!(*list, ListType::Map { keys });
        let protocol = at(
            &types,
            root,
            &["spec", "containers", "[]", "ports", "[]", "protocol"],
        );
        assert_eq!(protocol.default, Some("TCP".into()));
        let volumes = at(&types, root, &["spec", "volumes"])
            .patch
            .clone()
            .unwrap();
        assert!(volumes.merge && volumes.retain_keys);
        let port = at(
            &types,
            root,
            &[
                "spec",
                "containers",
                "[]",
                "livenessProbe",
                "httpGet",
                "port",
            ],
        );
        assert!(types.get(port.ty).int_or_string);
    }

    #[test]
    fn a_type_that_contains_itself_is_built() {
        let (types, root) =
            types("apiextensions.k8s.io", "v1", "CustomResourceDefinition").unwrap();
        let path = ["spec", "versions", "[]", "schema", "openAPIV3Schema"];
        let schema = at(&types, root, &path).ty;
        assert_eq!(at(&types, schema, &["not"]).ty, schema);
    }

    #[test]
    fn every_recorded_kind_can_be_built() {
        for gv in recorded() {
            for resource in gv.resources.iter().filter(|r| r.verbs.contains(&"list")) {
                let (types, root) = types(gv.group, gv.version, resource.kind).unwrap();
                assert!(types.field(root, "metadata").is_some(), "{}", resource.kind);
            }
        }
    }
}
