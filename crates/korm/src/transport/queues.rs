//! Queues for those in one program who want to change the same object.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use korm_core::{ModelDef, ObjectKey};

type Queue = Arc<tokio::sync::Mutex<()>>;

/// One queue for each object somebody waits for.
#[derive(Clone, Default)]
pub(crate) struct Queues(Arc<Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>>);

/// From how many queues on those nobody waits in are looked for.
const MANY: usize = 256;

impl Queues {
    /// The queue of one object. It ends when all who hold it are through.
    pub(crate) fn of(&self, def: &ModelDef, key: &ObjectKey) -> Queue {
        let name = def.object_path(key.namespace.as_deref(), &key.name);
        // Nothing in here can panic half-way.
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if queues.len() >= MANY {
            queues.retain(|_, queue| queue.strong_count() > 0);
        }
        if let Some(queue) = queues.get(&name).and_then(Weak::upgrade) {
            return queue;
        }
        let queue = Queue::default();
        queues.insert(name, Arc::downgrade(&queue));
        queue
    }
}
