//! The options of requests, read from parameters or bodies and checked as
//! `k8s.io/apimachinery/pkg/apis/meta` checks them.

use serde_json::Value;

use super::Query;
use crate::schema::decode::{Node, decode_delete_options};
use crate::schema::{FieldError, FieldPath};
use crate::selector::{FieldSelector, LabelSelector};
use crate::status::{ApiError, Qualified};

const META_GROUP: &str = "meta.k8s.io";

/// What to do about fields the schema does not know, or that occur twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum FieldValidation {
    Ignore,
    #[default]
    Warn,
    Strict,
}

/// Options of creating, updating and patching.
#[derive(Clone, Debug, Default)]
pub(crate) struct WriteOptions {
    pub(crate) dry_run: bool,
    pub(crate) field_manager: String,
    pub(crate) field_validation: FieldValidation,
    /// Only of a server-side apply.
    pub(crate) force: bool,
}

/// The kinds of patches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PatchKind {
    Json,
    Merge,
    Strategic,
    Apply,
}

impl WriteOptions {
    /// Reads the options of `kind`: CreateOptions, UpdateOptions or PatchOptions.
    pub(crate) fn read(
        query: &Query,
        kind: &str,
        patch: Option<PatchKind>,
    ) -> Result<Self, ApiError> {
        let dry_run: Vec<&str> = query.all("dryRun").collect();
        let field_manager = query.text("fieldManager");
        let force = query.flag("force");
        let mut errors = Vec::new();
        match patch {
            Some(PatchKind::Apply) if field_manager.is_empty() => {
                let path = FieldPath::new("fieldManager");
                errors.push(FieldError::required(&path, "is required for apply patch"));
            }
            Some(PatchKind::Json | PatchKind::Merge | PatchKind::Strategic) if force.is_some() => {
                let path = FieldPath::new("force");
                let why = "may not be specified for non-apply patch";
                errors.push(FieldError::forbidden(&path, why));
            }
            _ => {}
        }
        check_manager(&mut errors, field_manager);
        check_dry_run(&mut errors, &dry_run);
        let field_validation = match query.text("fieldValidation") {
            "" | "Warn" => FieldValidation::Warn,
            "Ignore" => FieldValidation::Ignore,
            "Strict" => FieldValidation::Strict,
            other => {
                let path = FieldPath::new("fieldValidation");
                let known = ["", "Ignore", "Strict", "Warn"];
                errors.push(FieldError::not_supported(&path, other, &known));
                FieldValidation::Warn
            }
        };
        refuse(errors, kind)?;
        Ok(Self {
            dry_run: !dry_run.is_empty(),
            field_manager: field_manager.to_owned(),
            field_validation,
            force: force.unwrap_or(false),
        })
    }
}

/// What must hold for a deletion to happen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Preconditions {
    pub(crate) uid: Option<String>,
    pub(crate) resource_version: Option<String>,
}

/// Options of deleting.
#[derive(Clone, Debug, Default)]
pub(crate) struct DeleteOptions {
    pub(crate) dry_run: bool,
    pub(crate) grace_period_seconds: Option<i64>,
    pub(crate) preconditions: Preconditions,
    pub(crate) orphan_dependents: Option<bool>,
    pub(crate) propagation_policy: Option<String>,
    /// Delete what cannot be read: there is nothing such here.
    pub(crate) ignores_read_errors: bool,
}

