//! What a version of a CRD does with objects: decoding them and checking them, as apiextensions'
//! `registry/customresource` does.

use serde_json::Value;

use super::compiled::{Scale, Sibling, Version};
use crate::cel::{self, Broken};
use crate::schema::decode::{coerce_embedded, decode_metadata};
use crate::schema::field_error::{ErrorKind, FieldError, FieldPath};
use crate::schema::types::{Shape, TypeId, Types};
use crate::schema::{
    apply_defaults, check_lists, embedded, prune, prune_all, prune_nulls, validate,
};

impl Version {
    /// Brings a parsed object into shape: metadata decoded, unknown fields pruned, defaults set.
    /// Of an object of another kind or group only the metadata is looked at, and of one of a version
    /// that the kind does not have nothing is kept; that it does not belong here is told later.
    ///
    /// Gives a complaint for every unknown field (`unknown field "spec.x"`), in the order
    /// Kubernetes lists them. The error is a message for a bad request.
    pub(crate) fn decode(&self, object: &mut Value) -> Result<Vec<String>, String> {
        let mut unknown: Vec<String> = Vec::new();
        let api_version = object["apiVersion"].as_str().unwrap_or_default();
        let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
        let own_group = self.api_version.split('/').next();
        let own = object["kind"] == *self.kind && own_group == Some(group);
        let claimed = self.siblings.iter().find(|sibling| sibling.name == version);
        let metadata = match object.get_mut("metadata") {
            None => None,
            Some(metadata) => {
                let decoded = decode_metadata(metadata.take())?;
                unknown.extend(
                    decoded
                        .strict
                        .iter()
                        .map(|complaint| below_metadata(complaint)),
                );
                match decoded.value {
                    Value::Null => Some(Value::Object(serde_json::Map::new())),
                    value => Some(value),
                }
            }
        };
        let mut complaints = |paths: Vec<String>| {
            unknown.extend(paths.iter().map(|path| format!("unknown field \"{path}\"")));
        };
        match claimed {
            _ if !own => {}
            None => complaints(prune_all(object)),
            Some(Sibling { types, root, .. }) => {
                complaints(prune(types, *root, object, true));
                prune_nulls(types, *root, object);
                complaints(coerce_embedded(types, *root, object).map_err(|e| e.to_string())?);
                apply_defaults(types, *root, object);
            }
        }
        if let (Some(metadata), Some(fields)) = (metadata, object.as_object_mut()) {
            fields.insert("metadata".to_owned(), metadata);
        }
        Ok(unknown)
    }

    /// Fills in the defaults of an object that was applied: nothing is pruned, and nulls stay, until it is read.
    pub(crate) fn default(&self, object: &mut Value) {
        keeping_metadata(object, |object| {
            apply_defaults(&self.types, self.root, object);
        });
    }

    /// Makes an object of another version one of this version, which objects are stored in: it loses what this version
    /// does not know. What this version would add is added when the object is read.
    pub(crate) fn store(&self, object: &mut Value) {
        self.claim(object);
        decode_stored(&self.types, self.root, object);
    }

    /// Whether an object is read otherwise than it is stored.
    pub(crate) fn changes_when_read(&self, stored: &Value) -> bool {
        let mut read = stored.clone();
        self.present(&mut read, true);
        read != *stored
    }

    /// Whether objects may have been written in other versions than the one they are stored in.
    pub(crate) fn has_siblings(&self) -> bool {
        self.siblings.len() > 1
    }

    /// Brings a stored object into this version. It loses what the version that it is stored in does not know and gets
    /// the defaults of that; conversion changes nothing but apiVersion, then what this version does not know is dropped.
    /// Only where no other version could write it, it was decoded when it was written, and the definition has not changed
    /// since (else it is `outdated`), it is stored as it is read.
    pub(crate) fn present(&self, object: &mut Value, outdated: bool) {
        let api_version = object["apiVersion"].as_str().unwrap_or_default();
        let stored = api_version
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        let stored_in = self.siblings.iter().find(|sibling| sibling.name == stored);
        if let Some(sibling) = stored_in.filter(|_| outdated || self.has_siblings()) {
            if outdated {
                decode_stored(&sibling.types, sibling.root, object);
            }
            complete(&sibling.types, sibling.root, object);
        }
        if stored != self.name {
            keeping_metadata(object, |object| {
                prune(&self.types, self.root, object, true);
                prune_nulls(&self.types, self.root, object);
            });
            self.claim(object);
        }
    }

