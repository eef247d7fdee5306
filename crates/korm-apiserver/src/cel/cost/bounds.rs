//! Numbers that are only known to be within bounds: sizes and costs.

/// The least and the most that something can be. What is too large to count is the largest number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) least: u64,
    pub(super) most: u64,
}

/// What traversing a text costs per character.
pub(super) const TRAVERSAL: f64 = 0.1;
/// What a pattern costs per character, for each character that it is applied to.
pub(super) const PATTERN: f64 = 0.25;

impl Bounds {
    pub(super) const ZERO: Self = Self::exactly(0);
    pub(super) const ONE: Self = Self::exactly(1);
    pub(super) const UNKNOWN: Self = Self::between(0, u64::MAX);

    pub(super) const fn exactly(number: u64) -> Self {
        Self::between(number, number)
    }

    pub(super) const fn between(least: u64, most: u64) -> Self {
        Self { least, most }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            least: self.least.saturating_add(other.least),
            most: self.most.saturating_add(other.most),
        }
    }

    pub(super) fn times(self, other: Self) -> Self {
        Self {
            least: self.least.saturating_mul(other.least),
            most: self.most.saturating_mul(other.most),
        }
    }

    /// Multiplied by a factor, and rounded up.
    pub(super) fn by(self, factor: f64) -> Self {
        Self {
            least: scaled(self.least, factor),
            most: scaled(self.most, factor),
        }
    }

    /// What traversing texts of this many characters costs.
    pub(super) fn traversed(self) -> Self {
        self.by(TRAVERSAL)
    }

    /// What is one or the other.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            least: self.least.min(other.least),
            most: self.most.max(other.most),
        }
    }
}

fn scaled(number: u64, factor: f64) -> u64 {
    // A float that is too large becomes the largest number.
    (number as f64 * factor).ceil() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_is_the_largest_number() {
        let all = Bounds::UNKNOWN;
        assert_eq!(all.plus(Bounds::ONE).most, u64::MAX);
        assert_eq!(all.times(Bounds::exactly(2)), Bounds::between(0, u64::MAX));
        assert_eq!(all.by(2.0).most, u64::MAX);
        assert_eq!(Bounds::exactly(11).traversed(), Bounds::exactly(2));
    }
}
