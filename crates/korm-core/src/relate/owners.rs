//! Owners of objects that are handled as JSON.

use serde_json::{Map, Value, json};

use super::{OwnerError, name, namespace, owners, uid};
use crate::{
    meta::OwnerReference,
    model::{ModelDef, ObjectKey},
    path::FieldPath,
};

/// Makes the owners of one kind that an object has exactly these: references to other objects of that kind go, those to
/// objects of other kinds stay, and a reference that is there already stays as it is.
///
/// `like` is what a new reference is made from: its flags are taken over, and its `apiVersion` and `kind` are set.
///
/// # Errors
///
/// When an owner was never stored, or lives in another namespace. `object` is then as it was.
///
/// ```
/// use korm_core::{OwnerReference, native, relate::set_owners};
/// use serde_json::json;
///
/// let nodes = native::native("v1", "Node");
/// let mut pod = json!({"metadata": {"namespace": "default", "name": "a"}});
/// let node = json!({"metadata": {"name": "n", "uid": "1"}});
/// set_owners(&mut pod, &nodes, &[&node], &OwnerReference::default()).unwrap();
/// assert_eq!(pod["metadata"]["ownerReferences"][0]["uid"], "1");
/// set_owners(&mut pod, &nodes, &[], &OwnerReference::default()).unwrap();
/// assert!(pod["metadata"].get("ownerReferences").is_none());
/// ```
pub fn set_owners(
    object: &mut Value,
    kind: &ModelDef,
    wanted: &[&Value],
    like: &OwnerReference,
) -> Result<(), OwnerError> {
    let made = wanted
        .iter()
        .map(|owner| reference(object, kind, owner, like))
        .collect::<Result<Vec<_>, _>>()?;
    let path = FieldPath::metadata("ownerReferences");
    let before = path.get(object).and_then(Value::as_array).cloned();
    let gone: Vec<&Value> = owners(object, kind)
        .filter(|known| !made.iter().any(|new| uid(new) == uid(known)))
        .collect();
    let mut after: Vec<Value> = before.into_iter().flatten().collect();
    after.retain(|known| !gone.contains(&known));
    let new = made
        .into_iter()
        .filter(|new| !after.iter().any(|known| uid(known) == uid(new)))
        .collect::<Vec<_>>();
    after.extend(new);
    if after.is_empty() {
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove("ownerReferences");
        }
    } else {
        path.set(object, Value::Array(after));
    }
    Ok(())
}

/// A reference to an owner, which is in the same namespace or cluster-scoped.
fn reference(
    object: &Value,
    kind: &ModelDef,
    owner: &Value,
    like: &OwnerReference,
) -> Result<Value, OwnerError> {
    let key = ObjectKey::of(owner);
    let Some(uid) = owner.get("metadata").and_then(uid) else {
        let (kind, name) = (kind.kind.clone(), key.to_string());
        return Err(OwnerError::NotStored { kind, name });
    };
    if kind.is_namespaced() && namespace(owner) != namespace(object) {
        let namespace = match namespace(object) {
            Some(namespace) => format!("namespace {namespace}"),
            None => "the cluster".to_owned(),
        };
        let (kind, name) = (kind.kind.clone(), key.to_string());
        return Err(OwnerError::OtherNamespace {
            kind,
            name,
            namespace,
        });
    }
    let mut made = Map::from_iter([
        ("apiVersion".to_owned(), kind.api_version().into()),
        ("kind".to_owned(), kind.kind.as_str().into()),
        ("name".to_owned(), name(owner).unwrap_or_default().into()),
        ("uid".to_owned(), uid.into()),
    ]);
    if let Some(controller) = like.controller {
        made.insert("controller".to_owned(), json!(controller));
    }
    if let Some(block) = like.block_owner_deletion {
        made.insert("blockOwnerDeletion".to_owned(), json!(block));
    }
    Ok(Value::Object(made))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str) -> ModelDef {
        ModelDef::new("example.com", "v1", name, format!("{name}s"))
    }

    fn object(name: &str, uid: Option<&str>) -> Value {
        let mut made = json!({"metadata": {"namespace": "default", "name": name}});
        if let Some(uid) = uid {
            made["metadata"]["uid"] = uid.into();
        }
        made
    }

    #[test]
    fn owners_of_other_kinds_and_known_ones_stay() {
        let mut child = object("c", None);
        let (old, new) = (object("old", Some("1")), object("new", Some("2")));
        let controlling = OwnerReference {
            controller: Some(true),
            ..OwnerReference::default()
        };
        set_owners(&mut child, &kind("Tree"), &[&old], &controlling).unwrap();
        set_owners(
            &mut child,
            &kind("Shed"),
            &[&object("s", Some("9"))],
            &OwnerReference::default(),
        )
        .unwrap();
        let uids = |child: &Value| -> Vec<String> {
            let references = child["metadata"]["ownerReferences"].as_array().unwrap();
            references
                .iter()
                .map(|r| r["uid"].as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(uids(&child), ["1", "9"]);
        let both = [&old, &new];
        set_owners(&mut child, &kind("Tree"), &both, &OwnerReference::default()).unwrap();
        assert_eq!(uids(&child), ["1", "9", "2"]);
        assert_eq!(child["metadata"]["ownerReferences"][0]["controller"], true);
        set_owners(
            &mut child,
            &kind("Tree"),
            &[&new],
            &OwnerReference::default(),
        )
        .unwrap();
        assert_eq!(uids(&child), ["9", "2"]);
    }

    #[test]
    fn what_cannot_own_is_told_and_changes_nothing() {
        let mut child = object("c", None);
        let mut elsewhere = object("t", Some("1"));
        elsewhere["metadata"]["namespace"] = "other".into();
        let like = OwnerReference::default();
        let error = set_owners(&mut child, &kind("Tree"), &[&elsewhere], &like).unwrap_err();
        assert_eq!(
            error.to_string(),
            "Tree other/t cannot own an object in namespace default: an owner is in the same namespace or cluster-scoped"
        );
        let unsaved = object("t", None);
        let error = set_owners(&mut child, &kind("Tree"), &[&unsaved], &like).unwrap_err();
        assert_eq!(
            error.to_string(),
            "Tree default/t cannot own anything: it is not stored yet; save it first"
        );
        assert_eq!(child, object("c", None));
    }
}