impl DeleteOptions {
    /// Reads the options from the body if there is one, else from the parameters.
    pub(crate) fn read(query: &Query, body: Option<Node>) -> Result<Self, ApiError> {
        let mut dry_run: Vec<String> = Vec::new();
        let mut options = Self::default();
        let mut preconditions = false;
        match body {
            Some(body) => {
                let body = decode_delete_options(body).map_err(ApiError::bad_request)?;
                preconditions = body["preconditions"].is_object();
                options.read_body(&body, &mut dry_run);
            }
            None => options.read_query(query, &mut dry_run)?,
        }
        preconditions |= options.preconditions != Preconditions::default();
        let mut errors = Vec::new();
        let policy = FieldPath::new("propagationPolicy");
        if let Some(value) = &options.propagation_policy {
            if options.orphan_dependents.is_some() {
                let why = "orphanDependents and deletionPropagation cannot be both set";
                errors.push(FieldError::invalid(&policy, value.as_str(), why));
            }
            let known = ["Foreground", "Background", "Orphan", "nil"];
            if !known[..3].contains(&value.as_str()) {
                errors.push(FieldError::not_supported(&policy, value.as_str(), &known));
            }
        }
        let values: Vec<&str> = dry_run.iter().map(String::as_str).collect();
        check_dry_run(&mut errors, &values);
        let unsafe_path = FieldPath::new("ignoreStoreReadErrorWithClusterBreakingPotential");
        if options.ignores_read_errors {
            for (given, name) in [
                (options.propagation_policy.is_some(), "propagationPolicy"),
                (options.orphan_dependents.is_some(), "orphanDependents"),
                (options.grace_period_seconds.is_some(), "gracePeriodSeconds"),
                (preconditions, "preconditions"),
            ] {
                if given {
                    let why = format!("cannot be set together with .{name}");
                    errors.push(FieldError::invalid(&unsafe_path, true, why));
                }
            }
        }
        refuse(errors, "DeleteOptions")?;
        options.dry_run = !dry_run.is_empty();
        Ok(options)
    }

    /// Refuses to delete a collection in the way that is for single objects that cannot be read.
    pub(crate) fn refuse_unsafe(&self) -> Result<(), ApiError> {
        let mut errors = Vec::new();
        if self.ignores_read_errors {
            let path = FieldPath::new("ignoreStoreReadErrorWithClusterBreakingPotential");
            let why = "is not allowed with DELETECOLLECTION, try again after removing the option";
            errors.push(FieldError::invalid(&path, true, why));
        }
        refuse(errors, "DeleteOptions")
    }

    fn read_query(&mut self, query: &Query, dry_run: &mut Vec<String>) -> Result<(), ApiError> {
        self.grace_period_seconds = query
            .int("gracePeriodSeconds")
            .map_err(ApiError::bad_request)?;
        self.orphan_dependents = query.flag("orphanDependents");
        self.propagation_policy = query.get("propagationPolicy").map(str::to_owned);
        self.ignores_read_errors = query
            .flag("ignoreStoreReadErrorWithClusterBreakingPotential")
            .unwrap_or(false);
        let precondition = |name: &str| {
            let value = query.text(name);
            (!value.is_empty()).then(|| value.to_owned())
        };
        self.preconditions.uid = precondition("uid");
        self.preconditions.resource_version = precondition("resourceVersion");
        dry_run.extend(query.all("dryRun").map(str::to_owned));
        Ok(())
    }

    /// What the body says, whose members are of the right types.
    fn read_body(&mut self, body: &Value, dry_run: &mut Vec<String>) {
        let text = |at: &Value| at.as_str().map(str::to_owned);
        self.grace_period_seconds = body["gracePeriodSeconds"].as_i64();
        self.orphan_dependents = body["orphanDependents"].as_bool();
        self.ignores_read_errors = body["ignoreStoreReadErrorWithClusterBreakingPotential"] == true;
        self.propagation_policy = text(&body["propagationPolicy"]);
        let preconditions = &body["preconditions"];
        self.preconditions.uid = text(&preconditions["uid"]);
        self.preconditions.resource_version = text(&preconditions["resourceVersion"]);
        dry_run.extend(
            body["dryRun"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(text),
        );
    }
}

/// Options of listing and watching.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListOptions {
    pub(crate) labels: LabelSelector,
    pub(crate) fields: FieldSelector,
    pub(crate) watch: bool,
    pub(crate) bookmarks: bool,
    pub(crate) resource_version: String,
    pub(crate) resource_version_match: String,
    pub(crate) timeout_seconds: Option<i64>,
    pub(crate) limit: i64,
    pub(crate) continue_token: String,
    pub(crate) send_initial_events: Option<bool>,
}

