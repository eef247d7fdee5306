//! The messages that requests are made of, from the `generated.proto` files of k8s.io/api and k8s.io/apimachinery.

/// How a field is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    Text,
    Integer,
    Boolean,
    /// A message of that name.
    Message(&'static str),
    TextMap,
    BytesMap,
    Texts,
    Messages(&'static str),
    IntOrString,
}

/// A field: its name in JSON, its number, and how it is written.
pub(super) type Field = (&'static str, u64, Form);

/// The fields of a message; kinds are named with their versions.
pub(super) fn fields(message: &str) -> Option<&'static [Field]> {
    use Form::{Boolean, BytesMap, IntOrString, Integer, Message, Messages, Text, TextMap, Texts};
    Some(match message {
        "v1 ConfigMap" => &[
            ("metadata", 1, Message("ObjectMeta")),
            ("data", 2, TextMap),
            ("binaryData", 3, BytesMap),
            ("immutable", 4, Boolean),
        ],
        "v1 Secret" => &[
            ("metadata", 1, Message("ObjectMeta")),
            ("data", 2, BytesMap),
            ("type", 3, Text),
            ("stringData", 4, TextMap),
            ("immutable", 5, Boolean),
        ],
        "v1 ServiceAccount" => &[
            ("metadata", 1, Message("ObjectMeta")),
            ("secrets", 2, Messages("ObjectReference")),
            ("imagePullSecrets", 3, Messages("LocalObjectReference")),
            ("automountServiceAccountToken", 4, Boolean),
        ],
        "v1 Service" => &[
            ("metadata", 1, Message("ObjectMeta")),
            ("spec", 2, Message("ServiceSpec")),
        ],
        "v1 Node" => &[
            ("metadata", 1, Message("ObjectMeta")),
            ("spec", 2, Message("NodeSpec")),
        ],
        "rbac.authorization.k8s.io/v1 ClusterRole" => &[
            ("metadata", 1, Message("ObjectMeta")),
            ("rules", 2, Messages("PolicyRule")),
        ],
        "coordination.k8s.io/v1 Lease" => &[
            ("metadata", 1, Message("ObjectMeta")),
            ("spec", 2, Message("LeaseSpec")),
        ],
        "apps/v1 Deployment" => &[
            ("metadata", 1, Message("ObjectMeta")),
            ("spec", 2, Message("DeploymentSpec")),
        ],
        "v1 DeleteOptions" | "meta.k8s.io/v1 DeleteOptions" => &[
            ("gracePeriodSeconds", 1, Integer),
            ("preconditions", 2, Message("Preconditions")),
            ("orphanDependents", 3, Boolean),
            ("propagationPolicy", 4, Text),
            ("dryRun", 5, Texts),
        ],
        "ObjectMeta" => &[
            ("name", 1, Text),
            ("generateName", 2, Text),
            ("namespace", 3, Text),
            ("selfLink", 4, Text),
            ("uid", 5, Text),
            ("resourceVersion", 6, Text),
            ("generation", 7, Integer),
            ("labels", 11, TextMap),
            ("annotations", 12, TextMap),
            ("ownerReferences", 13, Messages("OwnerReference")),
            ("finalizers", 14, Texts),
        ],
        "OwnerReference" => &[
            ("kind", 1, Text),
            ("name", 3, Text),
            ("uid", 4, Text),
            ("apiVersion", 5, Text),
            ("controller", 6, Boolean),
            ("blockOwnerDeletion", 7, Boolean),
        ],
        "Preconditions" => &[("uid", 1, Text), ("resourceVersion", 2, Text)],
        "ObjectReference" => &[("kind", 1, Text), ("namespace", 2, Text), ("name", 3, Text)],
        "LocalObjectReference" => &[("name", 1, Text)],
        "ServiceSpec" => &[
            ("ports", 1, Messages("ServicePort")),
            ("selector", 2, TextMap),
            ("clusterIP", 3, Text),
            ("type", 4, Text),
            ("externalName", 10, Text),
        ],
        "ServicePort" => &[
            ("name", 1, Text),
            ("protocol", 2, Text),
            ("port", 3, Integer),
            ("targetPort", 4, IntOrString),
        ],
        "NodeSpec" => &[
            ("unschedulable", 4, Boolean),
            ("taints", 5, Messages("Taint")),
        ],
        "Taint" => &[("key", 1, Text), ("value", 2, Text), ("effect", 3, Text)],
        "PolicyRule" => &[
            ("verbs", 1, Texts),
            ("apiGroups", 2, Texts),
            ("resources", 3, Texts),
            ("resourceNames", 4, Texts),
            ("nonResourceURLs", 5, Texts),
        ],
        "LeaseSpec" => &[
            ("holderIdentity", 1, Text),
            ("leaseDurationSeconds", 2, Integer),
        ],
        "DeploymentSpec" => &[
            ("replicas", 1, Integer),
            ("selector", 2, Message("LabelSelector")),
            ("template", 3, Message("PodTemplateSpec")),
        ],
        "LabelSelector" => &[("matchLabels", 1, TextMap)],
        "PodTemplateSpec" => &[
            ("metadata", 1, Message("ObjectMeta")),
            ("spec", 2, Message("PodSpec")),
        ],
        "PodSpec" => &[("containers", 2, Messages("Container"))],
        "Container" => &[
            ("name", 1, Text),
            ("image", 2, Text),
            ("env", 7, Messages("EnvVar")),
        ],
        "EnvVar" => &[("name", 1, Text), ("value", 2, Text)],
        _ => return None,
    })
}
