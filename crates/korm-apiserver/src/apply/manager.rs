//! What the handlers ask for: the object with its managed fields after a write.

use super::atom::Schema;
use super::conflict::{self, Conflict};
use super::fault;
use super::last_applied::{owned_by_client_side_apply, update_annotation};
use super::managed::{Managed, ManagerId, Operation, Owned, set_managed_fields};
use super::reset::ignored;
use super::set::Set;
use super::updater::{Failure, OtherVersion, Updater};
use super::validate::validate;
use crate::native::normalize;
use crate::status::ApiError;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// No more entries of updates than this are kept; the oldest are put together.
const MAX_UPDATE_MANAGERS: usize = 10;

/// Fields of metadata (and the types) that nobody owns.
const NOBODYS: [&[&str]; 12] = [
    &["apiVersion"],
    &["kind"],
    &["metadata"],
    &["metadata", "name"],
    &["metadata", "namespace"],
    &["metadata", "creationTimestamp"],
    &["metadata", "selfLink"],
    &["metadata", "uid"],
    &["metadata", "clusterName"],
    &["metadata", "generation"],
    &["metadata", "managedFields"],
    &["metadata", "resourceVersion"],
];

/// Keeps the managed fields of the objects of one kind, for one request.
pub(crate) struct FieldManager<'a> {
    /// Group of the kind.
    pub(crate) group: &'a str,
    /// Version that the request is in.
    pub(crate) version: &'a str,
    /// The kind.
    pub(crate) kind: &'a str,
    /// The subresource that is written to, empty for the object itself.
    pub(crate) subresource: &'a str,
    /// The kind's types in this version.
    pub(crate) schema: &'a Schema,
    /// The kind's types in another `apiVersion`.
    pub(crate) other_version: &'a dyn Fn(&str) -> OtherVersion,
    /// Fills in the defaults of an object that an apply changes. One that it leaves as it is gets none.
    pub(crate) default: &'a dyn Fn(&mut Value),
    /// A native kind, not a custom resource.
    pub(crate) native: bool,
    /// The Scale of a custom resource, whose converter does not know this kind.
    pub(crate) foreign: bool,
    /// The kind has a status subresource.
    pub(crate) has_status: bool,
    /// The time, as `metav1.Time` writes it.
    pub(crate) now: &'a str,
}

