//! Where in an object the comparison is, and what is known of the value there.

use serde_json::{Map, Value};

use crate::{
    model::{FieldDef, ModelDef},
    path::{FieldPath, push_pointer_token},
};

/// A place in the object: its path, the field it belongs to, and the schema of the value.
#[derive(Clone, Debug)]
pub(super) struct Place<'d> {
    def: &'d ModelDef,
    path: FieldPath,
    pointer: String,
    field: Option<&'d FieldDef>,
    schema: Option<&'d Value>,
}

/// How a list is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ListKind {
    /// As one value.
    Atomic,
    /// Elements are told apart by their values, and their order means nothing.
    Set,
    /// Elements are objects told apart by these members.
    Map(Vec<String>),
}

impl<'d> Place<'d> {
    /// The object as a whole.
    pub(super) fn root(def: &'d ModelDef) -> Self {
        let path = FieldPath::new(Vec::<String>::new());
        Self {
            def,
            path,
            pointer: String::new(),
            field: None,
            schema: None,
        }
    }

    /// The member `key` of the object here.
    pub(super) fn member(&self, key: &str) -> Self {
        let path = self.path.child(key);
        let mut pointer = self.pointer.clone();
        push_pointer_token(&mut pointer, key);
        let (field, schema) = match self.field {
            Some(field) => (Some(field), self.schema.and_then(|s| member_schema(s, key))),
            None => {
                let field = self.def.field_at(&path);
                (field, field.map(|field| &field.schema))
            }
        };
        Self {
            def: self.def,
            path,
            pointer,
            field,
            schema,
        }
    }

    /// The element at an index of the list here. Its path, which people read, is that of the list.
    pub(super) fn element(&self, index: usize) -> Self {
        Self {
            pointer: format!("{}/{index}", self.pointer),
            schema: self.schema.and_then(|s| s.get("items")),
            ..self.clone()
        }
    }

    /// The end of the list here, as `add` names it.
    pub(super) fn end(&self) -> String {
        format!("{}/-", self.pointer)
    }

    pub(super) fn pointer(&self) -> &str {
        &self.pointer
    }

    pub(super) fn path(&self) -> &FieldPath {
        &self.path
    }

    /// Whether this is above all fields, like `spec` or the labels: an object there that is absent is
    /// the same as an empty one, and it is never removed.
    pub(super) fn is_structural(&self) -> bool {
        self.field.is_none()
            && match self.path.segments() {
                [] => true,
                [metadata, map] if metadata == "metadata" => {
                    map == "labels" || map == "annotations" || self.leads_to_field()
                }
                [metadata] if metadata == "metadata" => true,
                _ => self.leads_to_field(),
            }
    }

    fn leads_to_field(&self) -> bool {
        self.def
            .fields
            .iter()
            .any(|field| field.path.starts_with(&self.path))
    }

    /// Whether this is a list of the metadata, where absent is the same as empty.
    pub(super) fn is_metadata_list(&self) -> bool {
        self.field.is_none()
            && matches!(self.path.segments(), [metadata, list]
                if metadata == "metadata" && matches!(list.as_str(), "finalizers" | "ownerReferences"))
    }

    /// Whether this is metadata the server sets, whatever a client sends.
    pub(super) fn is_server_set(&self) -> bool {
        const SERVER_SET: [&str; 8] = [
            "creationTimestamp",
            "deletionGracePeriodSeconds",
            "deletionTimestamp",
            "generation",
            "managedFields",
            "resourceVersion",
            "selfLink",
            "uid",
        ];
        matches!(self.path.segments(), [metadata, key]
            if metadata == "metadata" && SERVER_SET.contains(&key.as_str()))
    }

    /// Whether this is the number of replicas that is written through the scale subresource.
    pub(super) fn is_scale(&self) -> bool {
        self.field
            .is_some_and(|field| field.scale && field.path == self.path)
    }

    /// What an absent value here is the same as.
    pub(super) fn empty(&self) -> Option<Value> {
        if self.is_structural() {
            Some(Value::Object(Map::new()))
        } else if self.is_metadata_list() {
            Some(Value::Array(Vec::new()))
        } else {
            None
        }
    }

    /// Whether an object here is one value.
    pub(super) fn is_atomic_map(&self) -> bool {
        self.keyword("x-kubernetes-map-type") == Some("atomic")
    }

    pub(super) fn list_kind(&self) -> ListKind {
        // The lists of the metadata are a set and a map in every kind.
        if self.field.is_none() && self.path == FieldPath::metadata("finalizers") {
            return ListKind::Set;
        }
        if self.field.is_none() && self.path == FieldPath::metadata("ownerReferences") {
            return ListKind::Map(vec!["uid".into()]);
        }
        match self.keyword("x-kubernetes-list-type") {
            Some("set") => ListKind::Set,
            Some("map") => {
                let keys = self
                    .schema
                    .and_then(|s| s.get("x-kubernetes-list-map-keys"));
                let keys = keys.and_then(Value::as_array).into_iter().flatten();
                ListKind::Map(keys.filter_map(Value::as_str).map(str::to_owned).collect())
            }
            _ => ListKind::Atomic,
        }
    }

    fn keyword(&self, keyword: &str) -> Option<&'d str> {
        self.schema
            .and_then(|schema| schema.get(keyword))
            .and_then(Value::as_str)
    }

    /// What the program calls this: the field's name, or where it is in the metadata.
    pub(super) fn field_name(&self) -> String {
        match (self.field, self.path.segments()) {
            (Some(field), _) => field.name.clone(),
            (None, [metadata, part, ..]) if metadata == "metadata" => format!("meta.{part}"),
            (None, _) => self.path.to_string(),
        }
    }

    /// Whether values here must not be shown.
    pub(super) fn is_secret(&self) -> bool {
        self.def.is_secret(&self.path)
    }
}

fn member_schema<'s>(schema: &'s Value, key: &str) -> Option<&'s Value> {
    let property = schema
        .get("properties")
        .and_then(|properties| properties.get(key));
    property.or_else(|| {
        schema
            .get("additionalProperties")
            .filter(|schema| schema.is_object())
    })
}

/// The keys of two objects, each once.
pub(super) fn union_keys<'k>(
    a: &'k Map<String, Value>,
    b: &'k Map<String, Value>,
) -> impl Iterator<Item = &'k str> {
    let only_b = b.keys().filter(|key| !a.contains_key(*key));
    a.keys().chain(only_b).map(String::as_str)
}
