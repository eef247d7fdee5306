//! The names of a CRD: what they may be, whether others have them already, and the conditions that
//! tell.

use serde_json::{Value, json};

use super::compiled::Names;
use crate::schema::field_error::{FieldError, FieldPath};
use crate::schema::names as dns;

/// Errors of `spec.names` or `status.acceptedNames`.
pub(super) fn check(names: &Value, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    let names = Names::of(names);
    let mut label = |path: &FieldPath<'_>, given: &str, mixed_case: bool| {
        let name = if mixed_case {
            given.to_lowercase()
        } else {
            given.to_owned()
        };
        let faults = dns::dns1035_label(&name).join(",");
        if faults.is_empty() {
            return;
        }
        let prefix = if mixed_case {
            "may have mixed case, but should otherwise match: "
        } else {
            ""
        };
        errors.push(FieldError::invalid(
            path,
            given,
            format!("{prefix}{faults}"),
        ));
    };
    let mut known = |path: &FieldPath<'_>, given: &str, mixed_case: bool| {
        if !given.is_empty() {
            label(path, given, mixed_case);
        }
    };
    known(&path.child("plural"), &names.plural, false);
    known(&path.child("singular"), &names.singular, false);
    known(&path.child("kind"), &names.kind, true);
    known(&path.child("listKind"), &names.list_kind, true);
    let short_names = path.child("shortNames");
    for (i, name) in names.short_names.iter().enumerate() {
        label(&short_names.index(i), name, false);
    }
    if !names.kind.is_empty() && names.kind == names.list_kind {
        let path = path.child("listKind");
        let detail = "kind and listKind may not be the same";
        errors.push(FieldError::invalid(&path, names.list_kind.as_str(), detail));
    }
    let mut label = |path: &FieldPath<'_>, given: &str| {
        let faults = dns::dns1035_label(given).join(",");
        if !faults.is_empty() {
            errors.push(FieldError::invalid(path, given, faults));
        }
    };
    let categories = path.child("categories");
    for (i, name) in names.categories.iter().enumerate() {
        label(&categories.index(i), name);
    }
}

/// Whether a condition of the CRD is true.
pub(crate) fn is_true(crd: &Value, condition: &str) -> bool {
    find(crd, condition).is_some_and(|found| found["status"] == "True")
}

fn find<'a>(crd: &'a Value, condition: &str) -> Option<&'a Value> {
    let conditions = crd["status"]["conditions"].as_array()?;
    conditions.iter().find(|found| found["type"] == condition)
}

/// Accepts the names that no other CRD of the group has, and says so in the conditions
/// NamesAccepted and Established. `now` is a timestamp as the API writes it.
///
/// Gives whether the status changed.
pub(crate) fn accept_names<'a>(
    crd: &mut Value,
    others: impl Iterator<Item = &'a Value>,
    now: &str,
) -> bool {
    let before = crd["status"].clone();
    let wanted = Names::of(&crd["spec"]["names"]);
    let accepted = Names::of(&crd["status"]["acceptedNames"]);
    if wanted == accepted {
        return false;
    }
    let (new, conflict) = resolve(&wanted, accepted, &taken(crd, others));
    let (status, reason, message) = match &conflict {
        Some((reason, message)) => ("False", *reason, message.as_str()),
        None => ("True", "NoConflicts", "no conflicts found"),
    };
    crd["status"]["acceptedNames"] = new.to_value();
    set_condition(crd, "NamesAccepted", status, reason, message, now);
    match find(crd, "Established") {
        Some(found) if found["status"] == "True" => {}
        _ if conflict.is_none() => {
            let message = "the initial names have been accepted";
            set_condition(crd, "Established", "False", "Installing", message, now);
        }
        Some(_) => {}
        None => {
            let message = "not all names are accepted";
            set_condition(crd, "Established", "False", "NotAccepted", message, now);
        }
    }
    crd["status"] != before
}

/// Declares a CRD established whose names were accepted. Gives whether the status changed.
pub(crate) fn establish(crd: &mut Value, now: &str) -> bool {
    if !is_true(crd, "NamesAccepted") || is_true(crd, "Established") {
        return false;
    }
    let message = "the initial names have been accepted";
    set_condition(
        crd,
        "Established",
        "True",
        "InitialNamesAccepted",
        message,
        now,
    );
    true
}