impl FieldManager<'_> {
    /// The object `new`, which a create (`live` is `None`), update or patch comes to, with its
    /// managed fields.
    ///
    /// Managed fields that the request itself sets count where they are valid; an empty list or a
    /// list of one empty entry takes them all away. Where ownership cannot be told, because an
    /// object does not fit its schema, the managed fields stay as they were.
    pub(crate) fn update(&self, live: Option<&Value>, mut new: Value, manager: &str) -> Value {
        let empty = self.empty_object();
        let live_or_empty = live.unwrap_or(&empty);
        let before = managed_fields(live_or_empty).cloned();
        let mut managed = self.managed_of(live_or_empty, &new);
        set_managed_fields(&mut new, None);
        let tracked = !managed.owned.is_empty() || !has_uid(live_or_empty);
        let id = self.id(manager, Operation::Update);
        if tracked && self.track(live_or_empty, &new, &mut managed, &id).is_err() {
            set_managed_fields(&mut new, before);
            return new;
        }
        set_managed_fields(&mut new, managed.encode());
        new
    }

    /// The object that applying `config` comes to, with its managed fields; pruning and
    /// validation come after, and what `default` does not see to of defaulting.
    ///
    /// # Errors
    /// 400 for a configuration of another kind or with managed fields; 409 for conflicts, unless
    /// `force`; 500, upstream's choice, for one that does not fit the schema.
    pub(crate) fn apply(
        &self,
        live: Option<&Value>,
        config: &Value,
        manager: &str,
        force: bool,
    ) -> Result<Value, ApiError> {
        self.check_kind(config)?;
        let empty = self.empty_object();
        let live = live.unwrap_or(&empty);
        let managed = Managed::decode(managed_fields(live)).map_err(|error| {
            ApiError::unknown(format!("failed to decode managed fields: {error}"))
        })?;
        let result = match self.apply_to(live, config, &managed, manager, force) {
            Err(Refused::Conflicts(conflicts)) if manager == "kubectl" => {
                let owned = owned_by_client_side_apply(self.schema, &self.api_version(), live);
                match owned {
                    None => Err(Refused::Conflicts(conflicts)),
                    Some(owned) => {
                        let rest: Vec<_> = conflicts
                            .into_iter()
                            .filter(|conflict| !owned.has(&conflict.path))
                            .collect();
                        if rest.is_empty() {
                            self.apply_to(live, config, &managed, manager, true)
                        } else {
                            Err(Refused::Conflicts(rest))
                        }
                    }
                }
            }
            result => result,
        };
        let (mut object, managed) = result.map_err(|refused| match refused {
            Refused::Conflicts(conflicts) => conflict::error(&conflicts),
            Refused::Other(error) => *error,
        })?;
        if manager == "kubectl" {
            update_annotation(&mut object, config);
        }
        set_managed_fields(&mut object, managed.encode());
        Ok(object)
    }

    fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// What an object is before it is created.
    fn empty_object(&self) -> Value {
        let empty = json!({"apiVersion": self.api_version(), "kind": self.kind});
        if self.native {
            normalize(self.group, self.version, self.kind, &empty)
        } else {
            empty
        }
    }

    fn id(&self, manager: &str, operation: Operation) -> ManagerId {
        ManagerId {
            name: if manager.is_empty() {
                "unknown"
            } else {
                manager
            }
            .to_owned(),
            operation,
            api_version: match operation {
                Operation::Apply => String::new(),
                Operation::Update => self.api_version(),
            },
            subresource: self.subresource.to_owned(),
        }
    }

    fn updater<'b>(&'b self, api_version: &'b str) -> Updater<'b> {
        Updater {
            schema: self.schema,
            api_version,
            other_version: self.other_version,
            ignored: ignored(self.native, self.kind, self.subresource, self.has_status),
            subresource: self.subresource,
        }
    }

    /// The managers to start from: the request's own if it sets any, else the stored ones.
    fn managed_of(&self, live: &Value, new: &Value) -> Managed {
        let stored = || Managed::decode(managed_fields(live)).unwrap_or_default();
        if !self.subresource.is_empty() {
            return stored();
        }
        let sent = managed_fields(new).and_then(Value::as_array);
        if sent.is_some_and(|sent| sent.is_empty() || *sent == [json!({})]) {
            return Managed::default();
        }
        match Managed::decode(managed_fields(new)) {
            Ok(managed) if !managed.owned.is_empty() => managed,
            _ => stored(),
        }
    }

    /// Notes an update, under a name of its own first: whether it changed anything shows in
    /// whether that name owns anything.
    fn track(
        &self,
        live: &Value,
        new: &Value,
        managed: &mut Managed,
        id: &ManagerId,
    ) -> Result<(), Failure> {
        let api_version = self.api_version();
        let current = ManagerId {
            name: "current-operation".to_owned(),
            operation: Operation::Update,
            api_version: String::new(),
            subresource: String::new(),
        };
        for (which, object) in [("new", new), ("live", live)] {
            self.check_known(which, object)?;
            let faults = validate(self.schema.root(), object, true);
            if !faults.is_empty() {
                return Err(Failure::Faults(format!(
                    "failed to convert {which} object ({}) to smd typed: {}",
                    self.describe(object),
                    fault::text(&faults)
                )));
            }
        }
        self.updater(&api_version)
            .update(live, new, managed, &current)
            .map_err(|failure| match failure {
                Failure::Faults(text) => Failure::Faults(format!(
                    "failed to update ManagedFields ({}): {text}",
                    self.describe(new)
                )),
                conflicts => conflicts,
            })?;
        strip(managed, &current);
        if let Some(mut owned) = managed.owned.remove(&current) {
            if let Some(previous) = managed.owned.get(id) {
                owned.set = owned.set.union(&previous.set);
            }
            managed.owned.insert(id.clone(), owned);
            managed.times.insert(id.clone(), self.now.to_owned());
        }
        cap(managed);
        Ok(())
    }

    fn apply_to(
        &self,
        live: &Value,
        config: &Value,
        managed: &Managed,
        manager: &str,
        force: bool,
    ) -> Result<(Value, Managed), Refused> {
        let mut managed = managed.clone();
        let api_version = self.api_version();
        let mut live = live.clone();
        if managed.owned.is_empty() {
            // What was there before anybody applied belongs to a manager of its own.
            set_managed_fields(&mut live, None);
            let before = self.id("before-first-apply", Operation::Update);
            let empty = self.empty_object();
            self.check_convertible("live", "")
                .and_then(|()| self.track(&empty, &live, &mut managed, &before))
                .map_err(|failure| {
                    self.refuse(failure, "failed to create manager for existing fields: ")
                })?;
        }
        self.check_config(config)?;
        let faults = validate(self.schema.root(), &live, true);
        if !faults.is_empty() {
            return Err(Refused::other(format!(
                "failed to create typed live object ({}): {}",
                self.describe(&live),
                fault::text(&faults)
            )));
        }
        let id = self.id(manager, Operation::Apply);
        let mut applied = self
            .updater(&api_version)
            .apply(&live, config, &mut managed, &id, force)
            .map_err(|failure| self.refuse(failure, ""))?;
        strip(&mut managed, &id);
        if let Some(changed) = &mut applied {
            let name = changed["metadata"]["name"].as_str().unwrap_or_default();
            self.check_convertible("new", name)
                .map_err(|failure| self.refuse(failure, ""))?;
            (self.default)(changed);
            managed.times.insert(id, self.now.to_owned());
        }
        Ok((applied.unwrap_or(live), managed))
    }

    /// A custom object is tracked by the type that it claims to be of, and an update of its status may claim anything: all
    /// but the status is put back afterwards.
    fn check_known(&self, which: &str, object: &Value) -> Result<(), Failure> {
        if self.native {
            return Ok(());
        }
        let text = |key: &str| object[key].as_str().unwrap_or_default();
        let (kind, api_version) = (text("kind"), text("apiVersion"));
        let convertible = api_version == self.api_version()
            || matches!(
                (self.other_version)(api_version),
                OtherVersion::Renamed { .. }
            );
        let why = if !convertible {
            format!("request to convert CR from an invalid group/version: {api_version}")
        } else if kind != self.kind {
            format!("no corresponding type for {api_version}, Kind={kind}")
        } else {
            return Ok(());
        };
        Err(Failure::Faults(format!(
            "failed to convert {which} object ({}) to smd typed: {why}",
            self.describe(object)
        )))
    }

    /// Upstream makes of an object that nobody wrote, or that applying changes, an untyped one, which it has the converter of
    /// the custom kind bring into its version.
    fn check_convertible(&self, which: &str, name: &str) -> Result<(), Failure> {
        if !self.foreign {
            return Ok(());
        }
        let version = self.api_version();
        Err(Failure::Faults(format!(
            "failed to convert {which} object (/{name}; {version}, Kind={}) to proper version: request to convert CR to an \
             invalid group/version: {version}",
            self.kind
        )))
    }

    fn refuse(&self, failure: Failure, prefix: &str) -> Refused {
        match failure {
            Failure::Conflicts(conflicts) => Refused::Conflicts(conflicts),
            Failure::Faults(text) => Refused::other(format!("{prefix}{text}")),
        }
    }

    fn check_kind(&self, config: &Value) -> Result<(), ApiError> {
        let text = |key: &str| config[key].as_str().unwrap_or_default();
        let (group, version) = text("apiVersion")
            .split_once('/')
            .unwrap_or(("", text("apiVersion")));
        if (group, version, text("kind")) == (self.group, self.version, self.kind) {
            return Ok(());
        }
        let kind = text("kind");
        Err(ApiError::bad_request(format!(
            "invalid object type: {group}/{version}, Kind={kind}"
        )))
    }

    fn check_config(&self, config: &Value) -> Result<(), Refused> {
        if managed_fields(config).is_some_and(Value::is_array) {
            let error = ApiError::bad_request("metadata.managedFields must be nil");
            return Err(Refused::Other(Box::new(error)));
        }
        let faults = validate(self.schema.root(), config, false);
        if faults.is_empty() {
            return Ok(());
        }
        Err(Refused::other(format!(
            "failed to create typed patch object ({}): {}",
            self.describe(config),
            fault::text(&faults)
        )))
    }

    /// An object's place and kind, as upstream's messages have it.
    fn describe(&self, object: &Value) -> String {
        let text = |key: &str| object["metadata"][key].as_str().unwrap_or_default();
        let (namespace, name) = (text("namespace"), text("name"));
        format!(
            "{namespace}/{name}; {}/{}, Kind={}",
            self.group, self.version, self.kind
        )
    }
}