impl ListOptions {
    /// Reads the parameters; `watch` forces a watch whatever they say.
    pub(crate) fn read(query: &Query, watch: bool) -> Result<Self, ApiError> {
        let bad = |message: String| ApiError::bad_request(message);
        let timeout_seconds = query.int("timeoutSeconds").map_err(bad)?;
        let limit = query.int("limit").map_err(bad)?.unwrap_or(0);
        let mut options = Self {
            labels: LabelSelector::parse(query.text("labelSelector")).map_err(bad)?,
            fields: FieldSelector::parse(query.text("fieldSelector")).map_err(bad)?,
            watch: watch || query.flag("watch").unwrap_or(false),
            bookmarks: query.flag("allowWatchBookmarks").unwrap_or(false),
            resource_version: query.text("resourceVersion").to_owned(),
            resource_version_match: query.text("resourceVersionMatch").to_owned(),
            timeout_seconds,
            limit,
            continue_token: query.text("continue").to_owned(),
            send_initial_events: query.flag("sendInitialEvents"),
        };
        options.default_initial_events();
        let errors = if options.watch {
            options.check_watch()
        } else {
            options.check_list()
        };
        refuse(errors, "ListOptions")?;
        Ok(options)
    }

    /// A watch from nowhere or from anywhere asks for the present state first.
    fn default_initial_events(&mut self) {
        let unset = self.send_initial_events.is_none() && self.resource_version_match.is_empty();
        if self.watch && unset && matches!(self.resource_version.as_str(), "" | "0") {
            self.send_initial_events = Some(true);
            self.resource_version_match = "NotOlderThan".to_owned();
        }
    }

    fn check_list(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let path = FieldPath::new("resourceVersionMatch");
        let matching = self.resource_version_match.as_str();
        if !matching.is_empty() {
            if self.resource_version.is_empty() {
                errors.push(FieldError::forbidden(
                    &path,
                    "resourceVersionMatch is forbidden unless resourceVersion is provided",
                ));
            }
            if !self.continue_token.is_empty() {
                errors.push(FieldError::forbidden(
                    &path,
                    "resourceVersionMatch is forbidden when continue is provided",
                ));
            }
            if !matches!(matching, "Exact" | "NotOlderThan") {
                let known = ["Exact", "NotOlderThan", ""];
                errors.push(FieldError::not_supported(&path, matching, &known));
            }
            if matching == "Exact" && self.resource_version == "0" {
                errors.push(FieldError::forbidden(
                    &path,
                    "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"",
                ));
            }
        }
        if self.send_initial_events.is_some() {
            errors.push(FieldError::forbidden(
                &FieldPath::new("sendInitialEvents"),
                "sendInitialEvents is forbidden for list",
            ));
        }
        errors
    }

    fn check_watch(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let path = FieldPath::new("resourceVersionMatch");
        let matching = self.resource_version_match.as_str();
        let initial = self.send_initial_events.is_some();
        if initial && matching != "NotOlderThan" {
            errors.push(FieldError::forbidden(
                &path,
                "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
            ));
        }
        if !matching.is_empty() {
            if !initial {
                errors.push(FieldError::forbidden(
                    &path,
                    "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
                ));
            }
            if matching != "NotOlderThan" {
                errors.push(FieldError::not_supported(
                    &path,
                    matching,
                    &["NotOlderThan"],
                ));
            }
            if !self.continue_token.is_empty() {
                errors.push(FieldError::forbidden(
                    &path,
                    "resourceVersionMatch is forbidden when continue is provided",
                ));
            }
        }
        errors
    }
}

fn check_manager(errors: &mut Vec<FieldError>, manager: &str) {
    let path = FieldPath::new("fieldManager");
    if manager.len() > 128 {
        errors.push(FieldError::too_long(&path, 128));
    }
    for (position, c) in manager.char_indices() {
        if c.is_control() {
            let why = format!(
                "invalid character U+{:04X} (at position {position})",
                c as u32
            );
            errors.push(FieldError::invalid(&path, manager, why));
        }
    }
}

