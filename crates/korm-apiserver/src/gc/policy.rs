//! Which finalizers a delete request sets, as the registry of k8s.io/apiserver decides.

use serde_json::Value;

use super::{FOREGROUND, ORPHAN};
use crate::meta;

/// What a resource does where neither the request nor the object says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DefaultPolicy {
    /// Dependents are collected afterwards.
    Background,
    /// Dependents are kept.
    Orphan,
    /// The collector has nothing to do with it: no finalizer is ever set.
    Unsupported,
}

/// The default of a resource; those that orphan do so for the sake of very old clients.
pub(crate) fn default_policy(group: &str, version: &str, resource: &str) -> DefaultPolicy {
    match (group, version, resource) {
        ("" | "events.k8s.io", _, "events") => DefaultPolicy::Unsupported,
        ("", "v1", "replicationcontrollers") | ("batch", "v1", "jobs") => DefaultPolicy::Orphan,
        _ => DefaultPolicy::Background,
    }
}

/// The finalizers that a delete request leaves on an object; `None` where that changes nothing.
pub(crate) fn finalizers_on_delete(
    object: &Value,
    orphan_dependents: Option<bool>,
    policy: Option<&str>,
    default: DefaultPolicy,
) -> Option<Vec<String>> {
    let before = meta::finalizers(object);
    let (orphan, foreground) = wanted(&before, orphan_dependents, policy, default);
    let mut after: Vec<String> = before
        .iter()
        .filter(|f| **f != ORPHAN && **f != FOREGROUND)
        .map(|f| (*f).to_owned())
        .collect();
    for (wanted, finalizer) in [(orphan, ORPHAN), (foreground, FOREGROUND)] {
        if wanted {
            after.push(finalizer.to_owned());
        }
    }
    let same = before.contains(&ORPHAN) == orphan && before.contains(&FOREGROUND) == foreground;
    (!same).then_some(after)
}

/// Whether dependents are to be orphaned, and whether they are to go first: what the request says
/// goes before what the object says, and that before the resource's default.
fn wanted(
    finalizers: &[&str],
    orphan_dependents: Option<bool>,
    policy: Option<&str>,
    default: DefaultPolicy,
) -> (bool, bool) {
    if default == DefaultPolicy::Unsupported {
        return (false, false);
    }
    if let Some(orphan) = orphan_dependents {
        return (orphan, false);
    }
    match policy {
        Some("Orphan") => return (true, false),
        Some("Foreground") => return (false, true),
        Some("Background") => return (false, false),
        _ => {}
    }
    for finalizer in finalizers {
        match *finalizer {
            ORPHAN => return (true, false),
            FOREGROUND => return (false, true),
            _ => {}
        }
    }
    (default == DefaultPolicy::Orphan, false)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn after(
        finalizers: &[&str],
        orphan: Option<bool>,
        policy: Option<&str>,
        default: DefaultPolicy,
    ) -> Option<Vec<String>> {
        let object = json!({"metadata": {"finalizers": finalizers}});
        finalizers_on_delete(&object, orphan, policy, default)
    }

    #[test]
    fn the_request_goes_before_the_object_and_that_before_the_default() {
        use DefaultPolicy::{Background, Orphan, Unsupported};
        let some = |names: &[&str]| Some(names.iter().map(|n| (*n).to_owned()).collect());

        assert_eq!(after(&[], None, None, Background), None);
        assert_eq!(after(&["a/b"], None, Some("Background"), Background), None);
        assert_eq!(
            after(&["a/b"], None, Some("Foreground"), Background),
            some(&["a/b", FOREGROUND])
        );
        assert_eq!(
            after(&[FOREGROUND, "a/b"], None, Some("Orphan"), Background),
            some(&["a/b", ORPHAN])
        );
        assert_eq!(
            after(&[FOREGROUND], Some(false), None, Background),
            some(&[])
        );
        assert_eq!(
            after(&[], Some(true), Some("Foreground"), Background),
            some(&[ORPHAN])
        );
        assert_eq!(after(&[ORPHAN], None, None, Background), None);
        assert_eq!(after(&[], None, None, Orphan), some(&[ORPHAN]));
        assert_eq!(after(&[FOREGROUND], None, None, Orphan), None);
        assert_eq!(
            after(&[ORPHAN], None, Some("Background"), Orphan),
            some(&[])
        );
        assert_eq!(after(&[], None, Some("Foreground"), Unsupported), None);
    }

    #[test]
    fn defaults_of_resources() {
        assert_eq!(default_policy("batch", "v1", "jobs"), DefaultPolicy::Orphan);
        assert_eq!(
            default_policy("", "v1", "events"),
            DefaultPolicy::Unsupported
        );
        assert_eq!(
            default_policy("apps", "v1", "deployments"),
            DefaultPolicy::Background
        );
        assert_eq!(
            default_policy("x.io", "v1", "jobs"),
            DefaultPolicy::Background
        );
    }
}
