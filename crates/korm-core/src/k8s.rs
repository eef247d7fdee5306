//! Types of k8s-openapi as models.
//!
//! Every type there that is a kind with `ObjectMeta` is a [`Model`] as it is: `cluster.query::<Pod>()`.
//! Such a model carries whole objects ([`ModelDef::whole`]). It has no room for a snapshot; what it was
//! read as is known by the uid and resourceVersion in its metadata, its
//! [`identity`](Model::identity).

use std::{
    any::TypeId,
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use k8s_openapi::{
    ClusterResourceScope, Metadata, Resource, apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    error::{DecodeError, EncodeError, Fault},
    model::{Identity, Model, ModelDef, ObjectKey},
    native,
    scan::{Scanned, Scanner},
    snapshot::Snapshot,
};

impl<T> Model for T
where
    T: Resource + Metadata<Ty = ObjectMeta> + Serialize + DeserializeOwned + Send + Sync + 'static,
    T::Scope: 'static,
{
    fn definition() -> &'static ModelDef {
        definition::<T>()
    }

    fn encode(&self) -> Result<Value, EncodeError> {
        serde_json::to_value(self).map_err(|error| EncodeError {
            model: T::KIND.to_owned(),
            object: self.key(),
            fault: Box::new(Fault {
                field: None,
                path: "the object".to_owned(),
                reason: error.to_string(),
            }),
        })
    }

    fn decode(object: Value) -> Result<Self, DecodeError> {
        // The first try is the fast one; only a failure pays for finding out where.
        T::deserialize(&object).map_err(|error| {
            let located = serde_path_to_error::deserialize::<_, T>(&object);
            let (path, reason) = match located {
                Err(e) => (e.path().to_string(), e.inner().to_string()),
                Ok(_) => (".".to_owned(), error.to_string()),
            };
            let secret = T::KIND == "Secret" && !path.starts_with("metadata");
            let reason = if secret {
                "does not have the type of the model (value not shown)".to_owned()
            } else {
                reason
            };
            let path = if path == "." {
                "the object".to_owned()
            } else {
                path
            };
            DecodeError {
                model: T::KIND.to_owned(),
                object: ObjectKey::of(&object),
                fault: Box::new(Fault {
                    field: None,
                    path,
                    reason,
                }),
            }
        })
    }

    fn scanner() -> Option<&'static Scanner> {
        Some(Scanner::whole())
    }

    fn decode_scanned(scanned: &Scanned<'_>) -> Option<Self> {
        serde_json::from_slice(&scanned.without_managed_fields()?).ok()
    }

    fn snapshot(&self) -> Option<&Snapshot> {
        None
    }

    fn identity(&self) -> Option<Identity<'_>> {
        let metadata = self.metadata();
        Some(Identity {
            uid: metadata.uid.as_deref()?,
            resource_version: metadata.resource_version.as_deref(),
        })
    }

    fn key(&self) -> ObjectKey {
        let metadata = self.metadata();
        ObjectKey {
            namespace: metadata.namespace.clone(),
            name: metadata.name.clone().unwrap_or_default(),
        }
    }
}

/// One description for each type, made when it is first asked for and kept for good: there are only so
/// many types.
fn definition<T>() -> &'static ModelDef
where
    T: Resource + 'static,
    T::Scope: 'static,
{
    static KNOWN: RwLock<Option<HashMap<TypeId, &'static ModelDef>>> = RwLock::new(None);
    let id = TypeId::of::<T>();
    // A panic elsewhere cannot leave a map half changed: an insertion is the last thing done.
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(def) = known.as_ref().and_then(|map| map.get(&id)) {
        return def;
    }
    drop(known);
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known
        .get_or_insert_default()
        .entry(id)
        .or_insert_with(|| Box::leak(Box::new(describe::<T>())))
}

fn describe<T>() -> ModelDef
where
    T: Resource,
    T::Scope: 'static,
{
    if let Some(kind) = native::find(T::API_VERSION, T::KIND) {
        return kind.model().whole();
    }
    let def = ModelDef::new(T::GROUP, T::VERSION, T::KIND, T::URL_PATH_SEGMENT)
        .native()
        .whole();
    if TypeId::of::<T::Scope>() == TypeId::of::<ClusterResourceScope>() {
        def.cluster_scoped()
    } else {
        def
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::{
        apps::v1::Deployment,
        core::v1::{Namespace, Pod, Secret},
    };
    use serde_json::json;

    use super::*;

    #[test]
    fn described_by_their_types() {
        let pod = Pod::definition();
        assert_eq!(
            pod.collection_path(Some("default")),
            "/api/v1/namespaces/default/pods"
        );
        assert!(pod.whole && pod.native && pod.status_subresource);
        assert!(std::ptr::eq(pod, Pod::definition()));
        assert!(!Namespace::definition().is_namespaced());
        assert!(Deployment::definition().scale.is_some());
    }

    #[test]
    fn read_and_written() {
        let object = json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": "p", "namespace": "default", "uid": "u", "resourceVersion": "7"},
            "spec": {"containers": [{"name": "c", "image": "i"}]},
        });
        let pod = Pod::decode(object.clone()).unwrap();
        assert_eq!(pod.key().to_string(), "default/p");
        let identity = pod.identity().unwrap();
        assert_eq!((identity.uid, identity.resource_version), ("u", Some("7")));
        assert_eq!(pod.encode().unwrap(), object);
    }

    #[test]
    fn read_from_text_without_managed_fields() {
        let object = json!({
            "metadata": {"name": "p", "uid": "u", "managedFields": [{"manager": "m"}], "labels": {"a": "b"}},
            "spec": {"containers": [{"name": "c", "image": "managedFields"}]},
        });
        let read = |object: &Value| {
            let text = object.to_string();
            let mut scan = crate::scan::Scan::new(Pod::scanner().unwrap());
            scan.object(text.as_bytes(), |scanned| {
                (Pod::decode_scanned(scanned), scanned.to_value())
            })
            .unwrap()
        };
        let mut without = object.clone();
        without["metadata"]
            .as_object_mut()
            .unwrap()
            .remove("managedFields");
        assert_eq!(
            read(&object),
            (Some(Pod::decode(without.clone()).unwrap()), without.clone())
        );
        assert_eq!(read(&without).0, Some(Pod::decode(without).unwrap()));
        assert_eq!(read(&json!({"metadata": 1})).0, None);
        assert_eq!(read(&json!({"metadata": {"name": 1}})).0, None);
    }

    #[test]
    fn faults_are_located_and_secrets_kept() {
        let object = json!({
            "metadata": {"name": "p", "namespace": "default"},
            "spec": {"containers": [{"name": 7}]},
        });
        assert_eq!(
            Pod::decode(object).unwrap_err().to_string(),
            "Pod default/p cannot be read: spec.containers[0].name: \
             invalid type: integer `7`, expected a string"
        );
        let object = json!({"metadata": {"name": "s"}, "type": {"hush": 1}, "data": {"k": 12345}});
        let error = Secret::decode(object).unwrap_err().to_string();
        assert!(
            !error.contains("12345") && !error.contains("hush"),
            "{error}"
        );
    }
}
