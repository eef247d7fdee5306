//! The native resources, as discovery lists them.

/// One group and version, with its resources in the order of discovery.
#[derive(Debug)]
pub(crate) struct GroupVersion {
    /// Group; empty for the core group.
    pub(crate) group: &'static str,
    /// Version.
    pub(crate) version: &'static str,
    /// What the names of its definitions start with: `io.k8s.api.apps.v1`.
    pub(crate) package: &'static str,
    /// Its resources by name.
    pub(crate) resources: &'static [Resource],
}

/// One resource.
#[derive(Debug)]
pub(crate) struct Resource {
    /// Plural name, as in paths.
    pub(crate) name: &'static str,
    /// Kind of its objects.
    pub(crate) kind: &'static str,
    /// Singular name; may be empty.
    pub(crate) singular: &'static str,
    /// Whether objects live in namespaces.
    pub(crate) namespaced: bool,
    /// Abbreviations for command lines.
    pub(crate) short_names: &'static [&'static str],
    /// Collective names such as `all`.
    pub(crate) categories: &'static [&'static str],
    /// What can be done with it, sorted.
    pub(crate) verbs: &'static [&'static str],
    /// Tells storage versions apart in discovery; empty for what is not stored.
    pub(crate) storage_version_hash: &'static str,
    /// Its subresources by name.
    pub(crate) subresources: &'static [Subresource],
}

/// One subresource.
#[derive(Debug)]
pub(crate) struct Subresource {
    /// The last part of the path, for instance `status`.
    pub(crate) name: &'static str,
    /// Group of the kind it takes and gives; not always the resource's.
    pub(crate) group: &'static str,
    /// Version of that kind.
    pub(crate) version: &'static str,
    /// The kind it takes and gives.
    pub(crate) kind: &'static str,
    /// What can be done with it, sorted.
    pub(crate) verbs: &'static [&'static str],
}

static ALL: &[GroupVersion] = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/resources.rs"));

/// The groups and versions that a server serves unless told otherwise, in the order of discovery:
/// the core group first, groups by priority, versions of a group with the preferred one first.
///
/// Kubernetes serves stable versions only; alpha and beta ones are off by default since 1.24.
pub(crate) fn group_versions() -> impl Iterator<Item = &'static GroupVersion> {
    ALL.iter()
        .filter(|gv| !gv.version.contains("alpha") && !gv.version.contains("beta"))
}

/// Every recorded group and version, whether served or not.
pub(super) fn recorded() -> &'static [GroupVersion] {
    ALL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discovery_order_and_what_is_off_by_default() {
        let served: Vec<_> = group_versions().map(|gv| (gv.group, gv.version)).collect();
        assert_eq!(served[0], ("", "v1"));
        assert_eq!(served[1], ("apiregistration.k8s.io", "v1"));
        let autoscaling: Vec<_> = served.iter().filter(|gv| gv.0 == "autoscaling").collect();
        assert_eq!(
            autoscaling,
            [&("autoscaling", "v2"), &("autoscaling", "v1")]
        );
        assert!(!served.iter().any(|gv| gv.0 == "lifecycle.k8s.io"));
    }

    #[test]
    fn names_are_sorted_and_verbs_known() {
        let known = [
            "create",
            "delete",
            "deletecollection",
            "get",
            "list",
            "patch",
            "update",
            "watch",
        ];
        for gv in recorded() {
            assert!(
                gv.resources.is_sorted_by_key(|r| r.name),
                "{}/{}",
                gv.group,
                gv.version
            );
            for resource in gv.resources {
                assert!(resource.subresources.is_sorted_by_key(|s| s.name));
                let verbs = resource
                    .subresources
                    .iter()
                    .map(|s| s.verbs)
                    .chain([resource.verbs]);
                for verb in verbs.flatten() {
                    assert!(known.contains(verb), "{} {verb}", resource.name);
                }
            }
        }
    }
}
