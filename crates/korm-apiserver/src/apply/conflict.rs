//! What an apply answers where others own a field with another value.

use super::element::PathElement;
use super::managed::{ManagerId, Operation};
use crate::schema::go_format;
use crate::status::{ApiError, Cause};
use std::collections::BTreeMap;

/// A field and who owns it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Conflict {
    pub(super) manager: ManagerId,
    pub(super) path: Vec<PathElement>,
}

/// The Status of conflicts: 409 with a cause for each.
pub(super) fn error(conflicts: &[Conflict]) -> ApiError {
    let causes = conflicts
        .iter()
        .map(|conflict| Cause {
            reason: "FieldManagerConflict".to_owned(),
            message: format!("conflict with {}", manager_text(&conflict.manager)),
            field: path_text(&conflict.path),
        })
        .collect();
    ApiError::apply_conflict(causes, message(conflicts))
}

fn message(conflicts: &[Conflict]) -> String {
    if let [only] = conflicts {
        return format!(
            "Apply failed with 1 conflict: conflict with {}: {}",
            manager_text(&only.manager),
            path_text(&only.path)
        );
    }
    let mut by_manager: BTreeMap<String, (&ManagerId, Vec<&Conflict>)> = BTreeMap::new();
    for conflict in conflicts {
        let id = &conflict.manager;
        by_manager
            .entry(id.text())
            .or_insert((id, Vec::new()))
            .1
            .push(conflict);
    }
    let mut lines = Vec::new();
    for (manager, conflicts) in by_manager.values() {
        lines.push(format!("conflicts with {}:", manager_text(manager)));
        lines.extend(
            conflicts
                .iter()
                .map(|conflict| format!("- {}", path_text(&conflict.path))),
        );
    }
    format!(
        "Apply failed with {} conflicts: {}",
        conflicts.len(),
        lines.join("\n")
    )
}

fn manager_text(manager: &ManagerId) -> String {
    let mut text = go_format::quote(&manager.name);
    if !manager.subresource.is_empty() {
        text.push_str(" with subresource ");
        text.push_str(&go_format::quote(&manager.subresource));
    }
    if manager.operation == Operation::Update {
        text.push_str(" using ");
        text.push_str(&manager.api_version);
    }
    text
}

fn path_text(path: &[PathElement]) -> String {
    path.iter().map(PathElement::to_string).collect()
}
