//! Random numbers that are the same on every machine and in every version: a seed found today
//! has to show the same schedule next year.

/// SplitMix64 (Steele, Lea, Flood 2014).
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below this one, which is not 0. The bias of the remainder is below 2⁻³².
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        // The remainder of a u32 is a u32.
        u32::try_from(self.next() % u64::from(bound)).unwrap_or_default()
    }

    /// Yes, so many times in a thousand.
    pub(super) fn per_mille(&mut self, chance: u32) -> bool {
        self.below(1000) < chance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_sequence() {
        let mut random = Random::seeded(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn chances_are_kept() {
        let mut random = Random::seeded(7);
        let hits = (0..10_000).filter(|_| random.per_mille(250)).count();
        assert!((2_300..2_700).contains(&hits), "{hits}");
        assert!((0..1000).all(|_| !random.per_mille(0)));
        assert!((0..1000).all(|_| random.per_mille(1000)));
    }
}
