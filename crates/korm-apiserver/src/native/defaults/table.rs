//! Defaults that depend on nothing but the field being absent.

/// Field paths and the JSON of their values.
type Fields = &'static [(&'static str, &'static str)];

/// By definition, without `io.k8s.api.` in front; sorted.
const TABLE: &[(&str, Fields)] = &[
    ("admissionregistration.v1.MatchResources", SELECTORS),
    (
        "admissionregistration.v1.MutatingAdmissionPolicySpec",
        &[("failurePolicy", "\"Fail\"")],
    ),
    (
        "admissionregistration.v1.MutatingWebhook",
        &[
            ("failurePolicy", "\"Fail\""),
            ("matchPolicy", "\"Equivalent\""),
            ("namespaceSelector", "{}"),
            ("objectSelector", "{}"),
            ("reinvocationPolicy", "\"Never\""),
            ("timeoutSeconds", "10"),
        ],
    ),
    (
        "admissionregistration.v1.NamedRuleWithOperations",
        &[("scope", "\"*\"")],
    ),
    (
        "admissionregistration.v1.RuleWithOperations",
        &[("scope", "\"*\"")],
    ),
    (
        "admissionregistration.v1.ServiceReference",
        &[("port", "443")],
    ),
    (
        "admissionregistration.v1.ValidatingAdmissionPolicySpec",
        &[("failurePolicy", "\"Fail\"")],
    ),
    (
        "admissionregistration.v1.ValidatingWebhook",
        &[
            ("failurePolicy", "\"Fail\""),
            ("matchPolicy", "\"Equivalent\""),
            ("namespaceSelector", "{}"),
            ("objectSelector", "{}"),
            ("timeoutSeconds", "10"),
        ],
    ),
    ("apps.v1.DaemonSetSpec", &[("revisionHistoryLimit", "10")]),
    (
        "apps.v1.DeploymentSpec",
        &[
            ("progressDeadlineSeconds", "600"),
            ("replicas", "1"),
            ("revisionHistoryLimit", "10"),
        ],
    ),
    ("apps.v1.ReplicaSetSpec", &[("replicas", "1")]),
    (
        "apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy",
        &[("whenDeleted", "\"Retain\""), ("whenScaled", "\"Retain\"")],
    ),
    (
        "apps.v1.StatefulSetSpec",
        &[
            ("persistentVolumeClaimRetentionPolicy", "{}"),
            ("podManagementPolicy", "\"OrderedReady\""),
            ("replicas", "1"),
            ("revisionHistoryLimit", "10"),
        ],
    ),
    (
        "autoscaling.v1.HorizontalPodAutoscalerSpec",
        &[("minReplicas", "1")],
    ),
    (
        "autoscaling.v2.HorizontalPodAutoscalerSpec",
        &[
            (
                "metrics",
                r#"[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":80}}}]"#,
            ),
            ("minReplicas", "1"),
        ],
    ),
    (
        "batch.v1.CronJobSpec",
        &[
            ("concurrencyPolicy", "\"Allow\""),
            ("failedJobsHistoryLimit", "1"),
            ("successfulJobsHistoryLimit", "3"),
            ("suspend", "false"),
        ],
    ),
    (
        "batch.v1.PodFailurePolicyOnPodConditionsPattern",
        &[("status", "\"True\"")],
    ),
    ("core.v1.ConfigMapVolumeSource", &[("defaultMode", "420")]),
    ("core.v1.Container", CONTAINER),
    ("core.v1.DownwardAPIVolumeSource", &[("defaultMode", "420")]),
    ("core.v1.EphemeralContainer", CONTAINER),
    ("core.v1.EndpointPort", &[("protocol", "\"TCP\"")]),
    (
        "core.v1.HTTPGetAction",
        &[("path", "\"/\""), ("scheme", "\"HTTP\"")],
    ),
    ("core.v1.HostPathVolumeSource", &[("type", "\"\"")]),
    ("core.v1.NamespaceStatus", &[("phase", "\"Active\"")]),
    ("core.v1.ObjectFieldSelector", &[("apiVersion", "\"v1\"")]),
    (
        "core.v1.PersistentVolumeClaimSpec",
        &[("volumeMode", "\"Filesystem\"")],
    ),
    (
        "core.v1.PersistentVolumeClaimStatus",
        &[("phase", "\"Pending\"")],
    ),
    (
        "core.v1.PersistentVolumeSpec",
        &[
            ("persistentVolumeReclaimPolicy", "\"Retain\""),
            ("volumeMode", "\"Filesystem\""),
        ],
    ),
    (
        "core.v1.PersistentVolumeStatus",
        &[("phase", "\"Pending\"")],
    ),
    ("core.v1.Pod", &[("spec.enableServiceLinks", "true")]),
    (
        "core.v1.PodSpec",
        &[
            ("dnsPolicy", "\"ClusterFirst\""),
            ("restartPolicy", "\"Always\""),
            ("schedulerName", "\"default-scheduler\""),
            ("securityContext", "{}"),
            ("terminationGracePeriodSeconds", "30"),
        ],
    ),
    (
        "core.v1.Probe",
        &[
            ("failureThreshold", "3"),
            ("periodSeconds", "10"),
            ("successThreshold", "1"),
            ("timeoutSeconds", "1"),
        ],
    ),
    ("core.v1.ProjectedVolumeSource", &[("defaultMode", "420")]),
    ("core.v1.Secret", &[("type", "\"Opaque\"")]),
    ("core.v1.SecretVolumeSource", &[("defaultMode", "420")]),
    (
        "core.v1.ServiceAccountTokenProjection",
        &[("expirationSeconds", "3600")],
    ),
    ("core.v1.ServicePort", &[("protocol", "\"TCP\"")]),
    (
        "core.v1.ServiceSpec",
        &[("sessionAffinity", "\"None\""), ("type", "\"ClusterIP\"")],
    ),
    (
        "discovery.v1.EndpointPort",
        &[("name", "\"\""), ("protocol", "\"TCP\"")],
    ),
    (
        "flowcontrol.v1.ExemptPriorityLevelConfiguration",
        &[("lendablePercent", "0"), ("nominalConcurrencyShares", "0")],
    ),
    (
        "flowcontrol.v1.FlowSchemaSpec",
        &[("matchingPrecedence", "1000")],
    ),
    (
        "flowcontrol.v1.LimitedPriorityLevelConfiguration",
        &[("lendablePercent", "0"), ("nominalConcurrencyShares", "30")],
    ),
    (
        "flowcontrol.v1.QueuingConfiguration",
        &[
            ("handSize", "8"),
            ("queueLengthLimit", "50"),
            ("queues", "64"),
        ],
    ),
    (
        "networking.v1.IngressClassParametersReference",
        &[("scope", "\"Cluster\"")],
    ),
    (
        "networking.v1.NetworkPolicyPort",
        &[("protocol", "\"TCP\"")],
    ),
    (
        "resource.v1.DeviceSubRequest",
        &[("allocationMode", "\"ExactCount\"")],
    ),
    (
        "resource.v1.ExactDeviceRequest",
        &[("allocationMode", "\"ExactCount\"")],
    ),
    (
        "scheduling.v1.PriorityClass",
        &[("preemptionPolicy", "\"PreemptLowerPriority\"")],
    ),
    (
        "storage.v1.CSIDriverSpec",
        &[
            ("attachRequired", "true"),
            ("fsGroupPolicy", "\"ReadWriteOnceWithFSType\""),
            ("podInfoOnMount", "false"),
            ("preventPodSchedulingIfMissing", "false"),
            ("requiresRepublish", "false"),
            ("seLinuxMount", "false"),
            ("storageCapacity", "false"),
            ("volumeLifecycleModes", r#"["Persistent"]"#),
        ],
    ),
    (
        "storage.v1.StorageClass",
        &[
            ("reclaimPolicy", "\"Delete\""),
            ("volumeBindingMode", "\"Immediate\""),
        ],
    ),
];

const CONTAINER: Fields = &[
    ("terminationMessagePath", "\"/dev/termination-log\""),
    ("terminationMessagePolicy", "\"File\""),
];

const SELECTORS: Fields = &[
    ("matchPolicy", "\"Equivalent\""),
    ("namespaceSelector", "{}"),
    ("objectSelector", "{}"),
];

/// What a type's fields get where they are absent.
pub(super) fn defaults_of(definition: &str) -> Fields {
    let found = TABLE.iter().find(|(name, _)| *name == definition);
    found.map_or(&[], |(_, fields)| fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts;
    use serde_json::Value;

    #[test]
    fn every_entry_is_a_field_of_a_definition_and_json() {
        for (name, fields) in TABLE {
            let definition = facts::definition(&format!("io.k8s.api.{name}"))
                .unwrap_or_else(|| panic!("no {name}"));
            for (path, json) in *fields {
                let field = path.split('.').next().unwrap();
                assert!(
                    definition["properties"].get(field).is_some(),
                    "{name}.{path}"
                );
                assert!(json.parse::<Value>().is_ok(), "{name}.{path}: {json}");
            }
        }
    }
}
