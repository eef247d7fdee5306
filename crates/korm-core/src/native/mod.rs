//! What is known of the kinds Kubernetes brings itself.

mod kinds;
mod selectable;

pub use selectable::{SelectableField, selectable_fields};

use crate::model::{ModelDef, Scale};

/// A kind of Kubernetes itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NativeKind {
    /// `apiVersion` of its objects.
    pub api_version: &'static str,
    /// The kind.
    pub kind: &'static str,
    /// The plural, as it stands in URLs.
    pub plural: &'static str,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// Whether it has the status subresource.
    pub status: bool,
    /// Whether it has the scale subresource.
    pub scale: bool,
}

impl NativeKind {
    const fn new(
        api_version: &'static str,
        kind: &'static str,
        plural: &'static str,
        namespaced: bool,
        status: bool,
        scale: bool,
    ) -> Self {
        Self {
            api_version,
            kind,
            plural,
            namespaced,
            status,
            scale,
        }
    }

    /// The description of this kind without fields.
    pub fn model(&self) -> ModelDef {
        let (group, version) = self
            .api_version
            .split_once('/')
            .unwrap_or(("", self.api_version));
        let mut def = ModelDef::new(group, version, self.kind, self.plural).native();
        if !self.namespaced {
            def = def.cluster_scoped();
        }
        if self.status {
            def = def.with_status_subresource();
        }
        if self.scale {
            // All native kinds with a scale keep their numbers in these places.
            def = def.scale(Scale {
                spec_replicas: ".spec.replicas".into(),
                status_replicas: ".status.replicas".into(),
                label_selector: None,
            });
        }
        def
    }
}

/// The native kind of that name; `None` where Kubernetes has none.
///
/// ```
/// let deployment = korm_core::native::find("apps/v1", "Deployment").unwrap();
/// assert_eq!(deployment.plural, "deployments");
/// assert!(deployment.namespaced && deployment.scale);
/// ```
pub fn find(api_version: &str, kind: &str) -> Option<&'static NativeKind> {
    kinds::KINDS
        .iter()
        .find(|k| k.api_version == api_version && k.kind == kind)
}

/// Every native kind that can be listed.
pub fn kinds() -> &'static [NativeKind] {
    kinds::KINDS
}

/// Whether Kubernetes has a kind of that name; usable at compile time.
pub const fn is_native(api_version: &str, kind: &str) -> bool {
    let mut i = 0;
    while i < kinds::KINDS.len() {
        let known = &kinds::KINDS[i];
        if same(known.api_version, api_version) && same(known.kind, kind) {
            return true;
        }
        i += 1;
    }
    false
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// The description of a native kind without fields. A kind that [`is_native`] does not know gets a
/// plural by guess; the derive macro refuses it at compile time.
pub fn native(api_version: &str, kind: &str) -> ModelDef {
    match find(api_version, kind) {
        Some(known) => known.model(),
        None => {
            let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
            ModelDef::new(group, version, kind, format!("{}s", kind.to_lowercase())).native()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_kinds() {
        const { assert!(is_native("apps/v1", "Deployment")) };
        const { assert!(!is_native("apps/v1", "Deploymnt")) };
        assert_eq!(
            native("v1", "Namespace").collection_path(Some("x")),
            "/api/v1/namespaces"
        );
        assert!(kinds().is_sorted_by_key(|k| (k.api_version, k.kind)));
        for kind in kinds() {
            kind.model().check().unwrap();
        }
    }
}
