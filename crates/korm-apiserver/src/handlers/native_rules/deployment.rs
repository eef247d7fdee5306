//! The rules of Deployments.

use serde_json::Value;

use super::common::{
    check_not_negative, check_selector, is_selector, items, number, selects, text,
};
use super::pod_template;
use crate::schema::{FieldError, FieldPath};

/// `ValidateDeploymentSpec`
pub(super) fn check(errors: &mut Vec<FieldError>, deployment: &Value) {
    let spec = &deployment["spec"];
    let path = FieldPath::new("spec");
    check_not_negative(errors, &path, spec, &["replicas"]);
    let selector = &spec["selector"];
    let of_selector = path.child("selector");
    if selector.is_null() {
        errors.push(FieldError::required(&of_selector, ""));
    } else {
        check_selector(errors, &of_selector, selector);
        if is_empty(selector) {
            let why = "empty selector is invalid for deployment";
            errors.push(FieldError::invalid(&of_selector, selector.clone(), why));
        }
    }
    let template = &spec["template"];
    if is_selector(selector) {
        check_template(errors, &path.child("template"), selector, template);
    } else {
        let why = "invalid label selector";
        errors.push(FieldError::invalid(&of_selector, selector.clone(), why));
    }
    check_strategy(errors, &path.child("strategy"), &spec["strategy"]);
    check_not_negative(
        errors,
        &path,
        spec,
        &[
            "minReadySeconds",
            "revisionHistoryLimit",
            "progressDeadlineSeconds",
        ],
    );
    let deadline = number(spec, "progressDeadlineSeconds");
    if !spec["progressDeadlineSeconds"].is_null() && deadline <= number(spec, "minReadySeconds") {
        let path = path.child("progressDeadlineSeconds");
        let why = "must be greater than minReadySeconds";
        errors.push(FieldError::invalid(&path, deadline, why));
    }
}

/// `ValidateDeploymentUpdate`
pub(super) fn check_update(errors: &mut Vec<FieldError>, deployment: &Value, old: &Value) {
    let selector = &deployment["spec"]["selector"];
    if *selector != old["spec"]["selector"] {
        let spec = FieldPath::new("spec");
        let path = spec.child("selector");
        errors.push(FieldError::invalid(
            &path,
            selector.clone(),
            "field is immutable",
        ));
    }
}

/// `ValidateDeploymentStatusUpdate`
pub(super) fn check_status(errors: &mut Vec<FieldError>, deployment: &Value, old: &Value) {
    let status = &deployment["status"];
    let path = FieldPath::new("status");
    check_not_negative(
        errors,
        &path,
        status,
        &[
            "observedGeneration",
            "replicas",
            "updatedReplicas",
            "readyReplicas",
            "availableReplicas",
            "unavailableReplicas",
            "terminatingReplicas",
            "collisionCount",
        ],
    );
    let replicas = number(status, "replicas");
    let mut refuse = |name: &str, why: &str| {
        let value = number(status, name);
        errors.push(FieldError::invalid(&path.child(name), value, why));
    };
    for name in ["updatedReplicas", "readyReplicas", "availableReplicas"] {
        if number(status, name) > replicas {
            refuse(name, "cannot be greater than status.replicas");
        }
    }
    if number(status, "availableReplicas") > number(status, "readyReplicas") {
        refuse("availableReplicas", "cannot be greater than readyReplicas");
    }
    let before = &old["status"]["collisionCount"];
    let count = &status["collisionCount"];
    let decremented = match (before.as_i64(), count.as_i64()) {
        (Some(_), None) => true,
        (Some(before), Some(count)) => count < before,
        (None, _) => false,
    };
    if decremented {
        refuse("collisionCount", "cannot be decremented");
    }
}

fn is_empty(selector: &Value) -> bool {
    let labels = selector["matchLabels"].as_object();
    labels.is_none_or(serde_json::Map::is_empty) && items(selector, "matchExpressions").is_empty()
}

/// `ValidatePodTemplateSpecForReplicaSet`
fn check_template(
    errors: &mut Vec<FieldError>,
    path: &FieldPath<'_>,
    selector: &Value,
    template: &Value,
) {
    let labels = &template["metadata"]["labels"];
    let metadata = path.child("metadata");
    // No selector selects nothing, an empty one everything.
    let selected =
        !selector.is_null() && (is_empty(selector) || selects(selector, labels.as_object()));
    if !selected {
        let why = "`selector` does not match template `labels`";
        let path = metadata.child("labels");
        errors.push(FieldError::invalid(&path, labels.clone(), why));
    }
    pod_template::check(errors, path, template);
    let spec = path.child("spec");
    let policy = text(&template["spec"], "restartPolicy");
    if policy != "Always" {
        let path = spec.child("restartPolicy");
        errors.push(FieldError::not_supported(&path, policy, &["Always"]));
    }
    if !template["spec"]["activeDeadlineSeconds"].is_null() {
        let path = spec.child("activeDeadlineSeconds");
        let why = "activeDeadlineSeconds in ReplicaSet is not Supported";
        errors.push(FieldError::forbidden(&path, why));
    }
}

fn check_strategy(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, strategy: &Value) {
    let rolling = &strategy["rollingUpdate"];
    match text(strategy, "type") {
        "Recreate" if !rolling.is_null() => {
            let path = path.child("rollingUpdate");
            let why = "may not be specified when strategy `type` is 'Recreate'";
            errors.push(FieldError::forbidden(&path, why));
        }
        "Recreate" => {}
        "RollingUpdate" => check_rolling(errors, &path.child("rollingUpdate"), rolling),
        _ => {
            let shown = crate::schema::BadValue::Verbatim(format!(
                "{{\"Type\":{},\"RollingUpdate\":null}}",
                crate::schema::go_format::json(&strategy["type"])
            ));
            let supported = ["Recreate", "RollingUpdate"];
            errors.push(FieldError::not_supported(path, shown, &supported));
        }
    }
}

fn check_rolling(errors: &mut Vec<FieldError>, path: &FieldPath<'_>, rolling: &Value) {
    let mut zero = true;
    for name in ["maxUnavailable", "maxSurge"] {
        let path = path.child(name);
        let value = &rolling[name];
        let percent = value.as_str().map(percent_of);
        zero &= match (percent, value.as_i64()) {
            (Some(percent), _) => percent == Some(0),
            (None, number) => number.unwrap_or(0) == 0,
        };
        match (percent, value.as_i64()) {
            (Some(None), _) => {
                let why = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
                errors.push(FieldError::invalid(&path, value.clone(), why));
            }
            (Some(Some(percent)), _) if name == "maxUnavailable" && percent > 100 => {
                let why = "must not be greater than 100%";
                errors.push(FieldError::invalid(&path, value.clone(), why));
            }
            (None, Some(number)) if number < 0 => {
                let why = "must be greater than or equal to 0";
                errors.push(FieldError::invalid(&path, number, why));
            }
            _ => {}
        }
    }
    if zero {
        let why = "may not be 0 when `maxSurge` is 0";
        let path = path.child("maxUnavailable");
        errors.push(FieldError::invalid(
            &path,
            rolling["maxUnavailable"].clone(),
            why,
        ));
    }
}

/// The number before a percent sign, if the text is one.
fn percent_of(text: &str) -> Option<u64> {
    let digits = text.strip_suffix('%')?;
    let all = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| digits.parse().unwrap_or(u64::MAX))
}
