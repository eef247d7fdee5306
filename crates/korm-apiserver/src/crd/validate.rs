//! Checking a CRD itself, as apiextensions' `apis/apiextensions/validation` does.

use serde_json::Value;

use super::defaults_check;
use super::json_schema::JsonSchema;
use super::parts::{Parts, VersionParts};
use super::{conversion, go_struct, names, schema_rules, structural, versions};
use crate::schema::field_error::{BadValue, FieldError, FieldPath};
use crate::schema::names as dns;

/// Checks that older CRDs are let off when they are updated.
#[derive(Clone, Copy)]
pub(super) struct Options {
    /// Every version has a schema.
    pub(super) schema: bool,
    /// Scope and kind stay as they are.
    pub(super) immutable_names: bool,
    /// Of the versions of ConversionReview that are asked for one must be known.
    pub(super) known_reviews: bool,
}

/// All errors of a CRD; `old` is what it was before an update.
pub(super) fn check(crd: &Value, old: Option<&Value>) -> Vec<FieldError> {
    let parts = Parts::of(crd);
    let before = old.map(Parts::of);
    let options = match &before {
        None => Options {
            schema: true,
            immutable_names: false,
            known_reviews: true,
        },
        Some(old) => Options {
            schema: old.versions.iter().all(|version| version.schema.is_some()),
            immutable_names: names::is_true(old.crd, "Established"),
            known_reviews: !conversion::has_strange_reviews(old.crd),
        },
    };
    let mut errors = Vec::new();
    spec(&parts, before.as_ref(), options, &mut errors);
    if let Some(old) = old {
        immutable(crd, old, options, &mut errors);
    }
    let status = FieldPath::new("status");
    let accepted = status.child("acceptedNames");
    names::check(&crd["status"]["acceptedNames"], &accepted, &mut errors);
    stored_versions(&parts, &mut errors);
    approval(crd, old, &mut errors);
    let keeps = |crd: &Value| crd["spec"]["preserveUnknownFields"] == true;
    if keeps(crd) && !old.is_some_and(keeps) {
        let spec = FieldPath::new("spec");
        let path = spec.child("preserveUnknownFields");
        let detail = "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead";
        errors.push(FieldError::invalid(&path, true, detail));
    }
    errors
}

fn spec(
    parts: &Parts<'_>,
    old: Option<&Parts<'_>>,
    options: Options,
    errors: &mut Vec<FieldError>,
) {
    // Rules that were taken once, whatever they cost, are taken again.
    let limits_costs = |version: &VersionParts<'_>| {
        let old = old.and_then(|old| old.version(&version.name));
        old.is_none_or(|old| old.schema != version.schema)
    };
    let path = FieldPath::new("spec");
    group(parts, &path, errors);
    one_of(
        &path.child("scope"),
        parts.text("scope"),
        &["Cluster", "Namespaced"],
        errors,
    );
    let versions_path = path.child("versions");
    if options.schema {
        for (i, version) in parts.versions.iter().enumerate() {
            if version.schema.is_none() {
                let version = versions_path.index(i);
                let schema = version.child("schema");
                errors.push(FieldError::required(&schema.child("openAPIV3Schema"), ""));
            }
        }
    }
    if parts.spec["preserveUnknownFields"] == true && parts.any_schema(|s| s.default.is_some()) {
        let detail = "must be false in order to use defaults in the schema";
        let path = path.child("preserveUnknownFields");
        errors.push(FieldError::invalid(&path, true, detail));
    }
    let shared_status = parts.shared.subresources;
    for (i, version) in parts.versions.iter().enumerate() {
        let path = versions_path.index(i);
        name_of_version(version, &path, errors);
        versions::check(parts, version, &path, errors);
        if parts.shared.schema.is_none() {
            // Each version's own schema; what is shared is checked below, once.
            if let Some(schema) = &version.schema {
                let path = path.child("schema");
                let is = Validated {
                    has_status: versions::has_status(version),
                    limits_costs: limits_costs(version),
                };
                validation(schema, is, &path, errors);
            }
        }
        if !shared_status {
            versions::subresources(version.value, &path.child("subresources"), errors);
        }
        versions::columns(parts, version, &path, errors);
        versions::selectable_fields(parts, version, &path, errors);
    }
    alike(parts, &versions_path, errors);
    required_names(parts, &path, errors);
    names::check(&parts.spec["names"], &path.child("names"), errors);
    if let Some(Some(schema)) = &parts.shared.schema {
        let is = Validated {
            has_status: parts.versions.iter().any(versions::has_status),
            limits_costs: parts.versions.first().is_none_or(limits_costs),
        };
        validation(schema, is, &path.child("validation"), errors);
    }
    versions::shared(parts, &path, errors);
    conversion::check(parts, options.known_reviews, &path, errors);
}

