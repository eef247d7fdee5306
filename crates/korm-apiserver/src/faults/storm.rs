//! Everything at once, by a seed.

use std::time::Duration;

use http::{Method, StatusCode, Uri};

use super::fault::Fault;
use super::random::Random;
use crate::watch_request::is_watch;

/// Draws for every request whether something goes wrong with it, and what.
#[derive(Debug)]
pub(super) struct Storm {
    random: Random,
    per_mille: u32,
}

impl Storm {
    pub(super) fn new(seed: u64, per_mille: u32) -> Self {
        Self {
            random: Random::seeded(seed),
            per_mille,
        }
    }

    pub(super) fn draw(&mut self, method: &Method, uri: &Uri) -> Option<Fault> {
        if !self.random.per_mille(self.per_mille) {
            return None;
        }
        Some(if *method == Method::GET && is_watch(uri.query()) {
            self.on_watch()
        } else if *method == Method::GET {
            self.on_read()
        } else {
            self.on_write()
        })
    }

    fn on_watch(&mut self) -> Fault {
        let lines = self.random.below(6) as usize;
        match self.random.below(9) {
            0 => Fault::end_stream(lines),
            1 => Fault::end_stream(0),
            2 => Fault::cut_stream(lines),
            3 => Fault::reset_stream(lines),
            4 => Fault::stall_stream(lines),
            5 => Fault::gone_in_stream(lines),
            6 => Fault::gone(),
            _ => self.anywhere(),
        }
    }

    fn on_read(&mut self) -> Fault {
        match self.random.below(4) {
            0 => Fault::cut_stream(0),
            1 => Fault::reset_stream(0),
            _ => self.anywhere(),
        }
    }

    fn on_write(&mut self) -> Fault {
        match self.random.below(5) {
            0 => Fault::lose_answer(),
            1 => Fault::answer(StatusCode::GATEWAY_TIMEOUT)
                .after_applying()
                .into(),
            2 => Fault::answer(StatusCode::INTERNAL_SERVER_ERROR)
                .after_applying()
                .into(),
            _ => self.anywhere(),
        }
    }

    fn anywhere(&mut self) -> Fault {
        match self.random.below(6) {
            0 => Fault::unreachable(),
            1 => Fault::answer(StatusCode::TOO_MANY_REQUESTS)
                .retry_after(1 + self.random.below(3))
                .into(),
            2 => Fault::answer(StatusCode::SERVICE_UNAVAILABLE).into(),
            3 => Fault::answer(StatusCode::GATEWAY_TIMEOUT).into(),
            4 => Fault::answer(StatusCode::INTERNAL_SERVER_ERROR).into(),
            _ => Fault::delay(Duration::from_millis(self.random.below(3_000).into())),
        }
    }
}
