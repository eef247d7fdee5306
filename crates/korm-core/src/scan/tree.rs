//! What a model maps, as the tree in which objects have it.

use serde_json::Value;

use crate::{
    model::{ModelDef, identity_paths},
    path::FieldPath,
};

/// A member of an object that is mapped, or has something in it that is.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: Box<str>,
    /// The name as a key of JSON: in quotes, with a colon.
    pub(super) key: Box<str>,
    /// Which one it is of all members of the tree.
    pub(super) id: u16,
    pub(super) node: Node,
}

#[derive(Debug)]
pub(super) enum Node {
    /// All of it is mapped, in these places.
    Leaf(Vec<usize>),
    Members(Vec<Member>),
}

/// Where the identity paths have their places, in the order of `identity_paths`. Those of the fields follow.
pub(super) mod place {
    pub(in crate::scan) const API_VERSION: usize = 0;
    pub(in crate::scan) const KIND: usize = 1;
    pub(in crate::scan) const NAME: usize = 2;
    pub(in crate::scan) const GENERATE_NAME: usize = 3;
    pub(in crate::scan) const NAMESPACE: usize = 4;
    pub(in crate::scan) const UID: usize = 5;
    pub(in crate::scan) const RESOURCE_VERSION: usize = 6;
    pub(in crate::scan) const GENERATION: usize = 7;
    pub(in crate::scan) const CREATION_TIMESTAMP: usize = 8;
    pub(in crate::scan) const DELETION_TIMESTAMP: usize = 9;
    pub(in crate::scan) const LABELS: usize = 10;
    pub(in crate::scan) const ANNOTATIONS: usize = 11;
    pub(in crate::scan) const FINALIZERS: usize = 12;
    pub(in crate::scan) const OWNER_REFERENCES: usize = 13;
    pub(in crate::scan) const FIELDS: usize = 14;
}

/// The tree of a model, and how many places it has. `None` where the model maps a value and a part of it.
pub(super) fn of(def: &ModelDef) -> Option<(Vec<Member>, usize)> {
    let mut root = Vec::new();
    let (mut places, mut ids) = (0, 0);
    for path in identity_paths() {
        insert(&mut root, path.segments(), places, &mut ids)?;
        places += 1;
    }
    for field in &def.fields {
        // Labels and annotations are read whole already, as identity.
        if !is_text(&field.path) {
            insert(&mut root, field.path.segments(), places, &mut ids)?;
        }
        places += 1;
    }
    Some((root, places))
}

/// Nothing but `metadata.managedFields`.
pub(super) fn managed_fields() -> Vec<Member> {
    let mut root = Vec::new();
    // The first path of a tree is in nobody's way.
    let _ = insert(
        &mut root,
        FieldPath::metadata("managedFields").segments(),
        0,
        &mut 0,
    );
    root
}

fn is_text(path: &FieldPath) -> bool {
    path.label_key().is_some() || path.annotation_key().is_some()
}

/// Makes a place for a path; nothing where it leads through or above another one.
fn insert(
    members: &mut Vec<Member>,
    segments: &[String],
    place: usize,
    ids: &mut u16,
) -> Option<()> {
    let (first, rest) = segments.split_first()?;
    let at = match members.iter().position(|m| *m.name == **first) {
        Some(at) => at,
        None => {
            let node = if rest.is_empty() {
                Node::Leaf(Vec::new())
            } else {
                Node::Members(Vec::new())
            };
            members.push(Member {
                name: first.as_str().into(),
                key: format!("{}:", Value::from(first.as_str())).into(),
                id: *ids,
                node,
            });
            *ids = ids.checked_add(1)?;
            members.len() - 1
        }
    };
    match (&mut members[at].node, rest.is_empty()) {
        (Node::Leaf(places), true) => {
            places.push(place);
            Some(())
        }
        (Node::Members(members), false) => insert(members, rest, place, ids),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_has_the_places_it_is_read_from() {
        let paths: Vec<String> = identity_paths().map(|path| path.to_string()).collect();
        assert_eq!(paths.len(), place::FIELDS);
        for (at, path) in [
            (place::API_VERSION, "apiVersion"),
            (place::KIND, "kind"),
            (place::NAME, "metadata.name"),
            (place::GENERATE_NAME, "metadata.generateName"),
            (place::NAMESPACE, "metadata.namespace"),
            (place::UID, "metadata.uid"),
            (place::RESOURCE_VERSION, "metadata.resourceVersion"),
            (place::GENERATION, "metadata.generation"),
            (place::CREATION_TIMESTAMP, "metadata.creationTimestamp"),
            (place::DELETION_TIMESTAMP, "metadata.deletionTimestamp"),
            (place::LABELS, "metadata.labels"),
            (place::ANNOTATIONS, "metadata.annotations"),
            (place::FINALIZERS, "metadata.finalizers"),
            (place::OWNER_REFERENCES, "metadata.ownerReferences"),
        ] {
            assert_eq!(paths[at], path);
        }
    }
}