    fn claim(&self, object: &mut Value) {
        if let Some(fields) = object.as_object_mut() {
            fields.insert("apiVersion".to_owned(), self.api_version.clone().into());
        }
    }

    /// All errors of a new object, those of its metadata coming first.
    pub(crate) fn validate_create(
        &self,
        object: &Value,
        metadata: Vec<FieldError>,
    ) -> Vec<FieldError> {
        let mut errors = metadata;
        errors.extend(validate(&self.types, self.root, object, None, None));
        self.check_scale(object, true, &mut errors);
        self.check_rest(object, None, &mut errors);
        errors
    }

    /// Errors of what is checked in any case: embedded resources, lists that are sets or maps, and rules. Gives the rules
    /// that are forgiven.
    pub(crate) fn check_rest(
        &self,
        object: &Value,
        old: Option<&Value>,
        errors: &mut Vec<FieldError>,
    ) -> Vec<FieldError> {
        errors.extend(embedded::check(&self.types, self.root, object));
        // What was wrong before may stay so.
        if old.is_none_or(|old| check_lists(&self.types, self.root, old).is_empty()) {
            errors.extend(check_lists(&self.types, self.root, object));
        }
        self.check_rules(object, old, errors)
    }

    /// All that is wrong with an update of the object (not of its status).
    pub(crate) fn validate_update(
        &self,
        object: &Value,
        old: &Value,
        metadata: Vec<FieldError>,
    ) -> Broken {
        let mut errors = metadata;
        errors.extend(validate(&self.types, self.root, object, Some(old), None));
        self.check_scale(object, true, &mut errors);
        let forgiven = self.check_rest(object, Some(old), &mut errors);
        Broken { errors, forgiven }
    }

    /// All that is wrong with an update of the status.
    pub(crate) fn validate_status_update(
        &self,
        object: &Value,
        old: &Value,
        metadata: Vec<FieldError>,
    ) -> Broken {
        let mut errors = metadata;
        if let (Some(status), Some(ty)) = (object.get("status"), self.status_type()) {
            let old = old.get("status");
            errors.extend(validate(&self.types, ty, status, old, Some("status")));
        }
        self.check_scale(object, false, &mut errors);
        if check_lists(&self.types, self.root, old).is_empty() {
            errors.extend(check_lists(&self.types, self.root, object));
        }
        let forgiven = self.check_rules(object, Some(old), &mut errors);
        Broken { errors, forgiven }
    }

    fn status_type(&self) -> Option<TypeId> {
        match &self.types.get(self.root).shape {
            Shape::Object(object) => object.properties.get("status").map(|p| p.ty),
            _ => None,
        }
    }

    /// Rules in CEL are only checked on objects that are otherwise of the right form. Gives those that are forgiven.
    fn check_rules(
        &self,
        object: &Value,
        old: Option<&Value>,
        errors: &mut Vec<FieldError>,
    ) -> Vec<FieldError> {
        if !cel::has_rules(&self.types) {
            return Vec::new();
        }
        let blocking = errors.iter().any(|error| {
            matches!(
                error.kind,
                ErrorKind::NotSupported
                    | ErrorKind::Required
                    | ErrorKind::TooLong
                    | ErrorKind::TooMany
                    | ErrorKind::TypeInvalid
            )
        });
        if blocking {
            errors.push(FieldError::at(
                ErrorKind::Invalid,
                "<nil>".to_owned(),
                Value::Null,
                "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
            ));
            return Vec::new();
        }
        let broken = cel::check(&self.types, self.root, object, old);
        errors.extend(broken.errors);
        broken.forgiven
    }

    fn check_scale(&self, object: &Value, with_spec: bool, errors: &mut Vec<FieldError>) {
        let Some(scale) = &self.scale else { return };
        if with_spec {
            check_replicas(object, &scale.spec_replicas, errors);
        }
        check_replicas(object, &scale.status_replicas, errors);
        let Some(path) = &scale.label_selector else {
            return;
        };
        let detail = match find(object, path) {
            Found::Other(value, at) if !value.is_string() => wrong_type(&at, value, "string"),
            Found::NoObject(value, at) => wrong_type(&at, value, "map[string]interface{}"),
            _ => return,
        };
        errors.push(FieldError::invalid(&FieldPath::new(path), "", detail));
    }
}

