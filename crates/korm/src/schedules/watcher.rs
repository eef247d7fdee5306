//! A program that follows what the others do.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::StreamExt;

use super::model::{NAMESPACE, Peach};
use super::truth::Truth;
use crate::{Cluster, Event};

/// The versions of the objects that it was told of, by name.
type Seen = Arc<Mutex<(BTreeMap<String, String>, Vec<String>)>>;

pub(super) struct Watcher {
    seen: Seen,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(super) fn start(cluster: &Cluster) -> Watcher {
    let mut events = cluster.query::<Peach>().in_namespace(NAMESPACE).watch();
    let seen = Seen::default();
    let telling = seen.clone();
    let task = tokio::spawn(async move {
        while let Some(event) = events.next().await {
            let mut seen = telling.lock().unwrap();
            let (objects, wrong) = &mut *seen;
            let version = |peach: &Peach| peach.meta.resource_version.clone().unwrap_or_default();
            match event {
                Ok(Event::Added(peach)) => {
                    let name = peach.meta.name.clone();
                    if objects.insert(name.clone(), version(&peach)).is_some() {
                        wrong.push(format!("{name} was added twice"));
                    }
                }
                Ok(Event::Modified(peach)) => {
                    let name = peach.meta.name.clone();
                    let number = |version: &str| version.parse::<u64>().unwrap_or_default();
                    match objects.insert(name.clone(), version(&peach)) {
                        None => wrong.push(format!("{name} was modified and never added")),
                        Some(before) if number(&before) >= number(&version(&peach)) => {
                            wrong.push(format!("{name} went back in time"));
                        }
                        Some(_) => {}
                    }
                }
                Ok(Event::Deleted(peach)) => {
                    if objects.remove(&peach.meta.name).is_none() {
                        wrong.push(format!("{} was deleted and never added", peach.meta.name));
                    }
                }
                Ok(Event::Synced) => {}
                // What a fault left of a line or a list cannot be read; the watch goes on.
                Err(error) if error.is_usage() => {}
                Err(error) => wrong.push(format!("the watch failed: {error}")),
            }
        }
        telling.lock().unwrap().1.push("the watch ended".to_owned());
    });
    Watcher { seen, task }
}

impl Watcher {
    /// Waits until the watch has nothing more to tell, and compares.
    pub(super) async fn agrees_with(self, truth: &Truth) -> Vec<String> {
        // Longer than a stalled connection is believed in, and the longest wait before the next one.
        tokio::time::sleep(Duration::from_secs(400)).await;
        let seen = self.seen.lock().unwrap();
        let (objects, wrong) = &*seen;
        let mut wrong: Vec<_> = wrong.iter().map(|what| format!("watch: {what}")).collect();
        let there: BTreeMap<String, String> = truth
            .objects()
            .into_iter()
            .map(|(name, object)| {
                let version = object["metadata"]["resourceVersion"].as_str();
                (name, version.unwrap_or_default().to_owned())
            })
            .collect();
        if *objects != there {
            wrong.push(format!("the watch has {objects:?}, the server {there:?}"));
        }
        wrong
    }
}
