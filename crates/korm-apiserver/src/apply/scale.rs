//! Ownership through the scale subresource: who owns the replicas of the object owns those of
//! its Scale, and the other way round.

use super::element::PathElement;
use super::managed::{Managed, Owned};
use super::set::Set;
use serde_json::Value;

/// The version of the Scale.
const SCALE: &str = "autoscaling/v1";

/// Where an object of some `apiVersion` keeps its replicas; `None` for a version that has no
/// scale subresource.
pub(crate) type ReplicasPath<'a> = (&'a str, Option<&'a str>);

/// The managed fields that a Scale starts with: the owners of the object's replicas.
///
/// Paths are as a CRD has them: `.spec.replicas`.
pub(crate) fn scale_entries(object: &Value, paths: &[ReplicasPath<'_>]) -> Option<Value> {
    let parent = managed_of(object)?;
    let mut scale = Managed::default();
    for (id, owned) in parent.owned {
        let Some(Some(path)) = path_in(paths, &owned.api_version) else {
            continue;
        };
        if owned.set.has(&path) {
            if let Some(time) = parent.times.get(&id) {
                scale.times.insert(id.clone(), time.clone());
            }
            let set = Set::of(&[&["spec", "replicas"]]);
            let applied = owned.applied;
            scale.owned.insert(
                id,
                Owned {
                    set,
                    api_version: SCALE.to_owned(),
                    applied,
                },
            );
        }
    }
    scale.encode()
}

/// The object's managed fields after a write to its Scale.
///
/// An entry that comes from the Scale has no time, as upstream.
pub(crate) fn object_entries(
    object: &Value,
    scale: &Value,
    api_version: &str,
    paths: &[ReplicasPath<'_>],
) -> Option<Value> {
    let parent = managed_of(object)?;
    let mut from_scale = managed_of(scale)?.owned;
    let mut result = Managed::default();
    for (id, mut owned) in parent.owned {
        let Some(path) = path_in(paths, &owned.api_version) else {
            continue;
        };
        if let Some(path) = path.filter(|path| owned.set.has(path))
            && from_scale.remove(&id).is_none()
        {
            let mut replicas = Set::default();
            replicas.insert(&path);
            owned.set = owned.set.difference(&replicas);
            if owned.set.is_empty() {
                continue;
            }
        }
        if let Some(time) = parent.times.get(&id) {
            result.times.insert(id.clone(), time.clone());
        }
        result.owned.insert(id, owned);
    }
    let replicas = Set::of(&[&["spec", "replicas"]]);
    for (id, owned) in from_scale {
        let Some(Some(path)) = path_in(paths, api_version) else {
            continue;
        };
        if owned.set.intersection(&replicas).is_empty() {
            continue;
        }
        let mut set = Set::default();
        set.insert(&path);
        let (api_version, applied) = (api_version.to_owned(), owned.applied);
        result.owned.insert(
            id,
            Owned {
                set,
                api_version,
                applied,
            },
        );
    }
    result.encode()
}

/// `None` for managed fields that cannot be read.
fn managed_of(object: &Value) -> Option<Managed> {
    Managed::decode(object.pointer("/metadata/managedFields")).ok()
}

/// Outer `None`: an unknown version; inner: one without a scale subresource.
fn path_in(paths: &[ReplicasPath<'_>], api_version: &str) -> Option<Option<Vec<PathElement>>> {
    let (_, path) = paths.iter().find(|(version, _)| *version == api_version)?;
    Some(path.map(|path| {
        path.trim_start_matches('.')
            .split('.')
            .map(PathElement::field)
            .collect()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// As recorded from the reference server: a Deployment is made, then scaled by another.
    #[test]
    fn a_scaler_takes_the_replicas() {
        let paths = [("apps/v1", Some(".spec.replicas"))];
        let object = json!({"metadata": {"managedFields": [{"manager": "maker",
            "operation": "Update", "apiVersion": "apps/v1", "time": "2026-01-01T00:00:00Z",
            "fieldsType": "FieldsV1",
            "fieldsV1": {"f:spec": {"f:replicas": {}, "f:selector": {}}}}]}});
        let entries = scale_entries(&object, &paths).unwrap();
        assert_eq!(entries[0]["apiVersion"], "autoscaling/v1");
        assert_eq!(
            entries[0]["fieldsV1"],
            json!({"f:spec": {"f:replicas": {}}})
        );
        let scale = json!({"metadata": {"managedFields": [{"manager": "scaler",
            "operation": "Update", "apiVersion": "autoscaling/v1", "subresource": "scale",
            "time": "2026-01-01T00:00:01Z", "fieldsType": "FieldsV1",
            "fieldsV1": {"f:spec": {"f:replicas": {}}}}]}});
        assert_eq!(
            object_entries(&object, &scale, "apps/v1", &paths),
            Some(json!([
                {"manager": "scaler", "operation": "Update", "apiVersion": "apps/v1",
                    "subresource": "scale", "fieldsType": "FieldsV1",
                    "fieldsV1": {"f:spec": {"f:replicas": {}}}},
                {"manager": "maker", "operation": "Update", "apiVersion": "apps/v1",
                    "time": "2026-01-01T00:00:00Z", "fieldsType": "FieldsV1",
                    "fieldsV1": {"f:spec": {"f:selector": {}}}}
            ]))
        );
    }
}
