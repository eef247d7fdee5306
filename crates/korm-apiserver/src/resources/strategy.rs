//! How resources differ in what writes do to them: the facts of the strategies in
//! `k8s.io/kubernetes/pkg/registry`, which no schema tells.

use crate::facts;
use crate::meta::names::NameRule;

/// What is particular about a resource.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strategy {
    pub(crate) name_rule: NameRule,
    /// An update of an object that is not there makes it.
    pub(crate) create_on_update: bool,
    /// An update need not name a resourceVersion.
    pub(crate) unconditional_update: bool,
    /// `metadata.generation` counts changes of what is neither metadata nor status.
    pub(crate) generation: bool,
    /// The status is written through the subresource only.
    pub(crate) status: bool,
    /// A deletion answers with the object, not with a Status.
    pub(crate) returns_deleted: bool,
    /// A deletion gives the object time to end.
    pub(crate) graceful: bool,
}

const CREATE_ON_UPDATE: &[&str] = &[
    "runtimeclasses",
    "rolebindings",
    "clusterrolebindings",
    "roles",
    "clusterroles",
    "leases",
    "leasecandidates",
    "limitranges",
    "events",
    "services",
    "endpoints",
];

const CONDITIONAL_UPDATE: &[&str] = &[
    "podcertificaterequests",
    "clustertrustbundles",
    "runtimeclasses",
    "podgroups",
    "workloads",
    "storageversionmigrations",
    "poddisruptionbudgets",
    "csidrivers",
    "csistoragecapacities",
    "volumeattachments",
    "csinodes",
    "leases",
    "leasecandidates",
    "validatingadmissionpolicies",
    "mutatingadmissionpolicies",
    "mutatingwebhookconfigurations",
    "validatingwebhookconfigurations",
    "mutatingadmissionpolicybindings",
    "validatingadmissionpolicybindings",
    "customresourcedefinitions",
    "apiservices",
];

const GENERATION: &[&str] = &[
    "ingressclasses",
    "networkpolicies",
    "ingresses",
    "endpointslices",
    "poddisruptionbudgets",
    "resourceslices",
    "deviceclasses",
    "devicetaintrules",
    "flowschemas",
    "prioritylevelconfigurations",
    "daemonsets",
    "statefulsets",
    "deployments",
    "replicasets",
    "jobs",
    "cronjobs",
    "pods",
    "podtemplates",
    "replicationcontrollers",
    "validatingadmissionpolicies",
    "mutatingadmissionpolicies",
    "mutatingwebhookconfigurations",
    "validatingwebhookconfigurations",
    "mutatingadmissionpolicybindings",
    "validatingadmissionpolicybindings",
    "customresourcedefinitions",
    "priorityclasses",
    "horizontalpodautoscalers",
];

const RETURNS_DELETED: &[&str] = &[
    "resourceclaimtemplates",
    "resourceslices",
    "resourceclaims",
    "deviceclasses",
    "devicetaintrules",
    "csidrivers",
    "storageclasses",
    "volumeattachments",
    "csinodes",
    "volumeattributesclasses",
    "resourcequotas",
    "persistentvolumes",
    "serviceaccounts",
    "persistentvolumeclaims",
    "namespaces",
    "pods",
    "services",
    "podtemplates",
];

impl Strategy {
    /// The strategy of custom resources.
    pub(crate) fn custom(status: bool) -> Self {
        Self {
            name_rule: NameRule::Subdomain,
            create_on_update: false,
            unconditional_update: false,
            generation: true,
            status,
            returns_deleted: false,
            graceful: false,
        }
    }

    /// The strategy of a native resource.
    pub(super) fn of(group: &str, resource: &facts::Resource) -> Self {
        let name = resource.name;
        Self {
            name_rule: name_rule(group, name),
            create_on_update: CREATE_ON_UPDATE.contains(&name),
            unconditional_update: !CONDITIONAL_UPDATE.contains(&name),
            generation: GENERATION.contains(&name),
            status: resource.subresources.iter().any(|s| s.name == "status"),
            returns_deleted: RETURNS_DELETED.contains(&name),
            graceful: group.is_empty() && name == "pods",
        }
    }
}

fn name_rule(group: &str, plural: &str) -> NameRule {
    match (group, plural) {
        ("", "namespaces" | "services") => NameRule::Label,
        ("rbac.authorization.k8s.io", _) => NameRule::PathSegment,
        ("apps", "statefulsets") => NameRule::Label,
        ("certificates.k8s.io", "certificatesigningrequests") => NameRule::PathSegment,
        _ => NameRule::Subdomain,
    }
}
