//! Address families, and the two fields in which a service has its addresses.

use serde_json::{Map, Value, json};

use super::{is_missing, text};
use crate::schema::{FieldError, FieldPath};

/// Brings `clusterIPs` into line with `clusterIP`, where only the one was given or changed
/// (`normalizeClusterIPs`).
pub(super) fn same_addresses(spec: &mut Map<String, Value>, old: Option<&Map<String, Value>>) {
    let address = text(spec, "clusterIP").to_owned();
    let Some(old) = old else {
        if is_missing(spec, "clusterIPs") && !address.is_empty() {
            spec.insert("clusterIPs".to_owned(), json!([address]));
        }
        return;
    };
    let before = text(old, "clusterIP");
    if is_missing(spec, "clusterIPs")
        && address == before
        && let Some(addresses) = old.get("clusterIPs")
    {
        spec.insert("clusterIPs".to_owned(), addresses.clone());
    }
    // Singular changed and plural did not: it follows.
    if address != before && spec.get("clusterIPs") == old.get("clusterIPs") {
        if address.is_empty() {
            spec.remove("clusterIPs");
        } else {
            spec.insert("clusterIPs".to_owned(), json!([address]));
        }
    }
}

/// The address families of a service that has addresses, or none on purpose.
pub(super) fn choose(spec: &mut Map<String, Value>) -> Vec<FieldError> {
    let nobody = spec
        .get("selector")
        .and_then(Value::as_object)
        .is_none_or(Map::is_empty);
    // Whoever fills in the endpoints by hand may do so for both families.
    let by_hand = text(spec, "clusterIP") == "None" && nobody;
    if is_missing(spec, "ipFamilyPolicy") {
        let policy = if by_hand {
            "RequireDualStack"
        } else {
            "SingleStack"
        };
        spec.insert("ipFamilyPolicy".to_owned(), policy.into());
    }
    if is_missing(spec, "ipFamilies") {
        let family = if text(spec, "clusterIP").contains(':') {
            "IPv6"
        } else {
            "IPv4"
        };
        spec.insert("ipFamilies".to_owned(), json!([family]));
    }
    if !by_hand {
        return not_served(spec);
    }
    if text(spec, "ipFamilyPolicy") != "SingleStack"
        && let Some(families) = spec.get_mut("ipFamilies").and_then(Value::as_array_mut)
        && families.len() == 1
    {
        let other = if families[0] == "IPv4" {
            "IPv6"
        } else {
            "IPv4"
        };
        families.push(other.into());
    }
    Vec::new()
}

/// What a service asks of a cluster that has IPv4 only.
fn not_served(spec: &Map<String, Value>) -> Vec<FieldError> {
    let path = FieldPath::new("spec");
    let mut faults = Vec::new();
    if text(spec, "ipFamilyPolicy") == "RequireDualStack" {
        let why = "this cluster is not configured for dual-stack services";
        let path = path.child("ipFamilyPolicy");
        faults.push(FieldError::invalid(&path, "RequireDualStack", why));
    }
    let families = spec.get("ipFamilies").and_then(Value::as_array);
    let path = path.child("ipFamilies");
    for (index, family) in families.into_iter().flatten().enumerate() {
        if family == "IPv6" {
            let why = "not configured on this cluster";
            faults.push(FieldError::invalid(&path.index(index), family.clone(), why));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn families_follow_addresses() {
        let mut plain = spec(json!({"type": "ClusterIP"}));
        assert!(choose(&mut plain).is_empty());
        assert_eq!(
            plain,
            spec(
                json!({"type": "ClusterIP", "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack"})
            )
        );
        let mut headless = spec(json!({"clusterIP": "None"}));
        same_addresses(&mut headless, None);
        assert!(choose(&mut headless).is_empty());
        assert_eq!(headless["ipFamilies"], json!(["IPv4", "IPv6"]));
        assert_eq!(headless["ipFamilyPolicy"], "RequireDualStack");
        assert_eq!(headless["clusterIPs"], json!(["None"]));
    }

    #[test]
    fn both_fields_tell_the_same_address() {
        let old = spec(json!({"clusterIP": "None", "clusterIPs": ["None"]}));
        let mut new = spec(json!({"clusterIP": "10.0.0.1", "clusterIPs": ["None"]}));
        same_addresses(&mut new, Some(&old));
        assert_eq!(new["clusterIPs"], json!(["10.0.0.1"]));
        let mut new = spec(json!({"clusterIP": "None"}));
        same_addresses(&mut new, Some(&old));
        assert_eq!(new["clusterIPs"], json!(["None"]));
    }

    #[test]
    fn there_is_one_family() {
        let mut dual = spec(json!({"ipFamilyPolicy": "RequireDualStack", "ipFamilies": ["IPv6"]}));
        let told: Vec<String> = choose(&mut dual).iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services",
                "spec.ipFamilies[0]: Invalid value: \"IPv6\": not configured on this cluster",
            ]
        );
    }
}
