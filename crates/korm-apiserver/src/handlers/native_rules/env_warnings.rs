//! Variables of a container that hide each other: `warningsForPodSpecAndMeta` of `k8s.io/kubernetes/pkg/api/pod`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::common::{items, text};
use crate::schema::go_format::quote;

/// The warnings about the variables of the pod that `at` leads to.
pub(super) fn of_pod(spec: &Value, at: &str) -> Vec<String> {
    let mut all = Vec::new();
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        for (container, owner) in items(spec, list).iter().enumerate() {
            let at = format!("{at}.{list}[{container}].env");
            all.extend(of_container(items(owner, "env"), &at));
        }
    }
    all
}

fn of_container(variables: &[Value], at: &str) -> Vec<String> {
    let mut known = BTreeSet::new();
    let mut all = Vec::new();
    for (index, variable) in variables.iter().enumerate() {
        let name = text(variable, "name");
        if !known.insert(name) && hides(variable, name) {
            all.push(format!(
                "{at}[{index}]: hides previous definition of {}, which may be dropped when using apply",
                quote(name)
            ));
        }
    }
    all
}

/// A value may make something of the one before, but not be that or something else.
fn hides(variable: &Value, name: &str) -> bool {
    let reference = format!("$({name})");
    let value = text(variable, "value");
    !variable["valueFrom"].is_null() || value == reference || !value.contains(&reference)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_variable_may_make_use_of_the_one_before() {
        let spec = json!({"containers": [{"env": [
            {"name": "A", "value": "1"}, {"name": "B", "value": "2"}, {"name": "A", "value": "$(A)2"},
            {"name": "A", "value": "$(A)"}, {"name": "B", "value": "3"}, {"name": "C"},
        ]}]});
        let hidden = |index: usize, name: &str| {
            format!(
                "spec.containers[0].env[{index}]: hides previous definition of \"{name}\", which may be dropped when using apply"
            )
        };
        assert_eq!(of_pod(&spec, "spec"), [hidden(3, "A"), hidden(4, "B")]);
    }
}
