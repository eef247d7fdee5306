//! The failures of some checks, with how many passed: schemas combined by anyOf and oneOf tell the
//! failures of the alternative that matched best.

use super::failure::Failure;

/// Failures, each told once, and the number of matched checks.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    pub(super) failures: Vec<Failure>,
    pub(super) matches: usize,
}

impl Outcome {
    /// An outcome of one failure.
    pub(super) fn failed(failure: Failure) -> Self {
        Self {
            failures: vec![failure],
            matches: 0,
        }
    }

    pub(super) fn is_valid(&self) -> bool {
        self.failures.is_empty()
    }

    pub(super) fn fail(&mut self, failure: Failure) {
        if !self.failures.iter().any(|known| known.reads_as(&failure)) {
            self.failures.push(failure);
        }
    }

    pub(super) fn fail_if(&mut self, failure: Option<Failure>) {
        if let Some(failure) = failure {
            self.fail(failure);
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.matches += other.matches;
        for failure in other.failures {
            self.fail(failure);
        }
    }

    pub(super) fn matched(&mut self) {
        self.matches += 1;
    }
}
