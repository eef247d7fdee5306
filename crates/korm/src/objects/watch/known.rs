//! What a watch has told about, to tell what was missed.

use std::collections::HashMap;

use korm_core::ObjectKey;
use serde_json::Value;

use super::Change;

/// The objects that were told about, by key.
#[derive(Default)]
pub(super) struct Known(HashMap<ObjectKey, Told>);

struct Told {
    resource_version: Option<String>,
    uid: Option<String>,
    /// The object as JSON text, which takes a fraction of what a tree takes.
    object: Box<str>,
    /// Whether the list under way has it.
    listed: bool,
}

impl Known {
    /// An object that satisfies the query. Nothing if it was told about in this state.
    pub(super) fn put(&mut self, object: Value) -> Vec<Change> {
        let key = ObjectKey::of(&object);
        let text = |path: &str| {
            object
                .pointer(path)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let (resource_version, uid) = (text("/metadata/resourceVersion"), text("/metadata/uid"));
        let told = Told {
            resource_version: resource_version.clone(),
            uid: uid.clone(),
            object: object.to_string().into(),
            listed: true,
        };
        match self.0.insert(key, told) {
            None => vec![Change::Added(object)],
            // Deleted and created anew while nobody was looking.
            Some(before) if before.uid != uid => {
                vec![
                    Change::Deleted(parse(&before.object)),
                    Change::Added(object),
                ]
            }
            Some(before)
                if before.resource_version == resource_version && resource_version.is_some() =>
            {
                vec![]
            }
            Some(_) => vec![Change::Modified(object)],
        }
    }

    /// An object that is gone or no longer satisfies the query. Nothing if it never was told about.
    pub(super) fn remove(&mut self, object: Value) -> Option<Change> {
        self.0
            .remove(&ObjectKey::of(&object))
            .map(|_| Change::Deleted(object))
    }

    /// A list begins: forgets what the last one had.
    pub(super) fn begin_list(&mut self) {
        for told in self.0.values_mut() {
            told.listed = false;
        }
    }

    /// A list is complete: what it did not have is gone.
    pub(super) fn end_list(&mut self) -> Vec<Change> {
        let gone = self.0.extract_if(|_, told| !told.listed);
        let mut gone: Vec<_> = gone.collect();
        gone.sort_by(|(a, _), (b, _)| a.cmp(b));
        gone.into_iter()
            .map(|(_, told)| Change::Deleted(parse(&told.object)))
            .collect()
    }
}

/// What `put` wrote.
fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}