/// Why an apply is refused.
enum Refused {
    Conflicts(Vec<Conflict>),
    Other(Box<ApiError>),
}

impl Refused {
    fn other(message: String) -> Self {
        Self::Other(Box::new(ApiError::unknown(message)))
    }
}

fn managed_fields(object: &Value) -> Option<&Value> {
    object
        .get("metadata")?
        .get("managedFields")
        .filter(|entries| !entries.is_null())
}

fn has_uid(object: &Value) -> bool {
    object["metadata"]["uid"]
        .as_str()
        .is_some_and(|uid| !uid.is_empty())
}

/// Takes what nobody owns away from a manager.
fn strip(managed: &mut Managed, id: &ManagerId) {
    let Some(owned) = managed.owned.get_mut(id) else {
        return;
    };
    owned.set = owned.set.difference(&Set::of(&NOBODYS));
    if owned.set.is_empty() {
        managed.owned.remove(id);
    }
}

/// Puts the oldest updates of each version together where there are too many.
fn cap(managed: &mut Managed) {
    let mut updates: Vec<_> = managed
        .owned
        .iter()
        .filter(|(_, owned)| !owned.applied)
        .map(|(id, _)| id.clone())
        .collect();
    if updates.len() <= MAX_UPDATE_MANAGERS {
        return;
    }
    updates.sort_by_key(|id| {
        (
            managed.times.get(id).cloned().unwrap_or_default(),
            id.text(),
        )
    });
    let mut length = updates.len();
    let mut first_of: BTreeMap<String, ManagerId> = BTreeMap::new();
    for id in updates {
        if length <= MAX_UPDATE_MANAGERS {
            break;
        }
        let Some(api_version) = managed
            .owned
            .get(&id)
            .map(|owned| owned.api_version.clone())
        else {
            continue;
        };
        let Some(first) = first_of.get(&api_version) else {
            first_of.insert(api_version, id);
            continue;
        };
        let bucket = ManagerId {
            name: "ancient-changes".to_owned(),
            operation: Operation::Update,
            api_version: api_version.clone(),
            subresource: String::new(),
        };
        if !managed.owned.contains_key(&bucket)
            && let Some(owned) = managed.owned.remove(first)
        {
            managed.owned.insert(bucket.clone(), owned);
        }
        let own = managed
            .owned
            .remove(&id)
            .map(|owned| owned.set)
            .unwrap_or_default();
        if let Some(Owned { set, .. }) = managed.owned.get_mut(&bucket) {
            *set = set.union(&own);
        }
        length -= 1;
        // The time of the one put in, which is the younger.
        match managed.times.get(&id).cloned() {
            Some(time) => managed.times.insert(bucket, time),
            None => managed.times.remove(&bucket),
        };
    }
}

/// The field manager of a request: the parameter, else what its User-Agent has in front of the
/// first slash, without unprintable characters and at most 128 bytes of it.
pub(crate) fn manager_name(parameter: &str, user_agent: &str) -> String {
    const LONGEST: usize = 128;
    if !parameter.is_empty() {
        return parameter.to_owned();
    }
    let product = user_agent.split('/').next().unwrap_or_default();
    let mut name = String::new();
    for character in product.chars().filter(|character| !character.is_control()) {
        if name.len() + character.len_utf8() > LONGEST {
            break;
        }
        name.push(character);
    }
    name
}
