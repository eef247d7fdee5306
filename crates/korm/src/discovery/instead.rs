//! What a cluster serves in place of a kind that it does not serve.

use std::time::Duration;

use korm_core::ModelDef;

use super::{CORE, GROUPS};
use crate::Objects;
use crate::error::{Error, Instead, Subject};
use crate::transport::{Answer, Deadline};

/// An explanation is worth no longer wait.
const MOST: Duration = Duration::from_secs(5);

impl Objects {
    /// The error that an answer other than success is.
    pub(crate) async fn refused(&self, subject: &Subject<'_>, answer: &Answer) -> Error {
        self.explained(subject.refused(answer)).await
    }

    /// The same error. Where it says that the kind is not served, the cluster is asked what it serves instead: most often
    /// it is the model that is wrong. That request is sent only then, and where it fails, the error stays as it was.
    pub(crate) async fn explained(&self, error: Error) -> Error {
        if !error.is_not_installed() {
            return error;
        }
        let path = if self.def.group.is_empty() {
            CORE
        } else {
            GROUPS
        };
        let left = self.cluster.deadline().left();
        let asked = self.cluster.until(Deadline::after(left.min(MOST)));
        match asked.discovered(path).await {
            Ok(Some(kinds)) => error.served_instead(of(&self.def, &kinds)),
            Ok(None) => error.served_instead(Some(Instead::NoKubernetes)),
            Err(_) => error,
        }
    }
}

/// What is served in place of what the model says. Nothing where there is nothing like it.
fn of(def: &ModelDef, served: &[ModelDef]) -> Option<Instead> {
    let of_version = |other: &&ModelDef| other.api_version() == def.api_version();
    let mut here = served.iter().filter(of_version);
    if let Some(same) = here.clone().find(|other| other.plural == def.plural) {
        let namespaced = same.is_namespaced();
        return Some(if namespaced == def.is_namespaced() {
            Instead::Nothing
        } else {
            Instead::Scope { namespaced }
        });
    }
    if let Some(same) = here.find(|other| other.kind == def.kind) {
        return Some(Instead::Plural(same.plural.to_string()));
    }
    let alike = |other: &&ModelDef| other.kind == def.kind || other.plural == def.plural;
    let of_group = served.iter().filter(|other| other.group == def.group);
    let versions = api_versions(of_group.filter(alike));
    if !versions.is_empty() {
        return Some(Instead::Versions(versions));
    }
    let same = |other: &&ModelDef| other.kind == def.kind && other.plural == def.plural;
    let groups = api_versions(served.iter().filter(same));
    (!groups.is_empty()).then_some(Instead::Groups(groups))
}

/// Each once, in the order of preference.
fn api_versions<'a>(kinds: impl Iterator<Item = &'a ModelDef>) -> Vec<String> {
    let mut versions: Vec<String> = kinds.map(ModelDef::api_version).collect();
    let mut seen = std::collections::HashSet::new();
    versions.retain(|version| seen.insert(version.clone()));
    versions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peach(version: &str) -> ModelDef {
        ModelDef::new("pykorm.infomaniak.com", version, "Peach", "peaches")
    }

    #[test]
    fn what_is_wrong_with_a_model_is_found() {
        let served = [
            peach("v2"),
            peach("v1"),
            ModelDef::new("other.example", "v1", "Plum", "plums").cluster_scoped(),
        ];
        let plum = |group: &str| ModelDef::new(group, "v1", "Plum", "plums");
        let misspelt = ModelDef::new("pykorm.infomaniak.com", "v1", "Peach", "peachs");
        let versions = || {
            ["v2", "v1"]
                .map(|version| format!("pykorm.infomaniak.com/{version}"))
                .to_vec()
        };
        for (model, expected) in [
            (peach("v1"), Some(Instead::Nothing)),
            (
                peach("v1").cluster_scoped(),
                Some(Instead::Scope { namespaced: true }),
            ),
            (
                plum("other.example"),
                Some(Instead::Scope { namespaced: false }),
            ),
            (misspelt, Some(Instead::Plural("peaches".to_owned()))),
            (peach("v3"), Some(Instead::Versions(versions()))),
            (
                plum("mine.example"),
                Some(Instead::Groups(vec!["other.example/v1".to_owned()])),
            ),
            (ModelDef::new("other.example", "v1", "Fig", "figs"), None),
        ] {
            assert_eq!(of(&model, &served), expected, "{model:?}");
        }
    }
}
