//! How long to wait before the next attempt.

use std::time::Duration;

use rand::Rng;

/// Doubling waits with full jitter: each is random between half of a step and the whole of it, so that clients which
/// failed together do not come back together.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    step: Duration,
    first: Duration,
    most: Duration,
}

impl Backoff {
    pub(crate) fn new(first: Duration, most: Duration) -> Self {
        Self {
            step: first,
            first,
            most,
        }
    }

    /// For the attempts of one request.
    pub(crate) fn of_request() -> Self {
        Self::new(Duration::from_millis(50), Duration::from_secs(5))
    }

    /// For writing again what somebody else wrote meanwhile.
    pub(crate) fn of_conflict() -> Self {
        Self::new(Duration::from_millis(4), Duration::from_millis(250))
    }

    /// For opening a watch again.
    pub(crate) fn of_watch() -> Self {
        Self::new(Duration::from_millis(100), Duration::from_secs(30))
    }

    /// The next wait; the one after it is twice as long.
    pub(crate) fn next(&mut self) -> Duration {
        let step = self.step;
        self.step = (step * 2).min(self.most);
        step.mul_f64(crate::chance::draw(|rng| rng.random_range(0.5..=1.0)))
    }

    /// Starts again with the first wait, after a success.
    pub(crate) fn reset(&mut self) {
        self.step = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_most_and_start_again() {
        let ms = Duration::from_millis;
        let mut backoff = Backoff::new(ms(100), ms(300));
        for step in [100, 200, 300, 300] {
            let wait = backoff.next();
            assert!(
                wait >= ms(step / 2) && wait <= ms(step),
                "{wait:?} of {step}"
            );
        }
        backoff.reset();
        assert!(backoff.next() <= ms(100));
    }
}
