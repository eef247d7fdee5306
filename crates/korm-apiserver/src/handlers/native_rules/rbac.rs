//! The rules of Roles and ClusterRoles.

use serde_json::Value;

use super::common::{check_selector, is_selector, items};
use crate::schema::{FieldError, FieldPath};

/// `ValidateClusterRole`, or `ValidateRole` of one namespace.
pub(super) fn check(errors: &mut Vec<FieldError>, role: &Value, cluster: bool) {
    let rules = FieldPath::new("rules");
    for (index, rule) in items(role, "rules").iter().enumerate() {
        check_rule(errors, &rules.index(index), rule, cluster);
    }
    let aggregation = &role["aggregationRule"];
    if !cluster || aggregation.is_null() {
        return;
    }
    let path = FieldPath::new("aggregationRule");
    let path = path.child("clusterRoleSelectors");
    let selectors = items(aggregation, "clusterRoleSelectors");
    if selectors.is_empty() {
        let why = "at least one clusterRoleSelector required if aggregationRule is non-nil";
        errors.push(FieldError::required(&path, why));
    }
    for (index, selector) in selectors.iter().enumerate() {
        let path = path.index(index);
        check_selector(errors, &path, selector);
        if !is_selector(selector) {
            // Upstream shows what it could not make.
            errors.push(FieldError::invalid(
                &path,
                Value::Null,
                "invalid label selector.",
            ));
        }
    }
}

fn check_rule(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, rule: &Value, cluster: bool) {
    let is_empty = |name: &str| items(rule, name).is_empty();
    if is_empty("verbs") {
        errors.push(FieldError::required(&path.child("verbs"), ""));
    }
    if !is_empty("nonResourceURLs") {
        let path = path.child("nonResourceURLs");
        let mut refuse = |why: &str| {
            errors.push(FieldError::invalid(
                &path,
                rule["nonResourceURLs"].clone(),
                why,
            ));
        };
        if !cluster {
            refuse("namespaced rules cannot apply to non-resource URLs");
        }
        if !["apiGroups", "resources", "resourceNames"]
            .map(is_empty)
            .iter()
            .all(|empty| *empty)
        {
            refuse("rules cannot apply to both regular resources and non-resource URLs");
        }
        return;
    }
    if is_empty("apiGroups") {
        let why = "resource rules must supply at least one api group";
        errors.push(FieldError::required(&path.child("apiGroups"), why));
    }
    if is_empty("resources") {
        let why = "resource rules must supply at least one resource";
        errors.push(FieldError::required(&path.child("resources"), why));
    }
}
