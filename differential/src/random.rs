//! Random choices that are the same for a seed on every machine, whatever version of whatever library.

/// A splitmix64 generator (Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The generator of one sequence of a run.
    pub(crate) fn new(seed: u64, sequence: u64) -> Self {
        let mut random = Self(seed ^ sequence.wrapping_mul(0xd134_2543_de82_ef95));
        random.next();
        random
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below the bound; zero when the bound is zero.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        if bound == 0 {
            return 0;
        }
        // The bias is far below what a test would notice; the remainder fits, being smaller than `bound`.
        usize::try_from(self.next() % (bound as u64)).unwrap_or(0)
    }

    /// True in this many of a hundred cases.
    pub(crate) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// One of the items, which may not be empty.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// One of the texts, which may not be none.
    pub(crate) fn text(&mut self, texts: &[&'static str]) -> &'static str {
        texts[self.below(texts.len())]
    }

    /// One of the items, each as often as its weight says.
    pub(crate) fn weighted<T: Copy>(&mut self, items: &[(usize, T)]) -> T {
        let total: usize = items.iter().map(|(weight, _)| weight).sum();
        let mut at = self.below(total);
        for (weight, item) in items {
            if at < *weight {
                return *item;
            }
            at -= weight;
        }
        items[0].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_for_ever() {
        let mut random = Random::new(1, 0);
        let numbers: Vec<u64> = (0..3).map(|_| random.next() % 1000).collect();
        let mut again = Random::new(1, 0);
        assert_eq!(
            numbers,
            (0..3).map(|_| again.next() % 1000).collect::<Vec<_>>()
        );
        let mut other = Random::new(1, 1);
        assert_ne!(
            numbers,
            (0..3).map(|_| other.next() % 1000).collect::<Vec<_>>()
        );
    }

    #[test]
    fn weights_are_kept_to() {
        let mut random = Random::new(7, 7);
        let ones = (0..10_000)
            .filter(|_| random.weighted(&[(90, 0), (10, 1)]) == 1)
            .count();
        assert!((800..1200).contains(&ones), "{ones}");
    }
}