/// Names that other CRDs of the group were given: of resources, and of kinds.
struct Taken {
    resources: Vec<String>,
    kinds: Vec<String>,
}

fn taken<'a>(crd: &Value, others: impl Iterator<Item = &'a Value>) -> Taken {
    let mut taken = Taken {
        resources: Vec::new(),
        kinds: Vec::new(),
    };
    let same = |other: &Value| {
        other["spec"]["group"] == crd["spec"]["group"]
            && other["metadata"]["name"] != crd["metadata"]["name"]
    };
    for other in others.filter(|other| same(other)) {
        let names = Names::of(&other["status"]["acceptedNames"]);
        taken.resources.push(names.plural);
        taken.resources.push(names.singular);
        taken.resources.extend(names.short_names);
        taken.kinds.push(names.kind);
        taken.kinds.push(names.list_kind);
    }
    taken
}

/// The names that can be had, and the last conflict.
fn resolve(
    wanted: &Names,
    accepted: Names,
    taken: &Taken,
) -> (Names, Option<(&'static str, String)>) {
    let mut new = accepted.clone();
    let mut conflict = None;
    let mut take = |want: &String, have: &mut String, used: &[String], reason| {
        if want != have && used.contains(want) {
            conflict = Some((reason, format!("\"{want}\" is already in use")));
        } else {
            have.clone_from(want);
        }
    };
    take(
        &wanted.plural,
        &mut new.plural,
        &taken.resources,
        "PluralConflict",
    );
    take(
        &wanted.singular,
        &mut new.singular,
        &taken.resources,
        "SingularConflict",
    );
    if wanted.short_names != accepted.short_names {
        let used: Vec<String> = wanted
            .short_names
            .iter()
            .filter(|name| !accepted.short_names.contains(name) && taken.resources.contains(name))
            .map(|name| format!("\"{name}\" is already in use"))
            .collect();
        match used.as_slice() {
            [] => new.short_names.clone_from(&wanted.short_names),
            [one] => conflict = Some(("ShortNamesConflict", one.clone())),
            all => conflict = Some(("ShortNamesConflict", format!("[{}]", all.join(", ")))),
        }
    }
    let mut take = |want: &String, have: &mut String, reason| {
        if want != have && taken.kinds.contains(want) {
            conflict = Some((reason, format!("\"{want}\" is already in use")));
        } else {
            have.clone_from(want);
        }
    };
    take(&wanted.kind, &mut new.kind, "KindConflict");
    take(&wanted.list_kind, &mut new.list_kind, "ListKindConflict");
    new.categories.clone_from(&wanted.categories);
    (new, conflict)
}

impl Names {
    fn to_value(&self) -> Value {
        let mut value = json!({"plural": self.plural, "kind": self.kind});
        let mut set = |name: &str, part: Value| value[name] = part;
        if !self.singular.is_empty() {
            set("singular", self.singular.clone().into());
        }
        if !self.list_kind.is_empty() {
            set("listKind", self.list_kind.clone().into());
        }
        if !self.short_names.is_empty() {
            set("shortNames", self.short_names.clone().into());
        }
        if !self.categories.is_empty() {
            set("categories", self.categories.clone().into());
        }
        value
    }
}

fn set_condition(
    crd: &mut Value,
    condition: &str,
    status: &str,
    reason: &str,
    message: &str,
    now: &str,
) {
    let conditions = &mut crd["status"]["conditions"];
    if !conditions.is_array() {
        *conditions = json!([]);
    }
    let Some(conditions) = conditions.as_array_mut() else {
        return;
    };
    let found = conditions
        .iter_mut()
        .find(|found| found["type"] == condition);
    let since = match &found {
        Some(found) if found["status"] == status => found["lastTransitionTime"].clone(),
        _ => now.into(),
    };
    let new = json!({
        "type": condition, "status": status, "lastTransitionTime": since,
        "reason": reason, "message": message,
    });
    match found {
        Some(found) => *found = new,
        None => conditions.push(new),
    }
}