fn group(parts: &Parts<'_>, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    let path = path.child("group");
    let group = parts.text("group");
    let faults = dns::dns1123_subdomain(group);
    if group.is_empty() {
        errors.push(FieldError::required(&path, ""));
    } else if !faults.is_empty() {
        errors.push(FieldError::invalid(&path, group, faults.join(",")));
    } else if !group.contains('.') {
        let detail = "should be a domain with at least one dot";
        errors.push(FieldError::invalid(&path, group, detail));
    }
}

pub(super) fn one_of(
    path: &FieldPath<'_>,
    given: &str,
    allowed: &[&str],
    errors: &mut Vec<FieldError>,
) {
    if given.is_empty() {
        errors.push(FieldError::required(path, ""));
    } else if !allowed.contains(&given) {
        errors.push(FieldError::not_supported(path, given, allowed));
    }
}

fn name_of_version(version: &VersionParts<'_>, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    let faults = dns::dns1035_label(&version.name);
    if !faults.is_empty() {
        let name = version.name.as_str();
        errors.push(FieldError::invalid(
            &path.child("name"),
            name,
            faults.join(","),
        ));
    }
}

/// Rules about all versions together.
fn alike(parts: &Parts<'_>, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    let shown = || BadValue::Verbatim(go_struct::versions(parts));
    let versions = &parts.versions;
    let twice = (1..versions.len()).any(|i| {
        versions[..i]
            .iter()
            .any(|before| before.name == versions[i].name)
    });
    if twice {
        let detail = "must contain unique version names";
        errors.push(FieldError::invalid(path, shown(), detail));
    }
    let stored = versions
        .iter()
        .filter(|version| version.value["storage"] == true);
    if stored.count() != 1 {
        let detail = "must have exactly one version marked as storage version";
        errors.push(FieldError::invalid(path, shown(), detail));
    }
    if let Some(first) = versions.first() {
        // The first version is also the single version of old.
        let faults = dns::dns1035_label(&first.name);
        if !first.name.is_empty() && !faults.is_empty() {
            let spec = FieldPath::new("spec");
            let path = spec.child("version");
            errors.push(FieldError::invalid(
                &path,
                first.name.as_str(),
                faults.join(","),
            ));
        }
    }
}

fn required_names(parts: &Parts<'_>, path: &FieldPath<'_>, errors: &mut Vec<FieldError>) {
    let path = path.child("names");
    for name in ["plural", "singular", "kind", "listKind"] {
        if parts.spec["names"][name]
            .as_str()
            .unwrap_or_default()
            .is_empty()
        {
            errors.push(FieldError::required(&path.child(name), ""));
        }
    }
}

/// How a schema is checked.
#[derive(Clone, Copy)]
struct Validated {
    /// Objects have a status of their own.
    has_status: bool,
    /// Rules that cost too much are refused.
    limits_costs: bool,
}

/// A version's schema, or the one of all versions.
fn validation(
    schema: &JsonSchema,
    is: Validated,
    path: &FieldPath<'_>,
    errors: &mut Vec<FieldError>,
) {
    let before = errors.len();
    let schema_path = path.child("openAPIV3Schema");
    if is.has_status {
        versions::root_of_status(schema, path, errors);
    }
    if schema.nullable {
        let path = path.child("openAPIV3Schema.nullable");
        errors.push(FieldError::forbidden(
            &path,
            "nullable cannot be true at the root",
        ));
    }
    let unsupported = structural::unsupported(schema);
    let mut rules = false;
    if unsupported.is_none() {
        let violations = structural::check(schema, &schema_path);
        let defaults = if violations.is_empty() {
            defaults_check::check(schema, &schema_path)
        } else {
            Vec::new()
        };
        rules = violations.is_empty() && defaults.is_empty();
        errors.extend(violations);
        errors.extend(defaults);
    }
    let mut found = schema_rules::Errors::default();
    schema_rules::check(
        schema,
        &schema_path,
        schema_rules::Context::root(rules, is.limits_costs),
        &mut found,
    );
    errors.extend(found.form);
    errors.extend(found.rules);
    if let Some(reason) = unsupported
        && errors.len() == before
    {
        errors.push(FieldError::invalid(&schema_path, "", reason));
    }
    errors.extend(found.costs.errors(&schema_path));
}

