//! Writing the changes down as patches.

use std::fmt;

use serde_json::{Map, Value};

use super::{
    list,
    patch::Patch,
    place::{Place, union_keys},
    same::same,
};
use crate::{
    model::{ModelDef, ObjectKey},
    path::FieldPath,
};

/// What a program changed of an object, by the endpoint it goes to.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Changes {
    /// For the object itself.
    pub main: Patch,
    /// For the status subresource.
    pub status: Patch,
    /// For the scale subresource, whose object is a `Scale` of `autoscaling/v1`.
    pub scale: Patch,
    /// Each changed place, for people.
    pub fields: Vec<FieldChange>,
}

impl Changes {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.main.is_empty() && self.status.is_empty() && self.scale.is_empty()
    }
}

/// One place that changed. Its `Debug` and `Display` do not show secret values.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct FieldChange {
    /// The name of the field in the program; `meta.labels` and the like for metadata.
    pub field: String,
    /// Where it is.
    pub path: FieldPath,
    /// What was read; `None` where it was absent.
    pub was: Option<Value>,
    /// What it is now; `None` where it is to be absent.
    pub now: Option<Value>,
    /// Whether the values must not be shown.
    pub secret: bool,
}

impl fmt::Display for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value| Shown {
            value,
            secret: self.secret,
        };
        write!(
            f,
            "{}: {} to {}",
            self.path,
            shown(self.was.as_ref()),
            shown(self.now.as_ref())
        )
    }
}

impl fmt::Debug for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FieldChange({self})")
    }
}

/// A value, unless it is secret.
pub(super) struct Shown<'v> {
    pub(super) value: Option<&'v Value>,
    pub(super) secret: bool,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            None => f.write_str("absent"),
            Some(_) if self.secret => f.write_str("(not shown)"),
            Some(value) => write!(f, "{value}"),
        }
    }
}

/// A change that no patch can make.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// The name or namespace differs from what was read.
    #[error(
        "{model} {was} cannot become {now}: name and namespace of a stored object never change; create a new object and delete this one"
    )]
    Identity {
        /// The kind of the model.
        model: String,
        /// The object that was read.
        was: ObjectKey,
        /// What it is called now.
        now: ObjectKey,
    },
}

/// What differs between `base` and `now`, as patches against `raw`.
///
/// `raw` is the object as read (at least its mapped paths), `base` what the model writes when nothing
/// is changed, `now` what it writes at present; see the [module](crate::diff).
///
/// # Errors
///
/// When the name or namespace changed.
pub fn changes(
    def: &ModelDef,
    raw: &Value,
    base: &Value,
    now: &Value,
) -> Result<Changes, ChangeError> {
    let (was, is) = (ObjectKey::of(base), ObjectKey::of(now));
    if was != is {
        return Err(ChangeError::Identity {
            model: def.kind.clone(),
            was,
            now: is,
        });
    }
    let mut writer = Writer::default();
    let root = Place::root(def);
    let nothing = Map::new();
    let base = base.as_object().unwrap_or(&nothing);
    let now = now.as_object().unwrap_or(&nothing);
    for key in union_keys(base, now) {
        if matches!(key, "apiVersion" | "kind") || base.get(key) == now.get(key) {
            continue;
        }
        writer.in_status = key == "status" && def.status_subresource;
        let place = root.member(key);
        writer.member(&place, raw.get(key), base.get(key), now.get(key));
    }
    let uid = raw
        .get("metadata")
        .and_then(|metadata| metadata.get("uid")?.as_str());
    writer.changes.main.guard(uid);
    writer.changes.status.guard(uid);
    writer.changes.scale.guard(uid);
    Ok(writer.changes)
}

#[derive(Default)]
pub(super) struct Writer {
    changes: Changes,
    in_status: bool,
}

impl Writer {
    pub(super) fn patch(&mut self) -> &mut Patch {
        if self.in_status {
            &mut self.changes.status
        } else {
            &mut self.changes.main
        }
    }

