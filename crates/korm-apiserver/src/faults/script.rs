//! Which fault meets which request: rules, counted, and what they did.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{Method, Uri};

use super::fault::Fault;
use super::random::Random;
use super::service::FaultyLayer;
use super::storm::Storm;
use super::when::When;

/// A script of faults. Clones share it, so a test keeps one and the [layer](Self::layer) another.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    rules: Vec<Rule>,
    storm: Option<Storm>,
    injected: Vec<Injected>,
}

#[derive(Debug)]
struct Rule {
    when: When,
    fault: Fault,
    /// Requests still to be let through.
    skip: u32,
    /// Requests still to be met; `None` for all.
    left: Option<u32>,
    chance: Option<(u32, Random)>,
}

/// A fault that met a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Injected {
    /// The request's method.
    pub method: Method,
    /// Its path and query.
    pub uri: Uri,
    /// What went wrong with it.
    pub fault: Fault,
}

impl fmt::Display for Injected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {:?}", self.method, self.uri, self.fault.0)
    }
}

impl Faults {
    /// No faults yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Any fault at any request, drawn from a seed: so many of a thousand requests meet one that
    /// fits them, writes with lost answers, watches with cuts, stalls and expiry, and so on.
    ///
    /// The same requests in the same order meet the same faults.
    #[must_use]
    pub fn storm(seed: u64, per_mille: u32) -> Self {
        let faults = Self::default();
        faults.lock().storm = Some(Storm::new(seed, per_mille));
        faults
    }

    /// A new rule; [`Trigger::inject`] adds it. Of several rules about a request, the one that was
    /// added first meets it, and only that one counts it.
    pub fn on(&self, when: When) -> Trigger<'_> {
        Trigger {
            faults: self,
            when,
            skip: 0,
            left: Some(1),
            chance: None,
        }
    }

    /// No faults any more, from now on. Bodies under way keep theirs.
    pub fn calm(&self) {
        let mut state = self.lock();
        state.rules.clear();
        state.storm = None;
    }

    /// What was injected so far, in the order of the requests.
    #[must_use]
    pub fn injected(&self) -> Vec<Injected> {
        self.lock().injected.clone()
    }

    /// Rules that still wait for requests; those that hold forever are not counted. A test that
    /// ends with 0 has met all it meant to.
    #[must_use]
    pub fn waiting(&self) -> usize {
        let state = self.lock();
        state
            .rules
            .iter()
            .filter(|rule| rule.left.is_some())
            .count()
    }

    /// The layer that makes a service suffer this script.
    #[must_use]
    pub fn layer(&self) -> FaultyLayer {
        FaultyLayer::new(self.clone())
    }

    /// The fault for this request, if one is due.
    pub(super) fn draw(&self, method: &Method, uri: &Uri) -> Option<Fault> {
        let mut state = self.lock();
        let due = state
            .rules
            .iter_mut()
            .position(|rule| rule.is_due(method, uri));
        let fault = match due {
            Some(at) => {
                let rule = &mut state.rules[at];
                let fault = rule.fault.clone();
                rule.left = rule.left.map(|left| left - 1);
                if rule.left == Some(0) {
                    state.rules.remove(at);
                }
                fault
            }
            None => state.storm.as_mut()?.draw(method, uri)?,
        };
        state.injected.push(Injected {
            method: method.clone(),
            uri: uri.clone(),
            fault: fault.clone(),
        });
        Some(fault)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A `When::and` closure may have panicked, before anything was changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rule {
    fn is_due(&mut self, method: &Method, uri: &Uri) -> bool {
        if !self.when.holds(method, uri) {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        match &mut self.chance {
            Some((per_mille, random)) => random.per_mille(*per_mille),
            None => true,
        }
    }
}

/// A rule in the making: which requests, and how many of them. One, unless told otherwise.
#[derive(Debug)]
#[must_use = "a rule does nothing until `inject`"]
pub struct Trigger<'a> {
    faults: &'a Faults,
    when: When,
    skip: u32,
    left: Option<u32>,
    chance: Option<(u32, Random)>,
}

impl Trigger<'_> {
    /// The first so many requests are let through.
    pub fn after(mut self, requests: u32) -> Self {
        self.skip = requests;
        self
    }

    /// So many requests are met. With 0 the rule is none.
    pub fn times(mut self, requests: u32) -> Self {
        self.left = Some(requests);
        self
    }

    /// Every request is met, until [`Faults::calm`].
    pub fn always(mut self) -> Self {
        self.left = None;
        self
    }

    /// Of the requests that would be met, so many of a thousand are, drawn from this seed.
    pub fn by_chance(mut self, per_mille: u32, seed: u64) -> Self {
        self.chance = Some((per_mille, Random::seeded(seed)));
        self
    }

    /// Adds the rule, with this fault.
    pub fn inject(self, fault: impl Into<Fault>) {
        if self.left == Some(0) {
            return;
        }
        self.faults.lock().rules.push(Rule {
            when: self.when,
            fault: fault.into(),
            skip: self.skip,
            left: self.left,
            chance: self.chance,
        });
    }
}
