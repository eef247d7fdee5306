//! How long a call may take.

use std::time::Duration;

use tokio::time::Instant;

/// The moment after which a call is over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    at: Instant,
    allowed: Duration,
}

impl Deadline {
    /// `allowed` from now on.
    pub(crate) fn after(allowed: Duration) -> Self {
        // A century is as good as for ever, and does not overflow the clock.
        const FOR_EVER: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
        Self {
            at: Instant::now() + allowed.min(FOR_EVER),
            allowed,
        }
    }

    pub(crate) fn allowed(&self) -> Duration {
        self.allowed
    }

    pub(crate) fn at(&self) -> Instant {
        self.at
    }

    pub(crate) fn left(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }
}