fn immutable(crd: &Value, old: &Value, options: Options, errors: &mut Vec<FieldError>) {
    let spec = FieldPath::new("spec");
    let names = spec.child("names");
    let mut same = |path: &FieldPath<'_>, at: fn(&Value) -> &Value| {
        let text = |crd: &Value| at(crd).as_str().unwrap_or_default().to_owned();
        if text(crd) != text(old) {
            errors.push(FieldError::invalid(path, text(crd), "field is immutable"));
        }
    };
    if options.immutable_names {
        same(&spec.child("scope"), |crd| &crd["spec"]["scope"]);
        same(&names.child("kind"), |crd| &crd["spec"]["names"]["kind"]);
    }
    same(&spec.child("group"), |crd| &crd["spec"]["group"]);
    same(
        &names.child("plural"),
        |crd| &crd["spec"]["names"]["plural"],
    );
}

fn stored_versions(parts: &Parts<'_>, errors: &mut Vec<FieldError>) {
    let status = FieldPath::new("status");
    let path = status.child("storedVersions");
    let stored: Vec<&str> = parts.crd["status"]["storedVersions"]
        .as_array()
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .filter_map(Value::as_str)
        .collect();
    if stored.is_empty() {
        let detail = "must have at least one stored version";
        errors.push(FieldError::invalid(
            &path,
            parts.crd["status"]["storedVersions"].clone(),
            detail,
        ));
        return;
    }
    for version in &parts.versions {
        if version.value["storage"] == true && !stored.contains(&version.name.as_str()) {
            let detail = format!("must have the storage version {}", version.name);
            errors.push(FieldError::invalid(&path, stored.clone(), detail));
        }
    }
    for (i, name) in stored.iter().enumerate() {
        if !parts.versions.iter().any(|version| version.name == *name) {
            let detail = format!(
                "missing from spec.versions; {name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in {name} and removes {name} from status.storedVersions"
            );
            errors.push(FieldError::invalid(&path.index(i), *name, detail));
        }
    }
}

/// How far a CRD in one of Kubernetes' own groups was approved.
#[derive(PartialEq)]
enum Approval {
    Missing,
    Given,
    Bypassed,
    Invalid,
}

const APPROVED: &str = "api-approved.kubernetes.io";

fn approval_of(crd: &Value) -> Approval {
    let annotation = crd["metadata"]["annotations"][APPROVED]
        .as_str()
        .unwrap_or_default();
    if annotation.is_empty() {
        return Approval::Missing;
    }
    if annotation.starts_with("unapproved") {
        return Approval::Bypassed;
    }
    let has_host = annotation.split_once("://").is_some_and(|(scheme, rest)| {
        !scheme.is_empty() && !rest.is_empty() && !rest.starts_with('/')
    });
    if has_host {
        Approval::Given
    } else {
        Approval::Invalid
    }
}

fn approval(crd: &Value, old: Option<&Value>, errors: &mut Vec<FieldError>) {
    let group = crd["spec"]["group"].as_str().unwrap_or_default();
    let protected = ["k8s.io", "kubernetes.io"].iter().any(|domain| {
        group
            .strip_suffix(domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    });
    let state = approval_of(crd);
    if !protected || old.is_some_and(|old| approval_of(old) == state) {
        return;
    }
    let metadata = FieldPath::new("metadata");
    let annotations = metadata.child("annotations");
    let path = annotations.key(APPROVED);
    let more = "see https://github.com/kubernetes/enhancements/pull/1111";
    match state {
        Approval::Missing => {
            let detail =
                format!("protected groups must have approval annotation \"{APPROVED}\", {more}");
            errors.push(FieldError::required(&path, detail));
        }
        Approval::Invalid => {
            let given = crd["metadata"]["annotations"][APPROVED].clone();
            let detail = format!(
                "protected groups must have approval annotation \"{APPROVED}\" with either a URL or a reason starting with \"unapproved\", {more}"
            );
            errors.push(FieldError::invalid(&path, given, detail));
        }
        Approval::Given | Approval::Bypassed => {}
    }
}
