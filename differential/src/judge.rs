//! Both servers, and the question whether they agree.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;

use crate::compare::{Divergence, first_divergence};
use crate::known::Known;
use crate::normal::normalized;
use crate::run::{Endpoint, Observations, finish};
use crate::step::Step;

/// Both servers.
pub(crate) struct Judge {
    pub(crate) embedded: Endpoint,
    pub(crate) reference: Endpoint,
    pub(crate) known: Known,
    /// Distinguishes this run's namespaces from those of others on the same reference server.
    pub(crate) run: String,
    attempts: AtomicU64,
}

/// What came of one comparison.
pub(crate) struct Verdict {
    pub(crate) divergence: Option<Divergence>,
    /// The listed divergences that were met, by their place in the list.
    pub(crate) met: Vec<usize>,
    pub(crate) embedded: Observations,
    pub(crate) reference: Observations,
}

impl Judge {
    pub(crate) fn new(embedded: Endpoint, reference: Endpoint, known: Known, run: String) -> Self {
        Self {
            embedded,
            reference,
            known,
            run,
            attempts: AtomicU64::new(0),
        }
    }

    /// Sends the steps to both servers, each time in a namespace of their own.
    pub(crate) async fn compare(&self, steps: &[Step]) -> Verdict {
        let namespace = format!(
            "{}-{}",
            self.run,
            self.attempts.fetch_add(1, Ordering::Relaxed)
        );
        let (mut ours, our_watches) = self.embedded.run(steps, &namespace, None).await;
        let (mut theirs, their_watches) = self.reference.run(steps, &namespace, Some(&ours)).await;
        finish([(&mut ours, our_watches), (&mut theirs, their_watches)]).await;
        let embedded = normalized(steps, ours, &namespace);
        let reference = normalized(steps, theirs, &namespace);
        let mut met = Vec::new();
        let divergence = first_divergence(steps, &embedded, &reference, &self.known, &mut met);
        Verdict {
            divergence,
            met,
            embedded,
            reference,
        }
    }
}

impl Verdict {
    /// Both answers to a step.
    pub(crate) fn answers(&self, step: usize) -> (&Value, &Value) {
        (
            self.embedded.get(&step).unwrap_or(&Value::Null),
            self.reference.get(&step).unwrap_or(&Value::Null),
        )
    }
}