fn check_dry_run(errors: &mut Vec<FieldError>, values: &[&str]) {
    if values.iter().any(|v| *v != "All") {
        let given = Value::from(values.to_vec());
        errors.push(FieldError::not_supported(
            &FieldPath::new("dryRun"),
            given,
            &["All"],
        ));
    }
}

fn refuse(errors: Vec<FieldError>, kind: &str) -> Result<(), ApiError> {
    if errors.is_empty() {
        return Ok(());
    }
    Err(ApiError::invalid(
        Qualified {
            group: META_GROUP,
            resource: kind,
        },
        "",
        errors,
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema::decode::parse;

    fn refused<T>(result: Result<T, ApiError>) -> String {
        result.err().map(|e| e.message).unwrap_or_default()
    }

    #[test]
    fn write_options_are_checked() {
        let query = Query::parse("dryRun=x&fieldValidation=y");
        assert_eq!(
            refused(WriteOptions::read(&query, "CreateOptions", None)),
            "CreateOptions.meta.k8s.io \"\" is invalid: [dryRun: Unsupported value: [\"x\"]: supported values: \"All\", fieldValidation: Unsupported value: \"y\": supported values: \"\", \"Ignore\", \"Strict\", \"Warn\"]"
        );
        let query = Query::parse("");
        assert_eq!(
            refused(WriteOptions::read(
                &query,
                "PatchOptions",
                Some(PatchKind::Apply)
            )),
            "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch"
        );
    }

    #[test]
    fn a_watch_from_nowhere_sends_the_state_first() {
        let options = ListOptions::read(&Query::parse("watch=1"), false).unwrap();
        assert_eq!(options.send_initial_events, Some(true));
        let options = ListOptions::read(&Query::parse("watch=1&resourceVersion=7"), false).unwrap();
        assert_eq!(options.send_initial_events, None);
        assert_eq!(
            refused(ListOptions::read(
                &Query::parse("watch=1&sendInitialEvents=true"),
                false
            )),
            "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
        );
    }

    #[test]
    fn delete_options_come_from_the_body_or_the_parameters() {
        let body = json!({"preconditions": {"uid": "1"}, "propagationPolicy": "Orphan"});
        let options = DeleteOptions::read(&Query::default(), Some(Node::from(body))).unwrap();
        assert_eq!(options.preconditions.uid.as_deref(), Some("1"));
        let options =
            DeleteOptions::read(&Query::parse("gracePeriodSeconds=0&dryRun=All"), None).unwrap();
        assert_eq!(options.grace_period_seconds, Some(0));
        assert!(options.dry_run);
        let options = DeleteOptions::read(&Query::parse("uid=&resourceVersion=7"), None).unwrap();
        let preconditions = Preconditions {
            uid: None,
            resource_version: Some("7".to_owned()),
        };
        assert_eq!(options.preconditions, preconditions);
    }

    /// As the real server says, of the first fault if there are several.
    #[test]
    fn delete_options_are_of_their_types() {
        for (body, why) in [
            (
                r#"{"gracePeriodSeconds":"x","dryRun":"y"}"#,
                "string into Go struct field DeleteOptions.gracePeriodSeconds of type int64",
            ),
            (
                r#"{"gracePeriodSeconds":1.5}"#,
                "number 1.5 into Go struct field DeleteOptions.gracePeriodSeconds of type int64",
            ),
            (
                r#"{"dryRun":"x","dryRun":["All"]}"#,
                "string into Go struct field DeleteOptions.dryRun of type []string",
            ),
            (
                r#"{"preconditions":{"uid":1}}"#,
                "number into Go struct field Preconditions.preconditions.uid of type types.UID",
            ),
            (
                r#"{"preconditions":"x"}"#,
                "string into Go struct field DeleteOptions.preconditions of type v1.Preconditions",
            ),
            (
                r#"{"propagationPolicy":{}}"#,
                "object into Go struct field DeleteOptions.propagationPolicy of type v1.DeletionPropagation",
            ),
        ] {
            let body = parse(body.as_bytes()).unwrap();
            assert_eq!(
                refused(DeleteOptions::read(&Query::default(), Some(body))),
                format!("json: cannot unmarshal {why}")
            );
        }
    }
}