/// Decodes an object that came past the decoder: metadata, also of the objects within it, and without what its schema
/// does not know. What cannot be decoded stays as it is.
fn decode_stored(types: &Types, root: TypeId, object: &mut Value) {
    if let Some(metadata) = object.get_mut("metadata")
        && let Ok(decoded) = decode_metadata(metadata.clone())
    {
        *metadata = decoded.value;
    }
    keeping_metadata(object, |object| {
        prune(types, root, object, true);
        prune_nulls(types, root, object);
        // Checked when it was written; of what cannot be decoded any more nothing is cleaned.
        let _ = coerce_embedded(types, root, object);
    });
}

/// Drops what a schema does not know and sets its defaults.
fn complete(types: &Types, root: TypeId, object: &mut Value) {
    keeping_metadata(object, |object| {
        prune(types, root, object, true);
        prune_nulls(types, root, object);
        apply_defaults(types, root, object);
    });
}

/// Metadata is not the schema's business.
fn keeping_metadata(object: &mut Value, change: impl FnOnce(&mut Value)) {
    let metadata = object
        .as_object_mut()
        .and_then(|fields| fields.remove("metadata"));
    change(object);
    if let (Some(metadata), Some(fields)) = (metadata, object.as_object_mut()) {
        fields.insert("metadata".to_owned(), metadata);
    }
}

fn below_metadata(complaint: &str) -> String {
    match complaint.split_once('"') {
        Some((what, rest)) => format!("{what}\"metadata.{rest}"),
        None => complaint.to_owned(),
    }
}

/// What a dotted path leads to.
enum Found<'a> {
    Nothing,
    /// A value, and its path as `NestedFieldNoCopy` writes it.
    Other(&'a Value, String),
    /// Something on the way is no object.
    NoObject(&'a Value, String),
}

fn find<'a>(object: &'a Value, path: &str) -> Found<'a> {
    let mut value = object;
    let mut at = String::new();
    for name in path.strip_prefix('.').unwrap_or(path).split('.') {
        at = format!("{at}.{name}");
        if value.is_null() {
            return Found::Nothing;
        }
        let Some(fields) = value.as_object() else {
            return Found::NoObject(value, at);
        };
        match fields.get(name) {
            Some(below) => value = below,
            None => return Found::Nothing,
        }
    }
    Found::Other(value, at)
}

fn check_replicas(object: &Value, path: &str, errors: &mut Vec<FieldError>) {
    let field = FieldPath::new(path);
    let invalid = |value: i64, detail: String| FieldError::invalid(&field, value, detail);
    match find(object, path) {
        Found::Nothing => {}
        Found::NoObject(value, at) => {
            let detail = wrong_type(&at, value, "map[string]interface{}");
            errors.push(invalid(0, detail));
        }
        Found::Other(value, at) => match value.as_i64() {
            None => errors.push(invalid(0, wrong_type(&at, value, "int64"))),
            Some(replicas) if replicas < 0 => {
                errors.push(invalid(
                    replicas,
                    "should be a non-negative integer".to_owned(),
                ));
            }
            Some(replicas) if replicas > i64::from(i32::MAX) => {
                let detail = format!("should be less than or equal to {}", i32::MAX);
                errors.push(invalid(replicas, detail));
            }
            Some(_) => {}
        },
    }
}

fn wrong_type(at: &str, value: &Value, expected: &str) -> String {
    let (shown, actual) = match value {
        Value::Null => ("<nil>".to_owned(), "<nil>"),
        Value::Bool(value) => (value.to_string(), "bool"),
        Value::Number(number) if number.is_i64() => (number.to_string(), "int64"),
        Value::Number(number) => (crate::schema::go_format::display_number(number), "float64"),
        Value::String(text) => (text.clone(), "string"),
        Value::Array(_) => (crate::schema::go_format::display(value), "[]interface {}"),
        Value::Object(_) => (
            crate::schema::go_format::display(value),
            "map[string]interface {}",
        ),
    };
    format!("{at} accessor error: {shown} is of the type {actual}, expected {expected}")
}

impl Scale {
    /// The value at one of its paths.
    pub(crate) fn at<'a>(object: &'a Value, path: &str) -> Option<&'a Value> {
        match find(object, path) {
            Found::Other(value, _) => Some(value),
            _ => None,
        }
    }
}
