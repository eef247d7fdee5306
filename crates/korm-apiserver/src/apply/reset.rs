//! Fields that an endpoint does not write, whoever sends them: nobody comes to own them by it.

use super::set::Set;

/// The fields that a write to the object (empty subresource) or to a subresource leaves as they
/// are, as the strategies of k8s.io/kubernetes (`GetResetFields`) list them.
pub(super) fn ignored(native: bool, kind: &str, subresource: &str, has_status: bool) -> Set {
    match subresource {
        "" if kind == "CertificateSigningRequest" => Set::of(&[&["spec"], &["status"]]),
        "" if has_status => Set::of(&[&["status"]]),
        "finalize" => Set::of(&[&["status"]]),
        "status" if !native => Set::of(&[&["metadata"], &["spec"]]),
        "status" => match kind {
            "Pod" => Set::of(&[
                &["spec"],
                &["metadata", "deletionTimestamp"],
                &["metadata", "ownerReferences"],
            ]),
            "Deployment" => Set::of(&[&["spec"], &["metadata", "labels"]]),
            "CertificateSigningRequest" => Set::of(&[&["spec"], &["status", "conditions"]]),
            "ServiceCIDR"
            | "VolumeAttachment"
            | "CSINode"
            | "ResourceClaim"
            | "FlowSchema"
            | "PriorityLevelConfiguration"
            | "StorageVersionMigration"
            | "CustomResourceDefinition"
            | "APIService"
            | "ValidatingAdmissionPolicy" => Set::of(&[&["metadata"], &["spec"]]),
            _ => Set::of(&[&["spec"]]),
        },
        _ => Set::default(),
    }
}
