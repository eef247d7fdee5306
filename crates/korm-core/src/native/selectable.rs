//! The fields of native kinds that the server can select by.
//!
//! Recorded from the field label conversions and the registry strategies of Kubernetes v1.37.2. The
//! server selects on text, and an absent value is the zero value of its Go type: that text is noted
//! with each field, because the planner has to know what absence looks like to the server.

/// A field the server can select by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelectableField {
    /// The path, which is also the name in a field selector: `spec.nodeName`.
    pub path: &'static str,
    /// What an absent value looks like to the server.
    pub absent: &'static str,
}

const fn text(path: &'static str) -> SelectableField {
    SelectableField { path, absent: "" }
}

const fn flag(path: &'static str) -> SelectableField {
    SelectableField {
        path,
        absent: "false",
    }
}

const fn count(path: &'static str) -> SelectableField {
    SelectableField { path, absent: "0" }
}

const POD: &[SelectableField] = &[
    text("spec.nodeName"),
    text("spec.restartPolicy"),
    text("spec.schedulerName"),
    text("spec.serviceAccountName"),
    flag("spec.hostNetwork"),
    text("status.phase"),
    text("status.nominatedNodeName"),
];

const EVENT: &[SelectableField] = &[
    text("involvedObject.kind"),
    text("involvedObject.namespace"),
    text("involvedObject.name"),
    text("involvedObject.uid"),
    text("involvedObject.apiVersion"),
    text("involvedObject.resourceVersion"),
    text("involvedObject.fieldPath"),
    text("reason"),
    text("type"),
];

/// The fields besides `metadata.name` and `metadata.namespace` that the server can select objects of
/// a native kind by.
pub fn selectable_fields(api_version: &str, kind: &str) -> &'static [SelectableField] {
    match (api_version, kind) {
        ("v1", "Pod") => POD,
        ("v1", "Event") => EVENT,
        ("v1", "Namespace") => const { &[text("status.phase")] },
        ("v1", "Node") => const { &[flag("spec.unschedulable")] },
        ("v1", "ReplicationController") => const { &[count("status.replicas")] },
        ("v1", "Secret") => const { &[text("type")] },
        ("v1", "Service") => const { &[text("spec.clusterIP"), text("spec.type")] },
        ("certificates.k8s.io/v1", "CertificateSigningRequest") => {
            const { &[text("spec.signerName")] }
        }
        _ => &[],
    }
}
