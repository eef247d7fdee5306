//! Chance: jitter, and names that are made up. The tests of whole schedules make it the same in every run.

#[cfg(not(test))]
use rand::RngCore;

/// Draws from chance.
#[cfg(not(test))]
pub(crate) fn draw<T>(from: impl FnOnce(&mut dyn RngCore) -> T) -> T {
    from(&mut rand::rng())
}

#[cfg(test)]
pub(crate) use self::seeded::{draw, seed};

#[cfg(test)]
mod seeded {
    use std::cell::RefCell;

    use rand::rngs::StdRng;
    use rand::{RngCore, SeedableRng};

    thread_local! {
        static SEEDED: RefCell<Option<StdRng>> = const { RefCell::new(None) };
    }

    /// From here on, chance on this thread is what the seed says.
    pub(crate) fn seed(seed: u64) {
        SEEDED.set(Some(StdRng::seed_from_u64(seed)));
    }

    pub(crate) fn draw<T>(from: impl FnOnce(&mut dyn RngCore) -> T) -> T {
        SEEDED.with_borrow_mut(|seeded| match seeded {
            Some(rng) => from(rng),
            None => from(&mut rand::rng()),
        })
    }
}