    /// One member of an object that exists in `raw`.
    pub(super) fn member(
        &mut self,
        place: &Place<'_>,
        raw: Option<&Value>,
        base: Option<&Value>,
        now: Option<&Value>,
    ) {
        let raw = raw.filter(|value| !value.is_null());
        if same(place, base, now) {
            return;
        }
        if place.is_structural() {
            return self.structure(place, raw, base, now);
        }
        if let (true, Some(old), Some(new)) = (place.is_scale(), raw, now) {
            const REPLICAS: &str = "/spec/replicas";
            self.changes.scale.test(REPLICAS, old.clone());
            self.changes.scale.replace(REPLICAS, new.clone());
            return self.note(place, base, now);
        }
        let empty = place.empty().filter(|_| raw.is_some());
        let (base, now) = (base.or(empty.as_ref()), now.or(empty.as_ref()));
        match (raw, base, now) {
            (Some(Value::Object(raw)), base, Some(Value::Object(now)))
                if !place.is_atomic_map() && base.is_none_or(Value::is_object) =>
            {
                let nothing = Map::new();
                let base = base.and_then(Value::as_object).unwrap_or(&nothing);
                self.members(place, raw, base, now);
            }
            (Some(Value::Array(raw)), Some(Value::Array(base)), Some(Value::Array(now))) => {
                list::changes(self, place, raw, base, now);
            }
            _ => self.whole(place, raw, base, now),
        }
    }

    /// The members of an object that exists in `raw`.
    pub(super) fn members(
        &mut self,
        place: &Place<'_>,
        raw: &Map<String, Value>,
        base: &Map<String, Value>,
        now: &Map<String, Value>,
    ) {
        for key in union_keys(base, now) {
            let (base, now) = (base.get(key), now.get(key));
            // What is the same to the letter needs no place of its own to be compared by its schema.
            if base != now {
                self.member(&place.member(key), raw.get(key), base, now);
            }
        }
    }

    /// An object above the fields, where absent is the same as empty.
    fn structure(
        &mut self,
        place: &Place<'_>,
        raw: Option<&Value>,
        base: Option<&Value>,
        now: Option<&Value>,
    ) {
        let nothing = Map::new();
        let base = base.and_then(Value::as_object).unwrap_or(&nothing);
        let now = now.and_then(Value::as_object).unwrap_or(&nothing);
        if let Some(Value::Object(raw)) = raw {
            return self.members(place, raw, base, now);
        }
        // Nothing is there: it is made with what changed, all at once.
        let mut made = Map::new();
        self.collect(place, base, now, &mut made);
        if !made.is_empty() {
            let pointer = place.pointer().to_owned();
            self.patch().test(pointer.clone(), Value::Null);
            self.patch().add(pointer, made.into());
        }
    }

    /// What changed below an object that does not exist yet.
    fn collect(
        &mut self,
        place: &Place<'_>,
        base: &Map<String, Value>,
        now: &Map<String, Value>,
        into: &mut Map<String, Value>,
    ) {
        for key in union_keys(base, now) {
            let (member, was, is) = (place.member(key), base.get(key), now.get(key));
            if same(&member, was, is) {
                continue;
            }
            if member.is_structural() {
                let nothing = Map::new();
                let was = was.and_then(Value::as_object).unwrap_or(&nothing);
                let is = is.and_then(Value::as_object).unwrap_or(&nothing);
                let mut inner = Map::new();
                self.collect(&member, was, is, &mut inner);
                if !inner.is_empty() {
                    into.insert(key.to_owned(), inner.into());
                }
            } else if let Some(is) = is {
                self.note(&member, None, Some(is));
                into.insert(key.to_owned(), is.clone());
            }
        }
    }

    /// A value as a whole.
    pub(super) fn whole(
        &mut self,
        place: &Place<'_>,
        raw: Option<&Value>,
        base: Option<&Value>,
        now: Option<&Value>,
    ) {
        let pointer = place.pointer().to_owned();
        match (raw, now) {
            // It was only ever a default of the program; there is nothing to take away.
            (None, None) => return,
            (None, Some(now)) => {
                self.patch().test(pointer.clone(), Value::Null);
                self.patch().add(pointer, now.clone());
            }
            (Some(raw), None) => {
                self.patch().test(pointer.clone(), raw.clone());
                self.patch().remove(pointer);
            }
            (Some(raw), Some(now)) => {
                self.patch().test(pointer.clone(), raw.clone());
                self.patch().replace(pointer, now.clone());
            }
        }
        self.note(place, base.filter(|_| raw.is_some()), now);
    }

    /// Notes a change for people.
    pub(super) fn note(&mut self, place: &Place<'_>, was: Option<&Value>, now: Option<&Value>) {
        self.changes.fields.push(FieldChange {
            field: place.field_name(),
            path: place.path().clone(),
            was: was.cloned(),
            now: now.cloned(),
            secret: place.is_secret(),
        });
    }
}
