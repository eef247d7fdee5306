//! What the measured programs of `cargo xtask bench` share.
//!
//! Each library has a program of its own, which links nothing of the others; each case is a process of
//! its own. It does one thing, says on standard output what it did as one line of JSON, and exits; the
//! one who started it measures.

pub mod bare;
pub mod dataset;
pub mod options;

use std::io::Write;
use std::time::Instant;

/// What a case gives back: how much it did, so that nobody measures a case that did nothing.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub struct Done {
    /// Objects listed, saved or created.
    pub objects: u64,
    /// A sum over a field of each, which had to be decoded for it; 0 where nothing was.
    pub sum: u64,
    /// Bytes of bodies, where the case sees them.
    pub bytes: u64,
    /// Requests, where the case sees them.
    pub requests: u64,
    /// Seconds from the first request to the end.
    pub seconds: f64,
}

impl Done {
    /// So many objects since `begin`.
    pub fn with(objects: usize, begin: Instant) -> Self {
        Self {
            objects: objects as u64,
            seconds: begin.elapsed().as_secs_f64(),
            ..Self::default()
        }
    }

    /// That many objects with these prices since `begin`.
    pub fn listed(prices: impl ExactSizeIterator<Item = i64>, begin: Instant) -> Self {
        let objects = prices.len();
        let sum = prices.map(|price| u64::try_from(price).unwrap_or(0)).sum();
        Self {
            sum,
            ..Self::with(objects, begin)
        }
    }

    /// Says it.
    ///
    /// # Errors
    ///
    /// When nobody listens.
    pub fn say(&self) -> anyhow::Result<()> {
        writeln!(std::io::stdout(), "{}", serde_json::to_string(self)?)?;
        Ok(())
    }
}
