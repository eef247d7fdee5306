//! Finding a text again that was made before.

use super::Text;

/// Remembers the last text at each of its places, so that equal ones become one. It has only so many
/// places: what it forgets is made anew.
#[derive(Debug)]
pub(crate) struct Interner(Box<[Option<Text>]>);

const PLACES: usize = 512;

/// Longer ones are hardly ever repeated.
const LONGEST: usize = 128;

impl Default for Interner {
    fn default() -> Self {
        Self(vec![None; PLACES].into())
    }
}

impl Interner {
    /// One that remembers nothing.
    pub(crate) fn forgetful() -> Self {
        Self(Box::default())
    }

    pub(crate) fn text(&mut self, text: &str) -> Text {
        if text.len() > LONGEST {
            return text.into();
        }
        match self.0.get_mut(hash(text.as_bytes()) as usize % PLACES) {
            None => text.into(),
            Some(Some(known)) if *known == *text => known.clone(),
            Some(place) => place.insert(text.into()).clone(),
        }
    }
}

/// A hash to find places by, where a bad one costs no more than time. Multiplied and rotated eight bytes at a time, as
/// compilers hash their identifiers.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x517c_c1b7_2722_0a95;
    let add = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    let (words, rest) = bytes.as_chunks::<8>();
    let mut hash = words.iter().fold(bytes.len() as u64, |hash, word| {
        add(hash, u64::from_le_bytes(*word))
    });
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    hash = add(hash, u64::from_le_bytes(last));
    // The high bits are the mixed ones.
    hash >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_one_and_others_are_not() {
        let mut interner = Interner::default();
        let first = interner.text("north");
        assert!(std::ptr::eq(
            first.as_str(),
            interner.text("north").as_str()
        ));
        for number in 0..10 * PLACES {
            let text = format!("orchard-{number}");
            assert_eq!(interner.text(&text), text);
        }
        let mut forgetful = Interner::forgetful();
        let first = forgetful.text("north");
        assert_eq!(first, "north");
        assert!(!std::ptr::eq(
            first.as_str(),
            forgetful.text("north").as_str()
        ));
        let long = "x".repeat(LONGEST + 1);
        assert!(!std::ptr::eq(
            interner.text(&long).as_str(),
            interner.text(&long).as_str()
        ));
    }

    #[test]
    fn texts_of_every_length_have_places_of_their_own() {
        let hashes: std::collections::BTreeSet<u64> = (0..64)
            .map(|length| hash("a".repeat(length).as_bytes()))
            .collect();
        assert_eq!(hashes.len(), 64);
        assert_ne!(hash(b"a"), hash(b"b"));
    }
}
